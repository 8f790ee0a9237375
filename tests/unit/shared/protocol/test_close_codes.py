"""docs/protocol.md, "Closing": what a close code means and what a client does about it."""

import pytest

from trailmark_shared.errors import ErrorCode
from trailmark_shared.protocol.close_codes import (
    BY_ERROR,
    LOST,
    NORMAL,
    closing_from_code,
    closing_of,
)


def test_each_error_has_a_number_of_its_own() -> None:
    numbers = [closing.code for closing in BY_ERROR.values()]

    assert len(numbers) == len(set(numbers))


@pytest.mark.parametrize("error", BY_ERROR)
def test_a_code_comes_back_as_it_was_meant(error: ErrorCode) -> None:
    assert closing_of(error) == closing_from_code(closing_of(error).code)


def test_no_error_is_a_normal_end() -> None:
    assert NORMAL == closing_of(None)


def test_an_error_without_a_number_is_the_servers_own() -> None:
    assert BY_ERROR[ErrorCode.INTERNAL] == closing_of(ErrorCode.NOT_FOUND)


def test_an_unknown_number_is_a_lost_connection() -> None:
    assert LOST == closing_from_code(4999)


def test_only_what_cannot_change_is_never_tried_again() -> None:
    never = {error for error, closing in BY_ERROR.items() if closing.retry == "never"}

    assert {ErrorCode.TOO_LARGE, ErrorCode.SPACE_ERASED} == never
