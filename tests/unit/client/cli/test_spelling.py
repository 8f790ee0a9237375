"""Cyclopts reads the annotations of commands as if they were written for it."""

import dataclasses

import pytest

from trailmark_client.cli import spelling
from trailmark_client.cli.options import Common, MeantFor
from trailmark_client.cli.spelling import build, called


def test_options_in_a_class_come_as_that_class() -> None:
    words = ["win", "text", "--private", "--with", "a", "--json"]

    _, bound, _ = build().parse_args(words, exit_on_error=False, print_error=False)

    assert isinstance(bound.kwargs["common"], Common)
    assert isinstance(bound.kwargs["meant_for"], MeantFor)
    assert dataclasses.asdict(bound.kwargs["meant_for"]) == {"private": True, "with_": ("a",)}


def test_only_commands_are_found_by_their_dotted_names() -> None:
    with pytest.raises(AttributeError):
        spelling.__getattr__("absent")


@pytest.mark.parametrize("words", [["help", "goal", "add"], ["goal", "add", "--help"]])
def test_help_in_front_is_understood_as_well(
    words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    called(words)

    assert "Write a goal down and begin with it." in capsys.readouterr().out
