"""Words longer than any line, on the pages of both sides in a real browser."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from tests.support.own_pages import PagesProcess
from tests.support.processes import DeviceFolder
from tests.support.scene import Scene, SignIn

pytestmark = pytest.mark.browser

WORD = "Rindfleischetikettierungsueberwachungsaufgabenuebertragungsgesetz" * 3


def is_too_wide(page: Page, address: str) -> bool:
    page.goto(address)
    return bool(page.evaluate("() => document.documentElement.scrollWidth > innerWidth"))


@pytest.mark.parametrize("width", [320, 1280])
def test_no_page_grows_wider_than_its_window(scene: Scene, sign_in: SignIn, width: int) -> None:
    goal = scene.send("goal", "add", WORD, "--why", WORD, "--share")["id"]
    scene.send("step", "add", str(goal), WORD)
    page = sign_in(viewport={"width": width, "height": 800})
    page.get_by_role("link", name="Mira (Tuesdays)", exact=True).click()
    person = page.url.removesuffix("/timeline")
    one = f"{person}/goals/{goal}"
    change = f"{person}/proposals/new?what=goal_change&goal={goal}"

    wide = [
        address.removeprefix(person)
        for address in (
            *(f"{person}/timeline", f"{person}/session", f"{person}/plan"),
            *(one, f"{one}/audit", change),
        )
        if is_too_wide(page, address)
    ]

    assert [] == wide


def test_no_own_page_grows_wider_than_its_window(browser: Browser, tmp_path: Path) -> None:
    device = DeviceFolder(tmp_path / "home")
    goal = device.run("goal", "add", WORD, "--why", WORD)["id"]
    device.run("win", WORD)
    device.run("happened", WORD, "3")
    with PagesProcess(device.home) as pages:
        page = browser.new_context(viewport={"width": 320, "height": 740}).new_page()
        page.goto(pages.link)
        page.wait_for_url(re.compile("/$"))
        one = f"/goals/{goal}"
        wide = [
            address
            for address in ("/", "/back", "/state", "/measures", "/journey", one, f"{one}/levels")
            if is_too_wide(page, pages.url + address)
        ]

    assert [] == wide
