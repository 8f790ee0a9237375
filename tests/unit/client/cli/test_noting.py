"""Steps, check-ins, reflections, excerpts, wins and setbacks, as typed."""

import pytest

from tests.unit.client.cli.conftest import Cli


def test_a_step_is_added_and_reached(cli: Cli) -> None:
    goal = cli.goal("Walk")
    step = cli.ok("step", "add", goal, "- buy shoes", "--due", "2030-01-31")["id"]

    reached = cli("step", "reach", step[:14], "--at", "yesterday 18:30")

    [line] = cli.ok("goal", "show", goal)["steps"]
    assert "You did that." in reached.out
    assert (line["text"], line["due"], line["status"]) == ("- buy shoes", "2030-01-31", "reached")
    assert cli("step", "reach", step, "--json").error == (3, "nothing_changed")


def test_a_check_in_keeps_the_time_that_was_said(cli: Cli) -> None:
    goal = cli.goal("Walk", "--target", "at-least 2 walks per week")

    cli.ok("check-in", goal, "1.5", "--at", "2025-07-01 18:30", "--note", "-ok")

    [line] = cli.ok("goal", "show", goal)["check_ins"]
    assert (line["day"], line["happened"]) == ("2025-07-01", "2025-07-01T18:30:00+02:00")
    assert (line["value"], line["measure"], line["unit"], line["note"]) == (
        1.5,
        "count",
        "walks",
        "-ok",
    )
    body = cli.ok("log", "--limit", "1")["events"][0]["body"]
    assert (body["zone"], body["day"]) == ("Europe/Berlin", "2025-07-01")


def test_who_wished_to_share_a_goal_is_told_what_goes_along(cli: Cli) -> None:
    goal = cli.goal("Walk", "--share")

    said = cli("check-in", goal, "5").out
    kept = cli("check-in", goal, "6", "--private").out

    assert "This goes along with its goal, to be shared; --private keeps it here." in said
    assert "It goes along with its goal once you let somebody in who may see it." in said
    assert "nobody else sees it" not in said
    assert "Only on this device: nobody else sees it." in kept


def test_skipping_is_an_answer(cli: Cli) -> None:
    goal = cli.goal("Walk")

    cli.ok("check-in", goal, "skip")

    assert cli.ok("goal", "show", goal)["check_ins"][0]["value"] is None


@pytest.mark.parametrize("number", ["11", "-1", "many", "1.25"])
def test_an_impossible_number_is_refused(cli: Cli, number: str) -> None:
    goal = cli.goal("Walk")

    assert cli("check-in", goal, number, "--json").error == (2, "invalid_input")


def test_a_measured_value_may_be_negative(cli: Cli) -> None:
    goal = cli.goal("Walk")

    cli.ok("check-in", goal, "-2.5", "--measure", "value")

    assert cli.ok("goal", "show", goal)["check_ins"][0]["value"] == -2.5


def test_a_reflection_is_private_and_keeps_mood_and_tags(cli: Cli) -> None:
    saved = cli.ok("reflect", "- today -", "--mood", "7.5", "--tag", "work", "--tag", "sleep")

    body = cli.ok("log", "--limit", "1")["events"][0]["body"]
    assert (saved["lane"], saved["seen_by"]) == ("self", [])
    assert body["data"] == {"text": "- today -", "tags": ["work", "sleep"], "mood_tenths": 75}


def test_a_part_of_a_reflection_is_wished_to_be_shared(cli: Cli) -> None:
    reflection = cli.ok("reflect", "It was hard, and I said so.")["id"]

    shared = cli("share", reflection, "--excerpt", "I said so")

    assert (shared.code, shared.err) == (0, "")
    assert "as soon as you let somebody in" in shared.out
    assert cli("share", reflection, "--excerpt", "else", "--json").error == (3, "excerpt_not_found")


def test_wins_and_setbacks_are_met_kindly(cli: Cli) -> None:
    goal = cli.goal("Walk")

    win = cli("win", "I went out", "--goal", goal, "--at", "yesterday")
    setback = cli("setback", "I stayed in bed", "--goal", goal, "--helped", "tea", "--private")

    notes = cli.ok("goal", "show", goal)["notes"]
    assert "That counts." in win.out
    assert "Setbacks are part of this. Nothing is lost." in setback.out
    assert {(each["kind"], each["text"], each["helped"]) for each in notes} == {
        ("win", "I went out", None),
        ("setback", "I stayed in bed", "tea"),
    }


@pytest.mark.parametrize("words", [("win",), ("setback",)])
def test_notes_need_no_goal(cli: Cli, words: tuple[str, ...]) -> None:
    assert cli.ok(*words, "-so-")["kind"] == words[0]


def test_bad_moments_are_named(cli: Cli) -> None:
    assert cli("win", "x", "--at", "soon", "--json").error == (2, "invalid_input")
    assert cli("reflect", "x", "--mood", "11", "--json").error == (2, "invalid_input")


def test_why_a_goal_matters_is_said_when_it_is_hard(cli: Cli) -> None:
    goal, other = cli.goal("Walk", "--why", "It calms me"), cli.goal("Sleep")

    hard = cli("setback", "I stayed in bed", "--goal", goal)

    assert "Setbacks are part of this. Nothing is lost.\nWhy it matters: It calms me\n" in hard.out
    assert "Why it matters" not in cli("setback", "Awake", "--goal", other).out
    assert "Why it matters" not in cli("win", "I went out", "--goal", goal).out
