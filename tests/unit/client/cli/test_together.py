"""What both sides write down together, as typed by the person."""

import pytest

from tests.unit.client.cli.conftest import Cli


def test_an_expectation_is_seen_by_the_therapist_where_that_was_agreed(
    cli: Cli, agreed: str
) -> None:
    said = cli("expectation", "add", "We say when something does not help")
    private = cli.ok("expectation", "add", "Not yet", "--private")["id"]

    first, second = cli.ok("expectation")["cards"]
    cli.ok("expectation", "revise", first["id"], "--text", "We say it at once")

    assert f"This is for {agreed} to see; --private keeps it here." in said.out
    assert ([agreed], []) == (first["seen_by"], second["seen_by"])
    assert private == second["id"]
    assert "We say it at once" in cli("expectation").out


def test_the_person_says_whether_they_agree(cli: Cli) -> None:
    mine = cli.ok("expectation", "add", "Open talk")["id"]

    cli.ok("expectation", "agree", mine)
    again = cli("expectation", "agree", mine, "--json").error
    cli.ok("expectation", "revise", mine, "--text", "Open, kind talk")
    outdated = cli.ok("expectation")["cards"][0]["answers"]
    cli.ok("expectation", "agree", mine, "--pending")

    [answer] = cli.ok("expectation")["cards"][0]["answers"]
    assert (3, "nothing_changed") == again
    assert [True] == [each["is_outdated"] for each in outdated]
    assert ("you", "pending", False) == (answer["by"], answer["answer"], answer["is_outdated"])
    assert "you asked for time to think about it" in cli("expectation").out
    assert (2, "invalid_input") == cli(
        "expectation", "agree", mine, "--pending", "--disagree", "--json"
    ).error


def test_what_is_tried_serves_goals_and_ends(cli: Cli) -> None:
    ride, swim = cli.goal("Ride"), cli.goal("Swim")
    tried = cli.ok("intervention", "add", "One stop together", "--goal", ride, "--goal", swim)["id"]

    cli.ok("intervention", "revise", tried, "--often", "every second week")
    cli.ok("intervention", "agree", tried, "--disagree")
    cli.ok("intervention", "end", tried, "two stops alone now")

    [told] = cli.ok("intervention")["cards"]
    assert ([ride, swim], "ended", ["two stops alone now"]) == (
        told["said"]["goals"],
        told["status"],
        [each["note"] for each in told["uses"]],
    )
    words = cli("intervention").out
    assert "no longer part of the plan" in words
    assert "you did not agree" in words


def test_the_agenda_is_filled_from_what_was_hard_in_words_of_one_s_own(
    cli: Cli, agreed: str
) -> None:
    goal = cli.goal("Ride")
    barrier = cli.ok("barrier", "add", "The crowd", "--goal", goal)["id"]
    hard = cli.ok("setback", "Turned back at the door", "--private")["id"]
    night = cli.ok("reflect", "That night")["id"]
    cli.ok("attention", "mark", night, "the night")

    ideas = cli.ok("agenda", "ideas")["ideas"]
    item = cli.ok("agenda", "add", "What happened at the door", "--about", hard)["id"]
    after = cli.ok("agenda", "ideas")["ideas"]
    kept = cli.ok("agenda", "add", "The night", "--about", night, "--private")["id"]

    assert {barrier, hard, night} == {each["id"] for each in ideas}
    assert "agenda add" in cli("agenda", "ideas").out
    shared, private = cli.ok("agenda")["cards"]
    assert (item, [agreed], None) == (shared["id"], shared["seen_by"], shared["said"].get("about"))
    assert (kept, night) == (private["id"], private["said"]["about"])
    assert {barrier, hard, night} == {each["id"] for each in after}
    assert [barrier, hard] == [each["id"] for each in cli.ok("agenda", "ideas")["ideas"]]


def test_an_item_is_closed_with_what_came_of_it(cli: Cli) -> None:
    assert "What could be: trailmark agenda ideas" in cli("agenda").out
    assert "that is fine" in cli("agenda", "ideas").out
    item = cli.ok("agenda", "add", "The door")["id"]

    cli.ok("agenda", "close", item, "we go there together")

    words = cli("agenda").out
    assert "The door, closed" in words
    assert "we go there together" in words
    assert (3, "nothing_changed") == cli("agenda", "close", item, "--json").error


@pytest.mark.parametrize("group", ["expectation", "intervention", "agenda"])
def test_empty_lists_shame_nobody(cli: Cli, group: str) -> None:
    said = cli(group).out.lower()

    assert said
    assert not {"failed", "missed", "overdue"} & set(said.split())


def test_a_mistake_is_taken_back(cli: Cli) -> None:
    item = cli.ok("agenda", "add", "Wrong")["id"]

    cli.ok("undo", item)

    assert [] == cli.ok("agenda")["cards"]
    cli.ok("put-back", item)
    assert ["Wrong"] == [each["words"] for each in cli.ok("agenda")["cards"]]
