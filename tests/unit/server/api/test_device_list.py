"""Devices: signing one out."""

from tests.support.http import http_over
from tests.support.server import WireDevice
from tests.support.stores import MemoryParts
from trailmark_server import credentials
from trailmark_shared.ids import DeviceId, SpaceId, text_from_id

SPACE = SpaceId(b"s" * 16)


async def let_in(parts: MemoryParts, device: DeviceId) -> WireDevice:
    credential = credentials.credential_text(device + device)
    await parts.accounts.write(
        lambda rows: credentials.admit_device(
            rows, SPACE, device, "some device", credential, parts.clock.now_ms()
        )
    )
    return WireDevice(SPACE, device, credential)


async def test_signing_out_is_listed_where_no_backup_reaches() -> None:
    parts = MemoryParts()
    phone = await let_in(parts, DeviceId(b"p" * 16))
    laptop = await let_in(parts, DeviceId(b"l" * 16))
    with parts.services.bell.subscribe([SPACE]) as waiting:
        async with http_over(parts) as http:
            path = f"/api/devices/{text_from_id(laptop.device)}"
            response = await http.delete(path, headers=phone.headers)

        assert waiting.take().access
    assert 204 == response.status_code
    assert 2 == len(parts.keys.revoked)
