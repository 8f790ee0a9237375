"""What is printed: ink on paper, and nothing on it that only a screen can do."""

import re
from pathlib import Path
from typing import Literal

import pytest
from playwright.sync_api import Browser

from trailmark_client.web.rendering import STATIC_FOLDER as OWN
from trailmark_server.pages.rendering import STATIC_FOLDER as MEMBERS

pytestmark = pytest.mark.browser

COLOURS = """names => names.map((name) =>
  getComputedStyle(document.documentElement).getPropertyValue(name))"""


@pytest.mark.parametrize("sheet", [MEMBERS / "trailmark.css", OWN / "pages.css"])
def test_a_dark_screen_prints_as_a_light_one(browser: Browser, sheet: Path) -> None:
    names = sorted(set(re.findall(r"^ +(--[a-z0-9-]+):", sheet.read_text(), re.MULTILINE)))
    context = browser.new_context()
    page = context.new_page()
    page.add_style_tag(path=sheet)

    def printed(scheme: Literal["light", "dark"]) -> dict[str, str]:
        page.emulate_media(media="print", color_scheme=scheme)
        return dict(zip(names, page.evaluate(COLOURS, names), strict=True))

    assert printed("light") == printed("dark")
    context.close()
