"""docs/errors.md: stable codes, one tree, messages without a person's words."""

import pytest

from trailmark_shared import errors
from trailmark_shared.errors import ErrorCode


def test_codes_are_their_own_names() -> None:
    """A code is never renamed: what is written in a log or a script stays what it was."""
    assert [code.name.lower() for code in ErrorCode] == [code.value for code in ErrorCode]


def test_codes_fit_into_the_wire() -> None:
    assert [code for code in ErrorCode if len(code) > 40] == []


@pytest.mark.parametrize(
    "kind",
    [
        errors.DomainError,
        errors.EventDataError,
        errors.ProtocolError,
        errors.RefusedError,
        errors.IntegrityError,
        errors.SealError,
        errors.StorageError,
    ],
)
def test_everything_is_caught_by_the_root(kind: type[errors.TrailmarkError]) -> None:
    error = kind(ErrorCode.NOT_FOUND, "there is no such goal")

    assert isinstance(error, errors.TrailmarkError)
    assert (ErrorCode.NOT_FOUND, "there is no such goal") == (error.code, error.message)
    assert "there is no such goal" == str(error)


def test_a_crossed_bound_names_itself() -> None:
    error = errors.LimitExceededError("TITLE_CHARS_MAX", 301, 300)

    assert isinstance(error, errors.EventDataError)
    assert (ErrorCode.TOO_LARGE, "TITLE_CHARS_MAX: 301 is more than 300") == (
        error.code,
        error.message,
    )
    assert ("TITLE_CHARS_MAX", 301, 300) == (error.limit, error.actual, error.maximum)


def test_a_refusal_says_when_to_try_again() -> None:
    assert "never" == errors.RefusedError(ErrorCode.WRONG_CODE, "no").retry
    assert "later" == errors.RefusedError(ErrorCode.OVERLOADED, "busy", "later").retry


def test_a_defect_is_told_by_kind_and_place_only() -> None:
    def fail() -> None:
        raise ValueError("words of a person")

    with pytest.raises(ValueError, match="words") as raised:
        fail()
    words = errors.defect_words(raised.value)

    assert f"(ValueError at {__name__}:" in words
    assert "words of a person" not in words
    assert "(ValueError at an unknown place)" in errors.defect_words(ValueError())
