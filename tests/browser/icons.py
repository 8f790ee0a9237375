"""The app's icon as pictures: a phone's home screen takes no SVG.

``python -m tests.browser.icons`` draws them anew, after the SVG was changed.
"""

import re
from pathlib import Path
from typing import Final, NamedTuple

from playwright.sync_api import Browser, sync_playwright

from tests.conftest import CHROMIUM

ROOT: Final = Path(__file__).resolve().parents[2]
FOLDER: Final = ROOT / "client" / "browser" / "src"
SOURCE: Final = ROOT / "client" / "trailmark_client" / "web" / "static" / "icon.svg"

_SCALE: Final = 0.74
"""Puts all that is drawn into the middle circle, which phones leave whole however they cut.

Source: W3C Web Application Manifest, icon masks and safe zone: a radius of 40 % of the width.
"""


class Icon(NamedTuple):
    """One picture.

    Attributes:
        size: Width and height, px.
        is_full: Whether it has colour up to its corners, for phones that cut them off.
    """

    size: int
    is_full: bool


ICONS: Final = {
    "icon-192.png": Icon(192, is_full=False),
    "icon-512.png": Icon(512, is_full=False),
    "icon-full-180.png": Icon(180, is_full=True),
    "icon-full-512.png": Icon(512, is_full=True),
}


def svg_of(icon: Icon) -> str:
    """Return the drawing of an icon."""
    svg = SOURCE.read_text()
    if not icon.is_full:
        return svg
    square, cut = re.subn(r' rx="\d+"', "", svg)
    within = f'<g transform="translate(16 16) scale({_SCALE}) translate(-16 -16)"'
    whole, moved = re.subn("<g", within, square)
    assert (1, 1) == (cut, moved), "icon.svg is drawn in another way now"
    return whole


def drawn(browser: Browser, icon: Icon) -> bytes:
    """Return an icon as PNG."""
    page = browser.new_page(viewport={"width": icon.size, "height": icon.size})
    page.set_content(f"<style>body{{margin:0}}svg{{display:block}}</style>{svg_of(icon)}")
    picture = page.screenshot(omit_background=not icon.is_full)
    page.close()
    return picture


def main() -> None:
    """Draw all of them."""
    with sync_playwright() as started:
        browser = started.chromium.launch(executable_path=str(CHROMIUM), args=["--no-sandbox"])
        for name, icon in ICONS.items():
            (FOLDER / name).write_bytes(drawn(browser, icon))
        browser.close()


if __name__ == "__main__":
    main()
