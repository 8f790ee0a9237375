"""Carrying imported lanes: what is left to carry, each row once, nothing that was erased."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.entries import START
from tests.support.exports import a_lane
from tests.support.imported import import_a_lane
from tests.support.lane_devices import CARE
from tests.support.person import Person
from trailmark_adapters.sqlite import Connection
from trailmark_client.storage.carrying import (
    Uncarried,
    carry,
    erase_as_carried,
    may_have_uncarried,
    note_all_carried,
    uncarried,
    uncarried_lanes,
)
from trailmark_client.storage.erasure import erase_events
from trailmark_client.storage.read_models import body_from_bytes
from trailmark_client.storage.standing import placed_events
from trailmark_shared.events.body import Body, UnknownData
from trailmark_shared.exports.carried import CARRIED, carried_row
from trailmark_shared.exports.whole import Placed
from trailmark_shared.ids import SELF

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


@pytest.fixture
def holder(tmp_path: Path) -> Iterator[Person]:
    """Somebody with an imported lane."""
    one = Person(tmp_path / "holder", seed=7)
    import_a_lane(one.app)
    yield one
    one.app.close()


def carry_all(person: Person, found: Uncarried) -> int:
    app = person.app
    return app.write(lambda c: carry(c, app.vault, app.randomness, found.places, NOW))


def carried(person: Person) -> list[Placed]:
    bodies = [
        body_from_bytes(each.plain)
        for each in person.read(lambda conn: list(placed_events(conn)))
        if each.event.lane == SELF
    ]
    rows = [None if body is None else carried_row(body) for body in bodies]
    return [each for each in rows if each is not None]


def archive(person: Person) -> list[Placed]:
    placed = person.read(lambda conn: list(placed_events(conn)))
    return [each for each in placed if each.event.lane == CARE]


def test_whoever_imported_nothing_has_nothing_to_carry(person: Person) -> None:
    person.goal("Walk")

    assert not person.read(may_have_uncarried)
    assert person.read(uncarried).places == ()
    assert person.read(uncarried_lanes) == frozenset()


def test_each_row_is_carried_once_and_as_it_stands(holder: Person) -> None:
    found = holder.read(uncarried)

    assert holder.read(may_have_uncarried)
    assert holder.read(uncarried_lanes) == {CARE}
    assert carry_all(holder, found) == len(a_lane())
    # Somebody was here meanwhile.
    assert carry_all(holder, found) == 0
    assert carried(holder) == archive(holder)
    assert holder.read(uncarried).places == ()
    assert holder.read(uncarried_lanes) == frozenset()
    holder.app.write(lambda conn: note_all_carried(conn, found.content))
    assert not holder.read(may_have_uncarried)


def test_what_the_log_does_not_hold_comes_first(holder: Person) -> None:
    holder.app.write(
        lambda c: c.execute("UPDATE event SET seq = NULL WHERE lane = ? AND seq = 8", (CARE,))
    )

    carry_all(holder, holder.read(uncarried))

    assert [None, *range(1, 8)] == [each.seq for each in carried(holder)]


def test_what_is_erased_is_carried_anew_without_its_words(holder: Person) -> None:
    found = holder.read(uncarried)
    carry_all(holder, found)
    holder.app.write(lambda conn: note_all_carried(conn, found.content))
    shared = archive(holder)[1]

    holder.app.write(lambda conn: erase_events(conn, CARE, [shared.event.id]))
    again = holder.read(uncarried)

    assert holder.read(may_have_uncarried)
    assert carry_all(holder, again) == 1
    last = carried(holder)[-1]
    assert (last.event.id, last.event.body) == (shared.event.id, None)


def test_what_was_erased_where_it_is_carried_is_erased_here_and_not_carried_again(
    holder: Person,
) -> None:
    before = holder.read(uncarried)
    carry_all(holder, before)
    shared = archive(holder)[1]

    def ids(conn: Connection) -> list[bytes]:
        rows = conn.execute(
            "SELECT id FROM event WHERE lane = ? AND subject ="
            " (SELECT subject FROM event WHERE id = ?)",
            (SELF, shared.event.id),
        )
        return [each for (each,) in rows.fetchall()]

    holder.app.write(lambda conn: erase_events(conn, SELF, ids(conn)))
    found = holder.read(uncarried)

    assert found.gone == ((CARE, shared.event.id),)
    assert carry_all(holder, before) == 0
    holder.app.write(lambda conn: erase_as_carried(conn, found.gone))
    assert archive(holder)[1].event.body is None
    assert holder.read(uncarried).gone == ()


def test_a_row_too_long_stays_where_it_is_and_is_named(holder: Person) -> None:
    noise = holder.app.randomness.token(60_000)
    holder.app.write(
        lambda c: c.execute("UPDATE event SET body = ? WHERE lane = ? AND seq = 2", (noise, CARE))
    )

    assert carry_all(holder, holder.read(uncarried)) == len(a_lane()) - 1
    assert holder.read(uncarried_lanes) == {CARE}
