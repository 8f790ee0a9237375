"""What every keys store keeps."""

from tests.support.lane_devices import CARE, OTHER_SPACE, SPACE
from tests.support.store_worlds import StoreWorld
from trailmark_server.storage.ports import ErasedEvent
from trailmark_shared.ids import EventId


async def test_keys_are_made_once(world: StoreWorld) -> None:
    seed = await world.keys.signing_seed()
    key = await world.keys.space_key(SPACE)
    assert seed == await world.keys.signing_seed()
    assert key == await world.keys.space_key(SPACE)
    assert key != await world.keys.space_key(OTHER_SPACE)
    assert (32, 32) == (len(seed), len(key))


async def test_a_destroyed_key_never_returns(world: StoreWorld) -> None:
    key = await world.keys.space_key(SPACE)
    await world.keys.destroy_space_key(SPACE)
    assert key != await world.keys.space_key(SPACE)


async def test_lists_only_grow_and_hold_each_thing_once(world: StoreWorld) -> None:
    keys = world.keys
    for _ in range(2):
        await keys.revoke_grants(SPACE, [b"b" * 16, b"a" * 16])
        await keys.revoke_grants(OTHER_SPACE, [b"a" * 16])
        await keys.revoke_credential(b"c" * 32)
        await keys.add_erased(SPACE, [ErasedEvent(lane=CARE, id=EventId(b"e" * 16))])
    assert [(OTHER_SPACE, b"a" * 16), (SPACE, b"a" * 16), (SPACE, b"b" * 16)] == (
        await keys.revoked_grants()
    )
    assert [b"c" * 32] == await keys.revoked_credentials()
    assert [(SPACE, ErasedEvent(lane=CARE, id=EventId(b"e" * 16)))] == await keys.erased()


async def test_a_space_is_closed_and_opened(world: StoreWorld) -> None:
    await world.keys.close_spaces([SPACE, OTHER_SPACE, SPACE])
    assert [OTHER_SPACE, SPACE] == await world.keys.closed_spaces()
    await world.keys.open_space(SPACE)
    assert [OTHER_SPACE] == await world.keys.closed_spaces()
