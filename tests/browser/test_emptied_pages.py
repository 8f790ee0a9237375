"""What a page that empties itself leaves to whoever was typing in it."""

from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Page, expect

from tests.browser import chromium
from tests.support.shared_lanes import Writer
from tests.support.web_site import START, THERAPIST, Site, new_site, timeline_path
from trailmark_shared import limits
from trailmark_shared.events.notes import WinNoted

pytestmark = pytest.mark.browser

DRAFT = "Half a sentence about the swim"
THEIRS = "Swam in the lake"


class Open:
    """A timeline with words in a comment that was not sent."""

    def __init__(self, site: Site, page: Page, mira: Writer, grant: bytes) -> None:
        self.site = site
        self.page = page
        self.mira = mira
        self.grant = grant


@pytest.fixture
async def opened() -> AsyncIterator[Open]:
    site, mira = await new_site(), Writer(1)
    grant = mira.let_in(THERAPIST.id, THERAPIST.name, START)
    mira.write(mira.new_id(), WinNoted(text=THEIRS), at=START)
    await site.know(mira.space, "Mira")
    await site.deliver(mira)
    async with chromium.signed_in(site) as context:
        page = await chromium.opened(context, timeline_path(mira))
        await chromium.live(page)
        await page.locator(".row summary").click()
        await page.get_by_label("Your comment").fill(DRAFT)
        yield Open(site, page, mira, grant)


async def test_words_stay_where_the_page_was_left_alone_for_too_long(opened: Open) -> None:
    opened.site.clock.ms += limits.WEB_SESSION_IDLE_MS
    opened.site.services.bell.ring_access()

    heading = opened.page.get_by_role("heading", level=1)
    await expect(heading).to_have_text("There is nothing to see here now")
    await opened.page.get_by_text("What you wrote").click()
    await expect(opened.page.locator("textarea")).to_have_value(DRAFT)
    await expect(opened.page.get_by_text(THEIRS)).to_have_count(0)


async def test_words_stay_where_sharing_ended(opened: Open) -> None:
    opened.mira.stop_sharing(opened.grant, START + 1)
    await opened.mira.deliver(opened.site.services.events, opened.site.clock)
    opened.site.services.bell.ring_access()

    await expect(opened.page.get_by_role("heading", level=1)).to_contain_text("Sharing ended on")
    await opened.page.get_by_text("What you wrote").click()
    await expect(opened.page.locator("textarea")).to_have_value(DRAFT)
    await expect(opened.page.get_by_text(THEIRS)).to_have_count(0)


async def test_nothing_stays_where_the_reader_signed_out(opened: Open) -> None:
    session = opened.site.signed_in.session_hash
    await opened.site.services.accounts.write(lambda rows: rows.drop_web_session(session))
    opened.site.services.bell.ring_access()

    heading = opened.page.get_by_role("heading", level=1)
    await expect(heading).to_have_text("There is nothing to see here now")
    await expect(opened.page.locator("textarea")).to_have_count(0)
    await expect(opened.page.get_by_text("What you wrote")).to_have_count(0)
