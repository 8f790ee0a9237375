"""What the app shows before Python runs, and what it says of how things are kept."""

import json

import httpx
import pytest
from playwright.sync_api import Page, expect

from tests.support.browser_app import (
    NEEDS_APP,
    START_MS,
    PhoneBrowser,
    kept_for_offline,
    started,
    view_is_kept,
    write_goal,
)
from tests.support.processes import ServerProcess
from trailmark_server.pages.browser_app import BUILT_FOLDER

pytestmark = [*NEEDS_APP, pytest.mark.timeout(300)]

# As on a phone that takes for ever: what runs Python never answers.
NEVER_STARTS = "globalThis.Worker = class { postMessage() {} }"

# A camera and what reads codes, as phones have them; Chromium has neither here.
READER = """
globalThis.BarcodeDetector = class { async detect() { return [{ rawValue: "abcd-efgh" }]; } };
"""


def unstarted(phone: PhoneBrowser, server: ServerProcess) -> Page:
    page = phone.browser.contexts[0].new_page()
    page.set_default_timeout(START_MS)
    page.add_init_script(NEVER_STARTS)
    page.goto(f"{server.url}/app/")
    return page


def test_today_is_there_before_python_and_hidden_pages_are_not(
    server: ServerProcess, phone: PhoneBrowser
) -> None:
    page, watched = phone.open(server.url)
    kept_for_offline(page)
    write_goal(page, "Swim once a week")
    view_is_kept(page, "Swim once a week")

    # What was tapped before the start is recorded after it.
    page.reload()
    expect(page.get_by_role("heading", name="Swim once a week")).to_be_visible()
    page.get_by_role("button", name="5", exact=True).click()
    expect(page.get_by_text("Today: 5 of 10")).to_be_visible(timeout=START_MS)
    view_is_kept(page, "Today: 5 of 10")
    assert [] == watched.complaints
    page.close()

    slow = unstarted(phone, server)
    expect(slow.get_by_role("heading", name="Swim once a week")).to_be_visible()
    expect(slow.locator("#sync")).to_contain_text("Starting.")
    # Words could only be kept in memory, so there is no place to type any.
    expect(slow.locator("textarea, input:not([type=hidden])")).to_have_count(0)
    slow.locator("summary", has_text="Today: 5 of 10").click()
    slow.get_by_role("button", name="6", exact=True).click()
    expect(slow.locator("#sync")).to_contain_text("saved as soon as the app has started")
    slow.get_by_role("link", name="Hide").click()
    expect(slow.locator("body")).to_have_text("")
    slow.close()

    again = unstarted(phone, server)
    expect(again.get_by_text("Starting.")).to_be_visible()
    expect(again.get_by_text("Swim once a week")).to_have_count(0)


def test_it_says_what_the_browser_keeps_and_reads_codes_with_the_camera(
    server: ServerProcess, phone: PhoneBrowser
) -> None:
    context = phone.browser.contexts[0]
    context.grant_permissions(["camera"], origin=server.url)
    page = context.new_page()
    page.set_default_timeout(START_MS)
    page.add_init_script(READER)
    page.goto(f"{server.url}/app/#/state")
    started(page)
    kept = page.locator("[data-keeping=kept]:visible, [data-keeping=lent]:visible")
    expect(kept).to_have_count(1)
    way = "[data-keeping=install]:visible, [data-keeping=by-hand]:visible"
    expect(page.locator(way)).to_have_count(1)

    page.goto(f"{server.url}/app/#/devices/join")
    page.get_by_role("button", name="Read it with the camera").click()
    expect(page.get_by_label("The code")).to_have_value("abcd-efgh")
    expect(page.locator("video")).to_have_count(0)


def test_whose_work_the_app_holds_is_told_with_its_licence(server: ServerProcess) -> None:
    """Licences of what is passed on ask for that; the list is that of what was packed."""
    packed = (BUILT_FOLDER / "packages.bin").read_bytes()
    names = json.loads(packed[4 : 4 + int.from_bytes(packed[:4], "big")])
    held = {name.partition("/")[0] for name, _ in names}
    others = {name for name in held if not name.startswith("trailmark_")}
    told = httpx.get(f"{server.url}/app/licences.txt", trust_env=False)

    assert 200 == told.status_code
    assert {"jinja2", "markupsafe", "msgspec", "segno"} == others
    for name in (*others, "tzdata", "Python", "pyodide", "@noble/ciphers", "@noble/curves"):
        _, _, text = told.text.partition(f"----- {name} ")
        assert any(word in text.partition("\n-----")[0] for word in ("icense", "PSF", "MPL")), name
