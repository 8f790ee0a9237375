"""Imported events: checked one by one, made this device's own, sent only once it is connected."""

from pathlib import Path

import msgspec
import pytest

from tests.support.devices import add_reflection, connect_to, new_device, sync
from tests.support.home import Home
from tests.support.person import Person
from tests.support.two_sides import CARE, TwoSides
from trailmark_adapters.sqlite import Connection
from trailmark_client.storage.event_log import lanes_to_send, outbox_lanes, unsent_count
from trailmark_client.storage.importing import (
    Importing,
    check_states,
    imported_from,
    refuse_own_copy,
    send_imported,
)
from trailmark_client.storage.read_models import refold_all
from trailmark_client.storage.standing import placed_events
from trailmark_client.storage.state_hashes import state_hash
from trailmark_client.storage.verification import verify_all
from trailmark_shared.errors import ErrorCode, IntegrityError, RefusedError
from trailmark_shared.exports.whole import LaneState, Placed
from trailmark_shared.ids import PLAIN, SELF, SpaceId
from trailmark_shared.projections.fold import PROJECTION_VERSION

SPACE = SpaceId(b"another person's")


async def known_to_a_server(folder: Path) -> list[Placed]:
    sides = await TwoSides(folder).begin()
    found = sides.phone.read(lambda conn: list(placed_events(conn)))
    sides.close()
    return found


def take(person: Person, placed: list[Placed]) -> None:
    def put(conn: Connection) -> None:
        importing = Importing(conn, person.app.vault, person.app.randomness)
        for each in placed:
            importing.take(each)
        importing.finish(SPACE)
        refold_all(conn, person.app.vault.opener())

    person.app.write(put)


def is_refused(person: Person, placed: list[Placed]) -> bool:
    with pytest.raises(IntegrityError) as refused:
        take(person, placed)
    return refused.value.code == ErrorCode.ALTERED_EXPORT


async def test_own_rows_are_sealed_anew_and_others_stay_as_they_were(
    tmp_path: Path, fresh: Person
) -> None:
    before = await known_to_a_server(tmp_path)

    take(fresh, before)

    after = fresh.read(lambda conn: list(placed_events(conn)))
    mine = [each for each in after if each.event.lane == SELF]
    newest = fresh.app.identity.newest_key.id
    assert [each.plain for each in before] == [each.plain for each in after]
    assert {each.event.space for each in mine} == {fresh.app.identity.space}
    assert {each.event.key for each in mine} == {newest}
    assert [each for each in before if each.event.lane == CARE] == [
        each for each in after if each.event.lane == CARE
    ]


async def test_an_entry_with_two_rows_keeps_its_place_in_the_chain(
    tmp_path: Path, fresh: Person
) -> None:
    """After a restore of the server an entry may stand twice: pushed again, and offered."""
    with new_device(tmp_path / "first") as first:
        home = Home(first.identity.space)
        connect_to(first, home)
        add_reflection(first, "twice")
        await sync(first, home)
        log = home.lane(SELF)
        log.put(log.rows[0].event, 1, 0, "person", ErrorCode.DUPLICATE)
        add_reflection(first, "behind it")
        await sync(first, home)
        placed = first.read(lambda conn: list(placed_events(conn)))
    assert [None, ErrorCode.DUPLICATE, None] == [each.code for each in placed]

    take(fresh, placed)

    assert [] == fresh.read(lambda conn: verify_all(conn, fresh.app.vault))


async def test_each_row_is_held_to_its_hashes(tmp_path: Path, fresh: Person) -> None:
    placed = await known_to_a_server(tmp_path)
    first, *others = placed
    event = first.event

    def changed(**members: object) -> list[Placed]:
        return [
            msgspec.structs.replace(first, event=msgspec.structs.replace(event, **members)),
            *others,
        ]

    assert is_refused(fresh, changed(dseq=event.dseq + 1))
    assert is_refused(fresh, changed(salt=bytes(16)))
    assert is_refused(fresh, changed(salt=None))
    assert is_refused(fresh, others), "the first row of a lane is not there"
    assert is_refused(fresh, [msgspec.structs.replace(first, received_at=1), *others])
    assert is_refused(fresh, [msgspec.structs.replace(first, actor=None), *others])
    take(fresh, placed)


async def test_a_lane_that_comes_to_something_else_is_named(tmp_path: Path, fresh: Person) -> None:
    take(fresh, await known_to_a_server(tmp_path))
    right = LaneState(
        lane=CARE,
        seq=fresh.read(
            lambda c: c.execute("SELECT seq FROM cursor WHERE lane = ?", (CARE,))
        ).fetchone()[0],
        projection=PROJECTION_VERSION,
        sha256=fresh.read(lambda conn: state_hash(conn, CARE)).hex(),
    )

    def is_other(**members: object) -> bool:
        told = msgspec.structs.replace(right, **members)
        with pytest.raises(IntegrityError):
            fresh.read(lambda conn: check_states(conn, {CARE: told}))
        return True

    fresh.read(lambda conn: check_states(conn, {CARE: right}))
    assert is_other(seq=right.seq + 1)
    assert is_other(sha256="00" * 32)
    newer = msgspec.structs.replace(right, projection=PROJECTION_VERSION + 1, sha256="")
    fresh.read(lambda conn: check_states(conn, {CARE: newer}))


async def test_an_archive_is_not_sent_and_the_rest_once_there_is_a_server(
    tmp_path: Path, fresh: Person
) -> None:
    take(fresh, await known_to_a_server(tmp_path))
    fresh.app.write(lambda c: c.execute("UPDATE event SET seq = NULL WHERE lane = ?", (CARE,)))
    fresh.app.identity_file.update(
        lambda current: msgspec.structs.replace(current, private_copy=True)
    )

    def waiting(conn: Connection) -> int:
        return unsent_count(conn, fresh.app.identity)

    assert fresh.read(lanes_to_send) == []
    assert fresh.read(outbox_lanes) == [CARE]
    assert fresh.read(waiting) == 0
    fresh.app.write(send_imported)
    fresh.app.write(send_imported)
    assert fresh.read(lanes_to_send) == [SELF]
    assert fresh.read(waiting) > 0


async def test_its_own_copy_does_not_join_a_space(tmp_path: Path, fresh: Person) -> None:
    take(fresh, await known_to_a_server(tmp_path))

    with pytest.raises(RefusedError) as refused:
        fresh.read(lambda conn: refuse_own_copy(conn, SPACE))

    assert refused.value.code == ErrorCode.ALREADY_CONNECTED
    fresh.read(lambda conn: refuse_own_copy(conn, SpaceId(bytes(16))))
    assert fresh.read(imported_from) == SPACE


def test_what_could_not_be_opened_stays_locked(person: Person, fresh: Person) -> None:
    person.goal("Walk")
    placed = [
        msgspec.structs.replace(each, plain=None)
        for each in person.read(lambda conn: list(placed_events(conn)))
    ]

    take(fresh, placed)

    after = fresh.read(lambda conn: list(placed_events(conn)))
    assert [each.event.body for each in placed] == [each.event.body for each in after]
    assert all(each.event.key != PLAIN and each.plain is None for each in after)
