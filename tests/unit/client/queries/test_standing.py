"""How a device stands, with everything that needs attention told in words."""

import msgspec

from tests.support.person import Person
from trailmark_client.commands import sharing
from trailmark_client.identity import HomeServer
from trailmark_client.imported_lanes import settle_imported
from trailmark_client.queries.standing import Standing, device_standing, set_aside
from trailmark_client.storage.doubts import close_doubts, note_doubts
from trailmark_shared.events.body import Reason
from trailmark_shared.events.goals import GoalReworded
from trailmark_shared.ids import SELF, care_lane, text_from_id

CARE = care_lane(bytes(15) + b"\x09")
DAY = "2025-10-09"
SERVER = HomeServer(url="http://localhost:1", id=bytes(16), name="home", signing_key=bytes(32))


def standing(person: Person, *, connected: bool = False) -> Standing:
    identity = person.app.identity
    if connected:
        identity = msgspec.structs.replace(identity, server=SERVER)
    return person.read(lambda conn: device_standing(conn, identity, DAY))


def change(person: Person, sql: str) -> None:
    person.app.file.write(lambda conn: conn.execute(sql))


def test_without_a_server_everything_is_saved_and_nothing_waits(person: Person) -> None:
    person.goal()

    found = standing(person)

    [own] = found.lanes
    assert (found.server, found.private_copy, found.unsent, found.warnings) == (None, False, 0, [])
    assert (own.lane, own.saved, own.sent, own.unsent, own.sends) == (SELF, 2, 0, 2, False)
    assert own.state_hash is None
    assert found.device == text_from_id(person.app.identity.device)
    assert found.sqlite.startswith("3.")


def test_what_is_shared_waits_to_be_sent(person: Person) -> None:
    person.let_in()

    found = standing(person, connected=True)

    [lane] = found.lanes
    assert (lane.lane, lane.seen_by, lane.sends) == (CARE, ["Dr Demo"], True)
    assert (found.unsent, found.server) == (1, SERVER.url)


def test_a_lane_without_unconfirmed_events_has_a_state(person: Person) -> None:
    person.goal()
    change(person, "UPDATE event SET seq = dseq, received_at = 0, offset = 0, actor = 'person'")

    [own] = standing(person).lanes

    assert (own.sent, own.unsent) == (2, 0)
    assert own.state_hash is not None
    assert len(own.state_hash) == 64


def test_what_the_server_did_not_take_keeps_its_words(person: Person) -> None:
    goal = person.goal("Walk", why="it calms me")
    change(
        person,
        "UPDATE event SET seq = dseq, received_at = 0, offset = 0, actor = 'person',"
        " code = 'too_large' WHERE dseq = 1",
    )

    found = standing(person)

    [aside] = found.set_aside
    assert (aside.type, aside.code, aside.day) == ("goal_drafted", "too_large", DAY)
    assert aside.words == ["Walk", "it calms me"]
    assert aside.event == person.read(set_aside)[0].event
    assert aside.lane == SELF
    assert any("your words are still here" in each for each in found.warnings)
    assert goal


def test_a_refused_event_that_cannot_be_opened_is_still_listed(person: Person) -> None:
    person.goal()
    change(
        person,
        "UPDATE event SET seq = dseq, received_at = 0, offset = 0, actor = 'person',"
        " code = 'too_large', key = x'0000000000000001' WHERE dseq = 1",
    )

    [aside] = standing(person).set_aside

    assert (aside.type, aside.day, aside.words) == (None, None, [])


def test_a_restored_server_is_told(person: Person) -> None:
    person.goal()
    change(
        person,
        "UPDATE event SET seq = dseq, received_at = 0, offset = 0, actor = 'person', held = 1",
    )
    waiting = standing(person)
    change(person, "INSERT INTO cursor (lane, seq, hash, missing) VALUES ('self', 0, x'', 1)")
    over = standing(person)

    assert [(2, 0), (0, 2)] == [
        (found.lanes[0].held, found.lanes[0].missing) for found in (waiting, over)
    ]
    assert [None, None] == [found.lanes[0].state_hash for found in (waiting, over)]
    assert any("restored from an older state" in each for each in waiting.warnings)
    assert any("did not take back 2 entries" in each for each in over.warnings)


def test_another_history_is_told_until_the_right_one_is_shown(person: Person) -> None:
    person.goal()
    person.app.write(lambda conn: note_doubts(conn, [SELF], 1))
    doubted = standing(person)
    person.app.write(close_doubts)

    assert ["self: the server showed another history" in each for each in doubted.warnings] == [
        True
    ]
    assert [] == standing(person).warnings


def test_locked_entries_are_counted(person: Person) -> None:
    person.goal()
    change(person, "UPDATE event SET type = NULL, key = x'0000000000000001' WHERE dseq = 1")

    found = standing(person)

    assert found.locked == 1
    assert any("locked" in each for each in found.warnings)


def test_wishes_conflicts_and_what_was_left_behind_are_told(person: Person) -> None:
    why = Reason(code="new-insight")
    wished, split, shared = person.goal("A"), person.goal("B"), person.goal("C")
    person.write(lambda c, r: sharing.share_goal(c, r, wished, r.now()))
    assert standing(person).wishes == 1
    person.let_in()
    person.write(lambda c, r: sharing.share_goal(c, r, shared, r.now()))
    for goal, titles in ((split, ("X", "Y")), (shared, ("Z",))):
        base = tuple(each.id for each in person.entries(goal)[:2])
        for title in titles:
            data = GoalReworded(title=title)
            person.write(
                lambda c, r, goal=goal, data=data, base=base: r.record(
                    c, SELF, goal, data, reason=why, base=base
                )
            )

    found = standing(person)

    assert (found.wishes, found.conflicts, found.left_behind) == (
        0,
        [text_from_id(split)],
        [text_from_id(shared)],
    )
    assert len(found.warnings) == 2


def test_what_came_with_an_import_is_on_this_device_only(person: Person) -> None:
    person.let_in()
    person.goal()
    change(person, f"INSERT INTO archived_lane VALUES ('{CARE}')")  # noqa: S608

    shared, own = standing(person, connected=True).lanes

    assert (shared.lane, shared.archived, shared.sends) == (CARE, True, False)
    assert not own.archived
    assert not own.carried
    assert not shared.carried


def test_what_came_with_an_import_goes_along_with_the_private_copy(person: Person) -> None:
    person.let_in()
    change(person, f"INSERT INTO archived_lane VALUES ('{CARE}')")  # noqa: S608
    person.app.identity_file.update(
        lambda current: msgspec.structs.replace(current, private_copy=True)
    )
    before = standing(person).lanes[0].carried
    settle_imported(person.app)

    shared, own = standing(person).lanes

    assert not before
    assert shared.carried
    assert not own.carried
