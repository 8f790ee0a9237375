"""Reasons: every code reads as the end of a sentence."""

from trailmark_shared.domain.reasons import REASON_CODES, REASON_WORDS, reason_clause


def test_known_codes_have_their_clause() -> None:
    assert reason_clause("new-insight") == "because of a new insight"
    assert {reason_clause(code) for code in REASON_CODES} == set(REASON_WORDS.values())


def test_a_code_of_a_newer_build_is_shown_as_it_is() -> None:
    assert reason_clause("moved-house") == "because: moved house"


def test_a_correction_is_a_reason() -> None:
    assert "correction" in REASON_CODES
