"""Data of grants: nothing about consent is implied."""

import pytest

from tests.support.entries import a_body, a_text
from trailmark_shared import limits
from trailmark_shared.domain.consent import CONSENT_CLASSES, CONSENT_VERSION, consent_sha256
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
