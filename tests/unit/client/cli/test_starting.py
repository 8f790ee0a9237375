"""First steps and short texts, as typed."""

from typing import get_args

import pytest

from tests.unit.client.cli.conftest import Cli
from trailmark_client.cli.starting import Topic


def taken(cli: Cli) -> dict[str, bool]:
    return {each["name"]: each["taken"] for each in cli.ok("first-steps")["steps"]}


def test_five_first_steps_are_ticked_by_what_is_there(cli: Cli) -> None:
    before = taken(cli)

    goal = cli.goal("Ride")
    cli.ok("check-in", goal, "3")
    cli.ok("goal", "reword", goal, "Ride two stops", "--reason", "too-ambitious")
    cli.ok("win", "Bought a ticket")
    half = taken(cli)
    cli.ok("self-care", "plan", "Yoga")

    assert {False} == set(before.values())
    assert ["afterwards"] == [name for name, is_taken in half.items() if not is_taken]
    assert {True} == set(taken(cli).values())
    assert "[x] Say what you would like to be different" in cli("first-steps").out


@pytest.mark.parametrize("topic", get_args(Topic))
def test_short_texts_are_calm_and_short(cli: Cli, topic: str) -> None:
    told = cli.ok("about", topic)

    assert told["title"] in cli("about", topic).out
    assert 3 <= len(told["words"]) <= 6
    assert topic not in told["topics"]
    assert max(len(each) for each in told["words"]) <= 90
