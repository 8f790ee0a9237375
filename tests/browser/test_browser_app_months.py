"""Months without a network: the app opens, is written in, and sends it all once it can."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Page, expect

from tests.support.browser_app import (
    EMAIL,
    NEEDS_APP,
    SENT,
    START_MS,
    PhoneBrowser,
    connect_therapist,
    kept_for_offline,
    share_goal,
    started,
    typed_from_paper,
    view_is_kept,
    write_goal,
)
from tests.support.processes import ServerProcess
from tests.support.scene import Watched

pytestmark = [*NEEDS_APP, pytest.mark.timeout(300)]

AWAY = timedelta(days=200)
FAR_TOO_LONG = timedelta(days=800)

LATER = """
(ms) => {
  const Now = globalThis.Date;
  globalThis.Date = class extends Now {
    constructor(...given) {
      if (given.length) super(...given);
      else super(Now.now() + ms);
    }
    static now() {
      return Now.now() + ms;
    }
  };
}
"""


def open_later(
    phone: PhoneBrowser, server: ServerProcess, later: timedelta
) -> tuple[Page, Watched]:
    """Open the app on a phone whose clock has gone on, in its window and in its worker."""
    ms = int(later.total_seconds() * 1000)
    page = phone.browser.contexts[0].new_page()
    page.set_default_timeout(START_MS)
    watched = Watched(page)
    page.add_init_script(f"({LATER})({ms})")
    with page.expect_worker() as worker:
        page.goto(f"{server.url}/app/")
    worker.value.evaluate(LATER, ms)
    started(page)
    return page, watched


def make_recovery_code(page: Page, server: ServerProcess) -> str:
    """Write a recovery code down, and let it count."""
    page.goto(f"{server.url}/app/#/recovery")
    page.get_by_role("button", name="Make a recovery code").click()
    paper = typed_from_paper(page)
    expect(page.get_by_text("The code counts from now on.")).to_be_visible(timeout=START_MS)
    return paper


def win(page: Page, words: str) -> None:
    page.get_by_role("link", name="Today").click()
    page.get_by_role("link", name="Note a win").click()
    page.get_by_role("textbox").fill(words)
    page.get_by_role("button", name=re.compile("^(Keep|Save|Write)")).first.click()
    expect(page.get_by_role("link", name="Note a win")).to_be_visible()


def test_after_months_without_a_network_all_is_there_and_all_is_sent(
    server: ServerProcess, phone: PhoneBrowser
) -> None:
    page, _ = phone.open(server.url)
    write_goal(page, "Swim once a week")
    connect_therapist(page, server)
    share_goal(page, "Swim once a week")
    paper = make_recovery_code(page, server)
    expect(page.locator("#sync")).to_contain_text(SENT, timeout=START_MS)
    kept_for_offline(page)
    page.get_by_role("link", name="Today").click()
    view_is_kept(page, "Swim once a week")
    server.kill()
    phone.kill()
    phone.start()

    page, watched = open_later(phone, server, AWAY)
    expect(page.get_by_role("heading", name="Swim once a week")).to_be_visible()
    page.get_by_role("button", name="6", exact=True).click()
    expect(page.get_by_text("Today: 6 of 10")).to_be_visible()
    win(page, "I swam all winter")
    expect(page.locator("header")).to_contain_text("Not sent yet")
    server.shift_s = int(AWAY.total_seconds())
    server.start()
    expect(page.locator("#sync")).to_contain_text(SENT, timeout=START_MS)
    assert [] == watched.complaints
    seen_by_the_therapist(phone, server, AWAY)

    # After years the server has to let the device in again; the person's own code does.
    page.close()
    server.kill()
    server.shift_s = int(FAR_TOO_LONG.total_seconds())
    server.start()
    page, watched = open_later(phone, server, FAR_TOO_LONG)
    win(page, "Back after years")
    expect(page.locator("#sync")).to_contain_text("has to let it in again", timeout=START_MS)
    page.goto(f"{server.url}/app/#/state")
    page.get_by_role("link", name="By my recovery code").click()
    page.get_by_label("Your recovery code").fill(paper)
    page.get_by_role("button", name="Get everything back").click()
    expect(page.locator("#sync")).to_contain_text(SENT, timeout=START_MS)
    assert [] == watched.complaints
    seen_by_the_therapist(phone, server, FAR_TOO_LONG)


def seen_by_the_therapist(phone: PhoneBrowser, server: ServerProcess, later: timedelta) -> None:
    """Sign the therapist in: what was recorded on that day is there."""
    context = phone.browser.new_context()
    page = context.new_page()
    page.set_default_timeout(START_MS)
    page.goto(server.admin("therapist", "link", "--email", EMAIL)["link"])
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("link", name="Mira (Tuesdays)", exact=True).click()
    day = datetime.now(UTC) + later
    heading = re.compile(f"{day.day} {day:%B}")
    expect(page.get_by_role("heading", name=heading).first).to_be_visible()
    context.close()
