"""axe in a page of the person's own: what somebody would stumble over, light and dark."""

from collections.abc import Sequence
from typing import Final, Literal

from playwright.sync_api import Page

from tests.browser.accessible import AXE, TANGLED

_SERIOUS: Final = """async (rules) => (await axe.run({
    resultTypes: ["violations"],
    ...(rules.length && { runOnly: { type: "rule", values: rules } }),
  })).violations
  .filter((each) => ["serious", "critical"].includes(each.impact))
  .flatMap((each) => each.nodes.map((node) => `${each.id}: ${node.html.slice(0, 120)}`))"""

_SCHEMES: Final[Sequence[tuple[Literal["light", "dark"], Sequence[str]]]] = (
    ("light", ()),
    ("dark", ("color-contrast",)),
)
"""Each scheme, and the rules that are tried in it; none for all."""


def stumbled(page: Page) -> list[str]:
    """Return what somebody would stumble over in the page as it is, light and dark."""
    found: list[str] = [f"{page.url}: {each}" for each in page.evaluate(TANGLED)]
    page.locator("details").evaluate_all("all => all.forEach(each => { each.open = true })")
    page.evaluate(AXE)
    # In the dark only colours are others.
    for scheme, rules in _SCHEMES:
        page.emulate_media(color_scheme=scheme)
        serious: list[str] = page.evaluate(_SERIOUS, list(rules))
        found += [f"{page.url}, {scheme}: {each}" for each in serious]
    return found
