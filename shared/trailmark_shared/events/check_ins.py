"""Data of the events about check-ins: how it went, as a rating, a count or a value."""

from __future__ import annotations

from trailmark_shared.domain.progress import Measure
from trailmark_shared.events.data import Day, EventData, IdText, Tenths, Text
from trailmark_shared.events.data import Title as Unit


class CheckInRecorded(EventData, frozen=True, kw_only=True, omit_defaults=True):
    """A check-in was recorded; when it happened stands in the body's frame.

    Attributes:
        goal: The goal it belongs to.
        measure: What the number is.
        value_tenths: The number, or ``None`` where it was skipped: a valid answer.
        unit: What was counted or measured.
        note: The person's words.
        private: Said when it was written: it stays where it is, whatever its goal does.
    """

    goal: IdText
    measure: Measure = "rating"
    value_tenths: Tenths | None = None
    unit: Unit | None = None
    note: Text | None = None
    private: bool = False


class CheckInCorrected(EventData, frozen=True, kw_only=True, omit_defaults=True):
    """A check-in reads differently from now on: number and note as given here.

    Attributes:
        value_tenths: The number, or ``None`` for skipped.
        note: The person's words.
        happened_on: The local date it belongs to, where that changes too.
    """

    value_tenths: Tenths | None = None
    note: Text | None = None
    happened_on: Day | None = None
