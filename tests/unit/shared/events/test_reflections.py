"""Data of reflections: a text, and a few names beside it."""

import pytest

from tests.support.entries import a_body
from trailmark_shared import limits
from trailmark_shared.errors import EventDataError, LimitExceededError
from trailmark_shared.events.codec import encode_body
from trailmark_shared.events.reflections import ReflectionRevised, ReflectionWritten


def test_tags_have_a_bound() -> None:
    tags = ("t",) * (limits.LIST_ITEMS_MAX + 1)
    with pytest.raises(LimitExceededError, match=r"\$\.data\.tags: 65 is more than 64"):
        encode_body(a_body(ReflectionWritten(text="t", tags=tags)))


def test_an_empty_reflection_is_none() -> None:
    with pytest.raises(EventDataError, match=r"\$\.data\.text"):
        encode_body(a_body(ReflectionRevised(text="")))
