"""Letting a device in over HTTP: strange requests are refused, a no is a no, tries are counted."""

from hashlib import sha256
from typing import Any

import pytest

from tests.support.http import http_over
from tests.support.server import WireDevice
from tests.support.stores import MemoryParts
from trailmark_server import credentials
from trailmark_shared import limits
from trailmark_shared.ids import DeviceId, SpaceId, text_from_id

SPACE = SpaceId(b"s" * 16)
PHONE = DeviceId(b"p" * 16)
LOOKUP, CLAIM = b"12345678", b"c" * 32
HASH = sha256(LOOKUP).hexdigest()
INVITES = {"lookup_hash": HASH, "keys_hash": "0a" * 32}
ASKS = {
    "lookup": LOOKUP.hex(),
    "device": text_from_id(b"l" * 16),
    "device_name": "laptop",
    "sign_key": "0c" * 32,
    "public_key": "0b" * 32,
    "claim_hash": sha256(CLAIM).hexdigest(),
    "proof": "0c" * 32,
}
CLAIMS = {"lookup": LOOKUP.hex(), "claim": CLAIM.hex()}


async def phone_of(parts: MemoryParts) -> WireDevice:
    credential = credentials.credential_text(bytes(32))
    await parts.accounts.write(
        lambda rows: credentials.admit_device(
            rows, SPACE, PHONE, "phone", credential, parts.clock.now_ms()
        )
    )
    return WireDevice(SPACE, PHONE, credential)


@pytest.mark.parametrize(
    "change", [{"lookup_hash": "00"}, {"lookup_hash": "X" * 64}, {"keys_hash": "0a" * 31}]
)
async def test_strange_codes_are_refused(change: dict[str, str]) -> None:
    parts = MemoryParts()
    phone = await phone_of(parts)
    async with http_over(parts) as http:
        response = await http.post(
            "/api/device-invitations", json=INVITES | change, headers=phone.headers
        )

    assert 400 == response.status_code


async def test_a_no_is_told_to_the_device_that_waits() -> None:
    parts = MemoryParts()
    phone = await phone_of(parts)
    async with http_over(parts) as http:
        await http.post("/api/device-invitations", json=INVITES, headers=phone.headers)
        await http.post("/api/device-joins", json=ASKS)
        no: dict[str, Any] = {"lookup_hash": HASH, "bundle": None}
        await http.post("/api/device-invitations/answer", json=no, headers=phone.headers)
        claimed = await http.post("/api/device-joins/claim", json=CLAIMS)
        shown = await http.get("/api/device-invitations", headers=phone.headers)

    assert {"state": "refused", "let_in": None} == claimed.json()
    assert shown.json()["invitations"][0]["waiting"]["answered"]


async def test_a_code_that_is_over_is_not_shown() -> None:
    parts = MemoryParts()
    phone = await phone_of(parts)
    async with http_over(parts) as http:
        await http.post("/api/device-invitations", json=INVITES, headers=phone.headers)
        shown = await http.get("/api/device-invitations", headers=phone.headers)
        parts.clock.advance(limits.INVITATION_TTL_MS)
        later = await http.get("/api/device-invitations", headers=phone.headers)

    assert [None] == [each["waiting"] for each in shown.json()["invitations"]]
    assert [] == later.json()["invitations"]


@pytest.mark.parametrize(
    ("bundle", "status", "code"),
    [
        ("not base64!", 400, "invalid_input"),
        ("AAAA" * (limits.BUNDLE_BYTES_MAX // 3 + 1), 413, "too_large"),
    ],
)
async def test_strange_bundles_are_named(bundle: str, status: int, code: str) -> None:
    parts = MemoryParts()
    phone = await phone_of(parts)
    async with http_over(parts) as http:
        await http.post("/api/device-invitations", json=INVITES, headers=phone.headers)
        await http.post("/api/device-joins", json=ASKS)
        response = await http.post(
            "/api/device-invitations/answer",
            json={"lookup_hash": HASH, "bundle": bundle},
            headers=phone.headers,
        )

    assert (status, code) == (response.status_code, response.json()["code"])


@pytest.mark.parametrize(
    ("path", "body"), [("/api/device-joins", ASKS), ("/api/device-joins/claim", CLAIMS)]
)
async def test_an_unknown_code_is_a_wrong_one_and_counted(path: str, body: dict[str, str]) -> None:
    async with http_over(MemoryParts()) as http:
        answers = [await http.post(path, json=body) for _ in range(limits.TRIES_BURST + 1)]

    first, last = answers[0], answers[-1]
    assert (403, "wrong_code") == (first.status_code, first.json()["code"])
    assert (429, "rate_limited") == (last.status_code, last.json()["code"])
