"""What is printed: ink on paper, what a sheet leaves out, and nothing that only a screen can do."""

import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Literal

import pytest
from playwright.async_api import Page, expect

from tests.browser.chromium import chromium
from tests.browser.screenshots import SHEETS, furnished
from tests.support.shared_lanes import DAY_MS, Writer
from tests.support.web_site import START, served, sharing_site, timeline_path
from trailmark_client.web.rendering import STATIC_FOLDER as OWN
from trailmark_server.pages.rendering import STATIC_FOLDER as MEMBERS
from trailmark_shared.events.notes import WinNoted

pytestmark = pytest.mark.browser

COLOURS = """names => names.map((name) =>
  getComputedStyle(document.documentElement).getPropertyValue(name))"""


ON_PAPER = """() => [...document.querySelectorAll("button, input, select, textarea, summary")]
  .filter((each) => each.checkVisibility()).map((each) => each.outerHTML)"""
"""What asks for a hand, and is printed."""

TORN = """() => [...document.querySelectorAll("main :is(h1, h2, h3)")]
.filter((each) => each.checkVisibility()).flatMap((heading) => {
  const around = [];
  let each = heading.parentElement;
  const isWhole = () => getComputedStyle(each).breakInside === "avoid";
  for (; !each.matches("main, .brief, .two-states") && !isWhole(); each = each.parentElement)
    around.push(each);
  const tears = (style) => !["block", "list-item"].includes(style.display)
    || style.paddingBlockEnd !== "0px" || getComputedStyle(heading).breakAfter !== "avoid";
  return around.filter((each) => tears(getComputedStyle(each)))
    .map((each) => `${heading.textContent}: ${each.className}`);
})"""
"""Headings that may end a page: a browser minds what follows them in blocks alone, and tears them
off where no more than the padding of their card does not fit.
"""


def names_in(sheet: Path) -> list[str]:
    """Return the names that a style sheet gives to colours and the like."""
    return sorted(set(re.findall(r"^ +(--[a-z0-9-]+):", sheet.read_text(), re.MULTILINE)))


@pytest.fixture
async def page() -> AsyncIterator[Page]:
    async with chromium() as browser:
        yield await (await browser.new_context()).new_page()


@pytest.mark.parametrize("sheet", [MEMBERS / "trailmark.css", OWN / "pages.css"])
async def test_a_dark_screen_prints_as_a_light_one(page: Page, sheet: Path) -> None:
    names = names_in(sheet)
    await page.add_style_tag(path=sheet)

    async def printed(scheme: Literal["light", "dark"]) -> dict[str, str]:
        await page.emulate_media(media="print", color_scheme=scheme)
        return dict(zip(names, await page.evaluate(COLOURS, names), strict=True))

    assert await printed("light") == await printed("dark")


@pytest.mark.timeout(120)
async def test_a_sheet_holds_nothing_to_press_and_no_heading_alone(page: Page) -> None:
    site, pages = await furnished()
    found: list[str] = []
    async with served(site) as url:
        name = site.services.web.cookie_name
        await page.context.add_cookies([{"name": name, "value": site.token, "url": url}])
        await page.emulate_media(media="print")
        for each in (*SHEETS, "goal", "goal-conflict", "timeline"):
            await page.goto(url + pages[each])
            found += [f"{each}: {one}" for one in await page.evaluate(ON_PAPER)]
            found += [f"{each}: {one}" for one in await page.evaluate(TORN)]

    assert [] == found


async def test_a_sheet_says_what_it_leaves_out(page: Page) -> None:
    mira = Writer(1)
    site = await sharing_site(mira)
    for day in range(120):
        at = START + day * DAY_MS
        mira.write(mira.new_id(), WinNoted(text=f"Swam on day {day}"), at=at)
    await site.deliver(mira)
    async with served(site) as url:
        name = site.services.web.cookie_name
        await page.context.add_cookies([{"name": name, "value": site.token, "url": url}])
        await page.goto(f"{url}{timeline_path(mira)}?kind=win")
        only, earlier = page.get_by_text("only what was chosen"), page.get_by_text("not on this")
        for each in (only, earlier):
            await expect(each).to_be_hidden()
        await page.emulate_media(media="print")

        await expect(only).to_have_text("Not everything is shown here, only what was chosen: Wins.")
        await expect(earlier).to_be_visible()
        for action in ("Choose what is shown", "Earlier", "Hand over to a colleague"):
            await expect(page.get_by_role("link", name=action)).to_be_hidden()
