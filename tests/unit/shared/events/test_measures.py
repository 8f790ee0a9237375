"""Data of measures: what is out of range never becomes an event."""

from typing import Any

import msgspec
import pytest

from trailmark_shared import limits
from trailmark_shared.events.data import EventData
from trailmark_shared.events.measures import (
    AttainmentRated,
    MeasureAnswered,
    OccurrenceRecorded,
    ScaleSet,
)

GOAL = "0" * 26
ANSWERED: dict[str, Any] = {"instrument": "phq-9", "version": "1", "title": "PHQ-9"}


@pytest.mark.parametrize(
    ("type_", "data"),
    [
        (OccurrenceRecorded, {"what": "Panic", "intensity_tenths": 100}),
        (OccurrenceRecorded, {"what": "Panic"}),
        (MeasureAnswered, {**ANSWERED, "answers": [0, None, limits.ANSWER_VALUE_MAX]}),
        (ScaleSet, {"goal": GOAL, "levels": ["a", "b", "c", "d", "e"], "weight": 10}),
        (AttainmentRated, {"level": -2}),
    ],
)
def test_what_is_in_range_is_read(type_: type[EventData], data: dict[str, Any]) -> None:
    assert isinstance(msgspec.convert(data, type_), type_)


@pytest.mark.parametrize(
    ("type_", "data"),
    [
        (OccurrenceRecorded, {"what": ""}),
        (OccurrenceRecorded, {"what": "Panic", "intensity_tenths": 101}),
        (OccurrenceRecorded, {"what": "Panic", "intensity_tenths": -1}),
        (MeasureAnswered, {**ANSWERED, "answers": []}),
        (MeasureAnswered, {**ANSWERED, "answers": [0] * (limits.LIST_ITEMS_MAX + 1)}),
        (MeasureAnswered, {**ANSWERED, "answers": [limits.ANSWER_VALUE_MAX + 1]}),
        (ScaleSet, {"goal": GOAL, "levels": ["a", "b", "c", "d"]}),
        (ScaleSet, {"goal": GOAL, "levels": ["a", "b", "c", "d", "e"], "weight": 11}),
        (AttainmentRated, {"level": 3}),
    ],
)
def test_what_is_out_of_range_is_refused(type_: type[EventData], data: dict[str, Any]) -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert(data, type_)
