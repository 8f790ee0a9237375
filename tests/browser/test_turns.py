"""Whose turn it is to listen for all open pages of a browser, where the one that did cannot."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, cast

import pytest
from playwright.async_api import BrowserContext, Page, async_playwright, expect

from tests.browser.conftest import ARGUMENTS
from tests.conftest import CHROMIUM
from tests.support.shared_lanes import Writer
from tests.support.web_site import START, Site, served, sharing_site, timeline_path
from trailmark_shared.events.notes import WinNoted

pytestmark = pytest.mark.browser


@pytest.fixture
def mira() -> Writer:
    return Writer(1)


@asynccontextmanager
async def signed_in(site: Site) -> AsyncIterator[BrowserContext]:
    """Open a browser that is signed in at a site."""
    async with served(site) as url, async_playwright() as started:
        browser = await started.chromium.launch(executable_path=str(CHROMIUM), args=ARGUMENTS)
        context = await browser.new_context(base_url=url)
        cookie = {"name": site.services.web.cookie_name, "value": site.token, "url": url}
        await context.add_cookies([cast("Any", cookie)])
        yield context
        await browser.close()


async def opened(context: BrowserContext, path: str) -> Page:
    page = await context.new_page()
    await page.goto(path)
    return page


async def live(page: Page) -> None:
    await expect(page.locator("#live-state")).to_have_text("Live")


async def note(site: Site, writer: Writer, words: str) -> None:
    writer.write(writer.new_id(), WinNoted(text=words), at=START + 1000)
    await site.deliver(writer)


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
