"""The icons that a phone shows on its home screen are those of the SVG."""

from base64 import b64encode

import pytest
from playwright.sync_api import Browser

from tests.browser.icons import FOLDER, ICONS, drawn

pytestmark = pytest.mark.browser

APART = 1
"""Of 255, on average: another release of the browser smooths edges a little differently."""

COMPARED = """async ([one, other]) => {
  const [first, second] = await Promise.all([one, other].map(async (picture) => {
    const image = new Image();
    image.src = `data:image/png;base64,${picture}`;
    await image.decode();
    const canvas = Object.assign(document.createElement("canvas"),
      { width: image.width, height: image.height });
    const drawing = canvas.getContext("2d");
    drawing.drawImage(image, 0, 0);
    const { data } = drawing.getImageData(0, 0, image.width, image.height);
    return [image.width, image.height, ...data];
  }));
  return first.length === second.length
    ? first.reduce((sum, value, at) => sum + Math.abs(value - second[at]), 0) / first.length : 255;
}"""


@pytest.mark.parametrize("name", ICONS)
def test_an_icon_is_what_the_svg_shows(browser: Browser, name: str) -> None:
    page = browser.new_page()
    pictures = (FOLDER / name).read_bytes(), drawn(browser, ICONS[name])
    apart = page.evaluate(COMPARED, [b64encode(each).decode() for each in pictures])
    page.close()
    assert apart < APART, "draw it anew: python -m tests.browser.icons"
