"""Erasure at the store: bodies go everywhere, stubs stay, chains still verify."""

import sqlite3
from contextlib import closing
from pathlib import Path

from tests.support.lane_devices import (
    CARE,
    MEMBER,
    SPACE,
    LaneDevice,
    erasing,
    offer_of,
    push,
    read_lane,
    signed_rows,
)
from tests.support.store_worlds import StoreWorld, sqlite_world
from trailmark_server.storage.ports import ErasedEvent
from trailmark_shared.events.envelope import without_body
from trailmark_shared.ids import SELF, text_from_id
from trailmark_shared.protocol.messages import Refusal

WORDS = "words-that-must-not-be-found"


async def test_an_erased_event_is_a_stub_and_everything_else_stands(world: StoreWorld) -> None:
    device, goal = LaneDevice(), b"1" * 16
    grant, shared, other = device.grants(), device.shares(WORDS, goal), device.shares("kept")
    await push(world.store, [grant, shared, other])
    before = await read_lane(world.store)
    await push(world.store, [device.says(erasing(shared), goal)])
    rows = await read_lane(world.store)
    assert (None, None, None) == (rows[1].event.salt, rows[1].event.body, rows[1].code)
    assert [row.lane_hash for row in before] == [row.lane_hash for row in rows[:3]]
    assert None is not rows[2].event.body
    titles = [each.json for each in await world.store.documents(SPACE, CARE, "goal")]
    assert 1 == len(titles)
    assert WORDS.encode() not in titles[0]
    assert [] == await world.store.verify()
    listed = [(SPACE, ErasedEvent(lane=CARE, id=shared.id))]
    assert listed == await world.keys.erased()


async def test_an_erased_body_that_is_pushed_again_is_a_stub(world: StoreWorld) -> None:
    device, second = LaneDevice(), LaneDevice(seed=2)
    grant, shared = device.grants(), device.shares(WORDS)
    await push(world.store, [grant, shared])
    await push(world.store, [device.says(erasing(shared))])
    assert shared.body is not None
    answer = await push(world.store, [second.write(shared.body, event_id=shared.id)])
    assert [Refusal(dseq=1, code="erased")] == list(answer.refused)
    assert [] == await world.store.verify()


async def test_an_erasure_may_come_before_the_event_it_names(world: StoreWorld) -> None:
    device, second = LaneDevice(), LaneDevice(seed=2)
    late = second.shares(WORDS)
    await push(world.store, [device.grants(), device.says(erasing(late))])
    answer = await push(world.store, [late])
    assert ["erased"] == [refusal.code for refusal in answer.refused]


async def test_an_event_and_its_erasure_may_come_in_one_batch(world: StoreWorld) -> None:
    device = LaneDevice()
    grant, shared = device.grants(), device.shares(WORDS)
    answer = await push(world.store, [grant, shared, device.says(erasing(shared))])
    assert [] == list(answer.refused)
    assert None is (await read_lane(world.store))[1].event.body
    assert [] == await world.store.documents(SPACE, CARE, "goal")


async def test_sealed_bodies_are_erased_by_their_control_event(world: StoreWorld) -> None:
    device = LaneDevice(SELF)
    sealed, kept = device.seals(), device.seals()
    control = device.says(erasing(sealed))
    await push(world.store, [sealed, kept, control])
    await push(world.store, [device.says(erasing(control))])
    bodies = [row.event.body for row in await read_lane(world.store, SELF)]
    assert [None, kept.body, control.body] == bodies[:3]
    assert [] == await world.store.verify()


async def test_grants_and_erasures_are_never_erased(world: StoreWorld) -> None:
    device = LaneDevice()
    grant, shared = device.grants(), device.shares()
    erasure = device.says(erasing(shared))
    await push(world.store, [grant, shared, erasure, device.says(erasing(grant, erasure))])
    rows = await read_lane(world.store)
    assert [grant.body, None, erasure.body] == [row.event.body for row in rows[:3]]
    assert "open" == (await world.store.lanes(SPACE))[0].standing
    assert [(SPACE, ErasedEvent(lane=CARE, id=shared.id))] == await world.keys.erased()


async def test_a_grant_that_an_erasure_names_comes_back_whole_after_a_restore(
    world: StoreWorld,
) -> None:
    device = LaneDevice()
    await world.backup()
    grant, shared = device.grants(), device.shares(WORDS)
    await push(world.store, [grant, shared, device.says(erasing(grant, shared))])
    rows, head = await signed_rows(world.store)
    await world.restore()
    await world.store.take_offer(SPACE, offer_of(rows, head), rows)
    assert [grant.body, None] == [row.event.body for row in (await read_lane(world.store))[:2]]
    assert "open" == (await world.store.lanes(SPACE))[0].standing
    assert [] == await world.store.verify()


async def test_a_grant_that_was_named_before_it_came_is_taken(world: StoreWorld) -> None:
    device, second = LaneDevice(), LaneDevice(seed=2)
    late = second.grants(b"h" * 16)
    await push(world.store, [device.grants(), device.says(erasing(late))])
    answer = await push(world.store, [late])
    assert [] == list(answer.refused)
    assert late.body == (await read_lane(world.store))[-1].event.body
    assert [] == await world.store.verify()


async def test_an_event_that_was_erased_before_it_was_pushed_keeps_its_place(
    world: StoreWorld,
) -> None:
    device = LaneDevice()
    grant, hollow = device.grants(), without_body(device.shares(WORDS))
    answer = await push(world.store, [grant, hollow, device.shares()])
    assert [Refusal(dseq=2, code="erased")] == list(answer.refused)
    assert [None, "erased", None] == [row.code for row in await read_lane(world.store)]
    assert [] == await world.store.verify()


async def test_erased_words_are_in_no_file_not_even_sealed(tmp_path: Path) -> None:
    async with sqlite_world(tmp_path) as world:
        device, goal = LaneDevice(), b"1" * 16
        await push(world.store, [device.grants()])
        kept = _sealed_in(tmp_path)
        shared = device.shares(WORDS, goal)
        await push(world.store, [shared])
        sealed = _sealed_in(tmp_path) - kept
        assert 2 == len(_found(sealed, tmp_path))
        await push(world.store, [device.says(erasing(shared), goal)])
        assert [] == _found(sealed, tmp_path)


async def test_bodies_and_documents_are_sealed_at_rest(tmp_path: Path) -> None:
    async with sqlite_world(tmp_path) as world:
        device = LaneDevice()
        await push(world.store, [device.grants(), device.shares(WORDS)])
        documents = await world.store.documents(SPACE, CARE, "goal")
        assert WORDS.encode() in documents[0].json
        assert [] == _found({WORDS.encode(), text_from_id(MEMBER).encode()}, tmp_path)


async def test_an_erasure_owes_a_file_that_is_written_anew(tmp_path: Path) -> None:
    """Where SQLite moved rows to other pages, copies of them stay that no statement reaches."""
    async with sqlite_world(tmp_path) as world:
        device, ever = LaneDevice(), set[bytes]()
        await world.store.clean()
        await push(world.store, [device.grants()])
        goals = [device.new_id() for _ in range(30)]
        for size in (10, 290):
            shared = [device.shares("x" * size, goal) for goal in goals]
            await push(world.store, shared)
            ever |= _sealed_in(tmp_path)
        await push(world.store, [device.says(erasing(*shared))])
        before = await world.tables().read(lambda tables: tables.log.cleaning_owed())
        await world.store.clean()
        after = await world.tables().read(lambda tables: tables.log.cleaning_owed())
        assert (1, 0) == (before, after)
        assert [] == _found(ever - _sealed_in(tmp_path), tmp_path)
        assert [] == await world.store.verify()


def _sealed_in(folder: Path) -> set[bytes]:
    """Return the beginning of every body and document, as it rests in the file."""
    with closing(sqlite3.connect(folder / "main.db")) as conn:
        rows = conn.execute(
            "SELECT substr(body, 1, 40) FROM event WHERE body IS NOT NULL"
            " UNION SELECT substr(json, 1, 40) FROM document"
        )
        return {sealed for (sealed,) in rows}


def _found(wanted: set[bytes], folder: Path) -> list[bytes]:
    """Return which of these bytes are in a file of the log."""
    data = b"".join(path.read_bytes() for path in folder.glob("main.db*"))
    return [each for each in wanted if each in data]
