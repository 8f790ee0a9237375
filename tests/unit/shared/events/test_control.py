"""Data of control types: ids and keys, no words of a person's life."""

import pytest

from tests.support.entries import a_body, a_text
from trailmark_shared import limits
from trailmark_shared.errors import EventDataError, LimitExceededError
from trailmark_shared.events.codec import decode_body, encode_body
from trailmark_shared.events.control import (
    LINKS_MAX,
    Link,
    SubjectErased,
    VaultKeyWrapped,
    Wrap,
)
from trailmark_shared.events.registry import CONTROL_TYPES, EVENT_TYPES

KEY = "00112233445566ff"
PUBLIC = bytes(range(32))


def a_wrap(under: str = a_text(1), public_key: bytes = PUBLIC) -> Wrap:
    return Wrap(under=under, public_key=public_key, sealed=b"\0\1")


def test_a_key_is_wrapped_for_a_holder() -> None:
    link = Link(key=KEY, tag="0" * 64)
    body = a_body(VaultKeyWrapped(key=KEY, wraps=(a_wrap(),), newest=True, links=(link,)))

    assert decode_body(encode_body(body)) == body


@pytest.mark.parametrize("under", ["", KEY, a_text(1)[:-1]])
def test_other_holders_are_refused(under: str) -> None:
    with pytest.raises(EventDataError, match=r"\$\.data\.wraps\[0\]\.under"):
        encode_body(a_body(VaultKeyWrapped(key=KEY, wraps=(a_wrap(under),))))


@pytest.mark.parametrize("size", [0, 31, 33])
def test_a_public_key_has_its_length(size: int) -> None:
    with pytest.raises(EventDataError):
        encode_body(a_body(VaultKeyWrapped(key=KEY, wraps=(a_wrap(public_key=bytes(size)),))))


def test_a_key_wrapped_for_nobody_is_refused() -> None:
    with pytest.raises(EventDataError):
        encode_body(a_body(VaultKeyWrapped(key=KEY, wraps=())))


def test_a_key_follows_a_bounded_number_of_others() -> None:
    links = (Link(key=KEY, tag="0" * 64),) * (LINKS_MAX + 1)

    with pytest.raises(LimitExceededError):
        encode_body(a_body(VaultKeyWrapped(key=KEY, wraps=(a_wrap(),), links=links)))


def test_an_erasure_names_a_bounded_number_of_events() -> None:
    events = (a_text(1),) * (limits.BASE_IDS_MAX + 1)
    with pytest.raises(LimitExceededError):
        encode_body(a_body(SubjectErased(events=events)))


def test_no_control_type_has_room_for_a_text() -> None:
    fields = {name for each in CONTROL_TYPES for name in EVENT_TYPES[each].data.__struct_fields__}

    assert fields == {
        "events",
        "device",
        "name",
        "public_key",
        "key",
        "wraps",
        "proof",
        "newest",
        "links",
        "recovery",
        "ends",
        "is_code",
    }
