"""Every function of the members' pages by keyboard alone, with the focus in sight all the way."""

from typing import Any

import pytest
from playwright.async_api import Page

from tests.browser.chromium import chromium
from tests.browser.screenshots import cookies_of, furnished
from tests.support import circles
from tests.support.web_site import served
from trailmark_server.members import circle

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]

STEPS_MAX = 400

# One radio button of a group takes the focus; arrows reach the others.
CONTROLS = """() => {
  const all = "a[href], button, input:not([type=hidden]), select, textarea, summary";
  const shown = [...document.querySelectorAll(all)].filter((each) =>
    each.checkVisibility({ visibilityProperty: true }) && !each.disabled);
  const groups = new Set();
  window.wanted = shown.filter((each) => {
    if (each.type !== "radio") return true;
    const known = groups.has(each.name);
    groups.add(each.name);
    return !known;
  });
  window.reached = new Set();
}"""

# What has the focus now: null at the end of the page, else what is wrong with it. A field of a day
# takes several steps.
FOCUSED = """() => {
  const it = document.activeElement;
  if (it !== document.body && it === window.last) return [];
  if (it === document.body || window.reached.has(it)) return null;
  window.reached.add(it);
  window.last = it;
  const box = it.getClientRects()[0], style = getComputedStyle(it);
  const name = `${it.tagName} ${it.id || it.name || it.textContent.trim().slice(0, 40)}`;
  const x = Math.min(box.x + box.width / 2, innerWidth - 1);
  const top = document.elementFromPoint(x, box.y + Math.min(box.height / 2, 20));
  const ring = [style, getComputedStyle(it, "::after")].some((each) =>
    each.outlineStyle !== "none" && parseFloat(each.outlineWidth) >= 2);
  if (!ring) return [`no ring: ${name}`];
  return top && (it.contains(top) || top.contains(it)) ? [] : [`not in sight: ${name}`];
}"""

LEFT = """() => window.wanted.filter((each) => !window.reached.has(each) && each.type !== "radio")
  .map((each) => `never reached: ${each.outerHTML.slice(0, 80)}`)"""


async def by_tab(page: Page) -> list[str]:
    """Go through a page by the Tab key; return what is wrong on the way."""
    found: list[str] = []
    await page.evaluate(CONTROLS)
    for _ in range(STEPS_MAX):
        await page.keyboard.press("Tab")
        wrong: Any = await page.evaluate(FOCUSED)
        if wrong is None:
            break
        found += wrong
    return found + await page.evaluate(LEFT)


async def test_every_control_takes_the_focus_and_shows_it() -> None:
    site, pages = await furnished()
    found: list[str] = []
    async with served(site) as url, chromium() as browser:
        supporter = await circle.open_link(site.services, circles.TOKEN)
        for name, address in pages.items():
            context = await browser.new_context(viewport={"width": 1440, "height": 900})
            await context.add_cookies(cookies_of(site, url, name, address, supporter))
            page = await context.new_page()
            await page.goto(url + address)
            found += [f"{name}: {each}" for each in await by_tab(page)]
            await context.close()

    assert [] == found
