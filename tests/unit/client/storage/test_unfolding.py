"""Unfolding what ``self`` carries: in order, whole, and never into a lane that is known here."""

from collections.abc import Sequence

import msgspec
import pytest

from tests.support.entries import START
from tests.support.exports import a_lane, placed, row_of, stored
from tests.support.lane_devices import CARE, SPACE, LaneDevice
from tests.support.person import Person
from trailmark_adapters.sqlite import Connection
from trailmark_client.storage.cursors import Cursor, cursor_of, set_cursor
from trailmark_client.storage.erasure import erase_events
from trailmark_client.storage.event_log import Words, append_own
from trailmark_client.storage.read_models import body_from_bytes
from trailmark_client.storage.settings import drop_setting
from trailmark_client.storage.standing import placed_events
from trailmark_client.storage.state_hashes import documents_of_lane
from trailmark_client.storage.unfolding import SEEN, may_have_folded, unfold
from trailmark_client.storage.verification import verify_lane
from trailmark_shared import chain, limits
from trailmark_shared.events.body import Body, UnknownData
from trailmark_shared.events.codec import encode_body
from trailmark_shared.events.envelope import without_body
from trailmark_shared.exports.carried import CARRIED, carrying_body
from trailmark_shared.exports.whole import Placed
from trailmark_shared.ids import SELF, EventId
from trailmark_shared.sealing import NONCE_BYTES

NOW = Body(
    type=CARRIED,
    ver=1,
    subject=bytes(16),
    occurred_at="2026-11-23T09:00:00+01:00",
    zone="Europe/Vienna",
    day="2026-11-23",
    recorded_at=START,
    data=UnknownData(b"{}"),
)


def rows_of_a_lane() -> list[Placed]:
    return [stored(row) for row in a_lane()]


def says(person: Person, body: Body) -> None:
    """Put an event into ``self`` as if it had come from the server."""
    app = person.app

    def put(conn: Connection) -> None:
        event = EventId(app.randomness.token(limits.ID_BYTES))
        nonce = app.randomness.token(NONCE_BYTES)
        key, sealed = app.vault.sealed(event, encode_body(body), nonce)
        words = Words(
            id=event,
            key=key,
            salt=bytes(16),
            body=sealed,
            type=body.type,
            subject=body.subject,
            day=body.day,
        )
        hash_ = append_own(conn, app.identity, SELF, words).hash
        before = cursor_of(conn, SELF)
        seq = before.seq + 1
        lane_hash = chain.lane_hash(before.hash, hash_, seq, START, 0, "person", None)
        conn.execute(
            "UPDATE event SET seq = ?, received_at = ?, offset = 0, actor = 'person',"
            " lane_hash = ? WHERE id = ?",
            (seq, START, lane_hash, event),
        )
        set_cursor(conn, SELF, Cursor(seq, lane_hash))

    app.write(put)


def carries(person: Person, rows: Sequence[Placed]) -> None:
    for each in rows:
        plain = body_from_bytes(each.plain)
        body = carrying_body(each, plain, NOW)
        assert body is not None
        says(person, body)


def unfolded(person: Person) -> list[Placed]:
    app = person.app
    while app.write(lambda conn: unfold(conn, app.identity.space)):
        pass
    return imported(person)


def imported(person: Person) -> list[Placed]:
    found = person.read(lambda conn: list(placed_events(conn)))
    return [each for each in found if each.event.lane == CARE]


def is_sound(person: Person) -> bool:
    return person.read(lambda conn: verify_lane(conn, person.app.vault, CARE)) == []


def has_more(person: Person) -> bool:
    return person.read(may_have_folded)


def test_a_lane_comes_as_it_was_and_is_folded(person: Person) -> None:
    rows = rows_of_a_lane()
    carries(person, rows)

    assert has_more(person)
    assert unfolded(person) == rows
    assert not has_more(person)
    assert unfolded(person) == rows
    assert is_sound(person)
    titles = b"".join(each.json for each in person.read(lambda c: documents_of_lane(c, CARE)))
    assert b"Walk daily" in titles


def test_what_came_too_early_waits(person: Person) -> None:
    first, second, *others = rows_of_a_lane()
    carries(person, [*reversed(others), first])

    assert unfolded(person) == [first]
    carries(person, [second])
    assert unfolded(person) == [first, second, *others]
    assert is_sound(person)


def test_a_page_is_unfolded_at_a_time_and_more_where_rows_wait(
    person: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "PAGE_EVENTS_MAX", 3)
    rows = rows_of_a_lane()
    carries(person, rows)
    app = person.app

    def unfold_some() -> bool:
        return app.write(lambda conn: unfold(conn, app.identity.space))

    assert unfold_some()
    assert imported(person) == rows[:3]
    assert unfold_some()
    assert not unfold_some()
    assert imported(person) == rows

    app.write(lambda conn: conn.execute("DELETE FROM event WHERE lane = ?", (CARE,)))
    app.write(lambda conn: conn.execute("DELETE FROM cursor WHERE lane = ?", (CARE,)))
    carries(person, [rows[0]])
    drop_seen(person)
    app.write(lambda conn: conn.execute("UPDATE event SET type = NULL WHERE seq = 1"))
    assert not unfold_some()
    assert imported(person) == rows


def test_what_was_recorded_beside_an_import_waits_for_it(person: Person) -> None:
    rows = rows_of_a_lane()
    own = LaneDevice(seed=9, space=person.app.identity.space).shares("Recorded behind it")
    unsent = msgspec.structs.replace(
        rows[0],
        event=own,
        plain=own.body,
        seq=None,
        received_at=None,
        offset=None,
        actor=None,
        lane_hash=None,
    )
    carries(person, [unsent])

    assert unfolded(person) == []
    carries(person, rows)
    assert unfolded(person) == [*rows, unsent]
    drop_seen(person)
    assert unfolded(person) == [*rows, unsent]
    assert is_sound(person)


def test_a_lane_that_is_known_here_is_left_alone(person: Person) -> None:
    person.let_in(lane=CARE)
    before = unfolded(person)
    carries(person, rows_of_a_lane())

    assert unfolded(person) == before
    assert not has_more(person)


def test_a_lane_of_this_space_is_never_taken_for_an_imported_one(person: Person) -> None:
    mine = LaneDevice(space=person.app.identity.space)
    (row,) = placed([row_of(mine.grants())])
    carries(person, [stored(row)])

    assert unfolded(person) == []


@pytest.mark.parametrize("what", ["hash", "lane_hash", "actor"])
def test_what_does_not_verify_is_passed_over(person: Person, what: str) -> None:
    first, second, *_ = rows_of_a_lane()
    changed = {
        "hash": msgspec.structs.replace(
            second, event=msgspec.structs.replace(second.event, hash=bytes(32))
        ),
        "lane_hash": msgspec.structs.replace(second, lane_hash=bytes(32)),
        "actor": msgspec.structs.replace(second, actor=None),
    }
    carries(person, [first, changed[what]])

    assert unfolded(person) == [first]
    carries(person, [second])
    assert unfolded(person) == [first, second]


def test_what_is_no_row_of_a_shared_lane_is_passed_over(person: Person) -> None:
    (row,) = placed([row_of(LaneDevice(SELF, space=SPACE).write(b"{}"))])
    carries(person, [msgspec.structs.replace(rows_of_a_lane()[0], event=row.event, plain=None)])
    says(person, NOW)

    assert unfolded(person) == []
    assert not has_more(person)


def test_erased_words_do_not_come_back_and_who_was_let_in_stays(person: Person) -> None:
    rows = rows_of_a_lane()
    grant, shared = rows[0].event, rows[1].event
    person.app.write(lambda conn: erase_events(conn, CARE, [grant.id, shared.id]))
    carries(person, rows)

    found = unfolded(person)

    assert found[0] == rows[0]
    assert found[1].event == without_body(shared)
    assert is_sound(person)


def test_rows_behind_a_rewind_are_looked_at_again(person: Person) -> None:
    """Another log may have others under the numbers that were looked through."""
    first, *others = rows_of_a_lane()
    carries(person, [first])
    assert unfolded(person) == [first]
    person.app.write(
        lambda c: c.execute("UPDATE event SET lane_hash = x'00' WHERE lane = ?", (SELF,))
    )
    carries(person, others)

    assert unfolded(person) == [first, *others]


def test_what_a_key_opens_later_is_unfolded_then(person: Person) -> None:
    rows = rows_of_a_lane()
    carries(person, rows)
    columns = "SELECT type, subject, pos FROM event WHERE lane = ?"
    known = person.read(lambda c: c.execute(columns, (SELF,)).fetchall())
    person.app.write(
        lambda c: c.execute("UPDATE event SET type = NULL, subject = NULL WHERE lane = ?", (SELF,))
    )
    assert unfolded(person) == []

    person.app.write(
        lambda c: c.executemany("UPDATE event SET type = ?, subject = ? WHERE pos = ?", known)
    )

    assert has_more(person)
    assert unfolded(person) == rows


def test_many_rows_that_carry_nothing_are_noted(person: Person) -> None:
    assert not has_more(person)
    person.app.write(
        lambda c: set_cursor(c, SELF, Cursor(limits.PAGE_EVENTS_MAX + 1, chain.GENESIS))
    )
    assert has_more(person)


def drop_seen(person: Person) -> None:
    person.app.write(lambda conn: drop_setting(conn, SEEN))
