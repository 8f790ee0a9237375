"""``/api/recovery`` and ``/api/recover``: a person's recovery code, kept and used."""

from __future__ import annotations

from typing import Any

import msgspec
from litestar import Request, get, post, put
from litestar.params import JSONBody

from trailmark_server import credentials, recovery
from trailmark_server.access import Verb
from trailmark_server.api.device_joins import LetInOut
from trailmark_server.api.join import Text, server_out
from trailmark_server.api.values import (
    Base64,
    HexHash,
    HexId,
    base64_from_bytes,
    bytes_from_base64,
)
from trailmark_server.guards import TAKES_NO_COOKIE
from trailmark_server.services import InjectedServices
from trailmark_server.sign_in.device import asking_device
from trailmark_server.storage.accounts import Recovery
from trailmark_shared import limits
from trailmark_shared.device_graph.statements import Holder
from trailmark_shared.ids import DeviceId, id_from_text, text_from_id


class RecoveryIn(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the server may know of a recovery code.

    Attributes:
        keeper: Proves that the device holds the person's keys, hexadecimal.
        founder_sign_key: Ed25519 public key of the device with which the space began, hexadecimal.
        founder_public_key: Its X25519 public key, hexadecimal.
        lookup_hash: SHA-256 of the look-up id, hexadecimal.
        authenticator_hash: SHA-256 of the authenticator, hexadecimal.
        holder: Id under which devices wrap vault keys for the code.
        bundle: Sealed under the wrapping key, base64.
        replaces: Holder id of the code in whose place it was made; ``null`` for the first one.
    """

    keeper: HexHash
    founder_sign_key: HexHash
    founder_public_key: HexHash
    lookup_hash: HexHash
    authenticator_hash: HexHash
    holder: Text
    bundle: Base64
    replaces: Text | None


class RecoveryMadeOut(msgspec.Struct, frozen=True, kw_only=True):
    """The recovery code that works: when and where it was made and last used."""

    holder: str
    made_at: int
    made_by: str
    used_at: int | None
    used_by: str | None


class RecoveryOut(msgspec.Struct, frozen=True, kw_only=True):
    """The person's recovery code, or ``null`` while there is none."""

    recovery: RecoveryMadeOut | None


class RecoverIn(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Look-up id and authenticator of a recovery code (hexadecimal), and the device."""

    lookup: HexId
    authenticator: HexHash
    device: Text
    device_name: Text


@put("/api/recovery", status_code=204, opt=TAKES_NO_COOKIE)
async def save_recovery(
    request: Request[Any, Any, Any], services: InjectedServices, data: JSONBody[RecoveryIn]
) -> None:
    """Keep a recovery code; the one before it stops to work."""
    device, right = await asking_device(request, services, Verb.MANAGE_DEVICES)
    founder = Holder(
        "device", bytes.fromhex(data.founder_sign_key), bytes.fromhex(data.founder_public_key)
    )
    recovery.require_keeper(device.space, bytes.fromhex(data.keeper), founder)
    said = Recovery(
        space=device.space,
        lookup_hash=bytes.fromhex(data.lookup_hash),
        authenticator_hash=bytes.fromhex(data.authenticator_hash),
        holder=id_from_text(data.holder),
        bundle=bytes_from_base64(data.bundle),
        made_at=services.now(),
        made_by=device.device,
    )
    replaces = None if data.replaces is None else id_from_text(data.replaces)
    await recovery.save(
        services.accounts,
        services.keys,
        right.guard(lambda rows: recovery.made(rows, device, said, replaces)),
    )


@get("/api/recovery")
async def recovery_made(request: Request[Any, Any, Any], services: InjectedServices) -> RecoveryOut:
    """Return what is known of the person's recovery code."""
    device, right = await asking_device(request, services, Verb.MANAGE_DEVICES)
    row = await services.accounts.read(right.guard(lambda rows: rows.recovery(device.space)))
    if row is None:
        return RecoveryOut(recovery=None)
    return RecoveryOut(
        recovery=RecoveryMadeOut(
            holder=text_from_id(row.holder),
            made_at=row.made_at,
            made_by=text_from_id(row.made_by),
            used_at=row.used_at,
            used_by=None if row.used_by is None else text_from_id(row.used_by),
        )
    )


@post("/api/recover", status_code=200, opt=TAKES_NO_COOKIE)
async def recover(
    request: Request[Any, Any, Any], services: InjectedServices, data: JSONBody[RecoverIn]
) -> LetInOut:
    """Let a device in that knows the recovery code."""
    asked = recovery.Recovering(
        lookup=bytes.fromhex(data.lookup),
        authenticator=bytes.fromhex(data.authenticator),
        device=DeviceId(id_from_text(data.device)),
        name=data.device_name,
        shown=credentials.credential_from_header(request.headers.get("authorization")),
    )
    fresh = credentials.credential_text(services.randomness.token(limits.CREDENTIAL_BYTES))
    now = services.now()
    with services.tries.counted(services.address_of(request), services.clock.monotonic_ms()):
        device, bundle = await services.accounts.write(
            lambda rows: recovery.recover(rows, asked, fresh, services.revoked, now)
        )
    services.bell.ring_access(device.space)
    return LetInOut(
        space=text_from_id(device.space),
        credential=fresh,
        credential_expires_at=device.expires_at,
        server=await server_out(services),
        bundle=base64_from_bytes(bundle),
    )
