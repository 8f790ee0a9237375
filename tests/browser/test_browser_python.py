"""The tests of our own code, inside a browser: its ciphers, its SQLite, its files, its start."""

import json
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from tests.support.browser_app import NEEDS_APP
from tests.support.browser_python import begin_python, begin_suite, run_python, run_suite
from tests.support.processes import ServerProcess
from trailmark_adapters.browser import MODULE

pytestmark = [*NEEDS_APP, pytest.mark.timeout(300)]

# Whatever two starts may not have in common, although they began with the same memory.
CHANCE = """
import json, os, random, secrets, sqlite3, tempfile, uuid
from trailmark_adapters.randomness import SystemRandomness

memory = sqlite3.connect(":memory:")
json.dumps({
    "ids and keys": SystemRandomness().token(8).hex(),
    "os": os.urandom(8).hex(),
    "secrets": secrets.token_hex(8),
    "random": random.random(),
    "uuid": str(uuid.uuid4()),
    "SQLite, and so the salts of its log": memory.execute("SELECT hex(randomblob(8))").fetchone(),
    "names of temporary files": next(tempfile._get_candidate_names()),
})
"""

NOW = "from trailmark_adapters.clock import SystemClock; str(SystemClock().now_ms())"

FIRST_PAGE = """
import json, sys
from pathlib import Path

known = set(sys.modules)
from trailmark_client.in_browser.program import open_program

program = open_program(["en"], "https://home.example", home=Path("/trailmark/home"))
question = {"method": "GET", "path": "/begin", "query": {}, "form": []}
told = json.loads(program.answer(json.dumps(question)))
program.close()
json.dumps([told["status"], sorted(set(sys.modules) - known)])
"""

DAMAGE = """
async () => {
  for (const name of await caches.keys()) {
    if (!name.startsWith("python-")) continue;
    const cache = await caches.open(name);
    const kept = await cache.match("start");
    const memory = new Uint8Array(await kept.arrayBuffer());
    memory[memory.length >> 1] ^= 1;
    await cache.put("start", new Response(memory, { headers: kept.headers }));
  }
}
"""


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with ServerProcess(tmp_path_factory.mktemp("suite") / "server") as server:
        yield server.url


@pytest.fixture(scope="module")
def suite(browser: Browser, url: str) -> Iterator[Page]:
    """Return a window whose Python began with a memory that an earlier start left."""
    context = browser.new_context(service_workers="block")
    page = context.new_page()
    assert not begin_python(page, url)
    begin_suite(page)
    told = run_suite(page, "tests/golden/test_vectors.py")
    assert told.startswith("0 "), told

    assert begin_python(page, url)
    begin_suite(page)
    yield page
    context.close()


def test_golden_vectors(suite: Page) -> None:
    told = run_suite(suite, "tests/golden/test_vectors.py")

    assert told.startswith("0 "), told


def test_sqlite_keeps_its_promises_over_files_that_last(suite: Page) -> None:
    told = run_suite(
        suite,
        "tests/unit/adapters/test_sqlite.py",
        "tests/unit/adapters/test_migrations.py",
        "tests/unit/client/test_identity.py",
        "--basetemp=/trailmark/tests",
        # There is one process.
        "--deselect=tests/unit/adapters/test_sqlite.py::test_two_processes_write_in_turn",
    )

    assert told.startswith("0 "), told


def test_starts_from_one_memory_share_no_chance_and_no_time(suite: Page, url: str) -> None:
    drawn: list[dict[str, object]] = []
    times: list[int] = []
    for _ in range(2):
        assert begin_python(suite, url)
        drawn.append(json.loads(run_python(suite, CHANCE)))
        times.append(int(run_python(suite, NOW)))
    one, other = drawn

    assert [] == [name for name in one if one[name] == other[name]]
    assert times[0] < times[1]


def test_a_start_from_a_kept_memory_imports_nothing_for_its_first_page(
    suite: Page, url: str
) -> None:
    assert begin_python(suite, url)
    status, imported = json.loads(run_python(suite, FIRST_PAGE))

    assert status == 200
    assert [MODULE] == imported


def test_a_memory_with_one_bit_damaged_is_let_go_and_made_anew(suite: Page, url: str) -> None:
    suite.evaluate(DAMAGE)

    assert not begin_python(suite, url)
    assert begin_python(suite, url)
