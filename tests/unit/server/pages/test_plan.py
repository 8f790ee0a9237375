"""The plan of the work together."""

from tests.support.journey import Journey
from tests.support.shared_lanes import Writer
from tests.support.web_site import Site, sharing_site, timeline_path
from trailmark_shared.domain.looks import Look


async def text_of(site: Site, mira: Writer) -> str:
    async with site.browser() as browser:
        answer = await browser.get(timeline_path(mira).replace("timeline", "plan"))
    assert 200 == answer.status_code
    return answer.text


async def test_plan_holds_goals_objectives_progress_and_agreement(
    mira: Writer, story: tuple[Site, Journey]
) -> None:
    site, _ = story

    html = await text_of(site, mira)

    for words in (
        "Paint or walk, for its own sake",
        "Find the box with the paints",
        "Reached on 5 Oct 2026",
        "at least 2 enjoyable activities per week",
        "Progress to date",
        "Mira (Tuesdays): Nothing said yet",
        "<dt>Shared since</dt><dd>29 Sep 2026</dd>",
        "Dr Demo",
        "Not monitored.",
        "These pages empty themselves within a second",
    ):
        assert words in html
    entries = await site.services.accounts.read(lambda rows: rows.access_entries(mira.space, 9))
    assert Look.PLAN in {each.page for each in entries}


async def test_no_goal_yet_is_fine(mira: Writer) -> None:
    html = await text_of(await sharing_site(mira), mira)

    assert "No goal is shared yet, and that is fine." in html
