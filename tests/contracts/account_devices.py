"""What every store of the account tables keeps about devices; part of the accounts' contract."""

from collections.abc import Callable

import msgspec

from trailmark_server.storage.accounts import (
    AccountRows,
    AccountStore,
    Device,
    DeviceInvitation,
    Recovery,
    Space,
    SpaceErasure,
)
from trailmark_shared.ids import DeviceId, SpaceId

SPACE = SpaceId(b"s" * 16)
OTHER_SPACE = SpaceId(b"o" * 16)
DEVICE = DeviceId(b"d" * 16)
OTHER_DEVICE = DeviceId(b"e" * 16)
PHONE = Device(
    space=SPACE,
    device=DEVICE,
    name="phone",
    credential_hash=b"c" * 32,
    created_at=1,
    issued_at=1,
    seen_at=2,
    expires_at=99,
)


class DevicesContract:
    """Devices, the codes that let them in, and recovery codes."""

    async def test_devices_are_found_by_either_credential(self, accounts: AccountStore) -> None:
        renewed = msgspec.structs.replace(PHONE, next_hash=b"n" * 32, next_issued_at=5)

        def fill(rows: AccountRows) -> None:
            rows.save_space(Space(space=SPACE, created_at=1))
            rows.save_device(PHONE)
            rows.save_device(renewed)

        await accounts.write(fill)
        look: Callable[[bytes], Callable[[AccountRows], Device | None]] = lambda hash_: (  # noqa: E731
            lambda rows: rows.device_by_credential(hash_)
        )

        assert renewed == await accounts.read(look(b"c" * 32))
        assert renewed == await accounts.read(look(b"n" * 32))
        assert await accounts.read(look(b"x" * 32)) is None
        assert renewed == await accounts.read(lambda rows: rows.device(SPACE, DEVICE))
        assert [renewed] == await accounts.read(lambda rows: list(rows.devices(SPACE)))
        assert [] == await accounts.read(lambda rows: list(rows.devices(OTHER_SPACE)))
        known = Space(space=SPACE, created_at=1)
        assert known == await accounts.read(lambda rows: rows.space(SPACE))
        assert await accounts.read(lambda rows: rows.space(OTHER_SPACE)) is None

    async def test_how_a_device_stands(self, accounts: AccountStore) -> None:
        revoked = msgspec.structs.replace(
            PHONE, device=OTHER_DEVICE, credential_hash=b"r" * 32, revoked_at=7
        )
        erasure = SpaceErasure(space=SPACE, erased_at=1, erased_by="person")

        async def standing(space: SpaceId, device: DeviceId) -> tuple[bool, int, int | None]:
            found = await accounts.read(lambda rows: rows.device_standing(space, device))
            return found.is_erased, found.expires_at, found.revoked_at

        assert (False, 0, None) == await standing(SPACE, DEVICE)
        await accounts.write(lambda rows: rows.save_space(Space(space=SPACE, created_at=1)))
        for row in (PHONE, revoked):
            await accounts.write(lambda rows, row=row: rows.save_device(row))
        assert (False, 99, None) == await standing(SPACE, DEVICE)
        assert (False, 99, 7) == await standing(SPACE, OTHER_DEVICE)
        assert (False, 0, None) == await standing(OTHER_SPACE, DEVICE)

        await accounts.write(lambda rows: rows.add_erasure(erasure))

        assert (True, 99, None) == await standing(SPACE, DEVICE)
        assert (True, 0, None) == await standing(SPACE, DeviceId(b"n" * 16))
        assert (False, 0, None) == await standing(OTHER_SPACE, DEVICE)

    async def test_a_device_has_one_code(self, accounts: AccountStore) -> None:
        first = DeviceInvitation(
            lookup_hash=b"1" * 32, space=SPACE, device=DEVICE, keys_hash=b"k" * 32, expires_at=50
        )
        second = msgspec.structs.replace(
            first, lookup_hash=b"2" * 32, tries=1, joining=b"{}", asked_at=3, answered_at=4
        )
        other = msgspec.structs.replace(first, lookup_hash=b"3" * 32, device=DeviceId(b"x" * 16))

        def fill(rows: AccountRows) -> None:
            rows.save_space(Space(space=SPACE, created_at=1))
            for row in (first, other, second):
                rows.save_device_invitation(row)

        await accounts.write(fill)

        found = await accounts.read(
            lambda rows: (
                rows.device_invitation_of(SPACE, DEVICE),
                rows.device_invitation(second.lookup_hash),
                rows.device_invitation(first.lookup_hash),
                rows.device_invitation(other.lookup_hash),
                rows.device_invitation_of(OTHER_SPACE, DEVICE),
            )
        )
        assert (second, second, None, other, None) == found

    async def test_how_a_device_was_let_in_is_kept(self, accounts: AccountStore) -> None:
        confirmed = msgspec.structs.replace(PHONE, let_in_by="device", confirmed_by=b"x" * 16)

        def fill(rows: AccountRows) -> None:
            rows.save_space(Space(space=SPACE, created_at=1))
            rows.save_device(PHONE)
            rows.save_device(confirmed)

        await accounts.write(fill)

        assert confirmed == await accounts.read(lambda rows: rows.device(SPACE, DEVICE))

    async def test_a_person_has_one_recovery_code(self, accounts: AccountStore) -> None:
        first = Recovery(
            space=SPACE,
            lookup_hash=b"1" * 32,
            authenticator_hash=b"a" * 32,
            holder=b"h" * 16,
            bundle=b"sealed",
            made_at=1,
            made_by=DEVICE,
        )
        second = msgspec.structs.replace(first, lookup_hash=b"2" * 32, used_at=3, used_by=DEVICE)
        other = msgspec.structs.replace(first, lookup_hash=b"3" * 32, space=OTHER_SPACE)

        def fill(rows: AccountRows) -> None:
            for row in (first, other, second):
                rows.save_recovery(row)

        await accounts.write(fill)
        assert second == await accounts.read(lambda rows: rows.recovery(SPACE))
        assert second == await accounts.read(lambda rows: rows.recovery_by_lookup(b"2" * 32))
        assert await accounts.read(lambda rows: rows.recovery_by_lookup(b"1" * 32)) is None

        await accounts.write(lambda rows: rows.drop_recovery(SPACE))
        assert await accounts.read(lambda rows: rows.recovery(SPACE)) is None
        assert other == await accounts.read(lambda rows: rows.recovery(OTHER_SPACE))
