"""Erasing a person at the stores: nothing of theirs is left, comes back or is taken again."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.support.erased_person import ERASURE, PHONE, PROOF, WORDS, filled
from tests.support.lane_devices import (
    CARE,
    MEMBER,
    NOW,
    OTHER_SPACE,
    SPACE,
    LaneDevice,
    hello,
    offer_of,
    push,
    read_lane,
    signed_rows,
)
from tests.support.store_worlds import StoreWorld, sqlite_world
from trailmark_server.storage.accounts import (
    ErasureProof,
    SpaceErasure,
)
from trailmark_server.storage.erasing import take_away
from trailmark_server.storage.ports import Reader, Window
from trailmark_server.storage.rows import Tables
from trailmark_shared.errors import ErrorCode, RefusedError
from trailmark_shared.events.envelope import Row
from trailmark_shared.ids import SELF, DeviceId, Epoch

AS_MEMBER = Reader(member=MEMBER)
WINDOW = Window(limit=9)


def stubs(rows: list[Row]) -> list[bool]:
    return [row.event.body is None and row.event.salt is None for row in rows]


async def test_nothing_is_left_but_stubs_that_verify(world: StoreWorld) -> None:
    await filled(world)
    before = [row.lane_hash for row in await read_lane(world.store)]

    await world.store.erase_space(ERASURE, [PROOF])

    rows = await read_lane(world.store)
    assert before == [row.lane_hash for row in rows]
    assert [True, True] == stubs(rows) == stubs(await read_lane(world.store, SELF))
    assert [] == await world.store.documents(SPACE, CARE)
    assert [] == await world.store.verify()
    assert 1 == len(await world.store.timeline(OTHER_SPACE, CARE, WINDOW))


async def test_the_account_tables_hold_nothing_more_of_them(world: StoreWorld) -> None:
    await filled(world)
    await world.store.erase_space(ERASURE, [PROOF])

    def look(tables: Tables) -> Iterator[object]:
        rows = tables.accounts
        for space in (SPACE, OTHER_SPACE):
            yield (
                [each.name for each in rows.devices(space)],
                len(rows.acquaintances_of_space(space)),
                len(rows.access_entries(space, 9)),
                len(rows.supporter_links(space)),
                rows.supporter_session(space[:1] * 32) is None,
                rows.invitation(space[:1] * 32) is None,
                rows.device_invitation(space[:1] * 32) is None,
                rows.recovery(space) is None,
            )
        yield rows.erasures(), rows.erasure_proofs(SPACE)

    gone, kept, listed = await world.tables().read(lambda tables: list(look(tables)))
    assert ([""], 0, 0, 0, True, True, True, True) == gone
    assert (["kept"], 1, 1, 1, False, False, False, False) == kept
    assert ([ERASURE], [PROOF]) == listed


async def test_grants_count_as_revoked_at_once(world: StoreWorld) -> None:
    await filled(world)
    await world.store.erase_space(ERASURE)

    [grant] = await world.store.grants(SPACE)
    assert (True, False) == (grant.is_revoked, grant.is_live)
    assert [grant] == [g for g in await world.store.grants_of_member(MEMBER) if g.space == SPACE]
    with pytest.raises(RefusedError):
        await world.store.documents(SPACE, CARE, reader=AS_MEMBER)


async def test_whatever_is_pushed_or_offered_later_is_a_stub(world: StoreWorld) -> None:
    device = await filled(world)
    shared = device.shares("more")
    await push(world.store, [shared])
    rows, head = await signed_rows(world.store)
    await world.store.erase_space(ERASURE)

    answer = await push(world.store, [device.grants(b"n" * 16), device.shares(WORDS)])
    again = LaneDevice(seed=2)
    assert shared.body is not None
    renamed = await push(world.store, [again.write(shared.body, event_id=shared.id)])
    taken = await world.store.take_offer(SPACE, offer_of(rows, head), rows)

    refused = [each.code for each in (*answer.refused, *renamed.refused)]
    assert [ErrorCode.ERASED] * 3 == refused
    assert None is taken.code
    assert all(stubs(await read_lane(world.store)))
    assert [] == await world.store.verify()


async def test_a_restored_log_is_erased_again_before_anything_is_served(world: StoreWorld) -> None:
    await filled(world)
    await world.backup()
    await world.store.erase_space(ERASURE, [PROOF])

    await world.restore()

    rows = await read_lane(world.store)
    assert [True, True] == stubs(rows)
    assert [] == await world.store.documents(SPACE, CARE)
    assert [] == await world.store.verify()
    erasure, proofs = await world.tables().read(
        lambda tables: (tables.accounts.erasure(SPACE), tables.accounts.erasure_proofs(SPACE))
    )
    assert (ERASURE, [PROOF]) == (erasure, proofs)
    states = await world.store.open_lanes(SPACE, PHONE, Epoch(b"e" * 8), [hello(rows)])
    assert [None] == [each.welcome.rewind for each in states if each.welcome.lane == CARE]


async def test_a_device_that_holds_more_than_a_restored_log_offers_stubs(
    world: StoreWorld,
) -> None:
    await world.backup()
    await filled(world)
    rows, head = await signed_rows(world.store)
    await world.store.erase_space(ERASURE)
    await world.restore()

    await world.store.take_offer(SPACE, offer_of(rows, head), rows)

    assert [True, True] == stubs(await read_lane(world.store))
    assert [] == await world.store.verify()


async def test_erasing_again_changes_nothing_but_adds_what_another_device_says(
    world: StoreWorld,
) -> None:
    await filled(world)
    later = SpaceErasure(space=SPACE, erased_at=NOW + 9, erased_by="operator")
    other = ErasureProof(space=SPACE, device=DeviceId(b"t" * 16), event=b"f" * 16, bodies=b"\x90")
    await world.store.erase_space(ERASURE, [PROOF])
    await world.store.erase_space(later, [other])

    assert [ERASURE] == await world.keys.erased_spaces()
    assert [PROOF, other] == await world.keys.erasure_proofs()
    assert [] == await world.store.verify()


async def test_who_may_not_erase_changes_nothing(world: StoreWorld) -> None:
    await filled(world)

    def refuse(_: object) -> None:
        raise RefusedError(ErrorCode.SIGNED_OUT, "signed out")

    with pytest.raises(RefusedError):
        await world.store.erase_space(ERASURE, [PROOF], refuse)

    assert [False, False] == stubs(await read_lane(world.store))
    assert [] == await world.keys.erased_spaces()


async def test_a_kill_between_the_two_files_is_mended_by_the_next_start(world: StoreWorld) -> None:
    """The log comes first; a keys store that is older than the log looks the same."""
    await filled(world)

    def take(tables: Tables) -> None:
        take_away(tables, ERASURE, [PROOF])

    await world.tables().write(take)
    await world.restart()

    assert None is await world.keys.space_key(SPACE)
    assert [ERASURE] == await world.keys.erased_spaces()
    assert [PROOF] == await world.keys.erasure_proofs()
    assert [] == await world.store.verify()


async def test_another_process_may_erase_a_person_beside_a_running_server(tmp_path: Path) -> None:
    async with sqlite_world(tmp_path) as server:
        device = await filled(server)
        async with sqlite_world(tmp_path) as command:
            await command.store.erase_space(ERASURE)
        assert [True, True] == stubs(await read_lane(server.store))
        await push(server.store, [device.shares(WORDS)])
        assert all(stubs(await read_lane(server.store)))
        assert [] == await server.store.verify()


async def test_a_body_that_somebody_put_back_is_found(tmp_path: Path) -> None:
    async with sqlite_world(tmp_path) as world:
        await filled(world)
        with closing(sqlite3.connect(tmp_path / "main.db")) as conn:
            [(row, body, salt)] = conn.execute(
                "SELECT rowid, body, salt FROM event WHERE type = 'goal_shared'"
            ).fetchall()
        await world.store.erase_space(ERASURE)
        with closing(sqlite3.connect(tmp_path / "main.db")) as conn:
            conn.execute("DROP TRIGGER event_body_only_goes_away")
            conn.execute("UPDATE event SET body = ?, salt = ? WHERE rowid = ?", (body, salt, row))
            conn.commit()
        assert ["event.body"] == [each.column for each in await world.store.verify()]
