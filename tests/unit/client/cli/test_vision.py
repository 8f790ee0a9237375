"""The vision, a goal out of it, the plan for afterwards, and the end of therapy."""

import io

import pytest

from tests.support.home import Home
from tests.unit.client.cli.conftest import Cli


class Keyboard(io.StringIO):
    """A terminal's keyboard with lines typed beforehand."""

    def isatty(self) -> bool:
        return True


def test_three_questions_are_answered_one_by_one(cli: Cli) -> None:
    cli.ok("vision", "write", "--feelings", "calm", "--overcome", "trains", "--text", "a boat")

    cli.ok("vision", "write", "--relationships", "time for Mira", "--overcome", "none")

    [told] = cli.ok("vision")["cards"]
    assert {"feelings": "calm", "relationships": "time for Mira", "text": "a boat"} == told["said"]
    assert "How would you like to feel from day to day?\n  calm" in cli("vision").out


def test_on_a_terminal_the_questions_are_asked(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", Keyboard("calm\n\n\n\n"))

    asked = cli("vision", "write")

    assert "What would you like to have overcome?" in asked.out
    assert [{"feelings": "calm"}] == [each["said"] for each in cli.ok("vision")["cards"]]


@pytest.mark.parametrize("typed", ["\n\n\n\n", None])
def test_nothing_said_writes_nothing(
    cli: Cli, monkeypatch: pytest.MonkeyPatch, typed: str | None
) -> None:
    if typed is not None:
        monkeypatch.setattr("sys.stdin", Keyboard(typed))

    assert 2 == cli("vision", "write").code
    assert [] == cli.ok("vision")["cards"]
    assert "Nothing written down yet" in cli("vision").out


def test_an_answer_becomes_a_goal_and_the_link_is_kept(cli: Cli) -> None:
    cli.ok("vision", "write", "--overcome", "the fear of trains")

    plain = cli.ok("vision", "goal", "overcome")["id"]
    other = cli.ok("vision", "goal", "overcome", "Ride two stops")["id"]

    [told] = cli.ok("vision")["cards"]
    assert [plain, other] == [each["link"] for each in told["uses"]]
    goals = {each["id"]: each["title"] for each in cli.ok("goal", "list")["goals"]}
    assert {plain: "the fear of trains", other: "Ride two stops"} == goals
    assert "the fear of trains" == cli.ok("goal", "show", other)["why"]
    assert f"became a goal: {plain[:8]}" in cli("vision").out


def test_without_an_answer_there_is_no_goal(cli: Cli) -> None:
    assert (3, "not_found") == cli("vision", "goal", "feelings", "--json").error
    assert [] == cli.ok("goal", "list")["goals"]


def test_how_to_keep_it_up_is_written_down(cli: Cli) -> None:
    cli.ok("afterwards", "write", "--exercise", "two walks", "--signs", "no sleep: call")

    words = cli("afterwards").out

    assert "Moving\n  two walks" in words
    assert "no sleep: call" in words
    assert (3, "nothing_changed") == cli(
        "afterwards", "write", "--exercise", "two walks", "--json"
    ).error


def test_therapy_ends_and_everything_stays(cli: Cli, shared: Home) -> None:
    assert shared
    goals = cli.ok("goal", "list")["goals"]

    ended = cli.ok("therapy", "end", "It is my own now", "--yes")

    after = cli.ok("goal", "list")["goals"]
    assert ended["stopped"]
    assert {each["id"] for each in goals} == {each["id"] for each in after}
    assert [[]] * len(after) == [each["seen_by"] for each in after]
    assert {"stopping"} == {each["state"] for each in cli.ok("sharing")["grants"]}
    assert "brought therapy to its end: It is my own now" in cli("timeline").out


@pytest.mark.parametrize("answer", ["n\n", None])
def test_ending_is_asked_for(
    cli: Cli, shared: Home, monkeypatch: pytest.MonkeyPatch, answer: str | None
) -> None:
    assert shared
    if answer is not None:
        monkeypatch.setattr("sys.stdin", Keyboard(answer))

    ran = cli("therapy", "end")

    assert 2 == ran.code
    assert ["live"] == [each["state"] for each in cli.ok("sharing")["grants"]]
    assert ("will see nothing of yours" in ran.out) == (answer is not None)


def test_without_a_therapist_it_ends_quietly(cli: Cli) -> None:
    ended = cli("therapy", "end", "--yes")

    assert "Everything you wrote stays with you." in ended.out
    assert "let in no more" not in ended.out
