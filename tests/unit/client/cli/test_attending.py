"""What may want a look, as typed."""

from tests.unit.client.cli.conftest import Cli


def test_what_is_marked_is_told_until_it_was_looked_at(cli: Cli) -> None:
    reflection = cli.ok("reflect", "That night again")["id"]
    mark = cli.ok("attention", "mark", reflection, "speak about it")["id"]

    [told] = cli.ok("attention")["things"]
    words = cli("attention").out
    cli.ok("attention", "settle", mark)

    assert ("marked", reflection, "That night again", mark, "speak about it") == (
        told["sign"],
        told["id"],
        told["words"],
        told["mark"],
        told["note"],
    )
    assert "you marked it: speak about it" in words
    assert [] == cli.ok("attention")["things"]
    assert "Nothing asks for a look" in cli("attention").out
    assert (3, "nothing_changed") == cli("attention", "settle", mark, "--json").error


def test_entries_show_what_may_want_a_look(cli: Cli) -> None:
    goal = cli.goal("Sleep", "--due", "2020-01-01", "--target", "reach 8")
    for day, number in (("2019-01-01", "6"), ("2019-01-02", "4"), ("2019-01-03", "2")):
        cli.ok("check-in", goal, number, "--at", day)

    signs = [(each["sign"], each["id"]) for each in cli.ok("attention")["things"]]
    words = cli("attention").out

    assert [("day_passed", goal), ("harder", goal)] == signs
    assert "it can be moved" in words
    assert not {"overdue", "missed", "failed"} & set(words.lower().split())


def test_a_step_is_marked_with_its_goal(cli: Cli) -> None:
    goal = cli.goal("Ride")
    step = cli.ok("step", "add", goal, "one stop")["id"]
    cli.ok("attention", "mark", step)

    cli.ok("erase", goal, "--yes")

    assert [] == cli.ok("attention")["things"]
