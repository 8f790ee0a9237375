"""Pages of one's own that are gone back to, and that stay open until another day."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.support.own_pages import PagesProcess
from tests.support.processes import DeviceFolder

pytestmark = [pytest.mark.browser, pytest.mark.timeout(120)]


@pytest.fixture
def page(browser: Browser, tmp_path: Path) -> Iterator[Page]:
    phone = DeviceFolder(tmp_path / "home")
    phone.run("goal", "add", "Swim on Sundays")
    with PagesProcess(phone.home) as pages:
        context = browser.new_context(base_url=pages.url)
        window = context.new_page()
        window.goto(pages.link)
        window.wait_for_url(re.compile("/$"))
        yield window
        context.close()


def write(page: Page, words: str) -> None:
    """Type words and wait until they are kept as a draft."""
    page.get_by_label("What happened?").fill(words)
    expect(page.locator("[data-draft-state][aria-busy=false]")).to_have_text(
        "Kept on this device as you type."
    )


def test_back_at_a_form_stand_the_words_that_were_not_kept_and_no_others(page: Page) -> None:
    """What was kept already would be kept twice."""
    page.goto("/hard")
    write(page, "No answer from her")
    page.get_by_role("link", name="Not now").click()
    page.wait_for_url(re.compile("/$"))
    page.go_back()
    expect(page.get_by_label("What happened?")).to_have_value("No answer from her")

    page.get_by_role("button", name="Keep it").click()
    expect(page.get_by_text("Nothing is lost.")).to_be_visible()
    page.go_back()
    expect(page.get_by_label("What happened?")).to_have_value("")


def test_today_is_asked_anew_once_it_is_another_day(page: Page) -> None:
    page.clock.install(time="2026-11-28T23:58:00")
    page.goto("/")
    expect(page.get_by_role("heading", name="Today")).to_be_visible()
    head = page.locator("[data-live=day]")
    head.evaluate("head => { head.textContent = 'the day of before'; }")

    page.clock.fast_forward("01:00")
    expect(head).to_have_text("the day of before")
    page.clock.fast_forward("02:00")
    expect(head).to_contain_text("Today")
