"""The tests of our own code, inside a browser: its ciphers, its SQLite, its files."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from tests.support.browser_app import NEEDS_APP
from tests.support.browser_python import begin_suite, run_suite
from tests.support.processes import ServerProcess

pytestmark = [*NEEDS_APP, pytest.mark.timeout(300)]


@pytest.fixture(scope="module")
def suite(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Page]:
    with ServerProcess(tmp_path_factory.mktemp("suite") / "server") as server:
        context = browser.new_context(service_workers="block")
        page = context.new_page()
        begin_suite(page, server.url)
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
