"""Data of what both sides write down together."""

import pytest

from tests.support.entries import a_body, a_text
from trailmark_shared import limits
from trailmark_shared.errors import EventDataError
from trailmark_shared.events.codec import decode_body, encode_body
from trailmark_shared.events.data import EventData
from trailmark_shared.events.joint import (
    AgendaItemAdded,
    AgendaItemClosed,
    ContactGiven,
    Decision,
    ExpectationWritten,
    InterventionPlanned,
    ReviewHeld,
    ReviewScheduled,
)

GOAL = a_text(50)
KEPT = Decision(goal=GOAL, outcome="kept")


@pytest.mark.parametrize(
    "data",
    [
        AgendaItemClosed(),
        ContactGiven(name="Dr Okafor"),
        ReviewHeld(),
        ReviewHeld(decisions=(KEPT,) * limits.LIST_ITEMS_MAX),
        ReviewScheduled(on="2026-10-05"),
    ],
)
def test_little_is_needed(data: EventData) -> None:
    assert data == decode_body(encode_body(a_body(data))).data


@pytest.mark.parametrize(
    "data",
    [
        AgendaItemAdded(text=""),
        ContactGiven(name=""),
        ExpectationWritten(text=""),
        InterventionPlanned(text="x", goals=(GOAL,) * (limits.LIST_ITEMS_MAX + 1)),
        ReviewHeld(decisions=(KEPT,) * (limits.LIST_ITEMS_MAX + 1)),
        ReviewScheduled(on="soon"),
    ],
)
def test_what_is_said_says_something_and_has_bounds(data: EventData) -> None:
    with pytest.raises(EventDataError):
        encode_body(a_body(data))
