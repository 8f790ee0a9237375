"""That something happened, as typed: a name or its beginning, and a number if one likes."""

import pytest

from tests.unit.client.cli.conftest import Cli


def test_two_keystrokes_are_enough(cli: Cli) -> None:
    goal = cli.goal("Fewer", "--target", "at-most 2 panic attacks per week")
    cli.ok("happened", "Panic attack", "6", "--goal", goal, "--at", "yesterday 18:30")

    said = cli("happened", "p", "7.5").out

    first, second = cli.ok("happenings")["occurrences"]
    assert said.splitlines()[0] == "Panic attack"
    assert "nobody else sees it" in said
    assert (first["intensity"], second["intensity"]) == (6, 7.5)
    assert (second["what"], second["goal"]) == ("Panic attack", goal)


def test_a_number_is_not_needed_and_something_new_may_begin_alike(cli: Cli) -> None:
    cli.ok("happened", "Panic attack")
    cli.ok("happened", "Panic", "--new", "--note", "-on the bus")

    said = cli("happenings").out

    assert "Panic attack: once" in said
    assert "Panic: once" in said
    assert "-on the bus" in said


def test_a_target_counts_what_happened(cli: Cli) -> None:
    goal = cli.goal("Fewer", "--target", "at-most 1 panic attacks per day")
    for number in ("6", "4"):
        cli.ok("happened", "Panic", number, "--goal", goal)

    said = cli("goal", "progress", goal).out

    assert "as hoped for in 0 of 1 day" in said


def test_it_is_set_right_and_the_history_says_so(cli: Cli) -> None:
    happened = cli.ok("happened", "Panic", "6")["id"]

    cli.ok("happened-fix", happened[:8], "none", "--on", "2025-07-01", "--note", "a cramp")

    [line] = cli.ok("happenings")["occurrences"]
    assert (line["intensity"], line["day"], line["note"]) == (None, "2025-07-01", "a cramp")
    assert "set right what was noted" in cli("timeline").out


def test_a_note_stays_until_it_is_said_otherwise(cli: Cli) -> None:
    happened = cli.ok("happened", "Panic", "6", "--note", "on the bus")["id"]

    cli.ok("happened-fix", happened, "5")
    kept = cli.ok("happenings")["occurrences"][0]["note"]
    again = cli("happened-fix", happened, "5", "--json").error
    cli.ok("happened-fix", happened, "5", "--note", "none")

    assert ("on the bus", (3, "nothing_changed")) == (kept, again)
    assert cli.ok("happenings")["occurrences"][0]["note"] is None


@pytest.mark.parametrize("number", ["11", "-1", "much"])
def test_an_impossible_number_is_refused(cli: Cli, number: str) -> None:
    assert cli("happened", "Panic", number, "--json").error == (2, "invalid_input")


def test_nothing_yet_is_fine(cli: Cli) -> None:
    assert cli("happenings").out == "Nothing yet, and that is fine.\n"


def test_what_happened_stands_with_the_goal_that_counts_it(cli: Cli) -> None:
    goal, other = cli.goal("Fewer"), cli.goal("Sleep")
    cli.ok("happened", "Panic attack", "6", "--goal", goal, "--note", "on the bus")

    [told] = cli.ok("goal", "show", goal)["occurrences"]

    assert ("Panic attack", 6, goal) == (told["what"], told["intensity"], told["goal"])
    assert "Panic attack  6 of 10  on the bus" in cli("goal", "show", goal).out
    assert [] == cli.ok("goal", "show", other)["occurrences"]


def test_strength_counts_for_a_target_too(cli: Cli) -> None:
    goal = cli.goal("Calmer", "--target", "reduce-by 50%", "--baseline", "8")
    for number in ("8", "6", "4"):
        cli.ok("happened", "Fear", number, "--goal", goal)

    [found] = cli.ok("goal", "progress", goal)["segments"]

    assert [8, 6, 4] == [each["value"] for each in found["points"]]
    assert (50, True) == (found["change_percent"], found["reached"])


def test_no_word_is_none_of_those_that_happened_before(cli: Cli) -> None:
    cli.ok("happened", "Panic")

    assert (2, "invalid_input") == cli("happened", " ", "--json").error
    assert 1 == len(cli.ok("happenings")["occurrences"])


def test_what_is_still_to_come_has_not_happened(cli: Cli) -> None:
    refused = cli("happened", "Panic", "--at", "2999-01-01")

    assert "still to come" in refused.err
    assert [] == cli.ok("happenings")["occurrences"]
