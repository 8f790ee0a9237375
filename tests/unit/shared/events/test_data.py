"""Scalar types: what matches, checked by the decoder that reads bodies."""

import msgspec
import pytest

from tests.support.entries import CARE, CIRCLE, a_text
from trailmark_shared import limits
from trailmark_shared.events import data


def fits(type_: object, value: object) -> bool:
    try:
        msgspec.convert(value, type_)
    except msgspec.ValidationError:
        return False
    return True


@pytest.mark.parametrize(
    ("type_", "value"),
    [
        (data.IdText, a_text(255)),
        (data.LaneText, "self"),
        (data.LaneText, CARE),
        (data.LaneText, CIRCLE),
        (data.HexHash, "0" * 64),
        (data.Day, "2028-02-29"),
        (data.Instant, "2026-09-21T16:13:20.123456-05:00"),
        (data.Instant, "2026-09-21T16:13Z"),
        (data.Zone, "America/Argentina/Buenos_Aires"),
        (data.Zone, "Etc/GMT+5"),
        (data.Millis, -limits.INTEGER_MAX),
        (data.Count, 0),
        (data.Tenths, limits.INTEGER_MAX),
        (data.Code, "new-insight"),
        (data.Title, "ü" * limits.TITLE_CHARS_MAX),
        (data.Text, "ü" * limits.TEXT_CHARS_MAX),
        (data.Title, " . "),
    ],
)
def test_values_that_fit(type_: object, value: object) -> None:
    assert fits(type_, value)


@pytest.mark.parametrize(
    ("type_", "value"),
    [
        (data.IdText, a_text(255).upper()),
        (data.IdText, a_text(255) + "\n"),
        (data.IdText, "l" * 26),
        (data.LaneText, "care/"),
        (data.LaneText, f"club/{a_text(1)}"),
        (data.HexHash, "0" * 63),
        (data.Day, "2026-02-29"),
        (data.Instant, "2026-09-21T16:13:20"),
        (data.Zone, ""),
        (data.Zone, "/Berlin"),
        (data.Zone, "a" * 65),
        (data.Millis, limits.INTEGER_MAX + 1),
        (data.Count, -1),
        (data.Tenths, 0.5),
        (data.Tenths, True),
        (data.Code, "New"),
        (data.Title, ""),
        (data.Title, "  "),
        (data.Text, " \r\n\t"),
        (data.Title, "ü" * (limits.TITLE_CHARS_MAX + 1)),
        (data.Text, "ü" * (limits.TEXT_CHARS_MAX + 1)),
    ],
)
def test_values_that_do_not_fit(type_: object, value: object) -> None:
    assert not fits(type_, value)


def test_words_that_nobody_sees_stand_in_logs_and_are_read() -> None:
    """They are refused where they are typed: what carries them on must never be kept from it."""
    assert fits(data.Title, "\N{ZERO WIDTH SPACE}")
