"""Data of proposals: what is not given stays, ``None`` takes away, nothing at all is refused."""

import msgspec
import pytest

from tests.support.entries import a_body, a_text
from trailmark_shared import limits
from trailmark_shared.errors import ErrorCode, EventDataError, LimitExceededError
from trailmark_shared.events.body import Reason
from trailmark_shared.events.codec import decode_body, encode_body
from trailmark_shared.events.proposals import ProposalMade, ProposedValues, values_by_field

GOAL = a_text(100)


def test_only_what_is_proposed_is_written() -> None:
    values = ProposedValues(due=None, why="w")

    assert msgspec.json.encode(values) == b'{"why":"w","due":null}'
    assert values_by_field(values) == {"why": "w", "due": None}


def test_a_proposal_of_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="proposes nothing"):
        ProposedValues()
    with pytest.raises(msgspec.ValidationError, match="proposes nothing"):
        msgspec.json.decode(b"{}", type=ProposedValues)


def test_what_the_rules_do_not_know_is_still_an_event() -> None:
    """It folds to "needs review"; only what cannot be read at all is refused."""
    odd = a_body(ProposalMade(what="step", values=ProposedValues(lifecycle="rejected")))

    assert decode_body(encode_body(odd)) == odd


def test_a_proposal_says_why() -> None:
    made = ProposalMade(what="goal", values=ProposedValues(title="t"))
    body = msgspec.structs.replace(a_body(made), reason=None)

    with pytest.raises(EventDataError) as refused:
        encode_body(body)

    assert refused.value.code is ErrorCode.REASON_REQUIRED


def test_proposed_words_and_reasons_have_the_bounds_of_the_persons_own() -> None:
    long = ProposalMade(
        what="goal_change",
        goal=GOAL,
        values=ProposedValues(why="x" * (limits.TEXT_CHARS_MAX + 1)),
    )
    reason = Reason(code="other", text="x" * (limits.TEXT_CHARS_MAX + 1))
    short = ProposalMade(what="goal", values=ProposedValues(title="t"))

    with pytest.raises(LimitExceededError, match=r"\$\.data\.values\.why"):
        encode_body(a_body(long))
    with pytest.raises(LimitExceededError, match=r"\$\.reason\.text"):
        encode_body(a_body(short, reason=reason))
