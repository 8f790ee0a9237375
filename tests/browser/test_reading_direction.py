"""Words read from right to left, and a mark that turns a line, turn nothing beside them."""

from pathlib import Path
from typing import Final

import pytest
from playwright.sync_api import Browser

from tests.browser.chromium import opened, signed_in
from tests.support.own_pages import PagesProcess
from tests.support.processes import DeviceFolder
from tests.support.shared_lanes import Writer
from tests.support.web_site import START, THERAPIST, new_site, timeline_path
from trailmark_shared.events.goals import GoalReworded, GoalShared
from trailmark_shared.events.joint import ExpectationWritten
from trailmark_shared.ids import text_from_id

pytestmark = pytest.mark.browser

TURNED: Final = "\u202eklaW"
"""A mark that turns what follows, and none that turns it back."""

HEBREW: Final = "לישון, 3 פעמים!"

LEFT_EDGES: Final = """(element) => {
  const walker = document.createTreeWalker(element, NodeFilter.SHOW_TEXT)
  const edges = []
  while (walker.nextNode()) {
    const text = walker.currentNode
    if (text.parentElement.closest(".visually-hidden")) continue
    for (let at = 0; at < text.length; at++) {
      const range = document.createRange()
      range.setStart(text, at)
      range.setEnd(text, at + 1)
      if (range.getBoundingClientRect().width) edges.push(range.getBoundingClientRect().left)
    }
  }
  return edges
}"""
"""Where each letter of a text begins, in the order in which they were written."""


async def test_names_and_titles_turn_nothing_beside_them() -> None:
    site, mira = await new_site(), Writer(1)
    goal = mira.new_id()
    mira.let_in(THERAPIST.id, THERAPIST.name, START)
    mira.write(goal, GoalShared(title=TURNED), at=START)
    mira.write(goal, GoalReworded(title="Swim"), at=START)
    mira.write(mira.new_id(), GoalShared(title=HEBREW), at=START)
    await site.know(mira.space, HEBREW)
    await site.deliver(mira)
    async with signed_in(site) as context:
        page = await opened(context, "/people")
        name = await page.locator(".person h2 a").bounding_box()
        mark = await page.locator(".second-mark").evaluate(LEFT_EDGES)
        await page.goto(timeline_path(mira))
        head = await page.locator("h1 span").first.bounding_box()
        crumb = await page.locator(".crumb a").bounding_box()
        title = page.locator(".goal-link", has_text=HEBREW).first
        in_hebrew = await title.evaluate(LEFT_EDGES)
        await page.goto(timeline_path(mira).replace("timeline", f"goals/{text_from_id(goal)}"))
        after = await page.locator("ins", has_text="Swim").first.evaluate(LEFT_EDGES)

    assert name is not None
    assert name["x"] < min(mark)
    assert sorted(mark) == mark
    assert head is not None
    assert crumb is not None
    assert head["x"] == pytest.approx(crumb["x"], abs=1)
    assert min(in_hebrew) == in_hebrew[-1]
    assert sorted(after) == after


async def test_a_name_and_a_day_beside_it_keep_their_places() -> None:
    site, mira = await new_site(), Writer(1)
    mira.let_in(THERAPIST.id, THERAPIST.name, START)
    mira.write(mira.new_id(), ExpectationWritten(text="That I may be slow"), at=START)
    await site.know(mira.space, HEBREW)
    await site.deliver(mira)
    async with signed_in(site) as context:
        page = await opened(context, timeline_path(mira).replace("timeline", "plan"))
        line = page.locator(".small", has_text="29 Sep 2026").filter(has_text=HEBREW).last
        edges = await line.evaluate(LEFT_EDGES)

    assert max(edges[: len(HEBREW)]) < min(edges[len(HEBREW) :])
    assert sorted(edges[len(HEBREW) :]) == edges[len(HEBREW) :]


def test_what_happened_and_how_strong_it_was_keep_their_places(
    browser: Browser, tmp_path: Path
) -> None:
    device = DeviceFolder(tmp_path / "home")
    device.run("goal", "add", "Swim")
    device.run("happened", HEBREW, "7")
    with PagesProcess(device.home) as pages:
        page = browser.new_context(viewport={"width": 740, "height": 740}).new_page()
        page.goto(pages.link)
        page.goto(f"{pages.url}/measures")
        page.get_by_text("The latest").click()
        edges = page.locator("li", has_text="7 of 10").evaluate(LEFT_EDGES)

    behind = edges[-len(" · 7 of 10") :]
    assert sorted(behind) == behind
    assert max(edges[: -len(behind)]) < min(behind)


def test_own_words_are_read_in_their_own_direction(browser: Browser, tmp_path: Path) -> None:
    device = DeviceFolder(tmp_path / "home")
    goal = device.run("goal", "add", HEBREW)["id"]
    with PagesProcess(device.home) as pages:
        page = browser.new_context(viewport={"width": 360, "height": 740}).new_page()
        page.goto(pages.link)
        page.goto(f"{pages.url}/goals/{goal}")
        title = page.locator("h1").evaluate(LEFT_EDGES)
        page.goto(f"{pages.url}/goals/{goal}/change")
        typed = page.locator("#title").evaluate("field => getComputedStyle(field).unicodeBidi")

    assert min(title) == title[-1]
    assert "plaintext" == typed
