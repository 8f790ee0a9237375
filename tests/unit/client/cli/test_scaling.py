"""Five levels of a goal, as typed."""

import pytest

from tests.unit.client.cli.conftest import Cli

LEVELS = ("not out", "out once", "out twice", "out daily", "out gladly")


def test_levels_are_written_rated_and_scored(cli: Cli) -> None:
    goal, other = cli.goal("Go out"), cli.goal("Sleep")
    cli.ok("scale", "set", goal, *LEVELS)
    cli.ok("scale", "set", other, *LEVELS, "--weight", "2")
    cli.ok("scale", "rate", goal, "-1", "--at", "yesterday", "--note", "-tired")
    cli.ok("scale", "rate", goal, "+1")
    cli.ok("scale", "rate", other, "0")

    said = cli("scale").out
    found = cli.ok("scale", "show")

    assert "Go out  (counts 1)" in said
    assert "  +1  out daily  <- " in said
    assert "   0  out twice" in said
    assert "50 means: as you expected." in said
    assert [("out once", "-tired"), ("out daily", None)] == [
        (each["words"], each["note"]) for each in found["scales"][0]["ratings"]
    ]
    assert found["t_score"] == 54.02


def test_changed_levels_say_why(cli: Cli) -> None:
    goal = cli.goal("Go out")
    cli.ok("scale", "set", goal, *LEVELS)
    changed = ("scale", "set", goal, *LEVELS[:4], "out and about")

    assert cli(*changed, "--json").error == (3, "reason_required")
    cli.ok(*changed, "--reason", "new-insight")

    assert cli.ok("scale", "show")["scales"][0]["levels"][-1] == "out and about"


@pytest.mark.parametrize(
    "words",
    [
        ("set", "GOAL", *LEVELS[:4]),
        ("set", "GOAL", *LEVELS, "--weight", "11"),
        ("rate", "GOAL", "3"),
        ("rate", "GOAL", "good"),
    ],
)
def test_what_is_out_of_range_is_refused(cli: Cli, words: tuple[str, ...]) -> None:
    goal = cli.goal("Go out")

    ran = cli("scale", *(goal if each == "GOAL" else each for each in words), "--json")

    assert ran.error == (2, "invalid_input")


def test_a_goal_without_levels_is_told_how(cli: Cli) -> None:
    assert "No goal has levels yet" in cli("scale").out
    assert cli("scale", "rate", cli.goal("Go out"), "0", "--json").error == (3, "not_found")
