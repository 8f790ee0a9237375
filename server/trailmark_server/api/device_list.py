"""``/api/devices`` and the joining of a second device of the same person."""

from __future__ import annotations

import base64
import binascii
from typing import Annotated, Any

import msgspec
from litestar import Request, delete, get, post
from litestar.params import FromPath, JSONBody

from trailmark_server import credentials, device_joining
from trailmark_server.access import DeviceActor, Right, Verb, authorize
from trailmark_server.api.join import ServerOut, Text, server_out
from trailmark_server.devices import sign_in
from trailmark_server.guards import TAKES_NO_COOKIE
from trailmark_server.services import InjectedServices, Services
from trailmark_server.storage.accounts import Device
from trailmark_shared import limits
from trailmark_shared.errors import DomainError, ErrorCode
from trailmark_shared.ids import DeviceId, id_from_text, text_from_id

_HexHash = Annotated[str, msgspec.Meta(pattern="^[0-9a-f]{64}$")]
_HexLookup = Annotated[str, msgspec.Meta(pattern="^[0-9a-f]{16}$")]
_Bundle = Annotated[str, msgspec.Meta(max_length=2 * limits.BUNDLE_BYTES_MAX)]


class DeviceInvitationIn(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """SHA-256 of the code's first half, and the sealed bundle in base64."""

    lookup_hash: _HexHash
    bundle: _Bundle


class DeviceInvitationOut(msgspec.Struct, frozen=True, kw_only=True):
    """When the invitation stops to work, milliseconds UTC."""

    expires_at: int


class DeviceJoinIn(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The code's first half, and the new device's id and name."""

    lookup: _HexLookup
    device: Text
    device_name: Text


class DeviceJoinOut(msgspec.Struct, frozen=True, kw_only=True):
    """What the new device learns; the bundle is sealed, in base64."""

    space: str
    credential: str
    credential_expires_at: int
    server: ServerOut
    bundle: str


class DeviceOut(msgspec.Struct, frozen=True, kw_only=True):
    """A device that is let in: times in milliseconds UTC, ``current`` for the one that asks."""

    id: str
    name: str
    last_seen: int
    current: bool


class DevicesOut(msgspec.Struct, frozen=True, kw_only=True):
    """The devices of a person that are let in."""

    devices: list[DeviceOut]


async def _signed_in(request: Request[Any, Any, Any], services: Services) -> tuple[Device, Right]:
    """Return the device that asks, and its right to manage the person's devices."""
    header = request.headers.get("authorization")
    device = await sign_in(services, credentials.credential_from_header(header))
    actor = DeviceActor(space=device.space, device=device.device)
    return device, authorize(actor, Verb.MANAGE_DEVICES, device.space, None, services.now())


def _bundle_bytes(bundle: str) -> bytes:
    try:
        return base64.b64decode(bundle, validate=True)
    except (binascii.Error, ValueError):
        raise DomainError(ErrorCode.INVALID_INPUT, "a bundle is base64") from None


@post("/api/device-invitations", status_code=201, opt=TAKES_NO_COOKIE)
async def invite_device(
    request: Request[Any, Any, Any], services: InjectedServices, data: JSONBody[DeviceInvitationIn]
) -> DeviceInvitationOut:
    """Keep a sealed bundle for a second device."""
    device, right = await _signed_in(request, services)
    lookup_hash, bundle = bytes.fromhex(data.lookup_hash), _bundle_bytes(data.bundle)
    now = services.now()
    row = await services.accounts.write(
        right.guard(
            lambda rows: device_joining.add_device_invitation(
                rows, device, lookup_hash, bundle, now
            )
        )
    )
    return DeviceInvitationOut(expires_at=row.expires_at)


@post("/api/device-joins", status_code=200, opt=TAKES_NO_COOKIE)
async def join_device(
    request: Request[Any, Any, Any], services: InjectedServices, data: JSONBody[DeviceJoinIn]
) -> DeviceJoinOut:
    """Let a second device in and hand it the bundle."""
    lookup, device = bytes.fromhex(data.lookup), DeviceId(id_from_text(data.device))
    fresh = credentials.credential_text(services.randomness.token(limits.CREDENTIAL_BYTES))
    now = services.now()
    with services.tries.counted(services.address_of(request), services.clock.monotonic_ms()):
        admitted, bundle = await services.accounts.write(
            lambda rows: device_joining.redeem_device_invitation(
                rows, lookup, device, data.device_name, fresh, now
            )
        )
    return DeviceJoinOut(
        space=text_from_id(admitted.space),
        credential=fresh,
        credential_expires_at=admitted.expires_at,
        server=server_out(services),
        bundle=base64.b64encode(bundle).decode(),
    )


@get("/api/devices")
async def list_devices(request: Request[Any, Any, Any], services: InjectedServices) -> DevicesOut:
    """Return the person's devices that are let in."""
    device, right = await _signed_in(request, services)
    rows = await services.accounts.read(right.guard(lambda rows: rows.devices(device.space)))
    return DevicesOut(
        devices=[
            DeviceOut(
                id=text_from_id(row.device),
                name=row.name,
                last_seen=row.seen_at,
                current=row.device == device.device,
            )
            for row in rows
            if row.revoked_at is None
        ]
    )


@delete("/api/devices/{device_id:str}", status_code=204, opt=TAKES_NO_COOKIE)
async def revoke_device(
    request: Request[Any, Any, Any], services: InjectedServices, device_id: FromPath[str]
) -> None:
    """Sign a device of the person out for good; its live sessions end at once."""
    device, right = await _signed_in(request, services)
    revoked = DeviceId(id_from_text(device_id))
    now = services.now()
    row = await services.accounts.write(
        right.guard(lambda rows: credentials.revoke_device(rows, device.space, revoked, now))
    )
    hashes = credentials.revocation_hashes(row)
    for hash_ in hashes:
        await services.keys.revoke_credential(hash_)
    services.revoked.add(hashes)
    services.bell.ring_access(device.space)
