"""The system's Chromium for tests that drive it beside a server of their own loop."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from playwright.async_api import Browser, BrowserContext, Page, async_playwright, expect

from tests.conftest import CHROMIUM
from tests.support.web_site import Site, served

ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]


@asynccontextmanager
async def chromium() -> AsyncGenerator[Browser]:
    async with async_playwright() as started:
        launched = await started.chromium.launch(executable_path=str(CHROMIUM), args=ARGUMENTS)
        yield launched
        await launched.close()


@asynccontextmanager
async def signed_in(site: Site) -> AsyncGenerator[BrowserContext]:
    """Serve a site, and open a browser in which its therapist is signed in."""
    async with served(site) as url, chromium() as browser:
        context = await browser.new_context(base_url=url)
        name = site.services.web.cookie_name
        await context.add_cookies([{"name": name, "value": site.token, "url": url}])
        yield context


async def opened(context: BrowserContext, path: str) -> Page:
    page = await context.new_page()
    await page.goto(path)
    return page


async def live(page: Page) -> None:
    """Wait until a page follows what happens."""
    await expect(page.locator("#live-state")).to_have_text("Live")
