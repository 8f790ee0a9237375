"""Who is let in, told in words; stopping in one step."""

from pathlib import Path

from tests.support.person import AGREED, THERAPIST
from tests.unit.client.cli.conftest import Cli
from trailmark_client.app import open_app
from trailmark_client.commands.grants import Agreement, let_in
from trailmark_client.queries.pending import Agreed, PendingGrant, keep_pending
from trailmark_shared.ids import Lane, care_lane

CARE = care_lane(bytes(15) + b"\x09")
OTHER = care_lane(bytes(15) + b"\x0a")


def let_somebody_in(tmp_path: Path, lane: Lane = CARE) -> None:
    with open_app(tmp_path / "home") as app:
        agreed = Agreement(member=THERAPIST, classes=AGREED)
        app.write(lambda c: let_in(c, app.recorder, lane, agreed, app.recorder.now()))


def test_nobody_is_let_in_at_first(cli: Cli) -> None:
    assert {"grants": [], "waiting": []} == cli.ok("sharing")
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
    assert "they may    view" in words
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

    assert ("Dr Demo", [CARE], [goal], True) == (
        stopped["name"],
        stopped["lanes"],
        stopped["came_back"],
        stopped["saved"],
    )


def test_with_several_lanes_each_is_named(cli: Cli, tmp_path: Path) -> None:
    let_somebody_in(tmp_path)
    let_somebody_in(tmp_path, OTHER)

    words = cli("sharing", "stop", "Dr Demo").out

    assert CARE in words
    assert OTHER in words
    assert {"stopping"} == {each["state"] for each in cli.ok("sharing")["grants"]}


def test_who_waits_to_be_let_in_is_listed_and_can_be_forgotten(cli: Cli, tmp_path: Path) -> None:
    with open_app(tmp_path / "home") as app:
        pending = PendingGrant(
            member="5" * 26, name="Dr Second", phrase="one two three four", code="0" * 64
        )
        app.write(lambda conn: keep_pending(conn, [pending]))

    [line] = cli.ok("sharing")["waiting"]
    listed = cli("sharing").out
    words = cli("sharing", "stop", "dr second").out

    assert ("Dr Second", False) == (line["name"], line["agreed"])
    assert "Dr Second invited you and is not let in yet. Four words: one two three four" in listed
    assert "not answered yet" in listed
    assert "Dr Second will not be let in" in words
    assert [] == cli.ok("sharing")["waiting"]


def test_an_invitation_that_the_server_forgot_is_said_to_need_another(
    cli: Cli, tmp_path: Path
) -> None:
    with open_app(tmp_path / "home") as app:
        pending = PendingGrant(
            member="5" * 26,
            name="Dr Second",
            phrase="one two three four",
            code="0" * 64,
            agreed=Agreed(classes=("goals",)),
            is_unknown=True,
        )
        app.write(lambda conn: keep_pending(conn, [pending]))

    assert cli.ok("sharing")["waiting"][0]["unknown"]
    assert "another code of theirs" in cli("sharing").out


def test_new_items_say_who_will_see_them_and_each_can_differ(cli: Cli, tmp_path: Path) -> None:
    let_somebody_in(tmp_path)
    goal = cli.goal("Two walks a week", "--share")

    win = cli("win", "went out")
    check_in = cli("check-in", goal, "3")

    for ran in (win, check_in):
        assert ran.out.startswith("This is for Dr Demo to see; --private keeps it here.\n")
    assert [] == cli.ok("win", "mine", "--private")["seen_by"]
    assert ["Dr Demo"] == cli.ok("win", "ours", "--with", "dr d")["seen_by"]
    assert (2, "invalid_input") == cli("win", "x", "--private", "--with", "dr", "--json").error
    assert "This is for" not in cli("win", "mine", "--private").out


def test_what_happened_is_shared_by_itself_and_stands_in_what_they_see(
    cli: Cli, agreed: str
) -> None:
    goal = cli.goal("Ride")
    cli.ok("goal", "share", goal)
    happened = cli.ok("happened", "Panic", "7", "--note", "on the bus")["id"]
    scale = cli.ok("scale", "set", goal, "a", "b", "c", "d", "e")["id"]
    private = cli("sharing", "show", agreed).out
    shared = [cli.ok("share", each) for each in (happened, scale)]
    seen = cli("sharing", "show", agreed).out
    cli.ok("unshare", happened)

    assert [[agreed], [agreed]] == [each["seen_by"] for each in shared]
    assert ("on the bus" in private, "on the bus" in seen) == (False, True)
    assert "+2: e" in seen
    assert "on the bus" not in cli("sharing", "show", agreed).out
    assert [7] == [each["intensity"] for each in cli.ok("happenings")["occurrences"]]
