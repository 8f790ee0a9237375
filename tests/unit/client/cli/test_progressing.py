"""How a goal goes, as typed."""

from tests.unit.client.cli.conftest import Cli


def test_progress_is_a_sentence_a_chart_and_numbers(cli: Cli) -> None:
    goal = cli.goal("Walk", "--target", "at-least 2 walks per month", "--baseline", "0")
    cli.ok("check-in", goal, "1", "--at", "100 days ago")
    cli.ok("check-in", goal, "2")
    cli.ok("check-in", goal, "skip", "--at", "200 days ago")

    said = cli("goal", "progress", goal).out.splitlines()

    assert said[:3] == [
        "Walk",
        "  At the start: 0",
        "At least 2 walks per month: as hoped for in 1 of 1 month.",
    ]
    assert said[3].endswith("skipped")
    assert said[4] == said[6] == "  (nothing written down in between)"
    assert said[7].endswith("█┃  2  as hoped for")


def test_an_adjusted_target_keeps_the_original_answerable(cli: Cli) -> None:
    half = "reduce-by 50% by 2030-06-30"
    goal = cli.goal("Calm", "--target", half)
    cli.ok("goal", "target", goal, half, "--baseline", "8")
    for number in ("8", "7", "6"):
        cli.ok("check-in", goal, number)
    cli.ok("step", "add", goal, "Breathe")
    cli.ok("goal", "target", goal, "reduce-by 25%", "--reason", "too-ambitious")
    cli.ok("goal", "achieve", goal, "--reason", "goal-reached")

    said = cli("goal", "progress", goal).out
    found = cli.ok("goal", "progress", goal)

    assert "8 at the start; hoped for: 6 or less; the numbers are going down." in said
    assert "It may be: Getting easier. You know best how it goes." in said
    assert "Steps reached: 0 of 1" in said
    assert "The target grew with you once." in said
    assert "that it is reached, with the target as you adjusted it." in said
    assert (found["original_target"], found["reached_against"]) == (half, "adjusted")


def test_the_start_is_fixed_once(cli: Cli) -> None:
    goal = cli.goal("Calm", "--target", "reduce-by 50%", "--baseline", "8")

    ran = cli("goal", "target", goal, "reduce-by 50%", "--baseline", "9", "--json")
    cli.ok("check-in", goal, "6")

    assert ran.error == (2, "invalid_input")
    found = cli.ok("goal", "progress", goal)
    assert (8, 25) == (found["baseline"], found["segments"][0]["change_percent"])
    assert "8 at the start; hoped for: 4 or less" in cli("goal", "progress", goal).out


def test_a_goal_without_an_entry_is_fine(cli: Cli) -> None:
    goal = cli.goal("Calm")

    said = cli("goal", "progress", goal).out

    assert "No target: nothing yet, and that is fine." in said


def test_ratings_are_a_chart_that_tells_a_trend_from_three_on(cli: Cli) -> None:
    goal = cli.goal("Sleep", "--target", "reach 7")
    for days, number in ((9, "3"), (6, "5")):
        cli.ok("check-in", goal, number, "--at", f"{days} days ago")
    before = cli.ok("goal", "progress", goal)["segments"][0]
    cli.ok("check-in", goal, "7")

    said = cli("goal", "progress", goal).out
    after = cli.ok("goal", "progress", goal)["segments"][0]

    assert (before["trend"], before["reached"]) == (None, False)
    assert (after["trend"], after["suggests"], after["reached"]) == ("rising", "improving", True)
    assert "A rating of 7: the latest number is 7; hoped for: 7 or more" in said
    assert "  ██████·······┃······  3" in said
