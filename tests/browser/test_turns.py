"""Whose turn it is to listen for all open pages of a browser, where the one that did cannot."""

import pytest
from playwright.async_api import expect

from tests.browser.chromium import live, opened, signed_in
from tests.support.shared_lanes import Writer
from tests.support.web_site import START, Site, sharing_site, timeline_path
from trailmark_shared.events.notes import WinNoted

pytestmark = pytest.mark.browser

LOOKS_MS = 30_000
"""Long before, a page in view has seen that the one that listens does not answer."""

STOPPED = """
const said = BroadcastChannel.prototype.postMessage;
let isStopped = false;
BroadcastChannel.prototype.postMessage = function (message) {
  if (!isStopped) said.call(this, message);
};
Object.defineProperty(document, "hidden", { get: () => isStopped });
globalThis.stop = (isNow) => (isStopped = isNow);
"""
"""A page that can be stopped, as phones stop what nobody looks at: it tells nobody anything."""


@pytest.fixture
def mira() -> Writer:
    return Writer(1)


async def note(site: Site, writer: Writer, words: str) -> None:
    writer.write(writer.new_id(), WinNoted(text=words), at=START + 1000)
    await site.deliver(writer)


async def test_a_page_in_view_takes_the_turn_of_one_that_was_stopped(mira: Writer) -> None:
    site = await sharing_site(mira)
    async with signed_in(site) as context:
        stopped = await context.new_page()
        await stopped.add_init_script(STOPPED)
        await stopped.goto(timeline_path(mira))
        await live(stopped)
        await stopped.evaluate("stop(true)")

        page = await opened(context, timeline_path(mira))
        await expect(page.locator("#live-state")).to_have_text("Live", timeout=LOOKS_MS)
        await note(site, mira, "Swam in the rain")
        await expect(page.get_by_text("Swam in the rain")).to_be_attached()

        await stopped.evaluate("stop(false)")
        await expect(stopped.get_by_text("Swam in the rain")).to_be_attached(timeout=LOOKS_MS)
        await note(site, mira, "And on Sunday")
        for each in (stopped, page):
            await expect(each.get_by_text("And on Sunday")).to_be_attached()


async def test_who_signs_in_again_is_not_emptied_by_a_page_of_before(mira: Writer) -> None:
    site = await sharing_site(mira)
    async with signed_in(site) as context:
        before = await opened(context, timeline_path(mira))
        await live(before)
        await context.set_offline(offline=True)
        hash_ = site.signed_in.session_hash
        await site.services.accounts.write(lambda rows: rows.drop_web_session(hash_))
        await context.set_offline(offline=False)
        await expect(before.get_by_role("heading", level=1)).to_contain_text("nothing to see")

        await site.sign_in()
        page = await opened(context, timeline_path(mira))
        await live(page)
        await note(site, mira, "Swam in the rain")
        await expect(page.get_by_text("Swam in the rain")).to_be_attached()
