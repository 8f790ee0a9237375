"""Steps as they change, where to start and what lies ahead, as typed."""

import pytest

from tests.unit.client.cli.conftest import Cli


@pytest.fixture
def goal(cli: Cli) -> str:
    return cli.goal("Ride", "--why", "to see the sea")


def step(cli: Cli, goal: str, text: str, *options: str) -> str:
    return cli.ok("step", "add", goal, text, *options)["id"]


def test_the_step_that_matters_most_is_where_to_start(cli: Cli, goal: str) -> None:
    first, second = step(cli, goal, "look at the map"), step(cli, goal, "one stop")
    before = cli.ok("start-here")["steps"][0]["step"]["id"]

    cli.ok("step", "rank", second, "--importance", "high", "--impact", "high")
    cli.ok("step", "rank", second, "--impact", "none", "--urgency", "low")

    [top] = cli.ok("start-here")["steps"]
    assert (first, second) == (before, top["step"]["id"])
    assert ("high", "low", None) == tuple(
        top["step"][name] for name in ("importance", "urgency", "impact")
    )
    assert "Why it matters: to see the sea" in cli("start-here").out
    assert "one stop (open, matters: high, urgent: low)" in cli("step", "list", goal).out
    assert (3, "nothing_changed") == cli("step", "rank", second, "--json").error


def test_where_nothing_is_open_a_small_step_is_a_good_one(cli: Cli, goal: str) -> None:
    only = step(cli, goal, "one stop")
    cli.ok("step", "reach", only)

    assert "A small one is a good one" in cli("start-here").out
    cli.ok("step", "reopen", only)
    assert [only] == [each["step"]["id"] for each in cli.ok("start-here")["steps"]]
    assert (3, "nothing_changed") == cli("step", "reopen", only, "--json").error


def test_a_step_moves_without_a_reason(cli: Cli, goal: str) -> None:
    only = step(cli, goal, "one stop", "--due", "2030-01-01")

    said = cli("step", "due", only, "2030-02-01")
    cli.ok("step", "due", only, "2030-03-01", "--reason", "life-event:moved house")

    assert "The day has moved with you." in said.out
    assert ["2030-03-01"] == [each["due"] for each in cli.ok("step", "list", goal)["steps"]]
    assert not {"overdue", "missed", "late"} & set(cli("timeline").out.lower().split())


def test_a_step_is_said_otherwise_and_let_go(cli: Cli, goal: str) -> None:
    only = step(cli, goal, "five stops")

    cli.ok("step", "reword", only, "two stops", "--reason", "too-ambitious")
    cli.ok("step", "drop", only)

    [told] = cli.ok("step", "list", goal)["steps"]
    assert ("two stops", "dropped") == (told["text"], told["status"])
    assert (3, "reason_required") == cli("step", "reword", only, "x", "--json").error


def test_the_days_ahead_stand_in_order_and_blame_nobody(cli: Cli, goal: str) -> None:
    cli.ok("goal", "due", goal, "2030-05-01", "--reason", "new-insight")
    late = step(cli, goal, "one stop", "--due", "2020-01-01")
    cli.ok("review", "plan", "2030-03-01", "the trains")

    days = cli.ok("ahead")["days"]
    words = cli("ahead").out

    assert [("2020-01-01", late, True), ("2030-05-01", goal, False)] == [
        (each["day"], each["id"], each["has_passed"]) for each in days if each["kind"] != "review"
    ]
    assert ["step", "review", "goal"] == [each["kind"] for each in days]
    assert "the day can be moved at any time" in words
    assert not {"overdue", "missed", "failed"} & set(words.lower().split())


def test_no_day_is_needed(cli: Cli, goal: str) -> None:
    assert "none is needed" in cli("ahead").out
    assert "that is fine" in cli("step", "list", goal).out
