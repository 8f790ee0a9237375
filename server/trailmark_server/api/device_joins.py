"""``/api/device-invitations`` and ``/api/device-joins``: one device lets another one in."""

from __future__ import annotations

from typing import Any, Literal

import msgspec
from litestar import Request, get, post
from litestar.params import JSONBody

from trailmark_server import credentials, device_joining
from trailmark_server.access import Verb
from trailmark_server.api.join import ServerOut, Text, server_out
from trailmark_server.api.values import (
    Base64,
    HexHash,
    HexLookup,
    base64_from_bytes,
    bytes_from_base64,
)
from trailmark_server.guards import TAKES_NO_COOKIE
from trailmark_server.services import InjectedServices
from trailmark_server.sign_in.device import asking_device
from trailmark_server.storage.accounts import DeviceInvitation
from trailmark_shared import limits
from trailmark_shared.errors import ErrorCode, RefusedError
from trailmark_shared.ids import id_from_text, text_from_id
from trailmark_shared.words import gettext


class DeviceInvitationIn(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """SHA-256 of the code's first half, and of the inviting device's public keys; hexadecimal."""

    lookup_hash: HexHash
    keys_hash: HexHash


class DeviceInvitationOut(msgspec.Struct, frozen=True, kw_only=True):
    """When the code stops to work, milliseconds UTC."""

    expires_at: int


class WaitingOut(msgspec.Struct, frozen=True, kw_only=True):
    """A device that waits to be let in, in its own words.

    Attributes:
        device: Its id.
        name: What the person calls it.
        sign_key: Its Ed25519 public key, hexadecimal.
        public_key: Its X25519 public key, hexadecimal.
        claim_hash: SHA-256 of its claim, hexadecimal.
        proof: That it was typed the whole code, hexadecimal; the server cannot check it.
        asked_at: When it asked, milliseconds UTC.
        answered: The person has answered already.
    """

    device: str
    name: str
    sign_key: str
    public_key: str
    claim_hash: str
    proof: str
    asked_at: int
    answered: bool


class InvitationStateOut(msgspec.Struct, frozen=True, kw_only=True):
    """The code of the device that asks: until when it works, and who waits, if anybody does."""

    lookup_hash: str
    expires_at: int
    waiting: WaitingOut | None


class InvitationsOut(msgspec.Struct, frozen=True, kw_only=True):
    """The codes of the device that asks that still work: at most one; and who answers."""

    invitations: list[InvitationStateOut]
    server: ServerOut


class AnswerIn(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which code, and the bundle sealed for the device that waits; ``null`` is a no."""

    lookup_hash: HexHash
    bundle: Base64 | None


class DeviceJoinIn(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The code's first half, and what the device says of itself; keys and hashes hexadecimal."""

    lookup: HexLookup
    device: Text
    device_name: Text
    sign_key: HexHash
    public_key: HexHash
    claim_hash: HexHash
    proof: HexHash


class InviterOut(msgspec.Struct, frozen=True, kw_only=True):
    """The device on which the person is asked: its id, and the hash of its keys (hexadecimal)."""

    device: str
    keys_hash: str


class DeviceJoinOut(msgspec.Struct, frozen=True, kw_only=True):
    """What the joining device needs for the words to compare; nothing of it is believed yet."""

    space: str
    server: ServerOut
    inviter: InviterOut
    expires_at: int


class ClaimIn(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The code's first half, and the secret whose hash the device left; hexadecimal."""

    lookup: HexLookup
    claim: HexHash


class LetInOut(msgspec.Struct, frozen=True, kw_only=True):
    """What a device gets that is let in; the bundle is sealed, in base64."""

    space: str
    credential: str
    credential_expires_at: int
    server: ServerOut
    bundle: str


class ClaimOut(msgspec.Struct, frozen=True, kw_only=True):
    """What the person said, and after a yes what was left for the device."""

    state: Literal["waiting", "confirmed", "refused"]
    let_in: LetInOut | None


@post("/api/device-invitations", status_code=201, opt=TAKES_NO_COOKIE)
async def invite_device(
    request: Request[Any, Any, Any], services: InjectedServices, data: JSONBody[DeviceInvitationIn]
) -> DeviceInvitationOut:
    """Keep a device code; the one that this device made before stops to work."""
    device, right = await asking_device(request, services, Verb.MANAGE_DEVICES)
    lookup_hash, keys_hash = bytes.fromhex(data.lookup_hash), bytes.fromhex(data.keys_hash)
    now = services.now()
    row = await services.accounts.write(
        right.guard(
            lambda rows: device_joining.add_device_invitation(
                rows, device, lookup_hash, keys_hash, now
            )
        )
    )
    return DeviceInvitationOut(expires_at=row.expires_at)


@get("/api/device-invitations")
async def device_invitations(
    request: Request[Any, Any, Any], services: InjectedServices
) -> InvitationsOut:
    """Return the code of the device that asks, and who waits to be let in with it."""
    device, right = await asking_device(request, services, Verb.MANAGE_DEVICES)
    row = await services.accounts.read(
        right.guard(lambda rows: rows.device_invitation_of(device.space, device.device))
    )
    is_over = row is None or not device_joining.is_good(row, services.now())
    return InvitationsOut(
        invitations=[] if row is None or is_over else [_state_out(row)],
        server=await server_out(services),
    )


def _state_out(row: DeviceInvitation) -> InvitationStateOut:
    joining, waiting = device_joining.joining_of(row), None
    if joining is not None:
        waiting = WaitingOut(
            device=text_from_id(joining.device),
            name=joining.name,
            sign_key=joining.sign_key.hex(),
            public_key=joining.public_key.hex(),
            claim_hash=joining.claim_hash.hex(),
            proof=joining.proof.hex(),
            asked_at=row.asked_at or 0,
            answered=row.answered_at is not None,
        )
    return InvitationStateOut(
        lookup_hash=row.lookup_hash.hex(), expires_at=row.expires_at, waiting=waiting
    )


@post("/api/device-invitations/answer", status_code=204, opt=TAKES_NO_COOKIE)
async def answer_join(
    request: Request[Any, Any, Any], services: InjectedServices, data: JSONBody[AnswerIn]
) -> None:
    """Note what the person said on the inviting device."""
    device, right = await asking_device(request, services, Verb.MANAGE_DEVICES)
    lookup_hash = bytes.fromhex(data.lookup_hash)
    bundle = None if data.bundle is None else bytes_from_base64(data.bundle)
    now = services.now()
    await services.accounts.write(
        right.guard(lambda rows: device_joining.answer_join(rows, device, lookup_hash, bundle, now))
    )


@post("/api/device-joins", status_code=200, opt=TAKES_NO_COOKIE)
async def join_device(
    request: Request[Any, Any, Any], services: InjectedServices, data: JSONBody[DeviceJoinIn]
) -> DeviceJoinOut:
    """Let a device wait for the person's yes on another one."""
    # A device that is signed in shows its credential: nobody else may take its place.
    shown = credentials.credential_from_header(request.headers.get("authorization"))
    joining = device_joining.Joining(
        device=id_from_text(data.device),
        name=data.device_name,
        sign_key=bytes.fromhex(data.sign_key),
        public_key=bytes.fromhex(data.public_key),
        claim_hash=bytes.fromhex(data.claim_hash),
        proof=bytes.fromhex(data.proof),
    )
    lookup, now = bytes.fromhex(data.lookup), services.now()
    with services.tries.counted(services.address_of(request), services.clock.monotonic_ms()):
        row = await services.accounts.write(
            lambda rows: device_joining.ask_to_join(
                rows,
                lookup,
                device_joining.recognised(rows, lookup, joining, shown),
                services.revoked,
                now,
            )
        )
        if row is None:
            raise RefusedError(ErrorCode.WRONG_CODE, gettext(device_joining.WRONG_CODE_WORDS))
    return DeviceJoinOut(
        space=text_from_id(row.space),
        server=await server_out(services),
        inviter=InviterOut(device=text_from_id(row.device), keys_hash=row.keys_hash.hex()),
        expires_at=row.expires_at,
    )


@post("/api/device-joins/claim", status_code=200, opt=TAKES_NO_COOKIE)
async def claim_join(
    request: Request[Any, Any, Any], services: InjectedServices, data: JSONBody[ClaimIn]
) -> ClaimOut:
    """Tell a device that waits what was answered; after a yes let it in."""
    lookup, claim = bytes.fromhex(data.lookup), bytes.fromhex(data.claim)
    fresh = credentials.credential_text(services.randomness.token(limits.CREDENTIAL_BYTES))
    now = services.now()
    with services.tries.counted(services.address_of(request), services.clock.monotonic_ms()):
        claimed = await services.accounts.write(
            lambda rows: device_joining.claim_join(rows, lookup, claim, fresh, now)
        )
        if claimed is None:
            raise RefusedError(ErrorCode.WRONG_CODE, gettext(device_joining.WRONG_CODE_WORDS))
    let_in = None
    if claimed.device is not None:
        let_in = LetInOut(
            space=text_from_id(claimed.device.space),
            credential=fresh,
            credential_expires_at=claimed.device.expires_at,
            server=await server_out(services),
            bundle=base64_from_bytes(claimed.bundle),
        )
    return ClaimOut(state=claimed.state, let_in=let_in)
