"""Progress in words: what was written down beside what was hoped for, and no word of blame."""

import pytest

from trailmark_shared.domain.progress import Point, TargetSince, segments_of
from trailmark_shared.domain.targets import parse_target
from trailmark_shared.projections.progress import NOTHING_YET, progress_sentence

START = "2026-03-02"
TODAY = "2026-04-01"


def said(text: str | None, *numbers: int, baseline: int | None = None, day: str = START) -> str:
    """Return the sentence about one number a week from ``START`` on."""
    target = None if text is None else parse_target(text)
    measure = "count" if target is not None and target.per is not None else "rating"
    weeks = ("2026-03-03", "2026-03-10", "2026-03-17")
    points = [
        Point(day=on, measure=measure, value_tenths=number * 10)
        for on, number in zip(weeks, numbers, strict=False)
    ]
    [segment] = segments_of(points, [TargetSince(day=day, target=target)], baseline, TODAY)
    return progress_sentence(segment, baseline)


@pytest.mark.parametrize(
    ("text", "numbers", "words"),
    [
        ("at-least 2 per week", (2,), "as hoped for in 1 of 1 week"),
        ("at-least 2 per week", (2, 1), "as hoped for in 1 of 2 weeks"),
        (
            "at-most 2 per week",
            (3, 2, 1),
            "as hoped for in 2 of 3 weeks; the numbers are going down",
        ),
        ("at-least 2 per month", (), NOTHING_YET),
        ("reach 7", (6,), "the latest number is 6; hoped for: 7 or more"),
        ("done", (6,), "the latest number is 6"),
        (None, (5, 5, 5), "the latest number is 5; the numbers are about the same"),
        (None, (), NOTHING_YET),
        (
            "reduce-by 50%",
            (6,),
            "the latest number is 6; with a starting point it could be compared",
        ),
    ],
)
def test_a_sentence_says_what_is_there(
    text: str | None, numbers: tuple[int, ...], words: str
) -> None:
    assert words == said(text, *numbers)


@pytest.mark.parametrize(
    ("latest", "words"),
    [
        (5, "the latest number is 5, 37.5 % less than 8 at the start; hoped for: 4 or less"),
        (8, "the latest number is 8, the same as 8 at the start; hoped for: 4 or less"),
        (10, "the latest number is 10, 25 % more than 8 at the start; hoped for: 4 or less"),
    ],
)
def test_a_reduction_is_told_beside_the_start(latest: int, words: str) -> None:
    assert words == said("reduce-by 50%", latest, baseline=80)
    assert words == said("reduce-by 50% by 2026-09-01", latest, baseline=80)


def test_a_week_that_a_target_did_not_hold_whole_is_not_counted() -> None:
    assert said("at-least 2 per week", 1, day="2026-03-04") == "no whole week yet"


@pytest.mark.parametrize(
    ("per", "day", "words"),
    [
        ("day", TODAY, "1 so far today"),
        ("week", "2026-03-30", "1 so far this week"),
        ("month", TODAY, "1 so far this month"),
        ("week", "2026-03-29", "no whole week yet"),
    ],
)
def test_a_period_that_is_not_over_tells_what_it_has_so_far(per: str, day: str, words: str) -> None:
    held = TargetSince(day=day, target=parse_target(f"at-least 2 per {per}"))
    point = Point(day=day, measure="count", value_tenths=10)
    [segment] = segments_of([point], [held], None, TODAY)

    assert words == progress_sentence(segment, None)
