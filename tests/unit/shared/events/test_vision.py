"""Data of the vision and of what comes after."""

from typing import get_args

import pytest

from tests.support.entries import a_body, a_text
from trailmark_shared.errors import EventDataError
from trailmark_shared.events.codec import decode_body, encode_body
from trailmark_shared.events.data import EventData
from trailmark_shared.events.vision import (
    MaintenancePlanned,
    Question,
    TherapyEnded,
    VisionGoalDrawn,
    VisionWritten,
)


@pytest.mark.parametrize("data", [VisionWritten(), MaintenancePlanned(), TherapyEnded()])
def test_nothing_has_to_be_answered(data: EventData) -> None:
    assert data == decode_body(encode_body(a_body(data))).data


@pytest.mark.parametrize("question", get_args(Question))
def test_every_question_is_a_part_of_the_vision(question: str) -> None:
    data = VisionGoalDrawn(question=question, goal_drawn=a_text(1))  # pyright: ignore[reportArgumentType]

    assert data == decode_body(encode_body(a_body(data))).data
    assert question in VisionWritten.__struct_fields__


def test_another_question_is_refused() -> None:
    data = VisionGoalDrawn(question="else", goal_drawn=a_text(1))  # pyright: ignore[reportArgumentType]
    with pytest.raises(EventDataError):
        encode_body(a_body(data))
