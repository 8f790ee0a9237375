"""Going back in a long timeline while late arrivals come in, in a real browser."""

import pytest
from playwright.async_api import expect

from tests.browser.chromium import live, opened, signed_in
from tests.support.shared_lanes import DAY_MS, Writer
from tests.support.web_site import START, sharing_site, timeline_path
from trailmark_server.members.timeline_pages import ROWS_MAX
from trailmark_shared.events.notes import WinNoted

pytestmark = pytest.mark.browser

COUNT = ROWS_MAX + 40


async def test_late_arrival_and_earlier_days_join_in_order_each_row_once() -> None:
    mira = Writer(1)
    site = await sharing_site(mira)
    for number in range(COUNT):
        mira.write(mira.new_id(), WinNoted(text=f"win {number}"), at=START + number * DAY_MS)
    await site.deliver(mira)
    async with signed_in(site) as context:
        page = await opened(context, timeline_path(mira))
        await live(page)

        mira.write(
            mira.new_id(),
            WinNoted(text="long ago"),
            at=START + DAY_MS + 1,
            late_ms=(COUNT - 2) * DAY_MS,
        )
        await site.deliver(mira)
        await expect(page.get_by_text("long ago")).to_be_attached()
        while await (earlier := page.get_by_role("link", name="Earlier")).count():
            shown = await page.locator(".row").evaluate_all("all => all.map(each => each.id)")
            await earlier.press("Enter")
            await expect(page.locator(".row")).not_to_have_count(len(shown))
            # Who reads by keyboard goes on at the first row that came.
            await expect(page.locator(".row:focus")).to_have_count(1)
            assert await page.locator(".row:focus").get_attribute("id") not in shown

        days = await page.locator(".day").evaluate_all("all => all.map(each => each.dataset.day)")
        rows = await page.locator(".row").evaluate_all("all => all.map(each => each.id)")

    assert sorted(set(days), reverse=True) == days
    assert len(set(rows)) == len(rows)
    assert COUNT + 2 == len(rows)


async def test_an_answer_without_days_takes_no_place() -> None:
    mira = Writer(1)
    site = await sharing_site(mira)
    for number in range(COUNT):
        mira.write(mira.new_id(), WinNoted(text=f"win {number}"), at=START + number * DAY_MS)
    await site.deliver(mira)
    async with signed_in(site) as context:
        page = await opened(context, timeline_path(mira))
        earlier, failed = page.get_by_role("link", name="Earlier"), page.get_by_text("Nothing came")
        shown = await page.locator(".row").count()
        await expect(failed).to_be_hidden()

        await page.route("**/timeline?*", lambda route: route.fulfill(status=503, body="<p>Busy"))
        await earlier.click()
        await expect(failed).to_be_visible()
        await page.unroute("**/timeline?*")
        await page.route("**/timeline?*", lambda route: route.abort())
        await earlier.click()
        await expect(failed).to_be_visible()
        await expect(page.get_by_text("Busy")).to_have_count(0)
        await page.unroute("**/timeline?*")
        await earlier.click()

        await expect(failed).to_be_hidden()
        await expect(page.locator(".row")).not_to_have_count(shown)
