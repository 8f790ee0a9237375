"""What every keys store keeps."""

from pathlib import Path

import msgspec
import pytest

from tests.support.lane_devices import CARE, NOW, OTHER_SPACE, SPACE, LaneDevice, push
from tests.support.store_worlds import StoreWorld, sqlite_world
from trailmark_adapters.nacl import NaclSigner
from trailmark_server.heads import SigningKeys, next_key
from trailmark_server.storage.accounts import ErasureProof, Recovery, SpaceErasure
from trailmark_server.storage.ports import ErasedEvent
from trailmark_shared import limits
from trailmark_shared.ids import SELF, DeviceId, EventId, SpaceId
from trailmark_shared.protocol.signing_keys import first_key

ERASURE = SpaceErasure(space=SPACE, erased_at=NOW, erased_by="person")
PROOF = ErasureProof(space=SPACE, device=DeviceId(b"d" * 16), event=b"e" * 16, bodies=b"\x90")


async def test_keys_are_made_once(world: StoreWorld) -> None:
    signing = await world.keys.signing_keys()
    key = await world.keys.space_key(SPACE)
    assert signing == await world.keys.signing_keys()
    assert key == await world.keys.space_key(SPACE)
    assert key != await world.keys.space_key(OTHER_SPACE)
    assert key is not None
    assert (32, 32) == (len(signing.seed), len(key))
    assert (first_key(NaclSigner(signing.seed).public_key),) == signing.chain


async def test_whose_key_was_remembered_longest_has_it_fetched_again(
    world: StoreWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "REST_SEALS_KEPT_MAX", 1)
    fetch, fetched = world.keys.space_key, list[SpaceId]()

    async def fetch_noted(space: SpaceId) -> bytes | None:
        fetched.append(space)
        return await fetch(space)

    monkeypatch.setattr(world.keys, "space_key", fetch_noted)
    here, there = LaneDevice(SELF), LaneDevice(SELF, space=OTHER_SPACE)
    for device in (here, here, there, here):
        await push(world.store, [device.seals()])

    assert [SPACE, OTHER_SPACE, SPACE] == fetched


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


async def test_the_key_of_an_erased_person_is_gone_and_no_other_is_made(world: StoreWorld) -> None:
    await world.keys.space_key(SPACE)
    for _ in range(2):
        await world.keys.erase_space(ERASURE, [PROOF])
        await world.keys.clean()
    later = msgspec.structs.replace(ERASURE, erased_at=NOW + 1, erased_by="operator")
    await world.keys.erase_space(later, [])

    assert None is await world.keys.space_key(SPACE)
    assert None is not await world.keys.space_key(OTHER_SPACE)
    assert [ERASURE] == await world.keys.erased_spaces()
    assert [PROOF] == await world.keys.erasure_proofs()


async def test_no_byte_of_a_destroyed_key_is_in_a_file(tmp_path: Path) -> None:
    async with sqlite_world(tmp_path) as world:
        others = [SpaceId(bytes(15) + bytes([number])) for number in range(200)]
        keys = [await world.keys.space_key(each) for each in others]
        key = await world.keys.space_key(SPACE)
        assert key is not None
        assert key in _files(tmp_path)
        await world.keys.erase_space(ERASURE, [PROOF])
        await world.keys.clean()
        left = _files(tmp_path)
        assert not any(key[at : at + 8] in left for at in range(0, len(key), 8))
        assert all(each is not None and each in left for each in keys)


def _files(folder: Path) -> bytes:
    return b"".join(each.read_bytes() for each in folder.glob("keys.db*"))


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


async def test_a_recovery_code_takes_the_place_of_the_one_before(world: StoreWorld) -> None:
    first = Recovery(
        space=SPACE,
        lookup_hash=b"1" * 32,
        authenticator_hash=b"a" * 32,
        holder=b"h" * 16,
        bundle=b"sealed",
        made_at=1,
        made_by=b"d" * 16,
    )
    second = msgspec.structs.replace(first, lookup_hash=b"2" * 32, made_at=2)
    used = msgspec.structs.replace(second, used_at=3, used_by=b"d" * 16)
    other = msgspec.structs.replace(first, space=OTHER_SPACE)
    for row in (first, used, other):
        await world.keys.save_recovery(row)
    assert [other, second] == await world.keys.recoveries()

    await world.keys.erase_space(msgspec.structs.replace(ERASURE, space=OTHER_SPACE), [])
    assert [second] == await world.keys.recoveries()
