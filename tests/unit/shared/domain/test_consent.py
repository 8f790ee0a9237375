"""Consent: a text that was once shown is never edited."""

from trailmark_shared.domain.consent import (
    CLASS_WORDS,
    CONSENT_CLASSES,
    CONSENT_TEXTS,
    CONSENT_VERSION,
    consent_sha256,
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
