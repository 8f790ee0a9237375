"""The body: what is optional, and that nobody can change it."""

import pytest

from tests.support.entries import a_body
from trailmark_shared.events.body import Reason
from trailmark_shared.events.goals import GoalActivated


def test_only_what_is_always_said_is_required() -> None:
    body = a_body(GoalActivated())

    assert (body.reason, body.base, body.cause) == (None, (), None)


def test_a_fact_does_not_change() -> None:
    with pytest.raises(AttributeError):
        a_body(GoalActivated()).type = "goal_cancelled"  # pyright: ignore[reportAttributeAccessIssue]


def test_a_reason_needs_no_words() -> None:
    assert Reason(code="other").text is None
