"""What the app for browsers weighs and how long it takes to start.

Each start is taken from the request of the page, on this machine and as on a slow phone: there the
whole browser, its workers included, is stopped three quarters of the time.

- first: nothing is there yet; until Python answers.
- cold: all is kept and the browser itself has just begun; until a check-in is saved that was tapped
  as soon as it could be.
- warm: the app was closed and is opened again; until Today is there, and until Python answers.
"""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Generator
from contextlib import contextmanager, suppress
from typing import Final

from playwright.sync_api import Page, Playwright, expect, sync_playwright

from bench.figures import Figure, figure
from bench.running import Run
from tests.support.browser_app import (
    START_MS,
    PhoneBrowser,
    kept_for_offline,
    start_is_kept,
    started,
    view_is_kept,
    write_goal,
)
from tests.support.processes import ServerProcess
from trailmark_server.pages.browser_app import BUILT_FOLDER, BuiltApp

SLOW: Final = 4
"""How much slower a phone's processor is taken to be."""

GOAL: Final = "Swim once a week"

_TURN_S: Final = 0.04
_MEGA: Final = 1e6
_MS: Final = 1000


def measure(run: Run) -> list[Figure]:
    """Take sizes and starts; nothing where the app is not built."""
    if not BuiltApp().is_built:
        run.tell("left out: the app is not built (make app)")
        return []
    sent, kept = _sizes()
    figures = [
        figure("app_download", [sent], "MB", "lower"),
        figure("app_kept", [kept], "MB", "lower"),
    ]
    with ServerProcess(run.folder() / "server") as server, sync_playwright() as playwright:
        for rate in (1, SLOW):
            run.tell(f"starts, processor / {rate}")
            figures += _starts(run, playwright, server.url, rate)
    return figures


def _sizes() -> tuple[float, float]:
    """Return how much is sent once and how much is kept, in megabytes."""
    built = [path for path in BUILT_FOLDER.iterdir() if path.suffix != ".br"]
    small = [path.with_name(f"{path.name}.br") for path in built]
    sent = [each if each.exists() else path for path, each in zip(built, small, strict=True)]
    return (
        sum(path.stat().st_size for path in sent) / _MEGA,
        sum(path.stat().st_size for path in built) / _MEGA,
    )


def _starts(run: Run, playwright: Playwright, url: str, rate: int) -> list[Figure]:
    profile = run.folder()
    name = "" if rate == 1 else "_slow"
    colds, seens, warms = list[float](), list[float](), list[float]()
    with PhoneBrowser(playwright, profile) as phone:
        with slowed(phone.group, rate):
            first = _first(phone, url)
        _settle(phone, url)
    for turn in run.turns(f"cold{name}"):
        with PhoneBrowser(playwright, profile) as phone, slowed(phone.group, rate):
            colds.append(_cold(phone, url, turn + 1))
    with PhoneBrowser(playwright, profile) as phone:
        _cold(phone, url, 9)
        with slowed(phone.group, rate):
            for _ in run.turns(f"warm{name}"):
                seen, ready = _warm(phone, url)
                seens.append(seen)
                warms.append(ready)
    return [
        figure(f"app_first{name}", [first], "ms", "lower"),
        figure(f"app_cold_check_in{name}", colds, "ms", "lower"),
        figure(f"app_warm_seen{name}", seens, "ms", "lower"),
        figure(f"app_warm{name}", warms, "ms", "lower"),
    ]


@contextmanager
def _opened(phone: PhoneBrowser, url: str) -> Generator[tuple[Page, float]]:
    page = phone.browser.contexts[0].new_page()
    page.set_default_timeout(START_MS)
    began = time.perf_counter()
    page.goto(f"{url}/app/", wait_until="commit")
    yield page, began
    page.close()


def _since(began: float) -> float:
    return (time.perf_counter() - began) * _MS


def _first(phone: PhoneBrowser, url: str) -> float:
    with _opened(phone, url) as (page, began):
        started(page)
        return _since(began)


def _settle(phone: PhoneBrowser, url: str) -> None:
    """Write a goal, and wait until all that later starts begin with is kept."""
    with _opened(phone, url) as (page, _):
        started(page)
        kept_for_offline(page)
        start_is_kept(page)
        write_goal(page, GOAL)
        view_is_kept(page, GOAL)


def _cold(phone: PhoneBrowser, url: str, number: int) -> float:
    """Tap a number as soon as there is one; return when its check-in is saved."""
    with _opened(phone, url) as (page, began):
        page.get_by_role("heading", name=GOAL).wait_for()
        # It was said before: the numbers are behind a word.
        for word in page.locator("summary", has_text="Say it again").all():
            word.click()
        page.get_by_role("button", name=str(number), exact=True).click()
        expect(page.get_by_text(f"Today: {number} of 10")).to_be_visible(timeout=START_MS)
        took = _since(began)
        view_is_kept(page, f"Today: {number} of 10")
        return took


def _warm(phone: PhoneBrowser, url: str) -> tuple[float, float]:
    with _opened(phone, url) as (page, began):
        page.get_by_role("heading", name=GOAL).wait_for()
        seen = _since(began)
        started(page)
        return seen, _since(began)


@contextmanager
def slowed(group: int, rate: int) -> Generator[None]:
    """Let the processes of a group run only a part of the time.

    Args:
        group: Their number.
        rate: By how much they are slower.
    """
    is_over = threading.Event()

    def alternate() -> None:
        with suppress(ProcessLookupError):
            while not is_over.wait(_TURN_S / rate):
                os.killpg(group, signal.SIGSTOP)
                time.sleep(_TURN_S - _TURN_S / rate)
                os.killpg(group, signal.SIGCONT)

    beside = threading.Thread(target=alternate)
    if rate > 1:
        beside.start()
    try:
        yield
    finally:
        is_over.set()
        if rate > 1:
            beside.join()
