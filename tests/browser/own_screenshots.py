"""Pictures of a person's own pages; ``screenshots`` takes them with those of the members' pages."""

import asyncio
import sys
from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from playwright.async_api import BrowserContext, Page

from tests.support.own_pages import PagesProcess
from tests.support.own_story import share, tell
from tests.support.processes import DeviceFolder, ServerProcess
from trailmark_adapters.randomness import SystemRandomness
from trailmark_client.lock import Cost
from trailmark_client.passphrase import set_passphrase

Window = tuple[str, int, BrowserContext]
"""What a window is called in names of files, its width in pixels, and its browser."""

SETTLE_MS = 300
CODE = "Make a recovery code"
CHANCE = SystemRandomness()
CHEAP = Cost(passes=1, memory_bytes=8192)


async def shoot_own(windows: Sequence[Window], folder: Path, names: Collection[str]) -> list[str]:
    """Take pictures of the person's pages.

    Args:
        windows: The windows.
        folder: Where the pictures go.
        names: Names of pages to take; none for all.

    Returns:
        What is wider than its window.
    """
    found: list[str] = []
    with TemporaryDirectory() as home:
        device = DeviceFolder(Path(home, "person"))
        screens = await asyncio.to_thread(tell, device)
        found += await _pictures(windows, device, folder, _of(screens, names))
        goal = screens["own-goal"].rpartition("/")[2]
        with ServerProcess(Path(home, "server")) as server:
            shared = await asyncio.to_thread(share, device, server, goal)
            shared["own-code"] = f"/recovery#{CODE}"
            found += await _pictures(windows, device, folder, _of(shared, names))
        found += await _shut(windows, device, folder, names)
    return [each for each in found if each]


def said(names: Collection[str], where: str) -> Iterator[str]:
    """Yield each name, and say that its turn has come: all of them take many minutes."""
    for number, name in enumerate(names, 1):
        sys.stdout.write(f"{where}, {number} of {len(names)}: {name}\n")
        sys.stdout.flush()
        yield name


def _of(screens: Mapping[str, str], names: Collection[str]) -> dict[str, str]:
    return {name: each for name, each in screens.items() if name in (names or screens)}


async def _pictures(
    windows: Sequence[Window], device: DeviceFolder, folder: Path, wanted: Mapping[str, str]
) -> list[str]:
    if not wanted:
        return []
    with PagesProcess(device.home) as pages:
        await _let_all_in(windows, pages)
        return [
            await _picture(context, f"{pages.url}{wanted[name]}", folder / f"{name}-{label}.png")
            for name in said(wanted, "own pages")
            for label, _, context in windows
        ]


async def _shut(
    windows: Sequence[Window], device: DeviceFolder, folder: Path, names: Collection[str]
) -> list[str]:
    """Take the pictures in front of a store that is shut."""
    if names and "own-shut" not in names:
        return []
    await asyncio.to_thread(set_passphrase, device.home, "a lamp, three stairs", CHANCE, CHEAP)
    return await _pictures(windows, device, folder, {"own-shut": "/journal"})


async def _let_all_in(windows: Sequence[Window], pages: PagesProcess) -> None:
    """Open the link, which works once, and give what it brought to every window."""
    first = windows[0][2]
    page = await first.new_page()
    await page.goto(pages.link)
    await page.wait_for_load_state("networkidle")
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
    address, _, button = url.partition("#")
    await page.goto(address)
    if button:  # what only a form brings
        await page.get_by_role("button", name=button).click()
    await page.wait_for_timeout(SETTLE_MS)
    size = page.viewport_size
    width, height = await page.locator("html").evaluate("h => [h.scrollWidth, h.scrollHeight]")
    if size is not None:  # so that the bar at the foot of the window stands at the foot of the page
        await page.set_viewport_size({"width": size["width"], "height": height})
    await page.screenshot(path=path, full_page=True)
    await page.close()
    return f"{path.stem}: {width} px" if size is not None and width > size["width"] else ""
