"""``/api/join``: unknown fields are refused, and a status needs an acquaintance."""

from tests.support.http import http_over
from tests.support.stores import MemoryParts
from trailmark_server import credentials
from trailmark_server.api.join import server_out
from trailmark_server.heads import next_key
from trailmark_shared.ids import DeviceId, SpaceId, text_from_id

SPACE = SpaceId(b"s" * 16)
PHONE = DeviceId(b"p" * 16)


async def test_unknown_fields_are_refused() -> None:
    body = {
        "code": "x",
        "claim": "0a" * 32,
        "device": text_from_id(PHONE),
        "device_name": "phone",
        "space": text_from_id(SPACE),
    }
    async with http_over(MemoryParts()) as http:
        known = await http.post("/api/join", json=body)
        unknown = await http.post("/api/join", json=body | {"actor": "somebody else"})

    assert (403, 400) == (known.status_code, unknown.status_code)
    assert "somebody else" not in unknown.text


async def test_a_space_that_joined_nobody_has_no_status() -> None:
    parts = MemoryParts()
    credential = credentials.credential_text(b"c" * 32)
    await parts.accounts.write(
        lambda rows: credentials.admit_device(
            rows, SPACE, PHONE, "phone", credential, parts.clock.now_ms()
        )
    )
    async with http_over(parts) as http:
        response = await http.get(
            "/api/join/status", headers={"Authorization": f"Bearer {credential}"}
        )

    assert 404 == response.status_code


async def test_the_server_is_named_by_its_key() -> None:
    services = MemoryParts().services
    shown = await server_out(services)

    assert services.signer.public_key.hex() == shown.signing_key
    assert [(shown.signing_key, 0, None)] == [
        (each.key, each.since, each.signature) for each in shown.keys
    ]
    assert text_from_id(services.server_id) == shown.id


async def test_an_instance_names_the_key_that_another_one_has_just_made() -> None:
    parts = MemoryParts()
    now, seed = parts.clock.now_ms(), b"n" * 32
    key = next_key(await parts.keys.signing_keys(), seed, now)
    await parts.keys.add_signing_key(key, seed, parts.services.signer.public_key)

    shown = await server_out(parts.services)

    assert parts.services.signer.public_key != key.key
    assert key.key.hex() == shown.signing_key == shown.keys[-1].key
