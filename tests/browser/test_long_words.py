"""Words longer than any line, on the pages of both sides in a real browser."""

import re
import zipfile
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from tests.support.own_pages import PagesProcess
from tests.support.processes import DeviceFolder
from tests.support.scene import Scene, SignIn
from trailmark_client.cli.recovery_page import page_html

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


@pytest.mark.parametrize("word", ["Walk", WORD])
def test_no_page_that_stands_alone_is_wider_than_a_phone(
    browser: Browser, tmp_path: Path, word: str
) -> None:
    device = DeviceFolder(tmp_path / "home")
    goal = str(device.run("goal", "add", word, "--why", word)["id"])
    device.run("step", "add", goal, word)
    device.run("win", word)
    device.run("export", str(tmp_path / "copy.zip"))
    with zipfile.ZipFile(tmp_path / "copy.zip") as archive:
        (name,) = [each for each in archive.namelist() if each.endswith("index.html")]
        (tmp_path / "copy.html").write_bytes(archive.read(name))
    device.run("journey", str(tmp_path / "journey.html"))
    url = f"https://{word}.example"
    (tmp_path / "code.html").write_text(page_html("abcd-efgh", url, has_copy=True))
    page = browser.new_context(viewport={"width": 320, "height": 740}).new_page()
    files = sorted(tmp_path.glob("*.html"))

    assert ["code.html", "copy.html", "journey.html"] == [each.name for each in files]
    assert [] == [each.name for each in files if is_too_wide(page, each.as_uri())]
    assert 320 == page.evaluate("innerWidth")
