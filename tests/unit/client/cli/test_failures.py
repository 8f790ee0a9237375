"""Every error of ours has an exit code that the documentation lists."""

import pytest

from trailmark_client.cli.failures import (
    EXIT_CODES,
    UNEXPECTED,
    exit_code_of,
    failed,
    message_of,
)
from trailmark_shared import errors
from trailmark_shared.errors import ErrorCode


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (errors.DomainError(ErrorCode.NOT_FOUND, "x"), 3),
        (errors.DomainError(ErrorCode.INVALID_INPUT, "x"), 2),
        (errors.EventDataError(ErrorCode.MALFORMED_BODY, "x"), 2),
        (errors.LimitExceededError("x", 2, 1), 2),
        (errors.RefusedError(ErrorCode.WRONG_CODE, "x"), 4),
        (errors.RefusedError(ErrorCode.UNREACHABLE, "x"), 5),
        (errors.RefusedError(ErrorCode.INSECURE_ADDRESS, "x"), 2),
        (errors.ProtocolError(ErrorCode.BROKEN_PAGE, "x"), 4),
        (errors.IntegrityError(ErrorCode.CORRUPT_LOG, "x"), 1),
        (errors.SealError(ErrorCode.SEAL_BROKEN, "x"), 1),
        (errors.StorageError(ErrorCode.DISK_FULL, "x"), 6),
        (errors.TrailmarkError(ErrorCode.INTERNAL, "x"), UNEXPECTED),
    ],
)
def test_exit_codes(error: errors.TrailmarkError, code: int) -> None:
    assert exit_code_of(error) == code
    assert code in EXIT_CODES


def test_an_error_is_told_by_code_and_message() -> None:
    told = failed("not_found", "no such goal")

    assert (told.error.code, told.error.message) == ("not_found", "no such goal")


def test_what_cannot_be_recorded_is_told_by_its_place() -> None:
    empty = errors.EventDataError(ErrorCode.MALFORMED_BODY, "not a body, at $.data.text")
    broken = errors.EventDataError(ErrorCode.MALFORMED_BODY, "not a body, at $")
    other = errors.DomainError(ErrorCode.NOT_FOUND, "no such goal")

    assert message_of(empty).startswith("this cannot be recorded: text is empty")
    assert message_of(broken) == message_of(empty)
    assert message_of(other) == "no such goal"


@pytest.mark.parametrize(
    ("limit", "told"),
    [
        ("$.data.tags[0]", "tags is 9 long and may be 3; shorten it"),
        ("body_bytes", "this is 9 long and one entry may be 3; shorten it"),
    ],
)
def test_what_is_too_long_is_told_with_how_long_it_may_be(limit: str, told: str) -> None:
    assert told in message_of(errors.LimitExceededError(limit, 9, 3))


@pytest.mark.parametrize("code", [ErrorCode.NOT_SIGNED_IN, ErrorCode.SIGNED_OUT])
def test_a_device_that_is_let_in_no_more_is_told_the_ways_back(code: ErrorCode) -> None:
    told = message_of(errors.RefusedError(code, "this device was signed out"))

    assert told.startswith("this device was signed out. To be let in again:")
    for way in ("trailmark device join", "trailmark recover", "trailmark connect"):
        assert way in told
