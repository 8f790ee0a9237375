"""What matters most, what takes another's place, what could be clearer, as typed."""

import pytest

from tests.unit.client.cli.conftest import Cli

WHY = ("--reason", "priorities-shifted")


def titles(cli: Cli) -> list[str]:
    return [each["title"] for each in cli.ok("goal", "list")["goals"]]


def test_goals_stand_in_the_person_s_own_order(cli: Cli) -> None:
    walk, sleep, paint = (cli.goal(title) for title in ("Walk", "Sleep", "Paint"))
    cli.ok("goal", "priority", paint, "high", *WHY)
    cli.ok("goal", "priority", walk, "low", *WHY)

    by_weight = titles(cli)
    cli.ok("goal", "priority", walk, "low", "--place", "1", *WHY)

    assert ["Paint", "Sleep", "Walk"] == by_weight
    assert ["Walk", "Paint", "Sleep"] == titles(cli)
    said = cli("goal", "show", walk).out
    assert "Matters: low" in said
    assert "Place: 1" in said
    cli.ok("goal", "priority", walk, "none", "--place", "0", *WHY)
    assert ["Paint", "Walk", "Sleep"] == titles(cli)
    assert cli("goal", "priority", sleep, "none", *WHY, "--json").error == (3, "nothing_changed")


def test_a_place_below_nought_is_refused(cli: Cli) -> None:
    goal = cli.goal("Walk")

    ran = cli("goal", "priority", goal, "high", "--place", "-1", *WHY, "--json")

    assert ran.error == (2, "invalid_input")


def test_a_new_goal_takes_the_place_of_one_that_no_longer_fits(cli: Cli) -> None:
    old = cli.goal("Walk")

    new = cli.ok("goal", "replace", old, "Swim", "--why", "my knee", "--reason", "new-issue")["id"]

    before, after = (cli.ok("goal", "show", each)["goal"] for each in (old, new))
    assert (before["status"], before["replaced_by"]) == ("cancelled", new)
    assert (after["title"], after["status"]) == ("Swim", "active")
    assert f"In its place now: Swim  {new[:8]}" in cli("goal", "show", old).out
    assert "put another goal in its place, because something new came up" in (
        cli("history", old).out
    )
    again = cli("goal", "replace", old, "Run", "--reason", "new-issue", "--json")
    assert again.error == (3, "nothing_changed")


def test_a_goal_that_was_let_go_stays_so_and_a_new_one_can_take_its_place(cli: Cli) -> None:
    old = cli.goal("Walk")
    cli.ok("goal", "let-go", old, "--reason", "no-longer-fits")
    resumed = cli("goal", "resume", old, "--reason", "ready-again")

    new = cli.ok("goal", "replace", old, "Swim", "--reason", "ready-again:in spring")["id"]

    assert "a new one can take its place" in resumed.err
    assert f"In its place now: Swim  {new[:8]}" in cli("goal", "show", old).out
    assert "in spring" in cli("history", new).out
    assert new in [each["replaced_by"] for each in cli.ok("goal", "list")["goals"]]


@pytest.mark.parametrize("title", ["Feel happier", "Be less anxious"])
def test_a_vague_goal_gets_an_example_to_take_or_leave(cli: Cli, title: str) -> None:
    goal = cli.goal(title)

    said = cli("goal", "guide", goal).out
    found = cli.ok("goal", "guide", goal)

    assert f'trailmark goal reword {goal[:8]} "{found["rewrite"]}"' in said
    assert "your goal is good as it stands" in said
    cli.ok("goal", "reword", goal, found["rewrite"], "--reason", "new-insight")
    assert cli.ok("goal", "guide", goal)["rewrite"] is None


def test_each_letter_is_there_or_asked_for(cli: Cli) -> None:
    goal = cli.goal("Two walks a week", "--target", "at-least 2 per week", "--why", "air")

    before = cli.ok("goal", "guide", goal)
    cli.ok("step", "add", goal, "Buy shoes")
    cli.ok("goal", "due", goal, "2030-01-31", "--reason", "new-insight")
    after = cli.ok("goal", "guide", goal)

    assert {"achievable", "time-bound"} == set(before["questions"])
    assert all(after["letters"].values())
    assert "[x] measurable" in cli("goal", "guide", goal).out


def test_a_vague_goal_is_saved_as_it_is_with_a_hint_beside_it(cli: Cli) -> None:
    vague = cli("goal", "add", "Feel better").out
    clear = cli("goal", "add", "Two walks a week").out

    assert "If you like, it could also read: Do something I enjoy" in vague
    assert "If you like" not in clear
    assert ["Feel better", "Two walks a week"] == titles(cli)
