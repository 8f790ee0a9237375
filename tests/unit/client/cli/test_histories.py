"""How a goal, and anything else that was written, became what it is."""

import pytest

from tests.unit.client.cli.conftest import Cli

WHY = ("--reason", "new-insight:it is the mornings")


def grown(cli: Cli) -> str:
    goal = cli.goal("Walk", "--target", "at-least 2 walks per week", "--due", "2020-01-01")
    cli.ok("goal", "reword", goal, "Walk slowly", *WHY)
    return goal


def test_history_answers_the_questions_of_an_audit(cli: Cli) -> None:
    goal = grown(cli)

    out = cli("history", goal).out

    assert "you changed the wording from “Walk” to “Walk slowly”, because of a new insight" in out
    assert "title: Walk -> Walk slowly" in out
    assert "in their words: it is the mornings" in out
    assert "on this device" in out
    assert "only on your device" in out
    assert "As it stands:" in out


def test_history_has_stable_keys(cli: Cli) -> None:
    goal = grown(cli)

    found = cli.ok("history", goal)

    assert found.keys() == {"kind", "id", "as_of", "happened_by", "state", "events"}
    assert found["events"][-1]["changes"] == [
        {"field": "title", "from": "Walk", "to": "Walk slowly", "concurrent_with": []}
    ]
    assert found["state"]["fields"]["title"] == "Walk slowly"


def test_history_at_an_instant(cli: Cli) -> None:
    goal = grown(cli)

    before = cli("history", goal, "--happened", "2020-01-01")
    received = cli.ok("history", goal, "--as-of", "today")

    assert before.out == "Nothing of it was there yet.\n"
    assert (received["state"], received["events"]) == (None, [])
    assert cli("history", goal, "--as-of", "then", "--json").error == (2, "invalid_input")
    assert "As it stood then:" in cli("history", goal, "--happened", "today").out


@pytest.mark.parametrize(
    ("written", "said_again", "change"),
    [
        (
            ("challenge", "add", "Crowds"),
            ("challenge", "revise", "{id}", "--text", "Trains"),
            ("text", "Crowds", "Trains"),
        ),
        (
            ("barrier", "add", "far", "--where", "belief"),
            ("barrier", "revise", "{id}", "--where", "practical"),
            ("where", "belief", "practical"),
        ),
        (
            ("reward", "plan", "a film"),
            ("reward", "revise", "{id}", "--text", "a walk"),
            ("text", "a film", "a walk"),
        ),
        (
            ("happened", "panic", "7"),
            ("happened-fix", "{id}", "5"),
            ("intensity", 7, 5),
        ),
        (
            ("review", "plan", "2030-01-05"),
            ("undo", "{id}"),
            None,
        ),
        (
            ("reflect", "It was hard."),
            ("journal", "revise", "{id}", "--text", "It was good."),
            ("text", "It was hard.", "It was good."),
        ),
        (
            ("support", "ask", "Come along", "--who", "Ana"),
            ("support", "received", "{id}", "she came"),
            ("status", "open", "received"),
        ),
    ],
)
def test_every_entry_has_its_history(
    cli: Cli,
    written: tuple[str, ...],
    said_again: tuple[str, ...],
    change: tuple[str, object, object] | None,
) -> None:
    entry = cli.ok(*written)["id"]
    cli.ok(*(each.format(id=entry) for each in said_again))

    found = cli.ok("history", entry[:8])

    assert (entry, 2) == (found["id"], len(found["events"]))
    changes = [(each["field"], each["from"], each["to"]) for each in found["events"][1]["changes"]]
    assert ([] if change is None else [change]) == changes
    assert not any(each["concurrent"] for each in found["events"])
    assert (change is None) == (found["state"] is None)


def test_words_that_no_field_holds_are_told(cli: Cli) -> None:
    win = cli.ok("win", "I said no")["id"]

    assert "    I said no\n" in cli("history", win).out


def test_a_part_of_an_entry_reads_as_people_say_it(cli: Cli) -> None:
    review = cli.ok("review", "plan", "2030-01-05")["id"]
    goal = cli.goal()
    cli.ok("review", "hold", review, "Good", "--kept", goal, "--next", "2030-02-05")

    out = cli("history", review).out

    assert "on: 5 Jan 2030" in out
    assert f"decided: {goal[:8]}: kept" in out
    assert "the next one: 5 Feb 2030" in out


def test_what_was_said_otherwise_stays_where_it_stands(cli: Cli) -> None:
    """Rewording something that is out of the way does not put it in the way again."""
    barrier = cli.ok("barrier", "add", "far")["id"]
    cli.ok("barrier", "resolve", barrier)
    cli.ok("barrier", "revise", barrier, "--text", "far away")

    [line] = cli.ok("barrier")["cards"]

    assert ("resolved", "far away", False) == (line["status"], line["words"], line["conflict"])


def test_an_audit_tells_a_barrier_that_was_reworded_part_by_part(cli: Cli) -> None:
    goal = cli.goal()
    barrier = cli.ok("barrier", "add", "far", "--goal", goal)["id"]
    cli.ok("barrier", "revise", barrier, "--text", "far away")

    out = cli("audit", goal, "--question", "3").out

    assert "text: far -> far away" in out
    assert "BarrierIdentified" not in out


def test_what_helped_in_a_hard_moment_stands_in_its_history(cli: Cli) -> None:
    hard = cli.ok("setback", "I stayed in bed", "--helped", "tea")["id"]

    [told] = cli.ok("history", hard)["events"]

    assert ("I stayed in bed", "tea") == (told["text"], told["helped"])
    assert "What helped: tea" in cli("history", hard).out
