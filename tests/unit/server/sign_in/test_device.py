"""Who a device is: noted now and then, and kept out once it was revoked."""

import pytest

from tests.support.server import WireDevice
from tests.support.stores import MemoryParts
from trailmark_server import credentials
from trailmark_server.credentials import RevokedCredentials
from trailmark_server.sign_in.device import sign_in
from trailmark_shared import limits
from trailmark_shared.errors import ErrorCode, RefusedError
from trailmark_shared.ids import DeviceId, SpaceId


@pytest.fixture
def parts() -> MemoryParts:
    return MemoryParts()


@pytest.fixture
async def phone(parts: MemoryParts) -> WireDevice:
    space, device = SpaceId(b"s" * 16), DeviceId(b"p" * 16)
    credential = credentials.credential_text(b"c" * 32)
    now = parts.clock.now_ms()
    await parts.accounts.write(
        lambda rows: credentials.admit_device(rows, space, device, "phone", credential, now)
    )
    return WireDevice(space, device, credential)


async def test_being_seen_is_noted_now_and_then(parts: MemoryParts, phone: WireDevice) -> None:
    first = await sign_in(parts.services, phone.credential)
    parts.clock.advance(limits.SEEN_MS)
    later = await sign_in(parts.services, phone.credential)

    assert limits.SEEN_MS == later.seen_at - first.seen_at


async def test_a_clock_that_was_ahead_shuts_no_device_out_and_dates_none(
    parts: MemoryParts, phone: WireDevice
) -> None:
    """A person may have no other way in, and a credential can be ended by removing its device."""
    parts.clock.advance(-2 * limits.CREDENTIAL_TTL_MS)

    assert parts.clock.now_ms() == (await sign_in(parts.services, phone.credential)).seen_at


async def test_what_the_keys_store_lists_stays_out(parts: MemoryParts, phone: WireDevice) -> None:
    device = await sign_in(parts.services, phone.credential)
    parts.services.revoked.add(credentials.revocation_hashes(device))

    with pytest.raises(RefusedError) as caught:
        await sign_in(parts.services, phone.credential)
    assert ErrorCode.SIGNED_OUT == caught.value.code
    assert isinstance(parts.services.revoked, RevokedCredentials)
