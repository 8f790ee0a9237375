"""What the browser app weighs and how long it takes to start: ``python bench/app.py``.

Sizes are those of the built files (``make app``). Starts are from the first request of the page, in
this machine's Chromium: cold, with an empty profile, until Python answers; warm, with all files
kept and the memory of a started Python, until Today is there and until Python answers. Both again
with a processor that is slowed down.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from pathlib import Path
from statistics import median
from typing import Any, Final

from playwright.sync_api import BrowserContext, Page, sync_playwright

sys.path.insert(0, str(Path(__file__).parents[1]))

from tests.conftest import CHROMIUM
from tests.support.browser_app import START_MS, started, write_goal
from tests.support.processes import ServerProcess
from trailmark_server.pages.browser_app import BUILT_FOLDER, BuiltApp

WARM_STARTS: Final = 3
SLOW: Final = 4
"""How much slower a phone's processor is taken to be."""

GOAL: Final = "Swim once a week"

SETTLE_MS: Final = 2000
"""How long is waited until what the next start begins with is kept."""

_MEGA: Final = 1e6


def main() -> None:
    """Measure and print."""
    if not BuiltApp().is_built:
        raise SystemExit("the app is not built: make app (it needs Node.js and npm)")
    _sizes()
    print(f"load of this machine before: {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
    with (
        tempfile.TemporaryDirectory() as folder,
        sync_playwright() as playwright,
        ServerProcess(Path(folder) / "server") as server,
    ):
        for rate in (1, SLOW):
            context = playwright.chromium.launch_persistent_context(
                Path(folder) / f"profile-{rate}",
                executable_path=str(CHROMIUM),
                args=["--no-sandbox", "--disable-gpu"],
                viewport={"width": 390, "height": 844},
            )
            _starts(context, server.url, rate)
            context.close()


def _sizes() -> None:
    built = sorted(path for path in BUILT_FOLDER.iterdir() if path.suffix != ".br")
    kept = sum(path.stat().st_size for path in built)
    small = [path.with_name(f"{path.name}.br") for path in built]
    sent = sum(
        (each if each.exists() else path).stat().st_size
        for path, each in zip(built, small, strict=True)
    )
    print(f"download {sent / _MEGA:.2f} MB, kept {kept / _MEGA:.2f} MB, {len(built)} files")
    for path in sorted(built, key=lambda each: -each.stat().st_size)[:5]:
        print(f"  {path.name:20} {path.stat().st_size / _MEGA:6.2f} MB")


def _starts(context: BrowserContext, url: str, rate: int) -> None:
    cold = _start(context, url, rate, is_first=True)
    warm = [_start(context, url, rate) for _ in range(WARM_STARTS)]
    seen, ready = (median(each[part] for each in warm) for part in (0, 1))
    print(
        f"processor / {rate}: cold {cold[1]:.1f} s; warm: Today is there after {seen:.2f} s, "
        f"Python answers after {ready:.1f} s"
    )


def _start(
    context: BrowserContext, url: str, rate: int, *, is_first: bool = False
) -> tuple[float, float]:
    """Return after how many seconds a page of the person's was there, and when Python answered."""
    page = context.new_page()
    page.set_default_timeout(START_MS)
    session: Any = context.new_cdp_session(page)
    session.send("Emulation.setCPUThrottlingRate", {"rate": rate})
    began = time.perf_counter()
    page.goto(f"{url}/app/", wait_until="commit")
    if is_first:
        started(page)
        ready = seen = time.perf_counter() - began
        _wait_for_files(page)
        write_goal(page, GOAL)
        page.wait_for_timeout(SETTLE_MS)
    else:
        page.get_by_role("heading", name=GOAL).wait_for()
        seen = time.perf_counter() - began
        started(page)
        ready = time.perf_counter() - began
    page.close()
    return seen, ready


def _wait_for_files(page: Page) -> None:
    page.evaluate("() => navigator.serviceWorker.ready.then(() => undefined)")


if __name__ == "__main__":
    main()
