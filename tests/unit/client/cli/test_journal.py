"""The journal as typed: reading, changing, counting, looking back, looking for words, insights."""

import pytest

from tests.unit.client.cli.conftest import Cli


def write(cli: Cli, text: str, *options: str) -> str:
    return cli.ok("reflect", text, *options)["id"]


def test_feelings_tags_and_triggers_are_kept_with_an_entry(cli: Cli) -> None:
    goal = cli.goal("Sleep")
    options = ("--feeling", "tired", "--tag", "late call", "--title", "Long day", "--goal", goal)
    entry = write(cli, "Awake until four", *options, "--mood", "3")

    [told] = cli.ok("journal")["entries"]

    assert (entry, "Long day", ["tired"], ["late call"], 3, goal) == tuple(
        told[name] for name in ("id", "title", "feelings", "tags", "mood", "goal")
    )
    assert "tags: late call" in cli("journal").out


def test_an_empty_journal_is_fine(cli: Cli) -> None:
    assert "that is fine" in cli("journal").out
    assert "that is fine" in cli("look-back").out
    assert "Nothing to count yet" in cli("journal", "patterns").out


def test_the_journal_is_read_by_day_tag_and_feeling(cli: Cli) -> None:
    write(cli, "one", "--tag", "Work", "--at", "2025-03-01")
    both = write(cli, "two", "--tag", "work", "--feeling", "calm", "--at", "2025-04-01")

    by_tag = cli.ok("journal", "list", "--tag", "work")["entries"]
    by_both = cli.ok("journal", "list", "--tag", "work", "--feeling", "Calm")["entries"]
    by_day = cli.ok("journal", "list", "--since", "2025-03-15")["entries"]

    assert (2, [both], [both]) == (
        len(by_tag),
        [each["id"] for each in by_both],
        [each["id"] for each in by_day],
    )


def test_an_entry_is_changed_and_its_other_parts_stay(cli: Cli) -> None:
    entry = write(cli, "Awake", "--feeling", "tired", "--mood", "3", "--title", "Night")

    cli.ok("journal", "revise", entry[:8], "--text", "Awake until four", "--title", "none")

    [told] = cli.ok("journal")["entries"]
    assert ("Awake until four", None, ["tired"], 3, 1) == tuple(
        told[name] for name in ("text", "title", "feelings", "mood", "revisions")
    )
    again = cli("journal", "revise", entry, "--text", "Awake until four", "--json")
    assert (3, "nothing_changed") == again.error


def test_tags_come_after_writing(cli: Cli) -> None:
    entry = write(cli, "Awake", "--tag", "work")

    cli.ok("journal", "tag", entry, "--tag", "work", "--tag", "phone", "--feeling", "tired")

    [told] = cli.ok("journal")["entries"]
    assert (["work", "phone"], ["tired"]) == (told["tags"], told["feelings"])
    assert (3, "nothing_changed") == cli("journal", "tag", entry, "--tag", "phone", "--json").error


def test_patterns_are_plain_counts(cli: Cli) -> None:
    write(cli, "one", "--tag", "work", "--feeling", "tired", "--at", "3 days ago")
    feelings = ("--feeling", "tired", "--feeling", "proud")
    write(cli, "two", "--tag", "Work", *feelings, "--at", "2 days ago")
    write(cli, "three", "--tag", "work")

    told = cli.ok("journal", "patterns")
    words = cli("journal", "patterns").out

    assert 3 == told["entries"]
    assert {"name": "work", "is_feeling": False, "entries": 3} == told["names"][0]
    assert {
        "one": "work",
        "other": "tired",
        "together": 2,
        "one_entries": 3,
        "other_entries": 2,
    } == told["pairs"][0]
    assert "work and tired: together 2x (work 3x, tired 2x in all)" in words
    assert "Counts only" in words


def test_the_first_entry_stands_beside_the_latest_and_this_day_before(cli: Cli) -> None:
    first = write(cli, "where it began", "--at", "2020-01-05")
    write(cli, "in between", "--at", "2021-01-06")
    latest = write(cli, "where it is", "--at", "now")
    day = cli.ok("journal")["entries"][-1]["day"]
    before = write(cli, "this day once", "--at", f"2021-07-{day[8:]}") if day[8:] != "31" else ""

    told = cli.ok("look-back")
    words = cli("look-back").out

    assert (first, latest) == (told["first"]["id"], told["latest"]["id"])
    assert [each for each in [before] if each] == [each["id"] for each in told["on_this_day"]]
    assert words.index("Where you began:") < words.index("And now:")


def test_words_are_found_in_everything(cli: Cli) -> None:
    goal = cli.goal("Café visits", "--why", "to see Mira")
    entry = write(cli, "The cafe was full,\nand I stayed", "--tag", "crowd")
    cli.ok("check-in", goal, "2", "--note", "a small cafe")

    kinds = {each["kind"] for each in cli.ok("search", "cafe")["found"]}
    [by_tag] = cli.ok("search", "CROWD")["found"]
    [by_two] = cli.ok("search", "stay full")["found"]

    assert {"goal", "reflection", "check_in"} == kinds
    assert (entry, entry) == (by_tag["id"], by_two["id"])
    assert "[full]" in by_two["excerpt"]
    assert "reflection: " in cli("search", "crowd").out
    assert "Nothing on this device" in cli("search", "nowhere").out


@pytest.mark.parametrize("words", ['"', "* -", "()"])
def test_signs_alone_are_no_words(cli: Cli, words: str) -> None:
    assert (2, "invalid_input") == cli("search", "--json", "--", words).error


def test_a_changed_or_erased_entry_is_found_by_its_present_words_only(cli: Cli) -> None:
    entry = write(cli, "marigold")
    cli.ok("journal", "revise", entry, "--text", "foxglove")
    before = cli.ok("search", "marigold")["found"], cli.ok("search", "foxglove")["found"]

    cli.ok("erase", entry, "--yes")

    assert ([], 1) == (before[0], len(before[1]))
    assert [] == cli.ok("search", "foxglove")["found"]


def test_an_insight_is_noted_with_what_it_came_from(cli: Cli) -> None:
    goal, entry = cli.goal("Sleep"), write(cli, "Awake until four")

    insight = cli.ok("insight", "add", "Late calls", "--goal", goal, "--from", entry[:10])["id"]
    cli.ok("insight", "revise", insight, "--text", "Late calls keep me awake")

    [told] = cli.ok("insight")["cards"]
    assert ("Late calls keep me awake", goal, [entry]) == (
        told["words"],
        told["goal"],
        told["said"]["reflections"],
    )
    assert "Late calls keep me awake" in cli("insight", "list").out
