"""Challenges, and what stands around a goal, as typed."""

from tests.unit.client.cli.conftest import Cli


def test_what_is_hard_comes_before_any_goal(cli: Cli) -> None:
    hard = cli.ok("challenge", "add", "Trains", "--effect", "I stay at home", "--area", "Mood")[
        "id"
    ]

    goal = cli.goal("Ride two stops", "--challenge", hard[:8])
    cli.ok("challenge", "revise", hard, "--effect", "I see nobody")

    [told] = cli.ok("challenge")["cards"]
    assert ({"text": "Trains", "effect": "I see nobody", "area": "mood"}, [goal]) == (
        told["said"],
        [each["link"] for each in told["uses"]],
    )
    assert [{"id": hard, "words": "Trains"}] == cli.ok("goal", "show", goal)["around"]["challenges"]
    assert "About: Trains" in cli("goal", "show", goal).out
    assert f"a goal is about it: {goal[:8]}" in cli("challenge").out


def test_a_goal_is_linked_with_a_challenge_once_and_the_link_can_be_undone(cli: Cli) -> None:
    hard, goal = cli.ok("challenge", "add", "Trains")["id"], cli.goal("Ride")

    linked = cli.ok("challenge", "link", hard, goal)
    again = cli("challenge", "link", hard, goal, "--json").error
    cli.ok("undo", linked["events"][0])

    assert (3, "nothing_changed") == again
    assert [] == cli.ok("goal", "show", goal)["around"]["challenges"]
    assert ["Trains"] == [each["words"] for each in cli.ok("challenge")["cards"]]


def test_a_goal_is_part_of_another(cli: Cli) -> None:
    whole, part, other = cli.goal("Be free to travel"), cli.goal("Ride"), cli.goal("Fly")

    cli.ok("goal", "part-of", part, whole)
    shown = cli.ok("goal", "show", whole)["around"]
    cli.ok("goal", "part-of", part, other)
    moved = cli.ok("goal", "show", part)["around"]["part_of"]
    cli.ok("goal", "part-of", part, "none")

    assert ([part], other) == (shown["parts"], moved)
    assert cli.ok("goal", "show", part)["around"]["part_of"] is None
    assert (3, "nothing_changed") == cli("goal", "part-of", part, "none", "--json").error
    cli.ok("goal", "part-of", part, whole)
    assert whole == cli.ok("goal", "show", part)["around"]["part_of"]
    assert f"Part of: Be free to travel  {whole[:8]}" in cli("goal", "show", part).out


def test_no_goal_is_part_of_its_own_parts(cli: Cli) -> None:
    first, second, third = cli.goal("one"), cli.goal("two"), cli.goal("three")
    cli.ok("goal", "part-of", second, first)
    cli.ok("goal", "part-of", third, second)

    assert (2, "invalid_input") == cli("goal", "part-of", first, third, "--json").error
    assert (2, "invalid_input") == cli("goal", "part-of", first, first, "--json").error


def test_limits_are_noted_and_change(cli: Cli) -> None:
    goal = cli.goal("Ride", "--limits", "only at weekends")

    needs_a_reason = cli("goal", "limits", goal, "no money", "--json").error
    cli.ok("goal", "limits", goal, "none", "--reason", "life-event")
    cli.ok("goal", "limits", goal, "an hour a week")

    assert (3, "reason_required") == needs_a_reason
    assert "an hour a week" == cli.ok("goal", "show", goal)["limits"]
    assert "Limits: an hour a week" in cli("goal", "show", goal).out
    assert "what limits it" in cli("history", goal).out


def test_how_it_goes_is_said_by_the_person(cli: Cli) -> None:
    goal = cli.goal("Ride")

    cli.ok("goal", "assess", goal, "worsening")

    assert "How it goes: Harder lately" in cli("goal", "show", goal).out
    assert (3, "nothing_changed") == cli("goal", "assess", goal, "worsening", "--json").error


def test_a_goal_is_reached_and_kept_up(cli: Cli) -> None:
    at_once, later, let_go = cli.goal("Ride"), cli.goal("Swim"), cli.goal("Fly")
    cli.ok("goal", "achieve", later, "--reason", "goal-reached")
    cli.ok("goal", "let-go", let_go, "--reason", "no-longer-fits")

    said = cli("goal", "keep-up", at_once)
    cli.ok("goal", "keep-up", later, "--reason", "goal-reached")

    views = [cli.ok("goal", "show", each) for each in (at_once, later)]
    assert [("completed", "sustaining")] * 2 == [
        (each["goal"]["status"], each["achievement"]) for each in views
    ]
    assert "You keep it up." in said.out
    assert "Keeping it up" in cli("goal", "show", later).out
    assert (3, "illegal_move") == cli("goal", "keep-up", let_go, "--json").error


def test_looking_back_on_a_goal(cli: Cli) -> None:
    goal = cli.goal("Ride")

    cli.ok("goal", "look-back", goal, "--learnt", "slow is fine", "--thanks", "Mira")
    cli.ok("goal", "look-back", goal, "--overcome", "the first step", "--thanks", "none")

    said = cli.ok("goal", "show", goal)["around"]["looked_back"]
    assert {"goal": goal, "learnt": "slow is fine", "overcome": "the first step"} == said
    assert "What you learnt: slow is fine" in cli("goal", "show", goal).out
    assert (2, "invalid_input") == cli("goal", "look-back", goal, "--json").error


def test_an_erased_goal_takes_what_only_speaks_of_it_along(cli: Cli) -> None:
    hard, whole, goal = cli.ok("challenge", "add", "Trains")["id"], cli.goal("x"), cli.goal("Ride")
    cli.ok("challenge", "link", hard, goal)
    cli.ok("goal", "part-of", goal, whole)
    cli.ok("goal", "look-back", goal, "--text", "slow")
    cli.ok("attention", "mark", goal, "stuck")

    erased = cli.ok("erase", goal, "--yes")

    assert {"placement": 1, "goal_retrospect": 1, "attention": 1} == erased["along"]
    assert ["Trains"] == [each["words"] for each in cli.ok("challenge")["cards"]]
