"""More pages open at once than a browser keeps connections: all of them stay live."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

import pytest
from playwright.async_api import Page, expect

from tests.browser.chromium import live, opened, signed_in
from tests.support.shared_lanes import Writer
from tests.support.web_site import START, Site, sharing_site, timeline_path
from trailmark_shared.events.notes import WinNoted

pytestmark = pytest.mark.browser

TABS = 8
EMPTIED_MS = 1000


@asynccontextmanager
async def open_tabs(site: Site, paths: list[str]) -> AsyncGenerator[list[Page]]:
    """Open every path in a tab of one signed-in browser, and wait until all are live."""
    async with signed_in(site) as context:
        pages = [await opened(context, path) for path in paths]
        for page in pages:
            await live(page)
        yield pages


async def note(site: Site, writer: Writer, words: str) -> None:
    writer.write(writer.new_id(), WinNoted(text=words), at=START + 1000)
    await site.deliver(writer)


async def test_eight_tabs_follow_one_stream_and_take_turns() -> None:
    writers = [Writer(30 * number + 1) for number in range(TABS)]
    site = await sharing_site(*writers, labels=[f"Person {n}" for n in range(TABS)])
    async with open_tabs(site, [timeline_path(each) for each in writers]) as pages:
        for number, writer in enumerate(writers):
            await note(site, writer, f"Win number {number}")
        for number, page in enumerate(pages):
            await expect(page.get_by_text(f"Win number {number}")).to_be_attached()

        # The first page listens for the others; when it goes, another takes its turn.
        await pages[0].close()
        await note(site, writers[3], "After the first was closed")
        await expect(pages[3].get_by_text("After the first was closed")).to_be_attached()

        # A ninth page and a form find a connection that is free.
        another = await pages[1].context.new_page()
        await another.goto("/people")
        await expect(another.get_by_role("link", name="Person 7", exact=True)).to_be_visible()
        ids = await pages[3].locator(".row").evaluate_all("all => all.map(each => each.id)")

    assert len(set(ids)) == len(ids)


async def test_revoking_empties_every_tab_of_the_person_and_no_other() -> None:
    mira, jonas = Writer(1), Writer(40)
    site = await sharing_site(mira, jonas, labels=("Mira", "Jonas"))
    await note(site, mira, "A win of Mira")
    [grant] = await site.services.events.grants(mira.space)
    hidden = [timeline_path(mira)] * (TABS - 1)
    async with open_tabs(site, [*hidden, timeline_path(jonas)]) as pages:
        mira.stop_sharing(grant.grant, START + 2000)
        await site.deliver(mira)

        for page in pages[:-1]:
            heading = page.get_by_role("heading", level=1)
            await expect(heading).to_contain_text("Sharing ended on", timeout=EMPTIED_MS)
            await expect(page.get_by_text("A win of Mira")).to_have_count(0)
        await note(site, jonas, "A win of Jonas")
        await expect(pages[-1].get_by_text("A win of Jonas")).to_be_visible()
