"""Data of self-care, habits, rewards and celebrations."""

import pytest

from tests.support.entries import a_body
from trailmark_shared.errors import EventDataError
from trailmark_shared.events.codec import decode_body, encode_body
from trailmark_shared.events.data import EventData
from trailmark_shared.events.living import (
    CelebrationHeld,
    HabitChosen,
    HabitPractised,
    RewardPlanned,
    SelfCareDone,
    SelfCarePlanned,
)


@pytest.mark.parametrize("data", [HabitPractised(), SelfCareDone()])
def test_what_was_done_needs_no_words(data: EventData) -> None:
    assert data == decode_body(encode_body(a_body(data))).data


@pytest.mark.parametrize(
    "data",
    [
        SelfCarePlanned(text=""),
        HabitChosen(old="x", new=""),
        RewardPlanned(text=""),
        CelebrationHeld(text=""),
    ],
)
def test_what_is_planned_says_something(data: EventData) -> None:
    with pytest.raises(EventDataError):
        encode_body(a_body(data))
