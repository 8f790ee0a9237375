"""``page_ms``: from the commit on a person's device until the therapist's open page shows it.

The system's Chromium with the page as it ships (its scripts, its event stream), the device's
library in a process of its own, the server's program. The page notes when a row came into the
document; both sides read the machine's clock.
"""

from __future__ import annotations

import time
from typing import Any, Final

from playwright.sync_api import Page, sync_playwright

from bench.figures import Figure, figure, percentile
from bench.programs import THERAPIST, Device, Program, Server
from bench.running import Run
from tests.conftest import CHROMIUM
from trailmark_shared.ids import text_from_id

_EVENTS: Final = 60
_PAUSE_MS: Final = 150
_NOTE_ROWS: Final = """
() => {
  window.rowsWatch?.disconnect();
  window.cameAt = [];
  const seen = new Set([...document.querySelectorAll('[id^="row-"]')].map(each => each.id));
  window.rowsWatch = new MutationObserver(() => {
    for (const row of document.querySelectorAll('[id^="row-"]')) {
      if (!seen.has(row.id)) {
        seen.add(row.id);
        window.cameAt.push(performance.timeOrigin + performance.now());
      }
    }
  });
  window.rowsWatch.observe(document.body, {childList: true, subtree: true});
}
"""


def measure(run: Run) -> list[Figure]:
    """Measure one person who writes and one page that is open."""
    if not CHROMIUM.exists():
        run.tell(f"page_ms is left out: there is no {CHROMIUM}")
        return []
    folder = run.folder()
    device = Device(folder / "home")
    with Server(folder / "server") as server, sync_playwright() as playwright:
        device.connect(server)
        device.run("goal", "add", "Go out more", "--target", "reach 7", "--share")
        device.run("sync")
        link = str(server.admin("therapist", "link", "--email", THERAPIST)["link"])
        browser = playwright.chromium.launch(
            executable_path=str(CHROMIUM), args=["--no-sandbox", "--disable-gpu"]
        )
        page = browser.new_page()
        _open_timeline(page, server, link, device)
        with device.program() as program:
            program.answer()
            program.ask("watch")
            turns = [_turn(page, program) for _ in run.turns("page_ms")]
            program.tell("quit")
        browser.close()
    return [
        figure("page_ms", [percentile(each, 0.5) for each in turns], "ms", "lower"),
        figure("page_ms_p99", [percentile(each, 0.99) for each in turns], "ms", "lower"),
    ]


def _open_timeline(page: Page, server: Server, link: str, device: Device) -> None:
    page.goto(link)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(f"{server.url}/people")
    page.goto(f"{server.url}/people/{text_from_id(device.space)}/timeline")
    page.locator("[data-live]").first.wait_for(state="attached")


def _turn(page: Page, program: Program) -> list[float]:
    page.evaluate(_NOTE_ROWS)
    off_s = time.time() - time.perf_counter()
    committed = program.ask("live", _EVENTS, _PAUSE_MS)["committed"]
    came: list[Any] = []
    ends = time.monotonic() + 20
    while len(came) < _EVENTS and time.monotonic() < ends:
        page.wait_for_timeout(100)
        came = page.evaluate("() => window.cameAt")
    assert len(came) >= _EVENTS, f"{len(came)} of {_EVENTS} rows came"
    return [at - (began + off_s) * 1000 for at, began in zip(came, committed, strict=False)]
