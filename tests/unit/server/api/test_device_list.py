"""Devices: the list, signing one out, and what a bundle must look like."""

import pytest

from tests.support.http import http_over
from tests.support.server import WireDevice
from tests.support.stores import MemoryParts
from trailmark_server import credentials
from trailmark_shared import limits
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


@pytest.mark.parametrize(
    ("lookup_hash", "bundle"),
    [
        ("00", "c2VhbGVk"),
        ("X" * 64, "c2VhbGVk"),
        ("0" * 64, "not base64!"),
        ("0" * 64, "A" * (2 * limits.BUNDLE_BYTES_MAX + 4)),
    ],
)
async def test_strange_bundles_are_refused(lookup_hash: str, bundle: str) -> None:
    parts = MemoryParts()
    phone = await let_in(parts, DeviceId(b"p" * 16))
    async with http_over(parts) as http:
        response = await http.post(
            "/api/device-invitations",
            json={"lookup_hash": lookup_hash, "bundle": bundle},
            headers=phone.headers,
        )

    assert 400 == response.status_code


async def test_large_bundles_are_named() -> None:
    parts = MemoryParts()
    phone = await let_in(parts, DeviceId(b"p" * 16))
    bundle = "AAAA" * (limits.BUNDLE_BYTES_MAX // 3 + 1)
    async with http_over(parts) as http:
        response = await http.post(
            "/api/device-invitations",
            json={"lookup_hash": "0" * 64, "bundle": bundle},
            headers=phone.headers,
        )

    assert (413, "too_large") == (response.status_code, response.json()["code"])


async def test_an_unknown_lookup_is_a_wrong_code() -> None:
    async with http_over(MemoryParts()) as http:
        response = await http.post(
            "/api/device-joins",
            json={"lookup": "00" * 8, "device": text_from_id(b"l" * 16), "device_name": "laptop"},
        )

    assert (403, "wrong_code") == (response.status_code, response.json()["code"])
