"""Every page of the members' web: nobody stumbles, and nothing is wider than its window."""

import pytest

from tests.browser.accessible import LARGER, SPACED, WIDTH, stumbles
from tests.browser.chromium import chromium
from tests.browser.screenshots import SCHEMES, cookies_of, furnished
from tests.support import circles
from tests.support.web_site import served
from trailmark_server.members import circle

pytestmark = [pytest.mark.browser, pytest.mark.timeout(900)]

WIDTHS = (320, 768, 1440)


@pytest.mark.parametrize("scheme", SCHEMES)
async def test_nobody_stumbles_on_any_page(scheme: str) -> None:
    site, pages = await furnished()
    found: list[str] = []
    async with served(site) as url, chromium() as browser:
        supporter = await circle.open_link(site.services, circles.TOKEN)
        context = await browser.new_context(
            color_scheme="dark" if scheme == "dark" else "light", reduced_motion="reduce"
        )
        page = await context.new_page()
        for name, address in pages.items():
            await context.clear_cookies()
            await context.add_cookies(cookies_of(site, url, name, address, supporter))
            await page.goto(url + address)
            found += [f"{name}: {each}" for each in await stumbles(page)]
            for width in WIDTHS:
                await page.set_viewport_size({"width": width, "height": 900})
                if await page.locator("html").evaluate("html => html.scrollWidth") > width:
                    found.append(f"{name}: wider than {width} px")

    assert [] == found


async def test_every_page_bears_larger_and_wider_text_on_a_phone() -> None:
    site, pages = await furnished()
    found: list[str] = []
    async with served(site) as url, chromium() as browser:
        supporter = await circle.open_link(site.services, circles.TOKEN)
        context = await browser.new_context()
        page = await context.new_page()
        for name, address in pages.items():
            await context.clear_cookies()
            await context.add_cookies(cookies_of(site, url, name, address, supporter))
            await page.goto(url + address)
            for how, width in ((LARGER, 360), (SPACED, 320)):
                await page.set_viewport_size({"width": width, "height": 900})
                await page.evaluate(how)
                if await page.evaluate(WIDTH) > width:
                    found.append(f"{name}: wider than {width} px")

    assert [] == found
