"""Days, weeks and months: whole, without overlap, and the same whatever a clock does."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trailmark_shared.domain.periods import (
    Per,
    Period,
    by_period,
    day_before,
    period_of,
)

_days = st.dates(min_value=date(1900, 1, 1), max_value=date(2200, 12, 31))
_pers = st.sampled_from(("day", "week", "month"))


@pytest.mark.parametrize(
    ("day", "per", "first", "last"),
    [
        ("2026-03-29", "day", "2026-03-29", "2026-03-29"),
        ("2026-03-29", "week", "2026-03-23", "2026-03-29"),
        ("2026-03-30", "week", "2026-03-30", "2026-04-05"),
        ("2027-01-01", "week", "2026-12-28", "2027-01-03"),
        ("2024-02-10", "month", "2024-02-01", "2024-02-29"),
        ("2026-12-31", "month", "2026-12-01", "2026-12-31"),
        ("0001-01-01", "week", "0001-01-01", "0001-01-07"),
        ("9999-12-31", "week", "9999-12-27", "9999-12-31"),
        ("9999-12-31", "month", "9999-12-01", "9999-12-31"),
    ],
)
def test_a_date_is_in_its_period(day: str, per: Per, first: str, last: str) -> None:
    assert Period(first, last) == period_of(day, per)


@given(_days, _pers)
def test_every_date_of_a_period_is_in_that_period_and_no_other(day: date, per: Per) -> None:
    period = period_of(day.isoformat(), per)
    first, last = date.fromisoformat(period.first), date.fromisoformat(period.last)

    inside = [first + timedelta(days=each) for each in range((last - first).days + 1)]

    assert day in inside
    assert {period} == {period_of(each.isoformat(), per) for each in inside}
    assert day_before(period_of((last + timedelta(days=1)).isoformat(), per).first) == period.last
    assert day_before(period.first) == period_of((first - timedelta(days=1)).isoformat(), per).last


@given(
    st.datetimes(min_value=datetime(2000, 1, 1), max_value=datetime(2037, 12, 31)),  # noqa: DTZ001
    st.sampled_from(("Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu")),
)
def test_a_changed_clock_moves_nothing_to_another_week(moment: datetime, zone: str) -> None:
    """A walk every 12 hours for 16 days: each local date keeps its own, whatever the clock did."""
    walks = [
        (moment.replace(tzinfo=UTC) + timedelta(hours=12 * each)).astimezone(ZoneInfo(zone))
        for each in range(32)
    ]
    days: dict[str, int] = {}
    for each in walks:
        days[each.date().isoformat()] = days.get(each.date().isoformat(), 0) + 1

    weeks = by_period(days, "week")

    assert len(walks) == sum(weeks.values())
    for week, total in weeks.items():
        assert total == sum(week.first <= each.date().isoformat() <= week.last for each in walks)


def test_a_period_without_an_entry_is_left_out() -> None:
    weeks = by_period({"2026-03-29": 1, "2026-03-02": 2, "2026-03-03": 3}, "week")

    assert [(Period("2026-03-02", "2026-03-08"), 5), (Period("2026-03-23", "2026-03-29"), 1)] == (
        list(weeks.items())
    )


@pytest.mark.parametrize(
    ("day", "before"),
    [("2026-03-01", "2026-02-28"), ("2026-01-01", "2025-12-31"), ("0001-01-01", "0001-01-01")],
)
def test_the_date_before(day: str, before: str) -> None:
    assert before == day_before(day)
