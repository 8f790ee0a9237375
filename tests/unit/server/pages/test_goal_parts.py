"""Parts of a goal's page."""

from tests.support.journey import tell
from tests.support.shared_lanes import DAY_MS, Writer
from tests.support.web_site import START, THERAPIST, new_site, sharing_site
from trailmark_server.members.entries import entries_from_rows
from trailmark_server.pages.goal_parts import read_parts
from trailmark_shared.domain.targets import parse_target
from trailmark_shared.events.check_ins import CheckInRecorded
from trailmark_shared.events.goals import GoalShared
from trailmark_shared.ids import text_from_id

SUNDAY_EVENING_MS = 1_795_399_200_000
"""22 November 2026, 18:00 in Los Angeles; where the server stands it is Monday."""


async def test_a_past_day_has_charts_and_no_forms() -> None:
    mira = Writer(1)
    site = await sharing_site(mira)
    journey = tell(mira, START)
    await site.deliver(mira)
    audience = await site.audience(mira)
    rows = await site.services.events.subject_rows(mira.space, mira.lane, journey.goal)
    entries = entries_from_rows(rows)

    now = await read_parts(site.services, audience, mira.lane, journey.goal, entries, None)
    then = await read_parts(
        site.services, audience, mira.lane, journey.goal, entries[:2], START + 12 * DAY_MS
    )

    assert now.agreement is not None
    assert now.change_url.endswith("what=goal_change&goal=" + now.step_url.rpartition("=")[2])
    assert (None, "", "") == (then.agreement, then.change_url, then.step_url)
    assert len(then.charts[0].table) < len(now.charts[-1].table) + len(now.charts[0].table)


async def test_who_may_only_read_is_offered_nothing() -> None:
    mira, site = Writer(1), await new_site()
    mira.let_in(THERAPIST.id, THERAPIST.name, START, actions=("view",))
    journey = tell(mira, START)
    await site.know(mira.space, "Mira")
    await site.deliver(mira)
    audience = await site.audience(mira)
    rows = await site.services.events.subject_rows(mira.space, mira.lane, journey.goal)

    parts = await read_parts(
        site.services, audience, mira.lane, journey.goal, entries_from_rows(rows), None
    )

    assert (None, "", "") == (parts.agreement, parts.change_url, parts.step_url)


async def test_charts_end_on_the_day_of_the_person() -> None:
    mira, now = Writer(1, "America/Los_Angeles"), SUNDAY_EVENING_MS
    site = await sharing_site(mira)
    goal = mira.new_id()
    target = parse_target("at-least 3 walks per week")
    mira.write(goal, GoalShared(title="Walk", target=target), at=now - 20 * DAY_MS)
    for days, walks in ((14, 3), (7, 3), (1, 2)):
        data = CheckInRecorded(
            goal=text_from_id(goal), measure="count", unit="walks", value_tenths=walks * 10
        )
        mira.write(mira.new_id(), data, at=now - days * DAY_MS)
    await site.deliver(mira)
    audience = await site.audience(mira)
    rows = await site.services.events.subject_rows(mira.space, mira.lane, goal)

    parts = await read_parts(site.services, audience, mira.lane, goal, entries_from_rows(rows), now)

    assert "in 2 of 2 weeks" in parts.charts[0].phases[0].sentence
