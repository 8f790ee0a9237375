"""An open window of the person's own pages, while their therapist says something."""

import re

import pytest
from playwright.sync_api import Browser, expect

from tests.support.own_pages import PagesProcess
from tests.support.scene import Scene, SignIn

pytestmark = [pytest.mark.browser, pytest.mark.timeout(120)]


def test_what_the_therapist_says_appears_without_reload(
    browser: Browser, scene: Scene, sign_in: SignIn
) -> None:
    goal = scene.send("goal", "add", "Swim on Sundays", "--share")["id"]
    with PagesProcess(scene.phone.home) as pages:
        window = browser.new_page()
        window.goto(pages.link)
        window.wait_for_url(re.compile("/$"))
        window.goto(f"{pages.url}/goals/{goal}")
        loads: list[str] = []
        window.on("framenavigated", lambda frame: loads.append(frame.url))

        therapist = sign_in()
        therapist.get_by_role("link", name="Mira (Tuesdays)", exact=True).click()
        row = therapist.locator(".row", has_text="shared the goal").first
        row.get_by_text("Comment", exact=False).first.click()
        row.get_by_label("Your comment").fill("I am glad that you wrote this.")
        row.get_by_role("button", name="Send comment").click()

        expect(window.get_by_text("I am glad that you wrote this.")).to_be_visible(timeout=20_000)
        assert [] == loads
