"""The list of commands names functions that exist, each documented."""

import importlib

import pytest

from trailmark_client.cli.catalogue import COMMANDS, GROUPS, Command


@pytest.mark.parametrize("command", COMMANDS, ids=lambda each: " ".join(each.words))
def test_every_command_exists_and_says_what_it_does(command: Command) -> None:
    module, _, name = command.function.partition(":")

    function = getattr(importlib.import_module(module), name)

    assert function.__doc__
    assert command.purpose.endswith(".")


def test_commands_are_named_once_and_stand_in_known_groups() -> None:
    words = [each.words for each in COMMANDS]

    assert len(words) == len(set(words))
    assert {each[0] for each in words if len(each) > 1} == GROUPS.keys()
