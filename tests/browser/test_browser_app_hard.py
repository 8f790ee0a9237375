"""Hard days of the app: a killed browser while it writes, no room left, an update in between."""

import json
import os
import random
import re
import shutil
import subprocess
import sys
import time
from base64 import b64encode
from collections.abc import Generator
from contextlib import contextmanager
from hashlib import sha384
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.support.browser_app import (
    NEEDS_APP,
    SENT,
    START_MS,
    PhoneBrowser,
    connect_therapist,
    kept_for_offline,
    share_goal,
    started,
    write_goal,
)
from tests.support.processes import ServerProcess
from trailmark_server.pages.browser_app import BUILT_FOLDER

pytestmark = [*NEEDS_APP, pytest.mark.timeout(600)]

# Wins one after the other; each that was answered is told to the ledger outside the browser.
WRITE_WINS = """
async (round) => {
  for (let number = 0; ; number += 1) {
    const text = `win ${round}-${number}.`;
    const body = new URLSearchParams({ text });
    const answer = await trailmark.ask("/win", { method: "POST", body });
    if (!answer.ok) throw new Error(String(answer.status));
    await ledger(text);
  }
}
"""

ALL_WINS = """
async () => {
  const answer = await trailmark.ask("/journey");
  return answer.text();
}
"""


def killed(server: ServerProcess, phone: PhoneBrowser, rounds: int, chance: random.Random) -> None:
    """Kill the browser while it writes, again and again; all that was answered is there once."""
    page, _ = phone.open(server.url)
    write_goal(page, "Swim once a week")
    kept_for_offline(page)
    ledger: list[str] = []

    def note(text: str) -> None:
        ledger.append(text)

    for number in range(rounds):
        driven: Any = page
        driven.expose_function("ledger", note)
        wanted = len(ledger) + chance.randint(1, 25)
        page.evaluate(f"() => {{ ({WRITE_WINS})({number}); }}")
        while len(ledger) < wanted:
            page.wait_for_timeout(1)
        phone.kill()
        phone.start()
        page, watched = phone.open(server.url)
        shown = page.evaluate(ALL_WINS)
        assert [] == [each for each in ledger if shown.count(each) != 1]
        assert [] == watched.complaints


def test_what_was_answered_outlives_every_kill_of_the_browser(
    server: ServerProcess, phone: PhoneBrowser
) -> None:
    killed(server, phone, 3, random.Random(11))


@pytest.mark.slow
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("seed", range(2))
def test_what_was_answered_outlives_many_kills(
    server: ServerProcess, phone: PhoneBrowser, seed: int
) -> None:
    killed(server, phone, 20, random.Random(seed))


def test_without_room_nothing_is_called_saved_and_nothing_is_lost(
    server: ServerProcess, phone: PhoneBrowser
) -> None:
    page, _ = phone.open(server.url)
    write_goal(page, "Swim once a week")
    session: Any = page.context.new_cdp_session(page)
    used = page.evaluate("async () => (await navigator.storage.estimate()).usage")
    session.send("Storage.overrideQuotaForOrigin", {"origin": server.url, "quotaSize": used})

    text = "far too long " * 300
    refused = page.get_by_text("There is no room left on this device")
    for _ in range(40):
        page.goto(f"{server.url}/app/#/journal")
        page.locator("textarea[name=text]").first.fill(text)
        page.get_by_role("button", name=re.compile("^(Keep|Save|Write)")).first.click()
        page.wait_for_timeout(200)
        if refused.count():
            break
    expect(refused).to_be_visible()
    assert text.strip() == page.locator("textarea[name=text]").first.input_value().strip()

    session.send("Storage.overrideQuotaForOrigin", {"origin": server.url})
    page.get_by_role("button", name=re.compile("^(Keep|Save|Write)")).first.click()
    expect(page.get_by_text("Saved on this device.").first).to_be_visible()
    page.goto(f"{server.url}/app/#/")
    expect(page.get_by_role("heading", name="Swim once a week")).to_be_visible()


@contextmanager
def updated(server: ServerProcess, folder: Path) -> Generator[None]:
    """Serve the same data from a program whose app is another build."""
    package = folder / "newer" / "trailmark_server"
    shutil.copytree(Path(BUILT_FOLDER).parent, package)
    change_build(package / "built_app")
    command = (sys.executable, "-m", "trailmark_server", "serve", "--json")
    place = ("--data", str(server.data), "--port", str(server.port))
    env = {**os.environ, "PYTHONPATH": str(package.parent)}
    with subprocess.Popen(
        [*command, *place], env=env, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert json.loads(process.stdout.readline())["url"]
        try:
            yield
        finally:
            process.kill()


def change_build(built: Path) -> None:
    """Make another build of a copy: one word of its page is another, and so are all hashes."""
    shell, keeper = built / "index.html", built / "service-worker.js"
    before = shell.read_bytes()
    after = before.replace(b"<title>Trailmark</title>", b"<title>Trailmark, newer</title>")
    text = keeper.read_text().replace(integrity(before), integrity(after))
    text = re.sub(r'"build":"\w+"', '"build":"newer"', text, count=1)
    shell.write_bytes(after)
    keeper.write_text(text)
    for each in (shell, keeper):
        each.with_name(f"{each.name}.br").unlink(missing_ok=True)


def integrity(data: bytes) -> str:
    return f"sha384-{b64encode(sha384(data).digest()).decode()}"


def builds(page: Page) -> list[str]:
    return page.evaluate(
        "async () => (await caches.keys()).filter((each) => each.startsWith('trailmark-'))"
    )


def test_an_update_strands_nothing_that_was_not_sent(
    server: ServerProcess, phone: PhoneBrowser, tmp_path: Path
) -> None:
    page, _ = phone.open(server.url)
    kept_for_offline(page)
    write_goal(page, "Swim once a week")
    connect_therapist(page, server)
    (before,) = builds(page)
    server.kill()
    share_goal(page, "Swim once a week")
    expect(page.locator("header")).to_contain_text("Not sent yet")
    page.close()

    # The old build starts, finds the new one beside it, and is not taken away under the person.
    with updated(server, tmp_path):
        page, watched = phone.open(server.url)
        expect(page.locator("#sync")).to_contain_text(SENT, timeout=START_MS)
        assert before in builds(page)
        deadline = time.monotonic() + START_MS / 1000
        while "trailmark-newer" not in builds(page):
            assert time.monotonic() < deadline, "the new build was not fetched"
            page.evaluate("async () => (await navigator.serviceWorker.ready).update()")
            page.wait_for_timeout(200)
        assert [] == watched.complaints
        page.close()
        # No window of the old one is open any more; this one is not the app's.
        page = phone.browser.contexts[0].new_page()
        page.set_default_timeout(START_MS)
        page.goto(f"{server.url}/sign-in")
        deadline = time.monotonic() + START_MS / 1000
        while builds(page) != ["trailmark-newer"]:
            assert time.monotonic() < deadline, "the new build did not take its place"
            page.wait_for_timeout(200)
        page.goto(f"{server.url}/app/")
        started(page)
        expect(page.get_by_role("heading", name="Swim once a week")).to_be_visible()
        expect(page.locator("#sync")).to_contain_text(SENT, timeout=START_MS)
