"""What went wrong, in the words of a page."""

import pytest

from trailmark_client.web.problems import problem_words
from trailmark_shared.errors import DomainError, ErrorCode, LimitExceededError


@pytest.mark.parametrize(
    ("code", "said"),
    [
        (ErrorCode.AMBIGUOUS_ID, "More than one person is meant. Please choose with whom."),
        (
            ErrorCode.NOT_CONNECTED,
            "For this you need a server, which an invitation of your therapist brings.",
        ),
    ],
)
def test_page_says_what_to_do_and_names_no_command(code: ErrorCode, said: str) -> None:
    assert said == problem_words(DomainError(code, "say trailmark connect, or --with NAME"))


def test_other_errors_speak_for_themselves() -> None:
    error = DomainError(ErrorCode.INVALID_INPUT, "a mood goes from 0 to 10")

    assert "A mood goes from 0 to 10." == problem_words(error)


def test_what_is_too_long_is_told_without_a_name_of_a_bound() -> None:
    assert "TEXT" not in problem_words(LimitExceededError("TEXT_CHARS_MAX", 2, 1))
