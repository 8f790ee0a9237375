"""A second device: its code is single use, short-lived, and ends with the device that invited."""

from hashlib import sha256

import pytest

from trailmark_server import credentials, device_joining
from trailmark_server.storage.accounts import Device
from trailmark_server.storage.accounts.memory.store import MemoryAccountRows
from trailmark_shared import limits
from trailmark_shared.errors import LimitExceededError, RefusedError
from trailmark_shared.ids import DeviceId, SpaceId

NOW = 1_700_000_000_000
SPACE = SpaceId(b"s" * 16)
PHONE = DeviceId(b"p" * 16)
LAPTOP = DeviceId(b"l" * 16)
LOOKUP = b"12345678"


@pytest.fixture
def rows() -> MemoryAccountRows:
    return MemoryAccountRows()


@pytest.fixture
def owner(rows: MemoryAccountRows) -> Device:
    return credentials.admit_device(rows, SPACE, PHONE, "phone", "owner", NOW)


def invite(rows: MemoryAccountRows, owner: Device) -> None:
    device_joining.add_device_invitation(rows, owner, sha256(LOOKUP).digest(), b"sealed", NOW)


def redeem(rows: MemoryAccountRows, device: DeviceId, now: int = NOW) -> bytes:
    return device_joining.redeem_device_invitation(rows, LOOKUP, device, "new", "c", now)[1]


def test_a_second_device_fetches_the_bundle(rows: MemoryAccountRows, owner: Device) -> None:
    invite(rows, owner)

    assert b"sealed" == redeem(rows, LAPTOP)
    assert b"sealed" == redeem(rows, LAPTOP)
    with pytest.raises(RefusedError):
        redeem(rows, DeviceId(b"x" * 16))


def test_it_ends_with_its_time(rows: MemoryAccountRows, owner: Device) -> None:
    invite(rows, owner)

    with pytest.raises(RefusedError):
        redeem(rows, LAPTOP, NOW + limits.INVITATION_TTL_MS)


def test_it_ends_with_the_inviting_device(rows: MemoryAccountRows, owner: Device) -> None:
    invite(rows, owner)
    credentials.revoke_device(rows, SPACE, PHONE, NOW)

    with pytest.raises(RefusedError):
        redeem(rows, LAPTOP)


def test_bundles_are_bounded_and_lookups_unique(rows: MemoryAccountRows, owner: Device) -> None:
    invite(rows, owner)
    with pytest.raises(RefusedError):
        invite(rows, owner)
    with pytest.raises(LimitExceededError):
        device_joining.add_device_invitation(
            rows, owner, b"h" * 32, bytes(limits.BUNDLE_BYTES_MAX + 1), NOW
        )
