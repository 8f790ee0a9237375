"""Data of grants: nothing about consent is implied."""

import msgspec
import pytest

from tests.support.entries import a_body, a_text
from trailmark_shared import limits
from trailmark_shared.domain.consent import (
    CONSENT_ACTIONS,
    CONSENT_CLASSES,
    CONSENT_VERSION,
    PURPOSE_BY_ROLE,
    consent_sha256,
)
from trailmark_shared.errors import LimitExceededError
from trailmark_shared.events.access import AccessGranted, ConsentText
from trailmark_shared.events.codec import decode_body, encode_body

CONSENT = ConsentText(version=CONSENT_VERSION, sha256=consent_sha256())


def granted(classes: tuple[str, ...]) -> AccessGranted:
    return AccessGranted(
        member=a_text(1), name="Dr. Example", role="therapist", classes=classes, consent=CONSENT
    )


def test_every_class_can_be_granted() -> None:
    body = a_body(granted(CONSENT_CLASSES))

    assert decode_body(encode_body(body)) == body


def test_classes_are_written_even_where_there_are_none() -> None:
    assert b'"classes":[]' in encode_body(a_body(granted(())))


def test_classes_have_a_bound() -> None:
    with pytest.raises(LimitExceededError):
        encode_body(a_body(granted(("goals",) * (limits.LIST_ITEMS_MAX + 1))))


def test_the_terms_of_a_grant_are_all_in_it() -> None:
    terms = msgspec.structs.replace(
        granted(CONSENT_CLASSES),
        actions=CONSENT_ACTIONS,
        purpose=PURPOSE_BY_ROLE["therapist"],
        history="since",
        since="2026-03-02",
        until="2027-01-31",
        replaces=a_text(2),
    )
    body = a_body(terms)

    assert decode_body(encode_body(body)) == body


def test_actions_have_a_bound() -> None:
    many = msgspec.structs.replace(granted(()), actions=("view",) * (limits.LIST_ITEMS_MAX + 1))

    with pytest.raises(LimitExceededError):
        encode_body(a_body(many))


def test_actions_that_were_refused_are_told_from_actions_that_were_never_asked() -> None:
    none_but_seeing = msgspec.structs.replace(granted(()), actions=())

    assert b'"actions":[]' in encode_body(a_body(none_but_seeing))
    assert b"actions" not in encode_body(a_body(granted(())))
