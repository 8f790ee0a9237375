"""Device credentials: used, renewed, revoked, expired."""

import pytest

from trailmark_server import credentials
from trailmark_server.credentials import RevokedCredentials
from trailmark_server.storage.accounts import Device, SpaceErasure
from trailmark_server.storage.accounts.memory.store import MemoryAccountRows
from trailmark_shared import limits
from trailmark_shared.errors import DomainError, ErrorCode, LimitExceededError, RefusedError
from trailmark_shared.ids import DeviceId, SpaceId

NOW = 1_700_000_000_000
SPACE = SpaceId(b"s" * 16)
PHONE = DeviceId(b"p" * 16)
OLD = credentials.credential_text(b"o" * 32)
NEW = credentials.credential_text(b"n" * 32)
NOTHING = RevokedCredentials(())


@pytest.fixture
def rows() -> MemoryAccountRows:
    rows = MemoryAccountRows()
    credentials.admit_device(rows, SPACE, PHONE, "phone", OLD, NOW)
    return rows


def find(
    rows: MemoryAccountRows,
    credential: str | None,
    now: int = NOW,
    revoked: RevokedCredentials = NOTHING,
) -> Device:
    return credentials.device_of_credential(rows, credential, now, revoked)


def code_of(caught: pytest.ExceptionInfo[RefusedError]) -> ErrorCode:
    return caught.value.code


def test_a_credential_is_256_bits_in_a_recognisable_form() -> None:
    assert OLD.startswith("tmd_")
    assert 4 + 43 == len(OLD)


@pytest.mark.parametrize(
    ("header", "credential"),
    [
        (f"Bearer {OLD}", OLD),
        (f"bearer  {OLD} ", OLD),
        (f"Basic {OLD}", None),
        ("", None),
        (None, None),
    ],
)
def test_the_header_names_the_credential(header: str | None, credential: str | None) -> None:
    assert credential == credentials.credential_from_header(header)


def test_the_first_device_registers_the_space(rows: MemoryAccountRows) -> None:
    assert rows.space(SPACE) is not None
    assert PHONE == find(rows, OLD).device


@pytest.mark.parametrize("credential", [None, "", "tmd_wrong", "é\ud800"])
def test_unknown_credentials_are_not_signed_in(
    rows: MemoryAccountRows, credential: str | None
) -> None:
    with pytest.raises(RefusedError) as caught:
        find(rows, credential)

    assert ErrorCode.NOT_SIGNED_IN == code_of(caught)


def test_a_credential_ends_unless_renewed(rows: MemoryAccountRows) -> None:
    with pytest.raises(RefusedError) as caught:
        find(rows, OLD, NOW + limits.CREDENTIAL_TTL_MS)

    assert ErrorCode.NOT_SIGNED_IN == code_of(caught)


def test_the_old_credential_works_until_the_new_one_is_used(rows: MemoryAccountRows) -> None:
    expires = credentials.renew_credential(rows, SPACE, PHONE, NEW, NOW + 10)
    assert NOW + 10 + limits.CREDENTIAL_TTL_MS == expires

    credentials.use_credential(rows, find(rows, OLD), OLD, NOW + 11)
    assert PHONE == find(rows, NEW).device

    used = credentials.use_credential(rows, find(rows, NEW), NEW, NOW + 12)
    assert expires == used.expires_at
    assert NOW + 12 == used.seen_at
    with pytest.raises(RefusedError):
        find(rows, OLD)
    assert PHONE == find(rows, NEW).device


def test_an_erased_space_lets_nobody_in(rows: MemoryAccountRows) -> None:
    rows.add_erasure(SpaceErasure(space=SPACE, erased_at=NOW, erased_by="person"))

    with pytest.raises(RefusedError) as caught:
        find(rows, OLD)
    assert (ErrorCode.SPACE_ERASED, "never") == (code_of(caught), caught.value.retry)
    with pytest.raises(RefusedError) as caught:
        credentials.admit_device(rows, SPACE, DeviceId(b"n" * 16), "tablet", NEW, NOW)
    assert ErrorCode.SPACE_ERASED == code_of(caught)
    known = credentials.device_of_credential(
        rows, OLD, NOW, RevokedCredentials(()), erased_too=True
    )
    assert PHONE == known.device


def test_a_revoked_device_never_returns(rows: MemoryAccountRows) -> None:
    revoked = credentials.revoke_device(rows, SPACE, PHONE, NOW)
    assert revoked == credentials.revoke_device(rows, SPACE, PHONE, NOW + 1)

    with pytest.raises(RefusedError) as caught:
        find(rows, OLD)
    assert ErrorCode.SIGNED_OUT == code_of(caught)
    assert not credentials.is_live(rows, SPACE, PHONE, NOW)
    with pytest.raises(RefusedError):
        credentials.renew_credential(rows, SPACE, PHONE, NEW, NOW)
    with pytest.raises(RefusedError):
        credentials.admit_device(rows, SPACE, PHONE, "phone", NEW, NOW)
    with pytest.raises(DomainError):
        credentials.revoke_device(rows, SPACE, DeviceId(b"x" * 16), NOW)


def test_a_restored_backup_revives_no_device(rows: MemoryAccountRows) -> None:
    """The backup knows the device as it was before a renewal; its mark is listed all the same."""
    present = find(rows, OLD)
    renewed = MemoryAccountRows()
    later = credentials.admit_device(renewed, SPACE, PHONE, "phone", NEW, NOW)
    listed = RevokedCredentials(())
    listed.add(credentials.revocation_hashes(later))

    assert listed.has(present)
    with pytest.raises(RefusedError) as caught:
        find(rows, OLD, revoked=listed)
    assert ErrorCode.SIGNED_OUT == code_of(caught)


def test_devices_of_a_space_are_bounded(rows: MemoryAccountRows) -> None:
    for number in range(1, limits.DEVICES_PER_SPACE_MAX):
        device = DeviceId(number.to_bytes(16, "big"))
        credentials.admit_device(rows, SPACE, device, "more", f"{number}", NOW)

    with pytest.raises(LimitExceededError):
        credentials.admit_device(rows, SPACE, DeviceId(b"z" * 16), "one too many", NEW, NOW)

    credentials.revoke_device(rows, SPACE, DeviceId((1).to_bytes(16, "big")), NOW)
    credentials.admit_device(rows, SPACE, DeviceId(b"z" * 16), "fits now", NEW, NOW)


def test_an_expired_credential_proves_only_whose_it_was(rows: MemoryAccountRows) -> None:
    late = NOW + limits.CREDENTIAL_TTL_MS
    with pytest.raises(RefusedError):
        find(rows, OLD, late)

    known = credentials.device_once_let_in(rows, OLD, NOTHING)

    assert known is not None
    assert PHONE == known.device
    assert credentials.device_once_let_in(rows, NEW, NOTHING) is None
    credentials.revoke_device(rows, SPACE, PHONE, NOW)
    with pytest.raises(RefusedError) as caught:
        credentials.device_once_let_in(rows, OLD, NOTHING)
    assert ErrorCode.SIGNED_OUT == code_of(caught)


def test_a_removed_device_is_known_by_its_mark(rows: MemoryAccountRows) -> None:
    phone = find(rows, OLD)
    revoked = RevokedCredentials(credentials.revocation_hashes(phone))

    assert revoked.has_mark(SPACE, PHONE)
    assert not revoked.has_mark(SPACE, DeviceId(b"x" * 16))


def test_a_device_is_renamed(rows: MemoryAccountRows) -> None:
    credentials.rename_device(rows, SPACE, PHONE, " old phone ")

    assert "old phone" == find(rows, OLD).name
    for device, name in ((DeviceId(b"x" * 16), "name"), (PHONE, "")):
        with pytest.raises(DomainError):
            credentials.rename_device(rows, SPACE, device, name)


def test_a_removed_device_keeps_its_name(rows: MemoryAccountRows) -> None:
    credentials.revoke_device(rows, SPACE, PHONE, NOW)
    with pytest.raises(DomainError) as caught:
        credentials.rename_device(rows, SPACE, PHONE, "other")

    assert ErrorCode.NOT_FOUND == caught.value.code
