"""Consent: a text that was once shown is never edited."""

from trailmark_shared import limits
from trailmark_shared.domain.consent import (
    CLASS_WORDS,
    CONSENT_CLASSES,
    CONSENT_TEXTS,
    CONSENT_VERSION,
    SUPPORTER_TEXTS,
    SUPPORTER_VERSION,
    consent_sha256,
    supporter_sha256,
)


def test_published_texts_never_change() -> None:
    """The hash of every version ever shown; another wording is another version."""
    hashes = {version: consent_sha256(version) for version in CONSENT_TEXTS}

    assert hashes == {1: "5467320cc509e92dcfe6367fc82cb8798fc2105a0691535dd594879cb82cdd97"}


def test_the_text_says_what_a_person_must_know() -> None:
    text = CONSENT_TEXTS[CONSENT_VERSION]

    for promise in ("stop at any time", "cannot be taken back", "runs the server", "emergencies"):
        assert promise in text


def test_every_class_has_words() -> None:
    assert tuple(CLASS_WORDS) == CONSENT_CLASSES
    assert "goals" in CONSENT_CLASSES


def test_published_texts_for_supporters_never_change() -> None:
    hashes = {version: supporter_sha256(version) for version in SUPPORTER_TEXTS}

    assert hashes == {1: "d65114c6d4f4c34968ade50f81f051f4aff6836cd35a9ef1579e58c3b3006df5"}


def test_the_text_for_supporters_says_what_a_person_must_know() -> None:
    text = SUPPORTER_TEXTS[SUPPORTER_VERSION]
    days = limits.SUPPORTER_LINK_TTL_MS // (24 * 3600 * 1000)

    for promise in (
        "one thing at a time",
        "Nothing goes there by itself",
        "whoever holds the link",
        f"after {days} days",
        "without a reason",
        "cannot be taken back",
        "runs the server",
        "emergencies",
    ):
        assert promise in text
