"""What went wrong, in the words of a page."""

import ast
from pathlib import Path

import pytest

import trailmark_client
from trailmark_client.web.problems import own_words, problem_words
from trailmark_shared.errors import DomainError, ErrorCode, LimitExceededError

SOURCES = Path(trailmark_client.__file__).parent


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


@pytest.mark.parametrize(
    ("message", "said"),
    [
        ("share its goal first: trailmark goal share", "Share its goal first."),
        (
            "nobody is let in yet; let somebody in with trailmark connect, then share it",
            "Nobody is let in yet.",
        ),
        (
            "it stays on record; it holds none of your words. To stop: trailmark sharing stop",
            "It stays on record; it holds none of your words.",
        ),
        (
            "they are at home on B (https://b.example:1). Anew: trailmark export F",
            "They are at home on B (https://b.example:1).",
        ),
        (
            "say trailmark connect ADDRESS CODE, or the invitation alone: trailmark://…",
            "Something is missing or too long. Please look at the form again.",
        ),
    ],
)
def test_commands_that_an_error_names_are_left_out(message: str, said: str) -> None:
    assert said == own_words(DomainError(ErrorCode.INVALID_INPUT, message))


def test_every_error_of_the_client_has_something_to_say_without_commands() -> None:
    found = [
        (text, own_words(DomainError(ErrorCode.INVALID_INPUT, text)))
        for path in sorted(SOURCES.rglob("*.py"))
        if "cli" not in path.parts
        for text in _errors_that_name_commands(path)
    ]

    assert found
    assert [] == [said for _, said in found if "trailmark " in said or not said.strip(". ")]


def _errors_that_name_commands(path: Path) -> list[str]:
    calls = [each for each in ast.walk(ast.parse(path.read_text())) if isinstance(each, ast.Call)]
    return [
        text.value
        for call in calls
        if ast.unparse(call.func).endswith("Error")
        for text in ast.walk(call)
        if isinstance(text, ast.Constant)
        and isinstance(text.value, str)
        and "trailmark " in text.value
    ]
