"""Erasure at the store: bodies go everywhere, stubs stay, chains still verify."""

from pathlib import Path

from tests.support.lane_devices import (
    CARE,
    SPACE,
    LaneDevice,
    erasing,
    push,
    read_lane,
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


async def test_an_event_that_was_erased_before_it_was_pushed_keeps_its_place(
    world: StoreWorld,
) -> None:
    device = LaneDevice()
    grant, hollow = device.grants(), without_body(device.shares(WORDS))
    answer = await push(world.store, [grant, hollow, device.shares()])
    assert [Refusal(dseq=2, code="erased")] == list(answer.refused)
    assert [None, "erased", None] == [row.code for row in await read_lane(world.store)]
    assert [] == await world.store.verify()


async def test_erasing_a_person_leaves_no_body_and_a_new_key(world: StoreWorld) -> None:
    device = LaneDevice()
    await push(world.store, [device.grants(), device.shares(WORDS)])
    key = await world.keys.space_key(SPACE)
    await world.store.erase_space(SPACE)
    assert key != await world.keys.space_key(SPACE)
    assert [None, None] == [row.event.body for row in await read_lane(world.store)]
    assert [] == await world.store.documents(SPACE, CARE)
    assert 3 == (await push(world.store, [device.shares()])).upto


async def test_another_process_may_erase_a_person_beside_a_running_server(tmp_path: Path) -> None:
    async with sqlite_world(tmp_path) as server:
        device = LaneDevice()
        await push(server.store, [device.grants(), device.shares(WORDS)])
        async with sqlite_world(tmp_path) as command:
            await command.store.erase_space(SPACE)
        assert [None, None] == [row.event.body for row in await read_lane(server.store)]
        shared = device.shares()
        await push(server.store, [shared])
        await server.restart()
        assert shared.body == (await read_lane(server.store))[-1].event.body


async def test_erased_words_are_in_no_file(tmp_path: Path) -> None:
    async with sqlite_world(tmp_path) as world:
        device, goal = LaneDevice(), b"1" * 16
        grant, shared = device.grants(), device.shares(WORDS, goal)
        await push(world.store, [grant, shared])
        assert WORDS.encode() in _bytes_in(tmp_path)
        await push(world.store, [device.says(erasing(shared), goal)])
        assert WORDS.encode() not in _bytes_in(tmp_path)


async def test_bodies_are_sealed_at_rest(tmp_path: Path) -> None:
    async with sqlite_world(tmp_path) as world:
        device = LaneDevice()
        await push(world.store, [device.grants()])
        member = text_from_id(b"m" * 16).encode()
        documents = await world.store.documents(SPACE, CARE)
        assert member in documents[0].json
        copies = _bytes_in(tmp_path).count(b'"access_granted"')
        assert 0 == copies


def _bytes_in(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in folder.glob("main.db*"))
