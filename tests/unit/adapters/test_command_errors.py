"""What is said of a command line that cannot be understood."""

from typing import Literal

import cyclopts
import pytest

from trailmark_adapters.command_errors import usage_message

WORDS = "my own words"
MORE = "these are more words or other options than it takes; put a text in quotes"
NEAREST = "there is no such command, the nearest is"

app = cyclopts.App(name="program", result_action="return_value")
group = cyclopts.App(name="group")
app.command(group)


@group.command
def show(title: str, /, *, count: int = 1, kind: Literal["one", "other"] = "one") -> None:
    del title, count, kind


def said(*words: str) -> str:
    with pytest.raises(cyclopts.CycloptsError) as caught:
        app(list(words), exit_on_error=False, print_error=False)
    return usage_message(caught.value, "program")


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ((WORDS,), "there is no such command; program --help shows how"),
        (("gruop",), f"{NEAREST} group; program --help shows how"),
        (("group", "shwo"), f"{NEAREST} show; program group --help shows how"),
        (("group", WORDS), "there is no such command; program group --help shows how"),
        (("group", "show"), "TITLE is missing; program group show --help shows how"),
        (
            ("group", "show", "a", "--count", WORDS),
            "--count does not take that; program group show --help shows how",
        ),
        (
            ("group", "show", "a", "--kind", WORDS),
            "--kind takes one of: one, other; program group show --help shows how",
        ),
        (
            ("group", "show", "a", "--count", "1", "--count", "2"),
            "--count can be given once only; program group show --help shows how",
        ),
        (("group", "show", "a", "--other", WORDS), f"{MORE}; program group show --help shows how"),
    ],
)
def test_it_names_the_fault_and_the_help_and_repeats_nothing(
    words: tuple[str, ...], expected: str
) -> None:
    assert expected == said(*words)


def test_a_fault_of_another_kind_is_told_too() -> None:
    told = usage_message(cyclopts.CycloptsError(), "program")

    assert "the command line cannot be understood; program --help shows how" == told
