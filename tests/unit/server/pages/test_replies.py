"""Refusals as pages: the same words for what is closed and what is not there."""

from typing import Any, cast

import pytest
from litestar import Request
from litestar.types import HTTPScope

from trailmark_server.members.audience import NothingHereError, SharingEndedError
from trailmark_server.pages.replies import answer_refusal, page
from trailmark_shared.errors import ErrorCode, EventDataError, RefusedError, TrailmarkError

REQUEST: Request[Any, Any, Any] = Request(
    cast("HTTPScope", {"type": "http", "method": "GET", "headers": [], "state": {}})
)
CLOSED = [
    NothingHereError(),
    RefusedError(ErrorCode.NOT_AUTHORISED, "closed"),
    EventDataError(ErrorCode.MALFORMED_ID, "mistyped"),
]


@pytest.mark.parametrize("error", CLOSED, ids=lambda error: error.code)
def test_closed_and_unknown_are_told_in_the_same_words(error: TrailmarkError) -> None:
    answer, other = answer_refusal(REQUEST, error), answer_refusal(REQUEST, CLOSED[0])

    assert (404, other.content) == (answer.status_code, answer.content)


def test_sharing_that_ended_says_when() -> None:
    answer = answer_refusal(REQUEST, SharingEndedError("Sharing ended on 3 Nov 2026"))

    assert 410 == answer.status_code
    assert "Sharing ended on 3 Nov 2026" in answer.content


def test_signed_out_is_asked_to_sign_in() -> None:
    answer = answer_refusal(REQUEST, RefusedError(ErrorCode.NOT_SIGNED_IN, "sign in"))

    assert 401 == answer.status_code


def test_page_without_a_viewer_has_nothing_to_sign_out_of() -> None:
    answer = page("message.html", None, title="A title", paragraphs=["Words."], link=None)

    assert 200 == answer.status_code
    assert "A title" in answer.content
    assert "/sign-out" not in answer.content
