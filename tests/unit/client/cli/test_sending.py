"""Sending one thing: exactly what was shown, and taken back as easily."""

from pathlib import Path

import msgspec
import pytest

from tests.unit.client.cli.conftest import Cli
from trailmark_client.app import open_app
from trailmark_client.identity import HomeServer


@pytest.fixture(autouse=True)
def _with_sam(cli: Cli, tmp_path: Path) -> None:
    cli.ok("status")
    server = HomeServer(url="http://127.0.0.1:1", id=bytes(16), name="Home", signing_key=bytes(32))
    with open_app(tmp_path / "home") as app:
        app.identity_file.update(
            lambda current: msgspec.structs.replace(current, server=server, credential="tmd_x")
        )
    cli.ok("supporter", "add", "Sam", "--yes")


def test_what_they_will_see_is_shown_word_for_word(cli: Cli) -> None:
    goal = cli.goal("Two walks a week", "--why", "It calms me")
    words = cli("supporter", "send", "Sam", goal, "--with-why").out

    assert (
        "Sam will see:\n"
        "  | A goal\n"
        "  |   Two walks a week\n"
        "  | Why it matters: It calms me\n"
        "  | Where it stands: Working on it\n"
        "Saved on this device. It goes out with the next sync: trailmark sync\n"
    ) in words
    assert f'To undo: trailmark supporter take-back "Sam" {goal[:8]}' in words


def test_a_preview_says_the_same_and_sends_nothing(cli: Cli) -> None:
    won = cli.ok("win", "I said no.\nKindly.")["id"]
    preview = cli("supporter", "send", "Sam", won, "--preview").out
    answer = cli.ok("supporter", "send", "Sam", won, "--preview")
    sent = cli("supporter", "send", "Sam", won).out

    assert "  |   I said no.\n  |   Kindly.\n" in preview
    assert "Nothing was sent." in preview
    assert (True, False, []) == (answer["preview"], answer["saved"], answer["events"])
    assert preview.partition("\n")[2].partition("Nothing")[0] in sent


def test_a_part_of_a_reflection_is_sent_as_chosen(cli: Cli) -> None:
    reflection = cli.ok("reflect", "It went well. The rest is mine.")["id"]
    words = cli("supporter", "send", "Sam", reflection, "--excerpt", "It went well.").out

    assert "In their own words" in words
    assert "The rest is mine" not in words
    assert (2, "invalid_input") == cli("supporter", "send", "Sam", reflection, "--json").error


def test_taking_back_leaves_no_words(cli: Cli) -> None:
    won = cli.ok("win", "I said no")["id"]
    sent = cli.ok("supporter", "send", "Sam", won)
    words = cli("supporter", "take-back", "Sam", won[:8]).out
    [line] = cli.ok("supporter")["supporters"]

    assert ("Sam", "I said no") == (sent["to"], sent["item"]["words"])
    assert "From the next sync on Sam sees only that something was taken back." in words
    assert "cannot be taken back" in words
    assert [None] == [each["words"] for each in line["sent"]]
    assert (3, "not_found") == cli("supporter", "take-back", "Sam", won, "--json").error


def test_sendings_show_in_timeline_and_goal(cli: Cli) -> None:
    goal = cli.goal("Two walks a week")
    won = cli.ok("win", "I said no", "--goal", goal)["id"]
    cli.ok("supporter", "send", "Sam", goal)
    cli.ok("supporter", "send", "Sam", won)
    cli.ok("supporter", "take-back", "Sam", won)

    timeline, shown, listed = (
        cli("timeline").out,
        cli("goal", "show", goal).out,
        cli("supporter").out,
    )

    assert "you sent a goal to Sam “Two walks a week”" in timeline
    assert "you sent a win to Sam: I said no [Two walks a week]" in timeline
    assert "you took a win back from Sam" in timeline
    assert "Sent to Sam on " in shown
    assert ": win, taken back " in shown
    assert "goal: Two walks a week" in listed
    assert "win, taken back" in listed


def test_a_loved_one_is_asked_for_support(cli: Cli) -> None:
    goal = cli.goal("Swim")
    asked = cli.ok("support", "ask", "Come to the pool", "--who", "Sam", "--goal", goal)["id"]

    words = cli("supporter", "send", "Sam", asked[:8]).out
    [line] = cli.ok("support", "asked")["cards"]
    back = cli.ok("supporter", "take-back", "Sam", asked)

    assert "  | Something that would help\n  |   Come to the pool\n  | Asked on: " in words
    assert "Swim" not in words
    assert ["Sam"] == line["seen_by"]
    assert (None, "support_request") == (back["item"]["words"], back["item"]["kind"])
    assert ["Come to the pool"] == [each["words"] for each in cli.ok("support", "asked")["cards"]]
    assert "sent a request for support to Sam" in cli("timeline").out
