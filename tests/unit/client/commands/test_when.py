"""Moments and days as people write them, in their own zone."""

import re
from datetime import date

import pytest

from tests.support.person import NOON
from trailmark_client.commands.when import (
    When,
    day_after,
    moment,
    parse_day,
    parse_due,
    parse_instant,
    parse_past,
    parse_when,
)
from trailmark_shared.domain.dates import INSTANT
from trailmark_shared.errors import DomainError, ErrorCode

BERLIN = "Europe/Berlin"


def when(text: str, zone: str = BERLIN) -> tuple[str, str]:
    found = parse_when(text, now_ms=NOON, zone=zone)
    assert found.zone == zone
    return found.occurred_at, found.day


@pytest.mark.parametrize(
    ("text", "occurred_at", "day"),
    [
        ("now", "2025-10-09T12:00:00+02:00", "2025-10-09"),
        ("08:05", "2025-10-09T08:05:00+02:00", "2025-10-09"),
        ("today", "2025-10-09T12:00:00+02:00", "2025-10-09"),
        ("today 7:30", "2025-10-09T07:30:00+02:00", "2025-10-09"),
        ("Yesterday", "2025-10-08T12:00:00+02:00", "2025-10-08"),
        ("yesterday  18:30", "2025-10-08T18:30:00+02:00", "2025-10-08"),
        ("3 days ago", "2025-10-06T12:00:00+02:00", "2025-10-06"),
        ("1 day ago 09:00", "2025-10-08T09:00:00+02:00", "2025-10-08"),
        ("2025-01-31", "2025-01-31T12:00:00+01:00", "2025-01-31"),
        ("2025-01-31 23:59", "2025-01-31T23:59:00+01:00", "2025-01-31"),
        ("2025-01-31T23:59", "2025-01-31T23:59:00+01:00", "2025-01-31"),
        ("2025-01-31T23:59:59Z", "2025-01-31T23:59:59+00:00", "2025-01-31"),
        ("2025-01-31t08:00+09:00", "2025-01-31T08:00:00+09:00", "2025-01-31"),
    ],
)
def test_a_moment_is_read(text: str, occurred_at: str, day: str) -> None:
    assert when(text) == (occurred_at, day)


def test_the_same_words_mean_another_moment_in_another_zone() -> None:
    assert when("yesterday 18:30", "Asia/Tokyo") == ("2025-10-08T18:30:00+09:00", "2025-10-08")


def test_a_time_that_the_clock_change_skipped_is_the_one_it_became() -> None:
    assert when("2025-03-30 02:30") == ("2025-03-30T03:30:00+02:00", "2025-03-30")


def test_an_unknown_zone_reads_as_utc() -> None:
    assert moment(NOON, "Nowhere/Land") == When("2025-10-09T10:00:00+00:00", "UTC", "2025-10-09")


@pytest.mark.parametrize(
    "text", ["", "soon", "25:00", "yesterday 24:10", "2025-02-30", "2025-13-01", "-1 days ago"]
)
def test_other_words_are_refused(text: str) -> None:
    with pytest.raises(DomainError) as refused:
        when(text)

    assert refused.value.code == ErrorCode.INVALID_INPUT


def test_a_day_before_all_calendars_is_refused() -> None:
    with pytest.raises(DomainError) as refused:
        when("0001-01-01 00:00")

    assert refused.value.code == ErrorCode.INVALID_INPUT


def test_a_day_long_ago_is_read() -> None:
    assert when("9999 days ago")[1] == "1998-05-25"


def test_an_instant_of_a_day_is_its_end() -> None:
    midnight = parse_instant("2025-10-09 00:00", now_ms=NOON, zone=BERLIN)

    assert midnight - 1 == parse_instant("yesterday", now_ms=NOON, zone=BERLIN)


@pytest.mark.parametrize(
    ("text", "due"),
    [
        ("2025-12-24", "2025-12-24"),
        ("today", "2025-10-09"),
        ("tomorrow", "2025-10-10"),
        ("in 1 day", "2025-10-10"),
        ("In 6 weeks", "2025-11-20"),
        ("none", None),
    ],
)
def test_a_day_to_hope_for_is_read(text: str, due: str | None) -> None:
    assert parse_due(text, now_ms=NOON, zone=BERLIN) == due


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2025-10-01", "2025-10-01"),
        (" Today", "2025-10-09"),
        ("yesterday", "2025-10-08"),
        ("30  days ago", "2025-09-09"),
    ],
)
def test_day_to_look_at_is_read(text: str, day: str) -> None:
    assert day == parse_day(text, now_ms=NOON, zone=BERLIN)


@pytest.mark.parametrize("text", ["", "tomorrow", "none", "in 2 weeks", "2025-02-29", "12:00"])
def test_other_words_are_no_day_to_look_at(text: str) -> None:
    with pytest.raises(DomainError, match="yesterday or N days ago") as refused:
        parse_day(text, now_ms=NOON, zone=BERLIN)

    assert refused.value.code == ErrorCode.INVALID_INPUT


@pytest.mark.parametrize("text", ["", "yesterday", "12:00", "2025-02-29", "in six weeks"])
def test_other_words_are_no_day_to_hope_for(text: str) -> None:
    with pytest.raises(DomainError) as refused:
        parse_due(text, now_ms=NOON, zone=BERLIN)

    assert refused.value.code == ErrorCode.INVALID_INPUT


@pytest.mark.parametrize(
    ("now_ms", "zone"),
    [
        (0, "Africa/Monrovia"),
        (0, BERLIN),
        (-(10**13), "Europe/Amsterdam"),
        (-(2**53 - 1), "Asia/Tokyo"),
        (2**53 - 1, "Asia/Tokyo"),
    ],
)
def test_no_clock_keeps_anybody_from_recording(now_ms: int, zone: str) -> None:
    assert re.fullmatch(INSTANT, moment(now_ms, zone).occurred_at)


@pytest.mark.parametrize(
    "text", ["23:59", "today", "yesterday", "1974-05-01", "2025-10-08T23:00-12:00"]
)
def test_what_happened_lies_behind_or_in_this_day(text: str) -> None:
    found = parse_past(text, now_ms=NOON, zone=BERLIN)

    assert parse_when(text, now_ms=NOON, zone=BERLIN) == found


@pytest.mark.parametrize("text", ["2025-10-10", "2025-10-10 00:00", "9999-12-31"])
def test_what_is_still_to_come_has_not_happened(text: str) -> None:
    with pytest.raises(DomainError) as refused:
        parse_past(text, now_ms=NOON, zone=BERLIN)

    assert refused.value.code == ErrorCode.INVALID_INPUT


def test_a_day_that_began_elsewhere_already_may_have_happened() -> None:
    text = "2025-10-10T00:00+14:00"

    assert "2025-10-10" == parse_past(text, now_ms=NOON, zone=BERLIN).day


def test_the_last_day_of_the_calendar_has_an_end() -> None:
    last = parse_instant("9999-12-31", now_ms=NOON, zone=BERLIN)

    assert last > parse_instant("9999-12-30 12:00", now_ms=NOON, zone=BERLIN)


@pytest.mark.parametrize("text", ["tomorrow", "in 2 days", "in 2 weeks"])
def test_a_day_beyond_the_calendar_is_refused_by_name(text: str) -> None:
    last = parse_instant("9999-12-31 12:00", now_ms=NOON, zone="Pacific/Kiritimati")

    with pytest.raises(DomainError, match="no calendar here has that day") as refused:
        parse_due(text, now_ms=last, zone="Pacific/Kiritimati")

    assert refused.value.code == ErrorCode.INVALID_INPUT


def test_there_is_no_yesterday_of_the_first_day() -> None:
    with pytest.raises(DomainError) as refused:
        parse_day("yesterday", now_ms=-(2**53 - 1), zone="Etc/GMT+12")

    assert refused.value.code == ErrorCode.INVALID_INPUT


def test_days_are_counted_on() -> None:
    assert date(2026, 3, 1) == day_after(date(2026, 2, 28), 1)
