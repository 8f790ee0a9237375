"""Recovery codes: one for a person, replaced at once, and the way back after any restore."""

from hashlib import sha256

import msgspec
import pytest

from tests.support.stores import MemoryParts
from trailmark_server import credentials, recovery
from trailmark_server.credentials import RevokedCredentials
from trailmark_server.recovery import Recovering
from trailmark_server.storage.accounts import AccountRows, Device, Recovery
from trailmark_server.storage.accounts.memory.store import MemoryAccountRows
from trailmark_shared import limits
from trailmark_shared.device_graph.statements import Founded, Holder, space_of
from trailmark_shared.errors import ErrorCode, LimitExceededError, RefusedError
from trailmark_shared.ids import DeviceId, SpaceId
from trailmark_shared.recovery import recovery_keeper

NOW = 1_700_000_000_000
SPACE = SpaceId(b"s" * 16)
PHONE = DeviceId(b"p" * 16)
NEW = DeviceId(b"n" * 16)
NOBODY = RevokedCredentials([])
ASKED = Recovering(lookup=b"l" * 16, authenticator=b"a" * 32, device=NEW, name="new phone")


def a_code(lookup: bytes = ASKED.lookup, made_at: int = NOW, space: SpaceId = SPACE) -> Recovery:
    return Recovery(
        space=space,
        lookup_hash=sha256(lookup).digest(),
        authenticator_hash=sha256(ASKED.authenticator).digest(),
        holder=b"h" * 16,
        bundle=b"sealed",
        made_at=made_at,
        made_by=PHONE,
    )


@pytest.fixture
def rows() -> MemoryAccountRows:
    return MemoryAccountRows()


@pytest.fixture
def phone(rows: MemoryAccountRows) -> Device:
    return credentials.admit_device(rows, SPACE, PHONE, "phone", "first", NOW)


def recovered(
    rows: AccountRows, asked: Recovering = ASKED, credential: str = "fresh"
) -> tuple[Device, bytes]:
    return recovery.recover(rows, asked, credential, NOBODY, NOW)


def test_the_code_lets_a_new_device_in(rows: MemoryAccountRows) -> None:
    """Even where the server forgot the space: it was restored from before the person came."""
    rows.save_recovery(a_code())

    device, bundle = recovered(rows)

    assert b"sealed" == bundle
    assert ("recovery", None, SPACE) == (device.let_in_by, device.confirmed_by, device.space)
    assert rows.space(SPACE) is not None
    used = rows.recovery(SPACE)
    assert used is not None
    assert (NOW, NEW) == (used.used_at, used.used_by)


def test_a_lost_answer_can_be_asked_for_again(rows: MemoryAccountRows) -> None:
    rows.save_recovery(a_code())
    recovered(rows, credential="lost")
    recovered(rows, credential="kept")

    assert NEW == credentials.device_of_credential(rows, "kept", NOW, NOBODY).device


class TestAPlaceThatIsTaken:
    """Whoever found the code, and knows the ids of devices, shuts none of them out with it."""

    TAKES_THE_PHONE = msgspec.structs.replace(ASKED, device=PHONE)

    def test_a_device_that_is_signed_in_keeps_its_place(
        self, rows: MemoryAccountRows, phone: Device
    ) -> None:
        rows.save_recovery(a_code())

        with pytest.raises(RefusedError) as caught:
            recovered(rows, self.TAKES_THE_PHONE)

        assert ErrorCode.SIGNED_OUT == caught.value.code
        assert phone == rows.device(SPACE, PHONE)

    def test_one_that_was_let_in_by_the_code_keeps_its_place_too(
        self, rows: MemoryAccountRows
    ) -> None:
        rows.save_recovery(a_code())
        recovered(rows)

        with pytest.raises(RefusedError):
            recovery.recover(rows, ASKED, "other", NOBODY, NOW + limits.INVITATION_TTL_MS)

    @pytest.mark.parametrize("after_ms", [1, limits.CREDENTIAL_TTL_MS])
    def test_the_device_itself_is_let_in(
        self, rows: MemoryAccountRows, phone: Device, after_ms: int
    ) -> None:
        rows.save_recovery(a_code())
        itself = msgspec.structs.replace(self.TAKES_THE_PHONE, shown="first")
        device, _ = recovery.recover(rows, itself, "fresh", NOBODY, NOW + after_ms)

        assert phone.device == device.device

    def test_a_device_whose_credential_ended_has_no_place_to_lose(
        self, rows: MemoryAccountRows, phone: Device
    ) -> None:
        rows.save_recovery(a_code())
        late = phone.expires_at
        device, _ = recovery.recover(rows, self.TAKES_THE_PHONE, "fresh", NOBODY, late)

        assert PHONE == device.device


def test_there_is_room_for_the_code_where_all_places_are_taken(
    rows: MemoryAccountRows, phone: Device
) -> None:
    """Whoever stole the phone lets strangers in; its owner has nothing but the code."""
    rows.save_recovery(a_code())
    for number in range(1, limits.DEVICES_PER_SPACE_MAX):
        device = DeviceId(bytes([number]) * 16)
        credentials.admit_device(rows, SPACE, device, "stranger", str(number), NOW)
    for number in range(limits.RECOVERED_BEYOND_MAX):
        device = DeviceId(bytes([200 + number]) * 16)
        recovered(rows, msgspec.structs.replace(ASKED, device=device), f"fresh {number}")

    with pytest.raises(LimitExceededError):
        recovered(rows)
    credentials.revoke_device(rows, SPACE, phone.device, NOW)
    assert NEW == recovered(rows)[0].device


@pytest.mark.parametrize("change", [{"lookup": b"x" * 16}, {"authenticator": b"x" * 32}])
def test_unknown_and_wrong_are_told_apart_by_nobody(
    rows: MemoryAccountRows, change: dict[str, bytes]
) -> None:
    rows.save_recovery(a_code())

    with pytest.raises(RefusedError) as caught:
        recovered(rows, msgspec.structs.replace(ASKED, **change))

    said = (caught.value.code, caught.value.message)
    assert (ErrorCode.WRONG_CODE, recovery.WRONG_CODE_WORDS) == said


def test_a_removed_device_needs_another_id(rows: MemoryAccountRows) -> None:
    """Also where the tables came back from before it was removed."""
    rows.save_recovery(a_code())
    removed, _ = recovered(rows)
    credentials.revoke_device(rows, SPACE, NEW, NOW)
    restored = MemoryAccountRows()
    restored.save_recovery(a_code())
    listed = RevokedCredentials(credentials.revocation_hashes(removed))

    for tables, revoked in ((rows, NOBODY), (restored, listed)):
        with pytest.raises(RefusedError) as caught:
            recovery.recover(tables, ASKED, "fresh", revoked, NOW)
        assert ErrorCode.SIGNED_OUT == caught.value.code


def test_a_code_is_replaced_at_once(rows: MemoryAccountRows, phone: Device) -> None:
    rows.save_recovery(a_code())
    rows.save_recovery(recovery.made(rows, phone, a_code(b"m" * 16), b"h" * 16))

    with pytest.raises(RefusedError):
        recovered(rows)
    assert recovered(rows, msgspec.structs.replace(ASKED, lookup=b"m" * 16))[1] == b"sealed"


def test_a_clock_that_was_set_back_lets_no_old_code_win(
    rows: MemoryAccountRows, phone: Device
) -> None:
    rows.save_recovery(a_code())
    later = recovery.made(rows, phone, a_code(b"m" * 16, made_at=NOW - 10**9), b"h" * 16)

    assert NOW + 1 == later.made_at


def test_the_same_code_is_kept_once(rows: MemoryAccountRows, phone: Device) -> None:
    rows.save_recovery(a_code())
    recovered(rows)

    assert rows.recovery(SPACE) == recovery.made(rows, phone, a_code(made_at=NOW + 5), None)


@pytest.mark.parametrize("replaces", [None, b"o" * 16])
def test_a_code_that_comes_late_takes_no_place(
    rows: MemoryAccountRows, phone: Device, replaces: bytes | None
) -> None:
    """It was made on a device that could not be reached, in place of one that is gone by now."""
    rows.save_recovery(a_code())
    with pytest.raises(RefusedError) as caught:
        recovery.made(rows, phone, a_code(b"m" * 16), replaces)

    said = (caught.value.code, caught.value.message)
    assert (ErrorCode.WRONG_CODE, recovery.OVERTAKEN_WORDS) == said


def test_what_is_kept_is_bounded_and_one_person_s(rows: MemoryAccountRows, phone: Device) -> None:
    large = msgspec.structs.replace(a_code(), bundle=bytes(limits.BUNDLE_BYTES_MAX + 1))
    with pytest.raises(LimitExceededError):
        recovery.made(rows, phone, large, None)

    rows.save_recovery(a_code(space=SpaceId(b"o" * 16)))
    with pytest.raises(RefusedError):
        recovery.made(rows, phone, a_code(), None)


class TestBothStores:
    """The keys store survives a restore of the log, and the log one of the keys store."""

    async def kept(self, parts: MemoryParts) -> tuple[Recovery | None, list[Recovery]]:
        in_log = await parts.accounts.read(lambda rows: rows.recovery(SPACE))
        return in_log, await parts.keys.recoveries()

    async def test_a_code_is_kept_in_both(self) -> None:
        parts = MemoryParts()

        await recovery.save(parts.accounts, parts.keys, lambda _rows: a_code())

        assert (a_code(), [a_code()]) == await self.kept(parts)

    async def test_what_is_refused_is_kept_in_neither(self) -> None:
        """A device that was removed meanwhile must not win with the next start."""
        parts = MemoryParts()
        await recovery.save(parts.accounts, parts.keys, lambda _rows: a_code())

        def refuse(_rows: AccountRows) -> Recovery:
            raise RefusedError(ErrorCode.SIGNED_OUT, "no")

        with pytest.raises(RefusedError):
            await recovery.save(parts.accounts, parts.keys, refuse)
        await recovery.merge(parts.accounts, parts.keys)

        assert (a_code(), [a_code()]) == await self.kept(parts)

    @pytest.mark.parametrize("in_log", [None, NOW - 1], ids=["lost", "old"])
    async def test_a_restored_log_learns_from_the_keys(self, in_log: int | None) -> None:
        parts = MemoryParts()
        newest = a_code(b"m" * 16, made_at=NOW)
        await parts.keys.save_recovery(newest)
        if in_log is not None:
            old = a_code(made_at=in_log)
            await parts.accounts.write(lambda rows: rows.save_recovery(old))

        await recovery.merge(parts.accounts, parts.keys)

        assert (newest, [newest]) == await self.kept(parts)

    async def test_restored_keys_learn_from_the_log(self) -> None:
        parts = MemoryParts()
        newest = a_code(b"m" * 16, made_at=NOW)
        await parts.keys.save_recovery(a_code(made_at=NOW - 1))
        await parts.accounts.write(lambda rows: rows.save_recovery(newest))

        await recovery.merge(parts.accounts, parts.keys)

        assert (newest, [newest]) == await self.kept(parts)

    async def test_a_start_between_two_changes_nothing(self) -> None:
        parts = MemoryParts()
        used = msgspec.structs.replace(a_code(), used_at=NOW, used_by=NEW)
        await parts.keys.save_recovery(a_code())
        await parts.accounts.write(lambda rows: rows.save_recovery(used))

        await recovery.merge(parts.accounts, parts.keys)

        assert (used, [a_code()]) == await self.kept(parts)


def test_whoever_makes_a_code_proves_to_hold_the_keys_of_the_space() -> None:
    """A credential alone, such as a thief may have, takes nobody's way back away."""
    keeper = recovery_keeper(b"k" * 32)
    founder = Holder("device", b"s" * 32, b"b" * 32)
    recovery.require_keeper(space_of(founder, Founded(sha256(keeper).digest())), keeper, founder)

    with pytest.raises(RefusedError) as caught:
        recovery.require_keeper(SPACE, keeper, founder)

    assert ErrorCode.NOT_AUTHORISED == caught.value.code
