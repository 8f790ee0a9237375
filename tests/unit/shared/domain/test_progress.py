"""Progress: what is not known stays open, segments are never joined, no runs are counted."""

from datetime import date, timedelta

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from msgspec import structs

from trailmark_shared.domain.periods import Period, period_of
from trailmark_shared.domain.progress import (
    Bar,
    Measure,
    Point,
    Rest,
    Segment,
    TargetSince,
    segments_of,
)
from trailmark_shared.domain.targets import parse_target

START = "2026-03-02"
"""A Monday."""

TODAY = "2026-04-01"


def since(text: str | None, day: str = START) -> TargetSince:
    return TargetSince(day=day, target=None if text is None else parse_target(text))


def count(day: str, number: int | None = 1, unit: str | None = None) -> Point:
    tenths = None if number is None else number * 10
    return Point(day=day, measure="count", value_tenths=tenths, unit=unit)


def rating(day: str, number: int | None, measure: Measure = "rating") -> Point:
    return Point(day=day, measure=measure, value_tenths=None if number is None else number * 10)


def only(points: list[Point], target: TargetSince, baseline: int | None = None) -> Segment:
    [segment] = segments_of(points, [target], baseline, TODAY)
    return segment


def outcomes(segment: Segment) -> list[tuple[str, int | None, bool | None]]:
    return [(each.period.first, each.total_tenths, each.met) for each in segment.bars]


class TestCounts:
    def test_weeks_are_summed_and_one_without_an_entry_stays_open(self) -> None:
        points = [count("2026-03-03"), count("2026-03-08"), count("2026-03-18")]

        found = only(points, since("at-least 2 per week"))

        assert [("2026-03-02", 20, True), ("2026-03-16", 10, False)] == outcomes(found)
        assert (found.met, found.told, found.reached, found.trend) == (1, 2, False, None)

    def test_a_week_that_is_not_over_is_open_until_it_is_decided(self) -> None:
        two = since("at-least 2 per week")

        assert only([count(TODAY)], two).bars[0].met is None
        assert only([count(TODAY, 2)], two).bars[0].met is True
        assert only([count(TODAY)], since("at-most 1 per week")).bars[0].met is None
        assert only([count(TODAY, 2)], since("at-most 1 per week")).bars[0].met is False

    def test_none_written_down_is_not_none(self) -> None:
        found = only([count("2026-03-03", 0)], since("at-most 2 per week"))

        assert [("2026-03-02", 0, True)] == outcomes(found)
        assert only([], since("at-most 2 per week")).bars == ()

    def test_a_skipped_answer_is_an_answer_without_a_number(self) -> None:
        found = only([count("2026-03-03", None)], since("at-least 2 per week"))

        assert [("2026-03-02", None, None)] == outcomes(found)
        assert (found.told, found.reached) == (0, None)

    def test_other_units_and_other_scales_are_not_summed(self) -> None:
        points = [count("2026-03-03", 1, "walks"), count("2026-03-03", 1, "swims")]
        points += [rating("2026-03-03", 7), count("2026-03-04")]

        found = only(points, since("at-least 2 walks per week"))

        assert [("2026-03-02", 20, True)] == outcomes(found)

    def test_what_came_before_the_first_target_is_held_against_nothing(self) -> None:
        found = only([count("2026-02-24"), count("2026-03-04")], since("at-least 2 per week"))

        assert [("2026-02-23", 10, None), ("2026-03-02", 10, False)] == outcomes(found)

    def test_the_week_in_which_a_goal_began_is_not_held_against_it(self) -> None:
        found = only([count("2026-03-06")], since("at-least 2 per week", "2026-03-05"))

        assert [("2026-03-02", 10, None)] == outcomes(found)

    def test_a_trend_is_about_what_is_known(self) -> None:
        points = [count("2026-03-03", 4), count("2026-03-10", 3), count("2026-03-17", 1)]

        found = only(points, since("at-most 2 per week"))

        assert (found.trend, found.suggests) == ("falling", "improving")
        assert (found.met, found.told, found.hoped_tenths) == (1, 3, 20)


class TestNumbers:
    def test_a_rating_is_reached_by_the_latest_number(self) -> None:
        points = [rating("2026-03-03", 8), rating("2026-03-10", None), rating("2026-03-17", 6)]

        found = only(points, since("reach 7"))

        assert (found.points, found.reached, found.hoped_tenths) == (tuple(points), False, 70)
        assert only(points[:2], since("reach 7")).reached is True
        assert only(points[:2], since("reach 8")).reached is True, "as much as hoped for is reached"

    @pytest.mark.parametrize(
        ("latest", "reached", "change"), [(8, False, 0), (5, False, 375), (4, True, 500)]
    )
    def test_a_reduction_is_compared_with_the_start(
        self, latest: int, *, reached: bool, change: int
    ) -> None:
        found = only([rating("2026-03-03", latest)], since("reduce-by 50%"), baseline=80)

        assert (found.reached, found.change_percent_tenths) == (reached, change)
        assert found.hoped_tenths == 40

    @given(
        st.integers(min_value=1, max_value=200),
        st.integers(min_value=0, max_value=100),
        st.integers(min_value=0, max_value=250),
    )
    @example(75, 50, 38)
    def test_what_is_hoped_for_is_the_highest_number_that_reaches_it(
        self, baseline: int, percent: int, latest: int
    ) -> None:
        point = Point(day="2026-03-03", measure="rating", value_tenths=latest)

        found = only([point], since(f"reduce-by {percent}%"), baseline)

        assert found.hoped_tenths is not None
        assert found.reached == (latest <= found.hoped_tenths)
        assert found.reached == (100 * latest <= baseline * (100 - percent))

    @pytest.mark.parametrize("baseline", [None, 0, -10])
    def test_without_a_start_a_reduction_says_nothing(self, baseline: int | None) -> None:
        found = only([rating("2026-03-03", 4)], since("reduce-by 50%"), baseline=baseline)

        assert (found.hoped_tenths, found.reached, found.change_percent_tenths) == (None,) * 3

    def test_without_a_number_nothing_is_reached(self) -> None:
        assert only([], since("reach 7")).reached is None
        assert only([rating(START, None)], since("reduce-by 50%"), 80).hoped_tenths == 40
        assert only([], since("done")).hoped_tenths is None

    def test_two_scales_are_never_joined(self) -> None:
        points = [rating("2026-03-03", 8), rating("2026-03-10", 90, "value")]

        found = only(points, since("reduce-by 50%"), baseline=80)

        assert found.points == (points[1],)
        assert only(points, since("done")).points == (points[0],)

    @pytest.mark.parametrize(("others", "kept"), [(1, "rating"), (2, "rating"), (3, "value")])
    def test_a_number_of_another_kind_takes_no_ratings_away(self, others: int, kept: str) -> None:
        points = [rating(f"2026-03-0{each}", 8 - each) for each in (1, 2, 3)]
        points += [rating(f"2026-03-1{each}", 90, "value") for each in range(others)]

        found = only(points, since("reduce-by 50%"), baseline=80)

        assert {kept} == {each.measure for each in found.points}

    def test_a_goal_without_a_target_has_its_ratings(self) -> None:
        points = [rating(f"2026-03-0{each}", each) for each in (3, 4, 5)]

        found = only(points, since(None))

        assert (found.points, found.trend, found.suggests) == (
            tuple(points),
            "rising",
            "improving",
        )


class TestSegments:
    def test_a_changed_target_begins_anew(self) -> None:
        targets = [since("at-least 2 per week"), since("at-least 3 per week", "2026-03-19")]
        points = [count("2026-03-10", 2), count("2026-03-17", 1), count("2026-03-20", 2)]

        before, after = segments_of(points, targets, None, TODAY)

        assert (before.since, before.until, after.since, after.until) == (
            START,
            "2026-03-18",
            "2026-03-19",
            None,
        )
        assert [("2026-03-09", 20, True), ("2026-03-16", 10, None)] == outcomes(before)
        assert [("2026-03-16", 20, None)] == outcomes(after)

    def test_a_target_changed_again_on_its_day_held_on_none(self) -> None:
        targets = [since("reach 5"), since("reach 7"), since("reach 8", "2026-03-10")]

        found = segments_of([rating("2026-03-03", 5)], targets, None, TODAY)

        assert ["2026-03-02", "2026-03-10"] == [each.since for each in found]
        assert (found[0].target, found[0].reached) == (parse_target("reach 7"), False)

    @given(
        st.lists(st.integers(min_value=0, max_value=120), max_size=40),
        st.lists(st.integers(min_value=0, max_value=120), max_size=4),
        st.sampled_from(("at-least 2 per week", "at-most 1 per day", "at-least 4 per month")),
    )
    def test_every_answer_is_in_one_segment_and_in_its_own_period(
        self, days: list[int], changes: list[int], text: str
    ) -> None:
        start = date.fromisoformat(START)
        points = [count((start + timedelta(days=each - 20)).isoformat()) for each in sorted(days)]
        texts = ["at-least 1 per week", text, "at-most 3 per week", text, "at-most 9 per day"]
        begun = [0, *sorted(changes)]
        targets = [
            since(texts[index], (start + timedelta(days=each)).isoformat())
            for index, each in enumerate(begun)
        ]

        found = segments_of(points, targets, None, TODAY)

        assert 10 * len(points) == sum(bar.total_tenths or 0 for each in found for bar in each.bars)
        for each in found:
            assert each.target is not None
            assert each.target.per is not None
            for bar in each.bars:
                assert bar.period == period_of(bar.period.first, each.target.per)
                if bar.met is False and each.target.kind == "at_least":
                    assert each.since <= bar.period.first
                    assert bar.period.last < (each.until or TODAY) or bar.period.last == each.until
            assert each.met <= each.told <= len(each.bars)


def test_a_bar_names_its_period() -> None:
    found = only([count("2026-03-03")], since("at-least 1 per day"))

    assert (
        Bar(period=Period("2026-03-03", "2026-03-03"), total_tenths=10, met=True),
    ) == found.bars


def test_enough_before_the_target_was_set_is_praised_by_nothing() -> None:
    early = only([count("2026-03-03", 5)], since("at-least 1 per week", "2026-03-09"))

    assert outcomes(early) == [("2026-03-02", 50, None)]
    assert early.told == 0


def test_a_day_that_is_not_over_is_open() -> None:
    assert outcomes(only([count(TODAY)], since("at-least 2 per day"))) == [(TODAY, 10, None)]


def test_what_was_counted_so_far_belongs_to_the_target_that_holds() -> None:
    targets = [since("at-least 2 per week"), since("at-least 3 per week", TODAY)]

    before, now = segments_of([count("2026-03-31"), count(TODAY, 2)], targets, None, TODAY)

    assert (before.so_far_tenths, now.so_far_tenths) == (None, 20)


def week_with_rest(first: str, last: str | None) -> list[tuple[str, int | None, bool | None]]:
    rests = (Rest(first=first, last=last),)
    target = structs.replace(since("at-least 2 per week"), rests=rests)
    return outcomes(only([count("2026-03-03")], target))


@pytest.mark.parametrize(
    ("first", "last"),
    [("2026-03-04", None), ("2026-03-08", "2026-03-20"), ("2026-02-20", "2026-03-02")],
)
def test_a_week_in_which_the_goal_rested_is_open(first: str, last: str | None) -> None:
    assert [("2026-03-02", 10, None)] == week_with_rest(first, last)


@pytest.mark.parametrize(("first", "last"), [("2026-03-09", None), ("2026-02-20", "2026-03-01")])
def test_a_week_beside_a_rest_is_told(first: str, last: str | None) -> None:
    assert [("2026-03-02", 10, False)] == week_with_rest(first, last)


def test_what_its_numbers_decide_a_rest_does_not_open() -> None:
    rest = (Rest(first="2026-03-04", last=None),)
    points = [count("2026-03-03", 3)]
    enough = structs.replace(since("at-least 2 per week"), rests=rest)
    more = structs.replace(since("at-most 2 per week"), rests=rest)

    assert [("2026-03-02", 30, True)] == outcomes(only(points, enough))
    assert [("2026-03-02", 30, False)] == outcomes(only(points, more))
