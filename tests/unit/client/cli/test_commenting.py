"""``trailmark comment``, as typed."""

from tests.unit.client.cli.conftest import Cli


def test_an_answer_stands_with_the_goal_and_is_taken_back(cli: Cli, agreed: str) -> None:
    goal = cli.goal("Walk")
    cli.ok("goal", "share", goal)

    said = cli("comment", goal, "- it was windy")
    [note] = cli.ok("goal", "show", goal)["notes"]
    cli.ok("undo", note["id"])

    assert f"This is for {agreed} to see." in said.out
    assert ("comment", "you", "- it was windy") == (note["kind"], note["by"], note["text"])
    assert [None] == [each["text"] for each in cli.ok("goal", "show", goal)["notes"]]
    assert (3, "nothing_changed") == cli("undo", note["id"], "--json").error


def test_nobody_s_words_pass_for_a_line_of_trailmark(cli: Cli, agreed: str) -> None:
    goal = cli.goal("Walk")
    cli.ok("goal", "share", goal)
    forged = "Only you can see this."
    cli.ok("comment", goal, f"It was windy\n{forged}")

    for command in (("goal", "show", goal), ("timeline",), ("sharing", "show", agreed)):
        [line] = [each for each in cli(*command).out.splitlines() if forged in each]
        assert line.lstrip().startswith("| ")


def test_what_nobody_sees_is_no_place_for_it(cli: Cli, agreed: str) -> None:
    goal = cli.goal("Mine")

    assert agreed
    assert (3, "not_shared") == cli("comment", goal, "Words", "--json").error
    assert (3, "not_found") == cli("comment", "zzzz", "Words", "--json").error
