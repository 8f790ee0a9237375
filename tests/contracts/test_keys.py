"""What every keys store keeps."""

from tests.support.lane_devices import CARE, OTHER_SPACE, SPACE
from tests.support.store_worlds import StoreWorld
from trailmark_adapters.nacl import NaclSigner
from trailmark_server.heads import SigningKeys, next_key
from trailmark_server.storage.ports import ErasedEvent
from trailmark_shared.ids import EventId
from trailmark_shared.protocol.signing_keys import first_key


async def test_keys_are_made_once(world: StoreWorld) -> None:
    signing = await world.keys.signing_keys()
    key = await world.keys.space_key(SPACE)
    assert signing == await world.keys.signing_keys()
    assert key == await world.keys.space_key(SPACE)
    assert key != await world.keys.space_key(OTHER_SPACE)
    assert (32, 32) == (len(signing.seed), len(key))
    assert (first_key(NaclSigner(signing.seed).public_key),) == signing.chain


async def test_signing_keys_follow_each_other(world: StoreWorld) -> None:
    for seed in (b"2" * 32, b"3" * 32):
        before = await world.keys.signing_keys()
        made = next_key(before, seed, 7)

        assert await world.keys.add_signing_key(made, seed, before.chain[-1].key)
        assert SigningKeys(chain=(*before.chain, made), seed=seed) == (
            await world.keys.signing_keys()
        )


async def test_a_key_follows_the_newest_one_only(world: StoreWorld) -> None:
    """Of two that rotate at once the second would hang its key beside the first one's."""
    before = await world.keys.signing_keys()
    first, second = (next_key(before, seed, 7) for seed in (b"2" * 32, b"3" * 32))
    after = before.chain[-1].key

    assert await world.keys.add_signing_key(first, b"2" * 32, after)
    assert not await world.keys.add_signing_key(second, b"3" * 32, after)
    assert SigningKeys(chain=(*before.chain, first), seed=b"2" * 32) == (
        await world.keys.signing_keys()
    )


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
