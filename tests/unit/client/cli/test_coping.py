"""Barriers and the toolbox, as typed."""

import pytest

from tests.unit.client.cli.conftest import Cli


def test_a_barrier_is_named_got_out_of_the_way_and_may_return(cli: Cli) -> None:
    goal = cli.goal("Sport")
    barrier = cli.ok("barrier", "add", "Far away", "--where", "practical", "--goal", goal)["id"]
    cli.goal("Other")

    cli.ok("barrier", "revise", barrier, "--text", "The gym is far away")
    out = cli("barrier", "resolve", barrier)
    [resolved] = cli.ok("barrier", "list", "--goal", goal)["cards"]
    twice = cli("barrier", "resolve", barrier, "--json")
    cli.ok("barrier", "return", barrier)
    [open_] = cli.ok("barrier")["cards"]

    assert "You did a hard thing." in out.out
    assert (3, "nothing_changed") == twice.error
    assert ("resolved", "open") == (resolved["status"], open_["status"])
    assert ("The gym is far away", "practical", goal) == (
        open_["words"],
        open_["said"]["where"],
        open_["goal"],
    )
    assert "(practical things)" in cli("barrier").out


def test_a_strategy_for_a_barrier_says_if_and_then_and_what_helped(cli: Cli) -> None:
    barrier = cli.ok("barrier", "add", "Lying awake")["id"]
    group = cli.ok("resource", "add", "Sleep group", "--form", "group")["id"]
    coping = cli.ok(
        *("coping", "add", "get up and read", "--if", "I lie awake"),
        *("--barrier", barrier, "--from", group),
    )["id"]
    cli.ok("coping", "use", coping, "--helped", "3", "--note", "asleep by two", "--at", "yesterday")
    cli.ok("coping", "use", coping, "--helped", "3")
    cli.ok("coping", "use", coping)

    [told] = cli.ok("coping")["cards"]
    words = cli("coping").out

    assert ("I lie awake: get up and read", barrier, group) == (
        told["words"],
        told["said"]["barrier"],
        told["said"]["learnt_from"],
    )
    assert [3, 3, None] == [each["helped"] for each in told["uses"]]
    assert "tried 3 times; helped 3 of 4: 2x" in words
    assert "helped 3 of 4: asleep by two" in words


def test_a_strategy_can_be_said_and_linked_otherwise(cli: Cli) -> None:
    barrier = cli.ok("barrier", "add", "Lying awake")["id"]
    coping = cli.ok("coping", "add", "read", "--barrier", barrier)["id"]

    cli.ok("coping", "revise", coping, "--if", "I lie awake", "--barrier", "none")

    [told] = cli.ok("coping")["cards"]
    assert {"then": "read", "when": "I lie awake"} == told["said"]
    same = cli("coping", "revise", coping, "--then", "read", "--json")
    assert (3, "nothing_changed") == same.error


@pytest.mark.parametrize("number", ["-1", "5"])
def test_help_goes_from_0_to_4(cli: Cli, number: str) -> None:
    coping = cli.ok("coping", "add", "breathe")["id"]

    assert "malformed_body" == cli("coping", "use", coping, f"--helped={number}", "--json").error[1]


def test_a_hard_moment_names_its_barrier_for_the_person_alone(cli: Cli) -> None:
    barrier = cli.ok("barrier", "add", "Late calls")["id"]

    setback = cli.ok("setback", "Awake until four", "--helped", "reading", "--barrier", barrier)

    [told] = cli.ok("barrier")["cards"]
    assert [setback["id"]] == [each["link"] for each in told["uses"]]
    assert "met once in a hard moment" in cli("barrier").out
    [said] = [
        each["body"]["data"]
        for each in cli.ok("log")["events"]
        if each["body"]["type"] == "setback_noted"
    ]
    assert {"text", "helped"} == set(said)


def test_an_empty_toolbox_is_fine(cli: Cli) -> None:
    assert "that is fine" in cli("coping").out
    assert "Nothing stands here." in cli("barrier").out


@pytest.mark.parametrize("said", ["3.55", "3.0", "very much"])
def test_how_much_it_helped_is_a_whole_number_and_never_rounded_to_one(cli: Cli, said: str) -> None:
    coping = cli.ok("coping", "add", "get up and read")["id"]

    assert (2, "invalid_input") == cli("coping", "use", coping, "--helped", said, "--json").error
    [told] = cli.ok("coping")["cards"]
    assert [] == told["uses"]
