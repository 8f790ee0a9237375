"""Data of what each side says of a goal: a view may be taken back, an answer is one of three."""

import msgspec
import pytest

from trailmark_shared.events.agreements import AgreementRecorded, GoalAssessedByMember


def test_a_view_that_is_taken_back_says_nothing_else() -> None:
    assert msgspec.json.encode(GoalAssessedByMember()) == b"{}"


def test_an_answer_is_one_of_three() -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.json.decode(b'{"answer":"perhaps"}', type=AgreementRecorded)
