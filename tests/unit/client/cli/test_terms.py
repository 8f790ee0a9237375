"""``sharing extend``, ``narrow`` and ``widen``: one thing at a time, said back as it stands."""

from pathlib import Path

import pytest

from tests.support.person import THERAPIST
from tests.unit.client.cli.conftest import Cli
from trailmark_client.app import open_app
from trailmark_client.commands.grants import Agreement, Member, let_in
from trailmark_shared.ids import care_lane, text_from_id

CARE = care_lane(bytes(15) + b"\x09")
SECOND = Member(id=text_from_id(bytes(15) + b"\x08"), name="Dr Second")


@pytest.fixture(autouse=True)
def somebody(cli: Cli, tmp_path: Path) -> None:
    """Let somebody in to see goals and steps, and to comment."""
    assert cli
    let_somebody_in(tmp_path, THERAPIST)


def let_somebody_in(tmp_path: Path, member: Member) -> None:
    agreed = Agreement(member=member, classes=("goals", "steps"), actions=("comment",))
    with open_app(tmp_path / "home") as app:
        app.write(lambda c: let_in(c, app.recorder, CARE, agreed, app.recorder.now()))


def test_a_last_day_is_chosen_and_taken_away(cli: Cli) -> None:
    until = cli.ok("sharing", "extend", "dr demo", "--until", "2099-06-30")
    words = cli("sharing").out
    none = cli("sharing", "extend", "dr demo", "--until", "none")

    assert ("Dr Demo", "2099-06-30", True) == (until["name"], until["until"], until["saved"])
    assert "until       Tuesday 30 June 2099" in words
    assert "Dr Demo is let in until you stop it." in none.out
    [line] = cli.ok("sharing")["grants"]
    assert ("live", None) == (line["state"], line["until"])
    assert 3 == len(cli.ok("sharing", "list", "--all")["grants"])


@pytest.mark.parametrize("day", ["2020-01-01", "soon"])
def test_a_day_that_is_over_is_none(cli: Cli, day: str) -> None:
    ran = cli("sharing", "extend", "dr demo", "--until", day, "--json")

    assert (2, "invalid_input") == ran.error


def test_less_of_one_kind(cli: Cli) -> None:
    goal = cli.goal("Two walks a week", "--share")

    narrowed = cli("sharing", "narrow", "dr demo", "--without", "steps")

    assert "From now on Dr Demo gets less." in narrowed.out
    assert "can still be seen there" in narrowed.out
    [line] = cli.ok("sharing")["grants"]
    assert (["goals"], ["view", "comment"]) == (line["classes"], line["actions"])
    assert "self" == cli.ok("step", "add", goal, "shoes")["lane"]
    assert ["Dr Demo"] == cli.ok("goal", "show", goal)["goal"]["seen_by"]


def test_less_to_do(cli: Cli) -> None:
    narrowed = cli.ok("sharing", "narrow", "dr demo", "--may-not", "comment")

    assert (["goals", "steps"], ["view"]) == (narrowed["classes"], narrowed["actions"])


def test_more_of_one_kind_and_more_to_do(cli: Cli) -> None:
    refused = cli("share", reflection(cli), "--excerpt", "I said so", "--json")
    assert (3, "not_agreed") == refused.error

    widened = cli.ok("sharing", "widen", "dr demo", "--share", "excerpts", "--may", "propose")

    assert (["goals", "steps", "excerpts"], ["view", "comment", "propose"]) == (
        widened["classes"],
        widened["actions"],
    )
    assert ["Dr Demo"] == cli.ok("share", reflection(cli), "--excerpt", "I said so")["seen_by"]


def reflection(cli: Cli) -> str:
    return cli.ok("reflect", "It was hard, and I said so.")["id"]


def test_who_reads_the_same_is_named(cli: Cli, tmp_path: Path) -> None:
    let_somebody_in(tmp_path, SECOND)

    narrowed = cli("sharing", "narrow", "dr demo", "--without", "steps")
    widened = cli("sharing", "widen", "dr demo", "--share", "check-ins")

    assert "These read the same and get no more of it by themselves, either: Dr Second." in (
        narrowed.out
    )
    assert "once you agree to it with them as well: Dr Second." in widened.out


@pytest.mark.parametrize("command", ["narrow", "widen"])
def test_something_must_be_named(cli: Cli, command: str) -> None:
    assert (2, "invalid_input") == cli("sharing", command, "dr demo", "--json").error


def test_nothing_to_change_is_said(cli: Cli) -> None:
    for words in (
        ("narrow", "dr demo", "--without", "excerpts"),
        ("widen", "dr", "--may", "comment"),
    ):
        assert (3, "nothing_changed") == cli("sharing", *words, "--json").error
