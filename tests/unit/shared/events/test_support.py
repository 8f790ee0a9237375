"""Data of who and what supports a person."""

import pytest

from tests.support.entries import a_body
from trailmark_shared.errors import EventDataError, LimitExceededError
from trailmark_shared.events.codec import decode_body, encode_body
from trailmark_shared.events.support import ResourceAdded, SupportPersonNamed


def test_somebody_helps_in_up_to_three_ways() -> None:
    most = SupportPersonNamed(name="Mira", ways=("practical", "emotional", "come_along"))
    more = SupportPersonNamed(name="Mira", ways=(*most.ways, "practical"))

    assert most == decode_body(encode_body(a_body(most))).data
    with pytest.raises((EventDataError, LimitExceededError)):
        encode_body(a_body(more))


def test_a_resource_has_a_title() -> None:
    with pytest.raises(EventDataError):
        encode_body(a_body(ResourceAdded(title="")))
