"""axe in a page: what somebody who cannot see, hear or point would stumble over.

The rules are axe-core's, from the package ``axe-playwright-python``; only its file is used. It is
run in the page by the browser's own door for tools, so that the page's policy stays as it is.
"""

from importlib.resources import files
from typing import Any, Final

from playwright.async_api import Page

AXE: Final = files("axe_playwright_python").joinpath("axe.min.js").read_text("utf-8")

_RUN: Final = """async () => {
  const tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
  const found = await axe.run(document, { runOnly: { type: "tag", values: tags } });
  return found.violations.flatMap((each) =>
    each.nodes.map((node) => `${each.impact} ${each.id}: ${node.target.join(" ")}`));
}"""

TANGLED: Final = """() => {
  const all = [...document.querySelectorAll("[id]")];
  const twice = all.filter((each) => document.getElementById(each.id) !== each);
  const idle = [...document.querySelectorAll("label")].filter((each) => each.control === null);
  return [
    ...twice.map((each) => `two have the id ${each.id}`),
    ...idle.map((each) => `nothing belongs to the label ${each.textContent.trim()}`),
  ];
}"""
"""What axe passes over: an id that two have, and a label that leads to neither."""

LARGER: Final = """() => {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync("html { font-size: 200% !important }");
  document.adoptedStyleSheets = [sheet];
  document.querySelectorAll("details").forEach((each) => (each.open = true));
}"""
"""Text twice as large, as WCAG 1.4.4 wants it, also in what is folded up."""

SPACED: Final = """() => {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(`* { line-height: 1.5 !important; letter-spacing: 0.12em !important;
    word-spacing: 0.16em !important } p { margin-block-end: 2em !important }`);
  document.adoptedStyleSheets = [sheet];
}"""
"""Lines, words and letters as far apart as WCAG 1.4.12 wants a page to bear."""

WIDTH: Final = "document.documentElement.scrollWidth"


async def stumbles(page: Page) -> list[str]:
    """Return what axe finds in a page: how bad, which rule, and where."""
    await page.evaluate(AXE)
    found: Any = await page.evaluate(_RUN)
    found += await page.evaluate(TANGLED)
    return [str(each) for each in found]
