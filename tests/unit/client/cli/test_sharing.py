"""Who is let in, told in words; stopping in one step."""

from pathlib import Path

from tests.support.person import AGREED, THERAPIST
from tests.unit.client.cli.conftest import Cli
from trailmark_client.app import open_app
from trailmark_client.commands.grants import Agreement, let_in
from trailmark_shared.ids import care_lane

CARE = care_lane(bytes(15) + b"\x09")


def let_somebody_in(tmp_path: Path) -> None:
    with open_app(tmp_path / "home") as app:
        agreed = Agreement(member=THERAPIST, classes=AGREED)
        app.write(lambda c: let_in(c, app.recorder, CARE, agreed, app.recorder.now()))


def test_nobody_is_let_in_at_first(cli: Cli) -> None:
    assert {"grants": []} == cli.ok("sharing")
    assert cli("sharing").out.startswith("Only you can see this.")


def test_the_list_says_who_sees_what(cli: Cli, tmp_path: Path) -> None:
    let_somebody_in(tmp_path)
    cli.goal("Two walks a week", "--share")

    [line] = cli.ok("sharing", "list")["grants"]
    words = cli("sharing").out

    assert ("live", 1) == (line["state"], line["sees"]["goals"])
    assert "Dr Demo is let in (therapist)." in words
    assert "until       you stop it" in words
    assert "goals, steps of those goals, check-ins, wins and setbacks" in words
    assert "can see     1 goal\n" in words


def test_stopping_says_what_it_does_and_what_it_cannot(cli: Cli, tmp_path: Path) -> None:
    let_somebody_in(tmp_path)
    goal = cli.goal("Two walks a week", "--share")

    words = cli("sharing", "stop", "dr d").out

    assert "Saved on this device. Sharing with Dr Demo stops at the next sync." in words
    assert "Goals that are private again: 1." in words
    assert "cannot be taken back" in words
    assert [] == cli.ok("goal", "show", goal)["goal"]["seen_by"]
    assert "it stops at the next sync" in cli("sharing").out
    assert (3, "nothing_changed") == cli("sharing", "stop", "Dr Demo", "--json").error


def test_stopping_answers_with_what_came_back(cli: Cli, tmp_path: Path) -> None:
    let_somebody_in(tmp_path)
    goal = cli.goal("Two walks a week", "--share")

    stopped = cli.ok("sharing", "stop", "Dr Demo")

    assert ("Dr Demo", CARE, [goal], True) == (
        stopped["name"],
        stopped["lane"],
        stopped["came_back"],
        stopped["saved"],
    )
