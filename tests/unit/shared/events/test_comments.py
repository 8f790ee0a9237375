"""Data of comments: about something, by anyone let in."""

import pytest

from tests.support.entries import a_body
from trailmark_shared.errors import EventDataError
from trailmark_shared.events.codec import encode_body
from trailmark_shared.events.comments import CommentAdded


def test_a_comment_is_about_a_subject() -> None:
    with pytest.raises(EventDataError, match=r"\$\.data\.about"):
        encode_body(a_body(CommentAdded(text="t", about="that")))
