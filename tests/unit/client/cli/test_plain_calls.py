"""What is typed plainly means the same with and without cyclopts; all else is left to it."""

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from functools import cache, partial
from typing import Any

import cyclopts
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trailmark_client.cli.catalogue import COMMANDS, Command
from trailmark_client.cli.plain_calls import plain_call
from trailmark_client.cli.spelling import build

COMMAND_IDS = [" ".join(each.words) for each in COMMANDS]
WORDS = (
    "goal",
    "5",
    "0",
    "",
    " ",
    "two words",
    "-",
    "-5",
    "--",
    "none",
    "Null",
    "[1]",
    "{}",
    "=",
    "ä",
)
ODD = ("--json=true", "--note=x", "--no-json", "--help", "-h", "--version", "--", "--unknown", "-j")


@cache
def app() -> cyclopts.App:
    return build()


def read_by_cyclopts(words: Sequence[str]) -> tuple[str, object, Mapping[str, object]] | None:
    """Return name, positional and named arguments, ``None`` where there is an error or help."""
    try:
        function, bound, _ = app().parse_args(words, exit_on_error=False, print_error=False)
    except cyclopts.CycloptsError:
        return None
    return function.__name__, bound.args, told(bound.kwargs)


def read_plainly(words: Sequence[str]) -> tuple[str, object, Mapping[str, object]] | None:
    call: Callable[[], Any] | None = plain_call(words)
    if call is None:
        return None
    assert isinstance(call, partial)
    return call.func.__name__, call.args, told(call.keywords)


def told(named: Mapping[str, Any]) -> dict[str, object]:
    return {
        name: vars(each) if dataclasses.is_dataclass(each) else each for name, each in named.items()
    }


def options_of(command: Command) -> list[str]:
    """Return every name that cyclopts knows for the command, negative ones, too."""
    found = app()[command.words[0]]
    for word in command.words[1:]:
        found = found[word]
    arguments = found.assemble_argument_collection()
    return [name for each in arguments for name in each.names if name.startswith("--")]


def choices_of(command: Command) -> list[str]:
    found = app()[command.words[0]]
    for word in command.words[1:]:
        found = found[word]
    arguments = found.assemble_argument_collection()
    return [choice for each in arguments for choice in each.get_choices(force=True) or ()]


@pytest.mark.parametrize("command", COMMANDS, ids=COMMAND_IDS)
def test_both_readings_of_a_command_are_the_same(command: Command) -> None:
    known = (*options_of(command), *choices_of(command), *WORDS, *ODD)

    @settings(max_examples=20, deadline=None)
    @given(st.lists(st.sampled_from(known), max_size=7))
    def hold(typed: list[str]) -> None:
        plain = read_plainly([*command.words, *typed])

        if plain is not None:
            assert plain == read_by_cyclopts([*command.words, *typed])

    hold()


@pytest.mark.parametrize("command", COMMANDS, ids=COMMAND_IDS)
def test_every_option_alone_is_read_the_same(command: Command) -> None:
    for option in options_of(command):
        for value in ((), ("5",), *((each,) for each in choices_of(command))):
            for before in ((), ("a",), ("a", "b")):
                typed = [*command.words, *before, option, *value]
                plain = read_plainly(typed)

                assert plain is None or plain == read_by_cyclopts(typed), typed


@pytest.mark.parametrize(
    "typed",
    [
        "check-in 0abc 5",
        "check-in 0abc 5 --note text --json",
        "check-in 0abc skip --at yesterday --measure count --private",
        "goal list --json",
        "goal add title --target reach-7 --with a --with b",
        "win text",
        "reflect text --tag a --tag b --mood 5",
        "status --words",
        "sync",
    ],
)
def test_daily_commands_are_plain(typed: str) -> None:
    assert read_plainly(typed.split()) == read_by_cyclopts(typed.split())
    assert read_plainly(typed.split()) is not None


@pytest.mark.parametrize(
    "typed",
    ["", "goal", "check-in", "check-in a", "check-in a 5 6", "check-in a 5 --at", "log --limit 5"],
)
def test_what_is_not_plain_is_left_alone(typed: str) -> None:
    assert plain_call(typed.split()) is None
