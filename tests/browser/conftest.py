"""Fixtures of the browser tests: Chromium, a phone, real processes, and signing in."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Playwright, sync_playwright

from tests.browser.chromium import ARGUMENTS
from tests.conftest import CHROMIUM
from tests.support.browser_app import PhoneBrowser
from tests.support.processes import ServerProcess
from tests.support.scene import Scene, SignIn


# Not for the whole session: its loop counts as running as long as it is there, and asynchronous
# tests of other modules would find no place for theirs.
@pytest.fixture(scope="module")
def playwright() -> Iterator[Playwright]:
    with sync_playwright() as started:
        yield started


@pytest.fixture(scope="module")
def browser(playwright: Playwright) -> Iterator[Browser]:
    launched = playwright.chromium.launch(executable_path=str(CHROMIUM), args=ARGUMENTS)
    yield launched
    launched.close()


@pytest.fixture
def server(tmp_path: Path) -> Iterator[ServerProcess]:
    with ServerProcess(tmp_path / "server") as running:
        yield running


@pytest.fixture
def phone(playwright: Playwright, tmp_path: Path) -> Iterator[PhoneBrowser]:
    with PhoneBrowser(playwright, tmp_path / "profile") as running:
        yield running


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    scene = Scene(tmp_path_factory.mktemp("scene"))
    with scene.server:
        scene.begin()
        yield scene


@pytest.fixture
def sign_in(browser: Browser, scene: Scene) -> Iterator[SignIn]:
    """Return what opens a fresh browser, signed in at the list of people."""
    contexts: list[BrowserContext] = []

    def open_page(**options: Any) -> Page:  # noqa: ANN401  (whatever a context takes)
        context = browser.new_context(**options)
        contexts.append(context)
        page = context.new_page()
        page.goto(scene.sign_in_link())
        page.get_by_role("button", name="Sign in").click()
        page.wait_for_url(re.compile("/people$"))
        return page

    yield open_page
    for context in contexts:
        context.close()
