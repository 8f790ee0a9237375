"""Charts: one honest scale, gaps left open, and everything said in a table as well."""

from itertools import pairwise

import pytest

from trailmark_shared.domain.progress import Point, TargetSince
from trailmark_shared.domain.targets import parse_target
from trailmark_shared.projections.chart import Chart, Line, Moment
from trailmark_shared.projections.charting import (
    CHART_ITEMS_MAX,
    HEIGHT,
    SMALL_CHART_ITEMS_MAX,
    charts_of,
    sentences_of,
    small_chart_of,
)

TODAY = "2026-04-01"


def rating(day: str, number: int | None, *, is_late: bool = False) -> Point:
    tenths = None if number is None else number * 10
    return Point(day=day, measure="rating", value_tenths=tenths, is_late=is_late)


def count(day: str, number: int) -> Point:
    return Point(day=day, measure="count", value_tenths=number * 10)


def drawn(
    points: list[Point],
    *targets: tuple[str, str | None],
    baseline: int | None = None,
    moments: tuple[Moment, ...] = (),
    today: str = TODAY,
) -> tuple[Chart, ...]:
    held = [
        TargetSince(day=day, target=None if text is None else parse_target(text))
        for day, text in targets or (("2026-03-02", None),)
    ]
    return charts_of(points, held, baseline, moments, today)


def test_nothing_written_down_has_no_chart() -> None:
    assert () == drawn([])


def test_ratings_stand_between_nought_and_ten_whatever_they_are() -> None:
    [chart] = drawn([rating("2026-03-02", 5), rating("2026-03-09", 6)], baseline=20)

    assert ["0", "5", "10"] == [each.words for each in chart.ticks]
    assert [HEIGHT, HEIGHT / 2, 0] == [each.y for each in chart.ticks]
    assert [HEIGHT / 2, HEIGHT * 0.4] == [each.y for each in chart.dots]
    assert chart.baseline is not None
    assert (HEIGHT * 0.8, "2") == (chart.baseline.y, chart.baseline.words)
    assert [Line(chart.dots[0].x, 80, chart.dots[1].x, 64)] == list(chart.lines)


def test_time_goes_from_the_first_number_to_today() -> None:
    [chart] = drawn([rating("2026-03-02", 5), rating("2026-03-20", 6)], today="2026-03-31")

    assert ["2026-03-02", "2026-03-16", "2026-03-31"] == [each.day for each in chart.days]
    assert ["start", "middle", "end"] == [each.side for each in chart.days]
    assert all(a.x < b.x for a, b in pairwise(chart.dots))


@pytest.mark.parametrize(
    ("days", "named"),
    [
        (["2026-03-04"], [("2026-03-02", "middle")]),
        (["2026-03-04", "2026-03-11"], [("2026-03-02", "start"), ("2026-03-09", "end")]),
        (
            ["2026-03-04", "2026-03-11", "2026-03-18"],
            [("2026-03-02", "start"), ("2026-03-09", "middle"), ("2026-03-16", "end")],
        ),
    ],
)
def test_weeks_are_named_by_the_day_they_began_on(
    days: list[str], named: list[tuple[str, str]]
) -> None:
    counts = [count(day, 1) for day in days]
    [chart] = drawn(counts, ("2026-03-02", "at-least 2 per week"), today=days[-1])

    assert named == [(each.day, each.side) for each in chart.days]
    assert all(0 <= each.x <= 100 for each in chart.days)


@pytest.mark.parametrize(("today", "sides"), [("2026-03-02", 1), ("2026-03-03", 2)])
def test_short_times_have_fewer_days_below(today: str, sides: int) -> None:
    [chart] = drawn([rating("2026-03-02", 5)], today=today)

    assert sides == len(chart.days)


def test_what_is_far_apart_or_skipped_is_not_joined() -> None:
    [chart] = drawn(
        [
            rating("2026-03-02", 5),
            rating("2026-03-03", None),
            rating("2026-03-04", 5),
            rating("2026-03-19", 5),
        ]
    )

    assert 3 == len(chart.dots)
    assert () == chart.lines
    assert ["5", "", "5", "5"] == [each.words for each in chart.table]


def test_another_target_begins_another_line() -> None:
    [chart] = drawn(
        [rating("2026-03-02", 5), rating("2026-03-10", 6), rating("2026-03-12", 7)],
        ("2026-03-02", "reach 6"),
        ("2026-03-10", "reach 8"),
        moments=(
            Moment(day="2026-02-01", words="before the chart"),
            Moment(day="2026-03-10", words="raised the target from 6 to 8"),
        ),
    )

    assert 1 == len(chart.lines)
    assert ["6", "8"] == [each.words for each in chart.levels]
    first, second = chart.levels
    assert (first.x2, 100) == (second.x1, second.x2)
    assert (0, first.y) == (first.band_y, first.band_height)
    assert [(1, "2026-03-10", second.x1)] == [(m.number, m.day, m.x) for m in chart.marks]
    assert ["2026-03-10", "2026-03-02"] == [each.since for each in chart.phases]
    assert [None, "2026-03-09"] == [each.until for each in chart.phases]
    assert "the latest number is 7; hoped for: 8 or more" == chart.phases[0].sentence
    assert ["6", "8", "8"] == [each.hoped for each in chart.table]


def test_counts_are_columns_of_their_periods() -> None:
    [chart] = drawn(
        [count("2026-03-03", 1), count("2026-03-04", 4), count("2026-03-17", 0)],
        ("2026-03-02", "at-most 3 falls per week"),
    )

    assert ("count", "falls", "week") == (chart.measure, chart.unit, chart.per)
    assert ["0", "3", "6"] == [each.words for each in chart.ticks]
    assert [("5", False), ("0", True)] == [(each.words, each.met) for each in chart.columns]
    full, none = chart.columns
    assert HEIGHT == full.y + full.height
    assert 0 == none.height
    [level] = chart.levels
    assert (level.y, HEIGHT) == (level.band_y, level.band_y + level.band_height)
    assert [("2026-03-02", "2026-03-08"), ("2026-03-16", "2026-03-22")] == [
        (each.first, each.last) for each in chart.table
    ]


def test_a_period_with_skipped_answers_only_has_no_number() -> None:
    skipped = Point(day="2026-03-03", measure="count", value_tenths=None)
    [chart] = drawn([skipped], ("2026-03-02", "at-most 3 falls per week"))

    assert ("", 0) == (chart.columns[0].words, chart.columns[0].height)


def test_great_numbers_fit_on_the_scale() -> None:
    [chart] = drawn([count("2026-03-03", 4321)], ("2026-03-02", "at-least 10 steps per day"))

    assert ["0", "3000", "6000"] == [each.words for each in chart.ticks]


def test_another_measure_begins_another_chart_the_present_one_first() -> None:
    charts = drawn(
        [rating("2026-03-02", 5), count("2026-03-12", 2)],
        ("2026-03-02", "reach 6"),
        ("2026-03-10", "at-least 2 walks per week"),
        ("2026-03-20", "at-least 3 walks per week"),
    )

    assert ["count", "rating"] == [each.measure for each in charts]
    assert "2026-03-09" == charts[1].days[-1].day


def test_ratings_beside_a_target_that_counts_have_a_chart_of_their_own() -> None:
    charts = drawn(
        [rating("2026-03-02", 5), count("2026-03-04", 2), rating("2026-03-09", 6)],
        ("2026-03-02", "at-least 2 walks per week"),
        baseline=10,
    )

    assert ["count", "rating"] == [each.measure for each in charts]
    assert (2, None, ()) == (len(charts[1].dots), charts[1].baseline, charts[1].levels)


def test_what_reached_the_server_late_is_marked() -> None:
    [chart] = drawn([rating("2026-03-02", 5, is_late=True)])

    assert [True] == [each.is_late for each in chart.dots]
    assert [True] == [each.is_late for each in chart.table]


def test_the_latest_numbers_are_shown_and_the_rest_is_counted() -> None:
    days = [f"20{year:02}-01-01" for year in range(20)]
    points = [rating(day, 5) for day in days for _ in range(CHART_ITEMS_MAX // 10)]

    [chart] = drawn(points, ("2000-01-01", "reach 6"), ("2005-01-01", "reach 7"))

    assert CHART_ITEMS_MAX == len(chart.dots)
    assert len(points) - CHART_ITEMS_MAX == chart.left_out
    assert 1 == len(chart.phases)


def test_numbers_that_are_not_shown_still_count_for_what_is_told() -> None:
    days = [f"20{year:02}-01-01" for year in range(10)]
    skipped = [rating("2012-01-01", None) for _ in range(CHART_ITEMS_MAX)]

    [chart] = drawn([*(rating(day, 5) for day in days), *skipped], ("2000-01-01", "reach 6"))

    assert 0 == len(chart.dots)
    assert (
        "the latest number is 5; hoped for: 6 or more; the numbers are about the same"
        == chart.phases[0].sentence
    )


def test_a_small_chart_is_the_first_one_with_its_latest_numbers() -> None:
    points = [rating("2026-03-02", 5) for _ in range(SMALL_CHART_ITEMS_MAX + 3)]
    held = [TargetSince(day="2026-03-02", target=parse_target("reach 6"))]

    [whole] = charts_of(points, held, 20, (), TODAY)
    small = small_chart_of(points, held, 20, (), TODAY)

    assert small is not None
    assert (SMALL_CHART_ITEMS_MAX, 3) == (len(small.dots), small.left_out)
    assert (whole.phases, whole.baseline) == (small.phases, small.baseline)
    assert small_chart_of([], held, 20, (), TODAY) is None


def test_sentences_say_what_the_charts_say_first() -> None:
    points = [rating("2026-03-02", 5), count("2026-03-04", 2), rating("2026-03-09", 6)]
    held = [TargetSince(day="2026-03-02", target=parse_target("at-least 2 walks per week"))]

    charts = charts_of(points, held, None, (), TODAY)

    assert 2 == len(charts)
    said = tuple(each.phases[0].sentence for each in charts)
    assert said == sentences_of(points, held, None, TODAY)
