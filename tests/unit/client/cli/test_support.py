"""People who can help, and what there is to read, hear and go to."""

from tests.unit.client.cli.conftest import Cli


def test_somebody_who_can_help_is_named_and_changed(cli: Cli) -> None:
    person = cli.ok(
        *("support", "add", "Mira", "--relation", "sister", "--contact", "Sundays"),
        *("--help-with", "practical", "--help-with", "come_along"),
    )["id"]

    cli.ok("support", "revise", person, "--contact", "none", "--note", "has a car")

    [told] = cli.ok("support")["cards"]
    assert {
        "name": "Mira",
        "relation": "sister",
        "ways": ["practical", "come_along"],
        "note": "has a car",
    } == told["said"]
    assert "can help with: practical things and coming along" in cli("support").out
    assert "Only on this device" in cli("support", "add", "Tom").out


def test_a_resource_belongs_to_a_goal_and_says_where_it_is_from(cli: Cli) -> None:
    goal = cli.goal("Sleep")
    added = cli.ok(
        *("resource", "add", "Sleep, plainly", "--form", "podcast"),
        *("--source", "Radio archive", "--goal", goal),
    )["id"]

    cli.ok("resource", "revise", added, "--note", "episode three")

    [told] = cli.ok("resource", "list", "--goal", goal)["cards"]
    assert ("podcast", "Radio archive", "episode three") == (
        told["said"]["form"],
        told["said"]["source"],
        told["said"]["note"],
    )
    assert "from: Radio archive" in cli("resource").out


def test_nobody_and_nothing_yet(cli: Cli) -> None:
    assert "enough to begin with" in cli("support").out
    assert "Nothing noted yet." in cli("resource").out


def test_asking_for_support_and_getting_it(cli: Cli, agreed: str) -> None:
    goal = cli.goal("Ride")

    alone = cli.ok("support", "ask", "Come along", "--who", "Mira", "--goal", goal)["id"]
    told = cli("support", "ask", "A word before the first ride")
    cli.ok("support", "received", alone, "she came")

    first, second = cli.ok("support", "asked")["cards"]
    assert ("received", [], [agreed]) == (first["status"], first["seen_by"], second["seen_by"])
    assert f"This is for {agreed} to see" in told.out
    assert "Come along (Mira), received" in cli("support", "asked").out
    assert [alone] == [each["id"] for each in cli.ok("support", "asked", "--goal", goal)["cards"]]
