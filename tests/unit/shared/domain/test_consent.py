"""Consent: a text that was once shown is never edited."""

from trailmark_shared import limits
from trailmark_shared.domain.consent import (
    ACTION_WORDS,
    CLASS_WORDS,
    CONSENT_ACTIONS,
    CONSENT_CLASSES,
    CONSENT_TEXTS,
    CONSENT_VERSION,
    PURPOSE_BY_ROLE,
    PURPOSE_WORDS,
    SUPPORTER_TEXTS,
    SUPPORTER_VERSION,
    allowed_actions,
    consent_sha256,
    consent_words,
    supporter_sha256,
)


def test_published_texts_never_change() -> None:
    """The hash of every version ever shown; another wording is another version."""
    hashes = {version: consent_sha256(version) for version in CONSENT_TEXTS}

    assert hashes == {
        1: "5467320cc509e92dcfe6367fc82cb8798fc2105a0691535dd594879cb82cdd97",
        2: "6541ce5693088b85a42da931dc0390f430a4d849d0908b33bba2187d164cb911",
    }


def test_the_text_says_what_a_person_must_know() -> None:
    text = CONSENT_TEXTS[CONSENT_VERSION]

    for promise in (
        "one kind at a time",
        "saying no costs you nothing",
        "stop at any time",
        "cannot be taken back",
        "runs the server",
        "emergencies",
    ):
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


def test_every_action_and_purpose_has_words() -> None:
    assert tuple(ACTION_WORDS) == CONSENT_ACTIONS
    assert set(PURPOSE_BY_ROLE.values()) == set(PURPOSE_WORDS)


def test_seeing_goes_with_every_grant_and_the_rest_is_named() -> None:
    assert allowed_actions(()) == {"view"}
    assert allowed_actions(("propose",)) == {"view", "propose"}
    assert allowed_actions(("dream",)) == {"view", "dream"}


def test_a_grant_from_before_actions_were_named_lets_see_and_comment() -> None:
    assert allowed_actions(None) == {"view", "comment"}


def test_words_are_found_by_version_and_hash() -> None:
    asked = [
        consent_words("therapist", 2, consent_sha256(2)),
        consent_words("supporter", 1, supporter_sha256(1)),
        consent_words("therapist", 2, supporter_sha256(1)),
        consent_words("therapist", 99, consent_sha256(2)),
    ]

    assert asked == [CONSENT_TEXTS[2], SUPPORTER_TEXTS[1], None, None]
