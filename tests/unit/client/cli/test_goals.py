"""``trailmark goal``: from the words of a command line to what is recorded."""

import pytest

from tests.unit.client.cli.conftest import Cli

WHY = ("--reason", "new-insight:it is the mornings")


def shown(cli: Cli, goal: str) -> dict[str, object]:
    return cli.ok("goal", "show", goal)["goal"]


def test_a_goal_is_added_with_all_its_parts(cli: Cli) -> None:
    goal = cli.goal(
        "- feel better",
        "--why",
        "-because-",
        "--area",
        "self-care",
        "--due",
        "2030-01-31",
        "--target",
        "at-least 2 walks per week",
        "--baseline",
        "0.5",
    )

    found = cli.ok("goal", "show", goal)
    assert found["goal"]["title"] == "- feel better"
    assert (found["why"], found["baseline"]) == ("-because-", 0.5)
    assert found["goal"]["due"] == "2030-01-31"
    assert found["goal"]["target"] == "at-least 2 walks per week"


def test_adding_says_where_it_stands_and_who_sees_it(cli: Cli) -> None:
    ran = cli("goal", "add", "Walk")

    assert ran.code == 0
    assert "Saved on this device. Only on this device: nobody else sees it." in ran.out


def test_a_saved_document_names_events_and_lane(cli: Cli) -> None:
    saved = cli.ok("goal", "add", "Walk")

    assert saved.keys() == {"id", "kind", "lane", "seen_by", "events", "saved", "unsent"}
    assert (saved["kind"], saved["lane"], saved["seen_by"]) == ("goal", "self", [])
    assert (saved["saved"], saved["unsent"], len(saved["events"])) == (True, 0, 2)


def test_a_wish_to_share_is_kept(cli: Cli) -> None:
    goal = cli.goal("Walk", "--share")

    assert shown(cli, goal)["wished"]
    assert "as soon as you let somebody in" in cli("goal", "add", "Run", "--share").out


def test_words_dates_and_targets_change_with_a_reason(cli: Cli) -> None:
    goal = cli.goal("Walk")

    cli.ok("goal", "reword", goal[:12], "Run", *WHY)
    cli.ok("goal", "due", goal, "in 2 weeks", *WHY)
    cli.ok("goal", "target", goal, "reach 7", "--baseline", "3")
    cli.ok("goal", "target", goal, "reach 8", *WHY)

    found = shown(cli, goal)
    assert (found["title"], found["target"]) == ("Run", "reach 8")
    assert found["due"] is not None
    changed = {each["type"]: each["reason"] for each in cli.ok("history", goal)["events"]}
    kinds = ("goal_reworded", "goal_rescheduled", "goal_target_adjusted")
    assert [WHY[1].partition(":")[0]] * 3 == [changed[each] for each in kinds]


def test_why_there_is_a_first_target_is_kept_where_it_was_said(cli: Cli) -> None:
    goal = cli.goal("Walk")

    cli.ok("goal", "target", goal, "reach 7", "--reason", "new-insight:seven is good")

    last = cli.ok("history", goal)["events"][-1]
    assert "new-insight" == last["reason"]


def test_a_date_and_a_target_are_taken_away(cli: Cli) -> None:
    goal = cli.goal("Walk", "--due", "2030-01-31", "--target", "done")

    cli.ok("goal", "due", goal, "none", *WHY)
    cli.ok("goal", "target", goal, "none", *WHY)

    assert (shown(cli, goal)["due"], shown(cli, goal)["target"]) == (None, None)


@pytest.mark.parametrize(
    ("words", "status"),
    [
        ([("pause",)], "on-hold"),
        ([("pause",), ("resume",)], "active"),
        ([("achieve",)], "completed"),
        ([("achieve",), ("resume",)], "active"),
        ([("let-go",)], "cancelled"),
    ],
)
def test_a_goal_moves(cli: Cli, words: list[tuple[str]], status: str) -> None:
    goal = cli.goal("Walk")

    for (word,) in words:
        cli.ok("goal", word, goal, *WHY)

    assert shown(cli, goal)["status"] == status


@pytest.mark.parametrize(
    "words",
    [
        ("reword", "GOAL", "Run"),
        ("due", "GOAL", "2030-01-31"),
        ("pause", "GOAL"),
        ("resume", "GOAL"),
        ("achieve", "GOAL"),
        ("let-go", "GOAL"),
        ("keep", "GOAL", "title", "0"),
    ],
)
def test_a_change_of_meaning_without_a_reason_is_refused(cli: Cli, words: tuple[str, ...]) -> None:
    goal = cli.goal("Walk")

    ran = cli("goal", *(goal if each == "GOAL" else each for each in words), "--json")

    assert ran.error == (3, "reason_required")
    assert "--reason CODE:TEXT" in ran.err
    assert "new-insight" in ran.err


def test_an_unknown_reason_is_refused_by_name(cli: Cli) -> None:
    goal = cli.goal("Walk")

    assert cli("goal", "pause", goal, "--reason", "bored", "--json").error == (2, "invalid_input")


@pytest.mark.parametrize(
    ("words", "error"),
    [
        (("reword", "GOAL", "Walk", *WHY), (3, "nothing_changed")),
        (("resume", "GOAL", *WHY), (3, "nothing_changed")),
        (("share", "GOAL"), (3, "nothing_changed")),
        (("withdraw", "GOAL"), (3, "not_shared")),
        (("keep", "GOAL", "title", "0", *WHY), (3, "nothing_changed")),
        (("keep", "GOAL", "colour", "0", *WHY), (2, "invalid_input")),
        (("due", "GOAL", "soon", *WHY), (2, "invalid_input")),
        (("target", "GOAL", "more", *WHY), (2, "invalid_input")),
        (("show", "zz"), (3, "not_found")),
        (("show", "!"), (2, "invalid_input")),
    ],
)
def test_what_cannot_be_done_is_named(
    cli: Cli, words: tuple[str, ...], error: tuple[int, str]
) -> None:
    goal = cli.goal("Walk", "--share")

    ran = cli("goal", *(goal if each == "GOAL" else each for each in words), "--json")

    assert ran.error == error


def test_the_starting_point_is_fixed_with_the_first_target(cli: Cli) -> None:
    goal = cli.goal("Walk", "--target", "done")

    ran = cli("goal", "target", goal, "reach 7", "--baseline", "3", *WHY, "--json")

    assert ran.error == (2, "invalid_input")


def test_an_ambiguous_beginning_is_named(cli: Cli) -> None:
    ids = [cli.goal(str(number)) for number in range(9)]
    first = [each[0] for each in ids]
    twice = next(each for each in first if first.count(each) > 1)

    assert cli("goal", "show", twice, "--json").error == (3, "ambiguous_id")


def test_words_that_nobody_sees_are_refused_like_none(cli: Cli) -> None:
    unseen = "\N{ZERO WIDTH SPACE}\N{HANGUL FILLER}"
    goal = cli.goal("Walk")

    assert cli("goal", "add", "", "--json").error == (2, "malformed_body")
    assert cli("goal", "add", unseen, "--json").error == (2, "malformed_body")
    assert cli("goal", "reword", goal, unseen, *WHY, "--json").error == (2, "malformed_body")
    assert cli("check-in", goal, "1", "--note", unseen, "--json").error == (2, "malformed_body")
    assert ["Walk"] == [each["title"] for each in cli.ok("goal", "list")["goals"]]


def test_a_text_that_is_too_long_is_refused_and_nothing_is_recorded(cli: Cli) -> None:
    assert cli("goal", "add", "x" * 301, "--json").error == (2, "too_large")
    assert cli.ok("goal", "list") == {"goals": []}
