"""Open windows of the person's own pages, while something is written elsewhere."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.support.own_pages import PagesProcess
from tests.support.processes import DeviceFolder
from tests.support.scene import Scene, SignIn

pytestmark = [pytest.mark.browser, pytest.mark.timeout(120)]

CONNECTIONS = 6
"""How many a browser keeps open to one server."""

PUT_AWAY = """
let isAway = false;
Object.defineProperty(document, "hidden", { get: () => isAway });
globalThis.putAway = (isNow) => {
  isAway = isNow;
  document.dispatchEvent(new Event("visibilitychange"));
};
"""
"""A page that is driven counts as being in view, whatever is in front of it."""


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


def test_windows_behind_others_leave_room_and_follow_once_they_are_in_view(
    browser: Browser, tmp_path: Path
) -> None:
    phone = DeviceFolder(tmp_path / "home")
    phone.run("goal", "add", "Swim on Sundays")
    with PagesProcess(phone.home) as pages:
        context = browser.new_context()
        context.add_init_script(PUT_AWAY)
        first = context.new_page()
        first.goto(pages.link)
        first.wait_for_url(re.compile("/$"))
        for _ in range(CONNECTIONS):
            context.pages[-1].evaluate("putAway(true)")
            context.new_page().goto(f"{pages.url}/")
        last = context.pages[-1]
        phone.run("goal", "add", "Write to Noor")

        expect(last.get_by_role("heading", name="Write to Noor")).to_be_visible()
        expect(first.get_by_role("heading", name="Write to Noor")).to_have_count(0)
        first.evaluate("putAway(false)")
        expect(first.get_by_role("heading", name="Write to Noor")).to_be_visible()
        context.close()
