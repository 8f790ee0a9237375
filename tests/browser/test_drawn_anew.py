"""A page that draws itself anew: it counts as nobody's doing, and leaves nothing behind."""

import re
from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Locator, Page, expect

from tests.browser.chromium import live, opened, signed_in
from tests.support.shared_lanes import Writer
from tests.support.web_site import START, THERAPIST, Site, new_site, timeline_path
from trailmark_shared import limits
from trailmark_shared.events.control import SubjectErased
from trailmark_shared.events.data import EventData
from trailmark_shared.events.notes import WinNoted
from trailmark_shared.ids import text_from_id

pytestmark = pytest.mark.browser

DRAFT = "Breathing out longer than in"


class Plan:
    """An open plan, and the person whose plan it is."""

    def __init__(self, site: Site, page: Page, mira: Writer) -> None:
        self.site = site
        self.page = page
        self.mira = mira
        self.win = mira.new_id()

    async def bring(self, data: EventData, later_ms: int = 0) -> str:
        """Let the person say something of their win; return the id of the event."""
        event = self.mira.write(self.win, data, at=self.site.clock.ms + later_ms)
        await self.mira.deliver(self.site.services.events, self.site.clock)
        self.site.services.bell.ring(self.mira.space, self.mira.lane)
        return text_from_id(event)

    async def news(self) -> str:
        """Let the person note a win, and the page say that there is something new."""
        event = await self.bring(WinNoted(text="A win"))
        await expect(self.page.locator("#live-state")).to_contain_text("Something new arrived")
        return event

    async def type(self) -> Locator:
        """Type into a form; return its field."""
        form = self.page.locator("details", has_text="Add an intervention")
        await form.locator("summary").click()
        field = form.get_by_label("What to try")
        await field.fill(DRAFT)
        return field

    async def seen_at(self) -> int:
        """Return when somebody was there last, as the session says."""
        hash_ = self.site.signed_in.session_hash
        session = await self.site.services.accounts.read(lambda rows: rows.web_session(hash_))
        assert session is not None
        return session.seen_at

    async def kept(self) -> object:
        """Return what waits in this tab."""
        return await self.page.evaluate("({ ...sessionStorage })")


@pytest.fixture
async def plan() -> AsyncIterator[Plan]:
    site, mira = await new_site(), Writer(1)
    mira.let_in(THERAPIST.id, THERAPIST.name, START)
    await site.know(mira.space, "Mira")
    await site.deliver(mira)
    async with signed_in(site) as context:
        page = await opened(context, timeline_path(mira).replace("timeline", "plan"))
        await live(page)
        yield Plan(site, page, mira)


async def test_a_page_that_draws_itself_anew_prolongs_no_session(plan: Plan) -> None:
    """Somebody who comes back to a machine that was left alone finds nobody signed in."""
    event = await plan.news()

    async with plan.page.expect_navigation():
        await plan.bring(SubjectErased(events=(event,)), limits.WEB_SESSION_IDLE_MS // 2)

    await expect(plan.page.locator("#live-state")).to_have_text("Live")
    assert START == await plan.seen_at()

    await plan.page.get_by_role("link", name="Timeline", exact=True).click()

    await expect(plan.page.locator("#live-state")).to_have_text("Live")
    assert plan.site.clock.ms == await plan.seen_at()


async def test_words_stay_where_the_page_draws_itself_anew(plan: Plan) -> None:
    event = await plan.news()
    field = await plan.type()

    async with plan.page.expect_navigation():
        await plan.bring(SubjectErased(events=(event,)))

    await expect(field).to_have_value(DRAFT)


async def test_words_stay_where_the_browser_had_put_the_page_aside(plan: Plan) -> None:
    field = await plan.type()

    async with plan.page.expect_navigation():
        await plan.page.evaluate(
            "dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }))"
        )

    await expect(field).to_have_value(DRAFT)


async def test_no_other_page_keeps_what_was_typed(plan: Plan) -> None:
    """A page without a live part has nothing else that could make the tab forget it."""
    await plan.news()
    await plan.type()
    await plan.page.get_by_role("link", name="Account", exact=True).click()

    assert {} == await plan.kept()

    await plan.page.locator(".masthead button").click()
    await expect(plan.page).not_to_have_url(re.compile("/account$"))
    assert {} == await plan.kept()


async def test_nothing_typed_stays_where_the_session_is_over_by_then(plan: Plan) -> None:
    await plan.news()
    await plan.type()
    hash_ = plan.site.signed_in.session_hash
    await plan.site.services.accounts.write(lambda rows: rows.drop_web_session(hash_))

    await plan.page.reload()

    await expect(plan.page.get_by_role("heading", level=1)).to_have_text("Please sign in first")
    assert {} == await plan.kept()
