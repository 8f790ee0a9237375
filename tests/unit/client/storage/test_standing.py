"""Counts of each lane, and single events as they are stored."""

from tests.support.person import Person
from trailmark_client.storage.standing import (
    lane_counts,
    locked_count,
    refused_events,
    stored_events,
)
from trailmark_shared.ids import SELF, care_lane

CARE = care_lane(bytes(15) + b"\x09")


def change(person: Person, sql: str) -> None:
    person.app.file.write(lambda conn: conn.execute(sql))


def test_every_lane_is_counted(person: Person) -> None:
    person.goal()
    person.let_in()
    change(person, "UPDATE event SET seq = 1, held = NULL WHERE lane = 'self' AND dseq = 1")
    change(
        person,
        "INSERT INTO cursor (lane, seq, hash, head, verified_to, missing)"
        " VALUES ('self', 1, zeroblob(32), 4, 1, 1)",
    )

    care, own = person.read(lane_counts)

    assert (care.lane, care.saved, care.sent, care.unsent, care.seq) == (CARE, 1, 0, 1, 0)
    assert (own.lane, own.saved, own.sent, own.unsent) == (SELF, 2, 1, 1)
    assert (own.seq, own.head, own.verified_to, own.has_missing) == (1, 4, 1, True)


def test_a_lane_that_only_has_a_cursor_counts_nothing(person: Person) -> None:
    sql = "INSERT INTO cursor (lane, seq, hash) VALUES (?, 0, zeroblob(32))"
    person.app.file.write(lambda conn: conn.execute(sql, (CARE,)))

    [care] = person.read(lane_counts)

    assert (care.saved, care.sent, care.unsent, care.held, care.missing) == (0, 0, 0, 0, 0)


def test_held_and_missing_rows_are_neither_sent_nor_unsent(person: Person) -> None:
    person.goal()
    change(person, "UPDATE event SET seq = dseq, held = iif(dseq = 1, 2, -2)")

    [own] = person.read(lane_counts)

    assert (own.saved, own.sent, own.unsent, own.held, own.missing) == (2, 0, 0, 1, 1)


def test_events_are_read_as_stored_the_newest_last(person: Person) -> None:
    person.goal()

    drafted, activated = person.read(lambda conn: list(stored_events(conn, None, 5)))

    assert (drafted.dseq, activated.dseq) == (1, 2)
    assert drafted.plain is not None
    assert (drafted.sealed, drafted.has_body, drafted.actor, drafted.code) == (
        True,
        True,
        None,
        None,
    )
    assert person.read(lambda conn: list(stored_events(conn, CARE, 5))) == []


def test_refused_events_are_listed_with_their_code(person: Person) -> None:
    person.goal()
    assert person.read(refused_events) == []

    change(person, "UPDATE event SET seq = dseq, code = 'too_large' WHERE dseq = 2")

    [refused] = person.read(refused_events)
    assert (refused.dseq, refused.code) == (2, "too_large")


def test_bodies_that_do_not_open_are_counted(person: Person) -> None:
    person.goal()
    assert person.read(locked_count) == 0

    change(person, "UPDATE event SET key = x'0000000000000001', type = NULL WHERE dseq = 1")

    assert person.read(locked_count) == 1
