"""Data of challenges, of what needs a look, and of asking for support."""

import pytest

from tests.support.entries import a_body, a_text
from trailmark_shared.errors import EventDataError
from trailmark_shared.events.codec import decode_body, encode_body
from trailmark_shared.events.data import EventData
from trailmark_shared.events.planning import (
    AttentionGiven,
    AttentionWanted,
    ChallengeDescribed,
    GoalLookedBackOn,
    SupportReceived,
    SupportRequested,
)

GOAL = a_text(50)


@pytest.mark.parametrize(
    "data",
    [
        AttentionGiven(),
        AttentionWanted(about=GOAL),
        GoalLookedBackOn(goal=GOAL),
        SupportReceived(),
    ],
)
def test_words_are_asked_for_and_never_needed(data: EventData) -> None:
    assert data == decode_body(encode_body(a_body(data))).data


@pytest.mark.parametrize(
    "data",
    [
        ChallengeDescribed(text=""),
        ChallengeDescribed(text="x", effect=""),
        SupportRequested(text=""),
        AttentionWanted(about="x"),
        GoalLookedBackOn(goal=GOAL, learnt=""),
    ],
)
def test_what_is_said_says_something(data: EventData) -> None:
    with pytest.raises(EventDataError):
        encode_body(a_body(data))
