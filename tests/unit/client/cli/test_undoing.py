"""One step back, and forth again, whatever it was."""

import pytest

from tests.support.home import Home
from tests.unit.client.cli.conftest import Cli


@pytest.mark.parametrize(
    ("words", "listing"),
    [
        (("reflect", "mistake"), ("journal", "entries")),
        (("insight", "add", "mistake"), ("insight", "cards")),
        (("barrier", "add", "mistake"), ("barrier", "cards")),
        (("coping", "add", "mistake"), ("coping", "cards")),
        (("support", "add", "mistake"), ("support", "cards")),
        (("resource", "add", "mistake"), ("resource", "cards")),
        (("self-care", "plan", "mistake"), ("self-care", "cards")),
        (("habit", "choose", "mistake", "other"), ("habit", "cards")),
        (("reward", "plan", "mistake"), ("reward", "cards")),
        (("celebration", "hold", "mistake"), ("celebration", "cards")),
        (("vision", "write", "--text", "mistake"), ("vision", "cards")),
        (("afterwards", "write", "--text", "mistake"), ("afterwards", "cards")),
    ],
)
def test_what_was_a_mistake_goes_and_comes_back(
    cli: Cli, words: tuple[str, ...], listing: tuple[str, str]
) -> None:
    entry = cli.ok(*words)["id"]

    cli.ok("undo", entry)
    gone = cli.ok(listing[0])[listing[1]], cli.ok("search", "mistake")["found"]
    cli.ok("put-back", entry)

    assert ([], []) == gone
    assert [entry] == [each["id"] for each in cli.ok(listing[0])[listing[1]]]
    assert [entry] == [each["id"] for each in cli.ok("search", "mistake")["found"]]


def test_steps_check_ins_wins_and_setbacks_leave_their_goal(cli: Cli) -> None:
    goal = cli.goal("Walk")
    written = [
        cli.ok("step", "add", goal, "shoes")["id"],
        cli.ok("check-in", goal, "7")["id"],
        cli.ok("win", "walked", "--goal", goal)["id"],
        cli.ok("setback", "stayed", "--goal", goal)["id"],
    ]
    for each in written:
        cli.ok("undo", each)

    view = cli.ok("goal", "show", goal)

    assert ([], [], []) == (view["steps"], view["check_ins"], view["notes"])


def test_a_goal_entered_by_mistake_is_hidden_not_gone(cli: Cli) -> None:
    goal = cli.goal("Walk")

    undone = cli("undo", goal)

    assert "hidden, not gone" in undone.out
    assert [] == cli.ok("goal", "list")["goals"]
    assert "by mistake" in cli("history", goal).out
    assert (3, "nothing_changed") == cli("undo", goal, "--json").error


def test_a_goal_that_was_no_mistake_comes_back_as_it_stood(cli: Cli) -> None:
    goal = cli.goal("Walk")
    cli.ok("goal", "pause", goal, "--reason", "life-event")

    for _ in range(2):
        cli.ok("undo", goal)
        cli.ok("put-back", goal)

    [line] = cli.ok("goal", "list")["goals"]
    assert ("on-hold", goal) == (line["status"], line["id"])
    assert "on-hold" == cli.ok("history", goal)["state"]["fields"]["lifecycle"]
    assert [] == cli.ok("goal", "show", goal)["needs_review"]
    assert (3, "not_found") == cli("put-back", goal, "--json").error


def test_one_use_is_taken_back_and_the_entry_stays(cli: Cli) -> None:
    coping = cli.ok("coping", "add", "breathe")["id"]
    use = cli.ok("coping", "use", coping, "--helped", "3")["events"][0]
    cli.ok("coping", "use", coping, "--helped", "1")

    cli.ok("undo", use)
    [once] = cli.ok("coping")["cards"]
    cli.ok("put-back", use)
    [twice] = cli.ok("coping")["cards"]

    assert ([1], [3, 1]) == (
        [each["helped"] for each in once["uses"]],
        [each["helped"] for each in twice["uses"]],
    )


def test_a_given_reward_is_planned_again(cli: Cli) -> None:
    """Undoing takes the whole entry; what was given by mistake goes with it and comes back so."""
    reward = cli.ok("reward", "plan", "Cinema")["id"]
    cli.ok("reward", "give", reward)

    cli.ok("undo", reward)
    cli.ok("put-back", reward)

    assert ["given"] == [each["status"] for each in cli.ok("reward")["cards"]]


def test_others_who_saw_it_read_that_it_was_taken_back(cli: Cli, agreed: str) -> None:
    win = cli.ok("win", "walked")

    undone = cli.ok("undo", win["id"])

    assert (win["lane"], win["seen_by"]) == (undone["lane"], undone["seen_by"])
    assert undone["lane"].startswith("care/")
    assert [agreed] == undone["seen_by"]


def test_it_is_said_whether_others_go_on_reading_the_words(cli: Cli, agreed: str) -> None:
    assert agreed
    win, barrier = cli.ok("win", "walked")["id"], cli.ok("barrier", "add", "the crowd")["id"]
    cli.ok("share", barrier)

    assert f"good: trailmark erase {win[:8]}" in cli("undo", win).out
    assert "Others" not in cli("undo", barrier).out
    assert "Others" not in cli("undo", cli.ok("reflect", "mine")["id"]).out


def test_what_is_not_there_cannot_be_taken_back(cli: Cli) -> None:
    win = cli.ok("win", "walked")["id"]
    cli.ok("undo", win)

    assert (3, "nothing_changed") == cli("undo", win, "--json").error
    assert (3, "not_found") == cli("undo", "zzzz", "--json").error
    assert (3, "not_found") == cli("put-back", "zzzz", "--json").error


def test_who_is_let_in_is_not_undone_but_stopped(cli: Cli, shared: Home) -> None:
    assert shared
    [grant] = cli.ok("sharing")["grants"]

    assert "never_erased" == cli("undo", grant["grant"], "--json").error[1]
