"""The raw events, as they are stored."""

import pytest

from tests.support.person import Person
from trailmark_client.queries.log import each_raw_event, raw_events, things_count, words_count
from trailmark_shared.ids import SELF, care_lane, text_from_id

CARE = care_lane(bytes(15) + b"\x09")


def test_events_come_with_their_bodies_opened(person: Person) -> None:
    goal = person.goal("Walk")

    drafted, activated = person.read(lambda conn: raw_events(conn, None, 10))

    assert (drafted.dseq, activated.dseq) == (1, 2)
    assert drafted.body["data"] == {"title": "Walk"}
    assert drafted.body["subject"] == text_from_id(goal)
    assert (drafted.lane, drafted.seq, drafted.sealed, drafted.erased) == (SELF, None, True, False)
    assert len(drafted.hash) == 64


def test_one_lane_and_the_newest_ones_can_be_chosen(person: Person) -> None:
    person.goal()
    person.let_in()

    [granted] = person.read(lambda conn: raw_events(conn, CARE, 10))
    [newest] = person.read(lambda conn: raw_events(conn, None, 1))

    assert granted == newest
    assert not granted.sealed


def test_a_body_whose_key_is_missing_is_not_shown(person: Person) -> None:
    person.goal()
    person.app.file.write(lambda conn: conn.execute("UPDATE event SET key = x'0000000000000001'"))

    drafted, _ = person.read(lambda conn: raw_events(conn, None, 10))

    assert (drafted.body, drafted.erased, drafted.sealed) == (None, False, True)


@pytest.mark.parametrize(
    "body", [b'{"of":1e999}', b"{", b"", b'"\\ud800"', b"[" * 60_000], ids=lambda body: body[:12]
)
def test_a_body_that_cannot_be_read_hides_no_other_event(person: Person, body: bytes) -> None:
    person.goal()
    sql = "UPDATE event SET key = zeroblob(8), body = ? WHERE dseq = 1"
    person.app.file.write(lambda conn: conn.execute(sql, (body,)))

    odd, activated = person.read(lambda conn: raw_events(conn, None, 10))

    assert (body.decode(), "goal_activated") == (odd.body, activated.body["type"])


def test_a_stub_has_no_body(person: Person) -> None:
    person.goal()
    person.app.file.write(lambda conn: conn.execute("UPDATE event SET body = NULL, salt = NULL"))

    drafted, _ = person.read(lambda conn: raw_events(conn, None, 10))

    assert (drafted.body, drafted.erased) == (None, True)


def test_events_come_one_by_one_and_are_counted_with_their_documents(person: Person) -> None:
    goal = text_from_id(person.goal())

    events = person.read(lambda conn: list(each_raw_event(conn)))

    assert events == person.read(lambda conn: raw_events(conn, None, 10))
    assert ((2, 1), 2) == (person.read(things_count), person.read(words_count))
    assert {goal} == {each.body["subject"] for each in events}
