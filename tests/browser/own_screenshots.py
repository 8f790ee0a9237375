"""Pictures of a person's own pages; ``screenshots`` takes them with those of the members' pages."""

import asyncio
from collections.abc import Collection, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from playwright.async_api import BrowserContext, Page

from tests.support.own_pages import PagesProcess
from tests.support.own_story import tell
from tests.support.processes import DeviceFolder

Window = tuple[str, int, BrowserContext]
"""What a window is called in names of files, its width in pixels, and its browser."""

SETTLE_MS = 300


async def shoot_own(windows: Sequence[Window], folder: Path, names: Collection[str]) -> list[str]:
    """Take pictures of the person's pages.

    Args:
        windows: The windows.
        folder: Where the pictures go.
        names: Names of pages to take; none for all.

    Returns:
        What is wider than its window.
    """
    with TemporaryDirectory() as home:
        device = DeviceFolder(Path(home, "person"))
        screens = await asyncio.to_thread(tell, device)
        wanted = {name: each for name, each in screens.items() if name in (names or screens)}
        with PagesProcess(device.home) as pages:
            await _let_all_in(windows, pages)
            found = [
                await _picture(context, f"{pages.url}{address}", folder / f"{name}-{label}.png")
                for name, address in wanted.items()
                for label, _, context in windows
            ]
    return [each for each in found if each]


async def _let_all_in(windows: Sequence[Window], pages: PagesProcess) -> None:
    """Open the link, which works once, and give what it brought to every window."""
    first = windows[0][2]
    page = await first.new_page()
    await page.goto(pages.link)
    await page.wait_for_url(f"{pages.url}/")
    await page.close()
    kept = [each for each in await first.cookies(pages.url) if each.get("name") == "trailmark"]
    for _, _, context in windows[1:]:
        await context.add_cookies(
            [
                {"name": "trailmark", "value": each.get("value", ""), "url": pages.url}
                for each in kept
            ]
        )


async def _picture(context: BrowserContext, url: str, path: Path) -> str:
    page: Page = await context.new_page()
    await page.goto(url)
    await page.wait_for_timeout(SETTLE_MS)
    size = page.viewport_size
    width = await page.locator("html").evaluate("html => html.scrollWidth")
    await page.screenshot(path=path, full_page=True)
    await page.close()
    return f"{path.stem}: {width} px" if size is not None and width > size["width"] else ""
