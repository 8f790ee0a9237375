"""Charts of what was shared."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from tests.support.journey import tell
from tests.support.shared_lanes import DAY_MS, Writer
from tests.support.web_site import START, sharing_site
from trailmark_server.members.entries import entries_from_rows
from trailmark_server.members.progress import (
    charts_of_goal,
    local_day,
    read_check_ins,
    read_sentences,
    small_chart,
)
from trailmark_shared.domain.targets import parse_target
from trailmark_shared.events.check_ins import CheckInRecorded
from trailmark_shared.events.goals import GoalShared
from trailmark_shared.ids import text_from_id
from trailmark_shared.projections.charting import CHART_ITEMS_MAX
from trailmark_shared.projections.check_in import Answer


async def test_charts_hold_the_numbers_and_where_target_or_wording_changed() -> None:
    mira = Writer(1)
    site = await sharing_site(mira)
    journey = tell(mira, START)
    await site.deliver(mira)
    audience, services = await site.audience(mira), site.services
    rows = await services.events.subject_rows(mira.space, mira.lane, journey.panic)
    check_ins = await read_check_ins(services, audience, mira.lane, journey.panic)

    [chart] = charts_of_goal(entries_from_rows(rows), check_ins, journey.end)

    assert ("count", "panic attacks", "week") == (chart.measure, chart.unit, chart.per)
    assert ["5", "4", "3", "2", "1", "0"] == [each.words for each in chart.columns]
    assert chart.baseline is not None
    assert "5" == chart.baseline.words
    assert ["lowered the target from 3 to 2 panic attacks per week, because of a new insight"] == [
        each.words for each in chart.marks[:1]
    ]


async def test_a_past_day_has_only_numbers_that_had_reached_the_server() -> None:
    mira = Writer(1)
    site = await sharing_site(mira)
    journey = tell(mira, START)
    await site.deliver(mira)
    audience, services = await site.audience(mira), site.services
    rows = await services.events.subject_rows(mira.space, mira.lane, journey.goal)
    check_ins = await read_check_ins(services, audience, mira.lane, journey.goal)
    upto = START + 12 * DAY_MS

    charts = charts_of_goal(entries_from_rows(rows), check_ins, upto, upto)

    assert [2] == [len(each.table) for each in charts]


async def test_pages_of_many_goals_say_what_the_page_of_one_says() -> None:
    mira = Writer(1)
    site = await sharing_site(mira)
    journey = tell(mira, START)
    await site.deliver(mira)
    audience, services, at = await site.audience(mira), site.services, journey.end
    for goal in (journey.goal, journey.panic):
        rows = await services.events.subject_rows(mira.space, mira.lane, goal)
        check_ins = await read_check_ins(services, audience, mira.lane, goal)
        charts = charts_of_goal(entries_from_rows(rows), check_ins, at)

        small = await small_chart(services, audience, mira.lane, goal, at)
        sentences = await read_sentences(services, audience, mira.lane, goal, at)

        assert charts[0] == small
        assert tuple(each.phases[0].sentence for each in charts) == sentences


@pytest.mark.parametrize("skipped", [0, CHART_ITEMS_MAX + 50])
async def test_the_latest_answers_of_a_rating_are_enough_for_its_sentence(skipped: int) -> None:
    mira = Writer(1)
    site = await sharing_site(mira)
    goal = mira.new_id()
    mira.write(goal, GoalShared(title="Sing", target=parse_target("reach 7")), at=START)
    numbers = [number % 11 * 10 for number in range(CHART_ITEMS_MAX + 20)]
    for place, number in enumerate([*numbers, *[None] * skipped]):
        data = CheckInRecorded(goal=text_from_id(goal), value_tenths=number)
        mira.write(mira.new_id(), data, at=START + place * DAY_MS)
    await site.deliver(mira)
    audience, services = await site.audience(mira), site.services
    at = site.clock.ms

    rows = await services.events.subject_rows(mira.space, mira.lane, goal)
    latest = await read_check_ins(services, audience, mira.lane, goal, CHART_ITEMS_MAX)
    every = await read_check_ins(services, audience, mira.lane, goal)
    sentences = await read_sentences(services, audience, mira.lane, goal, at)

    assert (CHART_ITEMS_MAX, len(numbers) + skipped) == (len(latest), len(every))
    [chart] = charts_of_goal(entries_from_rows(rows), every, at)
    assert (chart.phases[0].sentence,) == sentences


SUNDAY = datetime(2026, 11, 22, 18, tzinfo=ZoneInfo("America/Los_Angeles"))
"""The week is not over for the person; where the server stands it is Monday."""


async def test_a_week_that_goes_on_for_the_person_is_no_miss() -> None:
    mira, now = Writer(1, "America/Los_Angeles"), int(SUNDAY.timestamp() * 1000)
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
    audience, services = await site.audience(mira), site.services
    rows = await services.events.subject_rows(mira.space, mira.lane, goal)
    check_ins = await read_check_ins(services, audience, mira.lane, goal)

    [chart] = charts_of_goal(entries_from_rows(rows), check_ins, now)
    small = await small_chart(services, audience, mira.lane, goal, now)
    sentences = await read_sentences(services, audience, mira.lane, goal, now)

    assert "in 2 of 2 weeks" in chart.phases[0].sentence
    assert (chart, (chart.phases[0].sentence,)) == (small, sentences)


async def test_the_day_is_that_of_where_the_person_wrote_last() -> None:
    now = int(SUNDAY.timestamp() * 1000)
    mira = Writer(1, "America/Los_Angeles")
    site = await sharing_site(mira)
    goal = mira.new_id()
    mira.write(goal, GoalShared(title="Walk"), at=now - 3 * DAY_MS)
    await site.deliver(mira)
    rows = await site.services.events.subject_rows(mira.space, mira.lane, goal)
    entries = entries_from_rows(rows)
    answers = [
        Answer(created_at=now - days * DAY_MS, occurred_at=occurred_at)
        for days, occurred_at in (
            (2, "2026-11-20T18:00:00-08:00"),
            (1, "2026-11-22T03:00:00+01:00"),
        )
    ]

    assert "2026-11-22" == local_day(entries, [], now)
    assert "2026-11-22" == local_day(entries, answers[:1], now)
    assert "2026-11-23" == local_day(entries, answers, now)
    assert "2026-11-22" == local_day([], answers[:1], now)
    assert "2026-11-23" == local_day([], [], now)
