"""The person's own pages in a real browser at the size of a phone, served by a real process."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from tests.browser.own_accessible import stumbled
from tests.support.own_pages import PagesProcess
from tests.support.processes import DeviceFolder
from tests.support.scene import Watched
from trailmark_shared import limits

pytestmark = pytest.mark.browser

PHONE: Any = {"viewport": {"width": 360, "height": 740}, "reduced_motion": "reduce"}


@pytest.fixture
def pages(tmp_path: Path) -> Iterator[PagesProcess]:
    with PagesProcess(tmp_path / "home") as started:
        yield started


def opened(browser: Browser, pages: PagesProcess, **options: Any) -> Page:  # noqa: ANN401
    """Return a window that was let in; every other host is out of reach."""
    context = browser.new_context(**(PHONE | options))

    def only_here(route: Route) -> None:
        is_here = route.request.url.startswith(f"{pages.url}/")
        route.continue_() if is_here else route.abort()

    context.route("**/*", only_here)
    page = context.new_page()
    page.goto(pages.link)
    page.wait_for_url(re.compile("/begin$|/$"))
    return page


PATIENT_MS = 30_000
"""What waits for a passphrase to be stretched, which is slow on purpose."""


class Finger:
    """Counts what a person has to do."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.taps = 0

    def tap(self, words: str) -> None:
        self.page.get_by_text(words, exact=True).last.click()
        self.taps += 1


def test_first_goal_takes_one_sentence_and_at_most_nine_taps(
    browser: Browser, pages: PagesProcess
) -> None:
    page = opened(browser, pages)
    watched = Watched(page)
    finger = Finger(page)

    expect(page.get_by_text("Everything stays on this device until you share it.")).to_be_visible()
    page.keyboard.type("Feel better")
    for words in (
        "Next",
        "Do something I enjoy at least twice a week",
        "I do something more often",
        "2",
        "0",
        "Tell one person about it",
        "Tomorrow",
        "Save my goal",
        "To my day",
    ):
        finger.tap(words)

    expect(page.get_by_role("heading", name="Today")).to_be_visible()
    expect(page.get_by_role("heading", name="Do something I enjoy")).to_be_visible()
    expect(page.get_by_text("Tell one person about it")).to_be_visible()
    assert 9 >= finger.taps
    assert [] == watched.complaints
    assert {pages.host} == watched.hosts


def test_words_survive_when_everything_is_killed_while_typing(
    browser: Browser, pages: PagesProcess
) -> None:
    page = opened(browser, pages)
    page.keyboard.type("I would like to sleep thr", delay=20)
    expect(page.locator("[data-draft-state][aria-busy=false]")).to_have_text(
        "Kept on this device as you type."
    )

    pages.kill()
    page.keyboard.type("o")

    expect(page.locator("[data-draft-state]")).to_contain_text("Not kept")
    page.context.close()
    pages.start()
    expect(opened(browser, pages).get_by_role("textbox")).to_have_value("I would like to sleep thr")


def test_the_longest_text_is_kept_as_it_is_typed_whatever_its_letters(
    browser: Browser, pages: PagesProcess
) -> None:
    page = opened(browser, pages)
    page.goto(f"{pages.url}/journal")
    longest = "\u8a9e" * limits.TEXT_CHARS_MAX

    page.get_by_role("textbox").first.fill(longest)

    expect(page.locator("[data-draft-state][aria-busy=false]").first).to_have_text(
        "Kept on this device as you type."
    )
    page.reload()
    expect(page.get_by_role("textbox").first).to_have_value(longest)


def test_a_shut_store_shows_nothing_and_keeps_what_was_typed(
    browser: Browser, pages: PagesProcess
) -> None:
    page = opened(browser, pages)
    page.keyboard.type("Swim")
    for words in ("Next", "It is done one day", "4", "Save my goal", "To my day"):
        Finger(page).tap(words)
    other = page.context.new_page()
    other.goto(f"{pages.url}/journal")
    other.get_by_role("textbox").first.fill("Half a sentence")
    expect(other.locator("[data-draft-state]").first).to_have_text(
        "Kept on this device as you type."
    )
    page.goto(f"{pages.url}/lock")
    page.get_by_label("Some words that only you know").fill("a lamp, three stairs")
    page.get_by_label("Once more").fill("a lamp, three stairs")
    page.get_by_role("button", name="Lock this device").click()
    page.get_by_role("button", name="Lock it now").click(timeout=PATIENT_MS)

    for each in (page, other):
        expect(each.get_by_role("heading", name="Locked")).to_be_visible(timeout=PATIENT_MS)
        expect(each.locator("body")).not_to_contain_text("Swim")
    assert [] == stumbled(other)
    pages.kill()
    pages.start()
    page = opened_shut(browser, pages)
    page.get_by_label("Your passphrase").fill("a lamp, four stairs")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("Nothing was changed", timeout=PATIENT_MS)
    page.get_by_label("Your passphrase").fill("a lamp, three stairs")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Swim")).to_be_visible(timeout=PATIENT_MS)
    page.goto(f"{pages.url}/journal")
    expect(page.get_by_role("textbox").first).to_have_value("Half a sentence")


def opened_shut(browser: Browser, pages: PagesProcess) -> Page:
    """Return a window that was let in, in front of a store that is shut."""
    page = browser.new_context(**PHONE).new_page()
    page.goto(pages.link)
    expect(page.get_by_role("heading", name="Locked")).to_be_visible()
    return page


def test_everything_works_without_scripts(browser: Browser, pages: PagesProcess) -> None:
    page = opened(browser, pages, java_script_enabled=False)
    page.get_by_role("textbox").fill("Swim")
    for name in ("Next", "It is done one day", "4", "Save my goal"):
        page.get_by_role("button", name=name).first.click()
    page.get_by_role("link", name="To my day").click()
    page.get_by_role("button", name="5", exact=True).click()

    expect(page.get_by_text("Today: 5 of 10")).to_be_visible()
    page.get_by_role("link", name="Note a win").click()
    page.get_by_role("textbox").fill("I went")
    page.get_by_role("button", name="Keep it").click()
    expect(page.get_by_role("status").first).to_contain_text("You did a hard thing.")
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_role("status").first).to_contain_text("Taken back")


def test_escape_twice_hides_the_page_and_brings_it_back(
    browser: Browser, pages: PagesProcess
) -> None:
    page = opened(browser, pages)
    for _ in range(2):
        page.keyboard.press("Escape")
    page.wait_for_url(re.compile("/hidden$"))

    expect(page).to_have_title("Notes")
    expect(page.locator("body")).not_to_contain_text("Trailmark")
    for _ in range(2):
        page.keyboard.press("Escape")
    page.wait_for_url(re.compile("/begin$"))


HOSTILE = """<!doctype html><title>Hostile</title><body><script>
const target = "TARGET";
async function tried(name, work) {
  try { return [name, String(await work())]; } catch (error) { return [name, "nothing"]; }
}
const read = (mode) => async () => {
  const answer = await fetch(target + "/", { credentials: "include", mode });
  return answer.type === "opaque" ? "nothing" : await answer.text();
};
const loaded = (tag, field, path) => () => new Promise((resolve) => {
  const one = document.createElement(tag);
  one.onload = () => resolve(tag === "iframe" ? framed(one) : "loaded");
  one.onerror = () => resolve("nothing");
  one[field] = target + path;
  document.body.append(one);
});
const framed = (one) => {
  try { return one.contentDocument.body.textContent; } catch { return "nothing"; }
};
const write = (init) => async () => {
  const how = { method: "POST", credentials: "include", mode: "no-cors", ...init };
  await fetch(target + "/win", how);
  return "sent";
};
const form = () => new Promise((resolve) => {
  const one = document.createElement("form");
  one.method = "post"; one.action = target + "/win"; one.target = "other";
  const field = document.createElement("input");
  field.name = "text"; field.value = "Written by a hostile page";
  one.append(field); document.body.append(one);
  window.open("about:blank", "other"); one.submit();
  setTimeout(() => resolve("sent"), 1000);
});
const events = () => new Promise((resolve) => {
  const one = new EventSource(target + "/events", { withCredentials: true });
  one.onopen = () => resolve("opened"); one.onerror = () => { one.close(); resolve("nothing"); };
});
const body = new URLSearchParams({ text: "Written by a hostile page" });
window.attack = async () => Object.fromEntries([
  await tried("cors", read("cors")), await tried("no-cors", read("no-cors")),
  await tried("image", loaded("img", "src", "/static/icon.svg")),
  await tried("script", loaded("script", "src", "/static/pages.js")),
  await tried("frame", loaded("iframe", "src", "/")),
  await tried("events", events),
  await tried("post", write({ body })),
  await tried("json", write({ body: JSON.stringify({ text: "Written by a hostile page" }) })),
  await tried("form", form),
]);
</script></body>"""
"""Knows the address of the pages, which it should not, and tries all that a page can try."""


@pytest.mark.parametrize("origin", ["http://evil.example", "http://t-other.localhost:1"])
def test_hostile_page_can_neither_read_nor_write(
    browser: Browser, pages: PagesProcess, origin: str
) -> None:
    page = opened(browser, pages)
    page.keyboard.type("Swim")
    for words in ("Next", "It is done one day", "4", "Save my goal", "To my day"):
        Finger(page).tap(words)
    hostile = page.context.new_page()
    hostile.route(
        f"{origin}/**",
        lambda route: route.fulfill(
            body=HOSTILE.replace("TARGET", pages.url), content_type="text/html"
        ),
    )
    hostile.goto(f"{origin}/")
    answers = hostile.evaluate("attack()")

    reading = {name: answers[name] for name in ("cors", "no-cors", "image", "script", "events")}
    assert {"nothing"} == set(reading.values())
    assert "Swim" not in answers["frame"]
    page.goto(f"{pages.url}/")
    expect(page.get_by_role("heading", name="Swim")).to_be_visible()
    timeline = DeviceFolder(pages.home).run("timeline")
    assert "Written by a hostile page" not in str(timeline)
    assert "Swim" in str(timeline)


def test_link_of_another_browser_opens_nothing(browser: Browser, pages: PagesProcess) -> None:
    opened(browser, pages)
    other = browser.new_context().new_page()

    for address in (pages.link, pages.url, f"{pages.url}/help"):
        answer = other.goto(address)

        assert answer is not None
        assert 403 == answer.status
        assert "not let in" in (other.text_content("body") or "")
