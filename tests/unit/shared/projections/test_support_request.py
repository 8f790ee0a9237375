"""Requests for support: cards that are also sent to a supporter, and taken back there."""

from tests.support.entries import CIRCLE, a_text, an_entry
from trailmark_shared.events.planning import (
    SupportReceived,
    SupportRequested,
    SupportRequestWithdrawn,
)
from trailmark_shared.projections.support_request import fold_support_request

ASKED = an_entry(1, SupportRequested(text="Come along", who="Ana"))
SENT = an_entry(1, SupportRequested(text="Come along", goal=a_text(9)), lane=CIRCLE)
BACK = an_entry(2, SupportRequestWithdrawn(shares=(a_text(1),)), lane=CIRCLE)


def test_what_was_asked_for_was_received() -> None:
    request = fold_support_request([ASKED, an_entry(2, SupportReceived(note="n"), base=(1,))])

    assert ("received", a_text(1), None) == (
        request.status.value,
        request.event,
        request.withdrawn_at,
    )
    assert ["n"] == [each.note for each in request.uses]


def test_what_was_taken_back_keeps_no_word() -> None:
    request = fold_support_request([SENT, BACK])

    assert (None, None, BACK.effective_at) == (
        request.said.value,
        request.goal,
        request.withdrawn_at,
    )


def test_sent_again_it_is_there_again() -> None:
    again = an_entry(3, SupportRequested(text="Come"), lane=CIRCLE, base=(1,))

    request = fold_support_request([SENT, BACK, again])

    assert (a_text(3), None) == (request.event, request.withdrawn_at)
    assert request.said.value == SupportRequested(text="Come")


def test_without_its_first_words_it_is_nothing_that_was_sent() -> None:
    request = fold_support_request([an_entry(2, SupportReceived())])

    assert (None, None, None) == (request.event, request.event_at, request.said.value)
