"""A live page whose machine slept or lost its network: it says so, catches up, repeats nothing."""

from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Page, Route, expect

from tests.browser.chromium import live, signed_in
from tests.support.shared_lanes import Writer
from tests.support.web_site import START, Site, sharing_site, timeline_path
from trailmark_shared.events.notes import WinNoted

pytestmark = pytest.mark.browser

LOST = "Connection lost. Trying again by itself."
CLOCK = "const now = Date.now.bind(Date); Date.now = () => now() + (window.sleptMs ?? 0);"


class Watching:
    """An open timeline, and the person whose it is."""

    def __init__(self, site: Site, mira: Writer, page: Page) -> None:
        self.site = site
        self.mira = mira
        self.page = page
        self.state = page.locator("#live-state")

    async def win(self, text: str) -> None:
        """Let something arrive at the server."""
        self.mira.write(self.mira.new_id(), WinNoted(text=text), at=self.site.clock.ms)
        await self.mira.deliver(self.site.services.events, self.site.clock)
        self.site.services.bell.ring(self.mira.space, self.mira.lane)


@pytest.fixture
async def watching() -> AsyncIterator[Watching]:
    mira = Writer(1)
    site = await sharing_site(mira)
    mira.write(mira.new_id(), WinNoted(text="Swam"), at=START)
    await site.deliver(mira)
    async with signed_in(site) as context:
        page = await context.new_page()
        await page.add_init_script(CLOCK)
        await page.goto(timeline_path(mira))
        await live(page)
        yield Watching(site, mira, page)


async def test_page_without_a_network_says_so_and_catches_up(watching: Watching) -> None:
    await watching.page.context.set_offline(True)
    await expect(watching.state).to_have_text(LOST)
    await watching.win("Sang")
    await expect(watching.page.locator(".row", has_text="Sang")).to_have_count(0)

    await watching.page.context.set_offline(False)

    await expect(watching.state).to_have_text("Live")
    for words in ("Swam", "Sang"):
        await expect(watching.page.locator(".row", has_text=words)).to_have_count(1)


async def test_page_of_a_machine_that_slept_asks_anew(watching: Watching) -> None:
    async with watching.page.expect_request("**/people/live?*"):
        await watching.page.evaluate("window.sleptMs = 3600 * 1000")

    await expect(watching.state).to_have_text("Live")
    await watching.win("Sang")
    for words in ("Swam", "Sang"):
        await expect(watching.page.locator(".row", has_text=words)).to_have_count(1)


async def test_other_words_after_an_answer_that_was_lost_can_be_sent_as_well(
    watching: Watching,
) -> None:
    page = watching.page

    async def lose(route: Route) -> None:
        await route.fetch()
        await route.abort()

    row = page.locator(".row", has_text="Swam")
    await row.locator("summary").click()
    words, send = row.get_by_label("Your comment"), row.get_by_role("button", name="Send comment")
    await page.route("**/comments", lose, times=1)
    await words.fill("Good to hear")
    await send.click()
    await expect(row.get_by_role("alert")).to_contain_text("could not be sent")
    await words.fill("Good to hear that")
    await send.click()
    await expect(row.get_by_role("alert")).to_contain_text("send them once more")

    await send.click()

    await expect(row.locator(".comment")).to_have_count(2)
    await expect(words).to_have_value("")
