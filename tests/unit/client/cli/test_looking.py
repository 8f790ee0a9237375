"""What people read, and the keys that programs read."""

import pytest

from tests.unit.client.cli.conftest import Cli
from trailmark_client.cli import looking

WHY = ("--reason", "new-insight:it is the mornings")
NEVER = ("failed", "missed", "overdue", "streak", "non-compliant", "violation")


def journey(cli: Cli) -> str:
    goal = cli.goal("Walk", "--target", "at-least 2 walks per week", "--due", "2020-01-01")
    cli.ok("step", "add", goal, "buy shoes", "--due", "2020-01-02")
    cli.ok("check-in", goal, "1", "--at", "yesterday 18:30", "--note", "rain")
    cli.ok("check-in", goal, "skip")
    cli.ok("win", "went out", "--goal", goal)
    cli.ok("setback", "stayed in", "--goal", goal)
    cli.ok("reflect", "so it was")
    cli.ok("goal", "reword", goal, "Walk slowly", *WHY)
    return goal


def test_no_goals_yet_asks_the_one_question(cli: Cli) -> None:
    ran = cli("goal", "list")

    assert "What would be different in your life if this helped?" in ran.out
    assert cli.ok("goal", "list") == {"goals": []}


def test_a_list_shows_goals_with_short_ids(cli: Cli) -> None:
    goal = cli.goal("Walk", "--share")

    ran = cli("goal", "list")

    assert goal[:6] in ran.out
    assert goal not in ran.out
    assert "only you, to be shared" in ran.out


def test_a_goal_is_shown_with_everything_under_it(cli: Cli) -> None:
    goal = journey(cli)

    out = cli("goal", "show", goal).out

    for words in (
        "Walk slowly",
        "at least 2 walks per week",
        "[ ] buy shoes (by 2 Jan 2020)",
        "18:30  1 walks: rain",
        "skipped",
        "Win: went out",
        "Hard moment: stayed in",
        "Seen by: only you",
    ):
        assert words in out


def test_the_timeline_is_told_by_day(cli: Cli) -> None:
    journey(cli)

    out = cli("timeline").out

    assert "you wrote down a goal" in out
    assert "you checked in: 1 walks: rain [Walk slowly] (only you)" in out
    assert "you wrote a reflection: so it was (only you)" in out
    assert len(cli.ok("timeline")["events"]) == 9
    assert cli.ok("timeline", "--since", "2999-01-01") == {"events": []}
    assert cli.ok("timeline", "--until", "2 days ago") == {"events": []}
    assert len(cli.ok("timeline", "--since", "yesterday", "--until", "today")["events"]) == 9


def test_a_long_timeline_shows_its_last_days_and_how_to_read_on(
    cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    goal = cli.goal("Walk")
    cli.ok("check-in", goal, "1", "--at", "2020-01-03 10:00", "--note", "cold")
    cli.ok("check-in", goal, "2", "--at", "2020-01-05 10:00", "--note", "rain")
    monkeypatch.setattr(looking, "_LATEST", 2)

    latest = cli("timeline").out
    before = cli("timeline", "--until", "2020-01-05").out

    assert "To see it: trailmark timeline --until 2020-01-05; or everything: --whole" in latest
    assert "rain" not in latest
    assert "cold" in before
    assert "rain" in before
    for words in (("--until", "2020-01-05"), ("--since", "2020-01-01"), ("--whole",)):
        assert "There is more before" not in cli("timeline", *words).out
    assert 4 == len(cli.ok("timeline")["events"]), "programs read everything"


def test_a_goal_shows_its_latest_check_ins_and_how_to_see_the_others(
    cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    goal = cli.goal("Walk")
    for day, note in enumerate(("one", "two", "three"), 1):
        cli.ok("check-in", goal, "5", "--note", note, "--at", f"2020-01-0{day} 10:00")
    monkeypatch.setattr(looking, "_CHECK_INS", 2)

    told = cli("goal", "show", goal).out

    assert f"1 before; to see them: trailmark timeline --goal {goal[:8]} --whole" in told
    assert "one" not in told
    assert "three" in told
    assert 3 == len(cli.ok("goal", "show", goal)["check_ins"])
    assert "one" in cli("timeline", "--goal", goal[:8], "--whole").out


def test_an_empty_timeline_is_fine(cli: Cli) -> None:
    assert cli("timeline").out == "Nothing yet, and that is fine.\n"


def test_no_word_of_blame_is_ever_said(cli: Cli) -> None:
    goal = journey(cli)

    said = "".join(
        cli(*words).out.lower()
        for words in (
            ("goal", "list"),
            ("goal", "show", goal),
            ("timeline",),
            ("history", goal),
            ("status",),
            ("goal", "let-go", goal, *WHY),
        )
    )

    assert [word for word in NEVER if word in said] == []


def test_a_text_cannot_command_the_terminal(cli: Cli) -> None:
    goal = cli.goal("Walk\x1b[2J\x07 \u202eback")

    out = cli("goal", "show", goal).out + cli("goal", "list").out + cli("timeline").out

    assert "\x1b" not in out
    assert "\x07" not in out
    assert "\u202e" not in out


def test_a_goal_says_what_of_it_only_the_person_sees_and_how_to_answer(
    cli: Cli, agreed: str
) -> None:
    goal = cli.goal("Walk")
    cli.ok("goal", "share", goal)
    cli.ok("check-in", goal, "6", "--note", "seen")
    cli.ok("check-in", goal, "3", "--note", "unseen", "--private")
    cli.ok("setback", "hard, for me", "--goal", goal, "--private")
    comment = cli.ok("comment", goal, "it was windy")["id"]

    lines = cli("goal", "show", goal).out.splitlines()

    def line(words: str) -> str:
        return next(each for each in lines if words in each)

    assert f"Seen by: {agreed}" in line("Seen by")
    assert [False, True, True] == [
        line(words).endswith(", only you") for words in (": seen", ": unseen", "hard, for me")
    ]
    assert line("it was windy").endswith(comment[:8])
