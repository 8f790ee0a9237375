"""The app in a real browser that keeps its data, and that can be killed as by a flat battery."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import time
from pathlib import Path
from typing import Self

import pytest
from playwright.sync_api import Browser, Page, Playwright, expect

from tests.conftest import CHROMIUM
from tests.support.processes import ServerProcess
from tests.support.scene import Watched
from trailmark_server.pages.browser_app import BUILT_FOLDER

START_MS = 90_000
"""How long a start may take here: Python comes up, and other tests want the processor, too."""

SENT = "All that you share is sent"

NEEDS_APP = [
    pytest.mark.browser,
    pytest.mark.skipif(
        not (BUILT_FOLDER / "index.html").exists(),
        reason="the app is not built: make app (it needs Node.js and npm)",
    ),
]
"""Marks of tests that need the built app."""


class PhoneBrowser:
    """One browser with a profile of its own, as on one phone.

    Attributes:
        browser: What drives it.
    """

    def __init__(self, playwright: Playwright, profile: Path) -> None:
        self._playwright = playwright
        self._profile = profile
        self._process: subprocess.Popen[bytes] | None = None
        self.browser: Browser

    def start(self) -> None:
        """Start it and wait until it can be driven."""
        port = self._profile / "DevToolsActivePort"
        port.unlink(missing_ok=True)
        self._process = subprocess.Popen(
            [
                str(CHROMIUM),
                *(
                    "--use-fake-device-for-media-stream",
                    "--headless=new",
                    "--no-sandbox",
                    "--disable-gpu",
                    "--no-first-run",
                ),
                *("--disable-background-networking", "--remote-debugging-port=0"),
                *("--window-size=390,844", f"--user-data-dir={self._profile}", "about:blank"),
            ],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        deadline = time.monotonic() + START_MS / 1000
        while not (port.exists() and port.read_text().strip()):
            assert time.monotonic() < deadline, "the browser did not start"
            # The port appears in a file of another program: there is nothing to wait for but time.
            time.sleep(0.05)
        address = f"http://127.0.0.1:{port.read_text().split()[0]}"
        self.browser = self._playwright.chromium.connect_over_cdp(address)

    @property
    def group(self) -> int:
        """The group of all its processes, while it runs."""
        assert self._process is not None, "it does not run"
        return self._process.pid

    def open(self, url: str) -> tuple[Page, Watched]:
        """Return a window that shows the app, once it has started."""
        page = self.browser.contexts[0].new_page()
        page.set_default_timeout(START_MS)
        watched = Watched(page)
        page.goto(f"{url}/app/")
        started(page)
        return page, watched

    def kill(self) -> None:
        """End all of it as a power cut would, without a word."""
        if self._process is None:
            return
        os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait(timeout=20)
        self._process = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_exception: object) -> None:
        self.kill()


def started(page: Page) -> None:
    """Wait until the app shows a page of the person."""
    expect(page.locator("[data-start]")).to_have_count(0, timeout=START_MS)


def kept_for_offline(page: Page) -> None:
    """Wait until all that the app needs is in the browser."""
    page.evaluate("() => navigator.serviceWorker.ready.then(() => undefined)")


def start_is_kept(page: Page) -> None:
    """Wait until the memory of a started Python is kept for the next start."""
    page.evaluate(
        """async (patience) => {
      const end = performance.now() + patience;
      while (performance.now() < end) {
        for (const name of await caches.keys()) {
          if (!name.startsWith("python-")) continue;
          if (await (await caches.open(name)).match("start")) return;
        }
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
      throw new Error("no start was kept: " + JSON.stringify(await navigator.storage.estimate()));
    }""",
        START_MS,
    )


def view_is_kept(page: Page, words: str) -> None:
    """Wait until Today as it reads now is kept for the next start."""
    page.evaluate(
        """async (words) => {
      const root = await navigator.storage.getDirectory();
      for (;;) {
        try {
          const folder = await root.getDirectoryHandle("trailmark-view");
          const file = await (await folder.getFileHandle("today")).getFile();
          if ((await file.text()).includes(words)) return;
        } catch { /* not yet */ }
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    }""",
        words,
    )


def write_goal(page: Page, words: str) -> None:
    """Write down a first goal, as a person does."""
    page.get_by_role("textbox").fill(words)
    for name in ("Next", "It is done one day", "4", "Save my goal"):
        page.get_by_role("button", name=name).first.click()
    page.get_by_role("link", name="To my day").click()
    expect(page.get_by_role("heading", name=words)).to_be_visible()


def typed_from_paper(page: Page) -> str:
    """Write down the recovery code that is shown, type what is asked of it, and return it."""
    paper = page.locator("p.code").inner_text()
    for field in page.locator("input[id^=group-]").all():
        number = int((field.get_attribute("id") or "").removeprefix("group-"))
        field.fill(paper.split("-")[number])
    page.get_by_role("button", name="Let this code count").click()
    return paper


EMAIL = "okafor@example.org"


def connect_therapist(page: Page, server: ServerProcess) -> str:
    """Let a therapist in, to see all that can be agreed to; return the link of their sign-in."""
    link = server.admin("therapist", "add", "Dr Okafor", "--email", EMAIL)["link"]
    words = ("--therapist", EMAIL, "--label", "Mira (Tuesdays)", "--confirmed")
    code = server.admin("invite", *words)["code"]
    page.goto(f"{server.url}/app/#/sharing/connect")
    page.get_by_role("textbox").fill(f"{server.url} {code}")
    page.get_by_role("button", name="Go on").click()
    page.get_by_label("The words are the same on both sides").check()
    for choice in page.locator("input[name=class]").all():
        choice.check()
    page.get_by_role("button", name="Let Dr Okafor in like this").click()
    expect(page.get_by_role("heading", name="Sharing", exact=True)).to_be_visible()
    return link


def share_goal(page: Page, words: str) -> None:
    """Share a goal with whoever is let in, from Today."""
    page.get_by_role("link", name="Today").click()
    page.get_by_role("link", name=words).first.click()
    page.get_by_role("button", name=re.compile("^Share (this goal|it once)")).click()
