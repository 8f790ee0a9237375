"""Marks of a chart: each has its line and its number, and no name runs into another."""

from trailmark_shared.projections.chart import Moment
from trailmark_shared.projections.chart_marks import marks_of


def test_changes_that_lie_close_together_are_named_as_one() -> None:
    places = (0.0, 30.0, 34.0, 38.0, 90.0)
    moment = Moment(day="2026-03-10", words="worded it anew")

    marks = list(marks_of([(x, moment) for x in places]))

    assert list(places) == [each.x for each in marks]
    assert [1, 2, 3, 4, 5] == [each.number for each in marks]
    assert ["1", "2\N{EN DASH}4", "", "", "5"] == [each.name for each in marks]
    assert [0.0, 34.0, 34.0, 38.0, 90.0] == [each.name_x for each in marks]


def test_no_change_has_no_mark() -> None:
    assert [] == list(marks_of([]))
