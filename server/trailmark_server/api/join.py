"""``/api/join``: a person's device redeems a therapist's invitation."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec
from litestar import Request, get, post
from litestar.params import FromQuery, JSONBody

from trailmark_server import credentials, joining
from trailmark_server.api.values import HexHash
from trailmark_server.guards import TAKES_NO_COOKIE
from trailmark_server.invitations import Code
from trailmark_server.services import InjectedServices, Services
from trailmark_server.sign_in.device import sign_in
from trailmark_server.storage.accounts import AccountRows, Acquaintance, Device, Therapist
from trailmark_shared import limits
from trailmark_shared.errors import ErrorCode, RefusedError
from trailmark_shared.ids import DeviceId, SpaceId, id_from_text, text_from_id
from trailmark_shared.phrases import comparison_phrase
from trailmark_shared.sealing import digest
from trailmark_shared.words import gettext

Text = Annotated[str, msgspec.Meta(max_length=limits.TITLE_CHARS_MAX)]


class JoinIn(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a device sends.

    Attributes:
        code: The code, as it was typed.
        claim: 32 bytes that only this device knows, hexadecimal: with it, it may ask again.
        device: Its id.
        device_name: What the person calls it.
        space: The space that it made.
    """

    code: Text
    claim: HexHash
    device: Text
    device_name: Text
    space: Text


class KeyOut(msgspec.Struct, frozen=True, kw_only=True):
    """A key that signs heads, or did: key and signature in hexadecimal, ``since`` in ms UTC."""

    key: str
    since: int
    signature: str | None


class ServerOut(msgspec.Struct, frozen=True, kw_only=True):
    """This server.

    Attributes:
        id: Its id.
        name: What it calls itself.
        signing_key: The key that the device pins, 64 hexadecimal digits.
        keys: Every key that it ever signed with, the oldest first, ``signing_key`` last: the way
            for a device that has pinned an older one.
    """

    id: str
    name: str
    signing_key: str
    keys: list[KeyOut]


class MemberOut(msgspec.Struct, frozen=True, kw_only=True):
    """Who invited."""

    id: str
    name: str
    role: str = "therapist"


class JoinOut(msgspec.Struct, frozen=True, kw_only=True):
    """What the device learns.

    Attributes:
        space: The space, registered here now.
        credential: What the device signs in with: a fresh one, or the one that it has already.
        credential_expires_at: When the credential ends unless renewed, milliseconds UTC.
        server: This server.
        member: Who invited.
        phrase: Four words to compare; the device computes them itself too.
        confirmed: The therapist confirmed already.
    """

    space: str
    credential: str
    credential_expires_at: int
    server: ServerOut
    member: MemberOut
    phrase: str
    confirmed: bool


class StatusOut(msgspec.Struct, frozen=True, kw_only=True):
    """Whether the therapist confirmed the person who joined last from this space."""

    confirmed: bool
    member: MemberOut


async def server_out(services: Services) -> ServerOut:
    """Return this server as devices see it."""
    chain = await services.signing_chain()
    return ServerOut(
        id=text_from_id(services.server_id),
        name=services.settings.name,
        signing_key=chain[-1].key.hex(),
        keys=[
            KeyOut(
                key=each.key.hex(),
                since=each.since,
                signature=None if each.signature is None else each.signature.hex(),
            )
            for each in chain
        ],
    )


def member_out(therapist: Therapist) -> MemberOut:
    """Return a therapist as devices see them."""
    return MemberOut(id=text_from_id(therapist.id), name=therapist.name)


async def joined_out(
    services: Services,
    device: Device,
    credential: str,
    acquaintance: Acquaintance,
    therapist: Therapist,
) -> JoinOut:
    """Return what a device learns that has come to know a therapist."""
    server = await server_out(services)
    return JoinOut(
        space=text_from_id(device.space),
        credential=credential,
        credential_expires_at=device.expires_at,
        server=server,
        member=member_out(therapist),
        phrase=comparison_phrase(
            bytes.fromhex(server.signing_key), device.space, acquaintance.device, therapist.id
        ),
        confirmed=acquaintance.confirmed_at is not None,
    )


async def _known_device(
    request: Request[Any, Any, Any], services: Services
) -> tuple[Device, str] | None:
    """Return the device that asks and its credential, or ``None`` for one that is not known.

    A credential that is not known, or has expired, is no reason to turn a code away: the server
    may have been restored, or the device may have been away for long.
    """
    header = request.headers.get("authorization")
    if header is None:
        return None
    credential = credentials.credential_from_header(header) or ""
    device = await services.accounts.read(
        lambda rows: credentials.device_once_let_in(rows, credential, services.revoked)
    )
    if device is None or device.expires_at <= services.now():
        return None if device is None else (device, credential)
    return await sign_in(services, credential), credential


@post("/api/join", status_code=200, opt=TAKES_NO_COOKIE)
async def join(
    request: Request[Any, Any, Any], services: InjectedServices, data: JSONBody[JoinIn]
) -> JoinOut:
    """Redeem an invitation code."""
    fresh = credentials.credential_text(services.randomness.token(limits.CREDENTIAL_BYTES))
    known = await _known_device(request, services)
    asked = joining.JoinRequest(
        code=Code(text=data.code, key=await services.code_key()),
        space=SpaceId(id_from_text(data.space)),
        device=DeviceId(id_from_text(data.device)),
        device_name=data.device_name,
        claim_hash=digest(bytes.fromhex(data.claim)),
        known=None if known is None else known[0],
        signing_key=(await services.signing_chain())[-1].key,
    )
    now = services.now()
    with services.tries.counted(services.address_of(request), services.clock.monotonic_ms()):
        joined = await services.accounts.write(
            lambda rows: joining.redeem_invitation(rows, asked, fresh, now)
        )
        if joined is None:
            raise RefusedError(ErrorCode.WRONG_CODE, gettext(joining.WRONG_CODE_WORDS))
    device, acquaintance, therapist = joined
    credential = fresh if known is None or device != known[0] else known[1]
    return await joined_out(services, device, credential, acquaintance, therapist)


@get("/api/join/status")
async def join_status(
    request: Request[Any, Any, Any],
    services: InjectedServices,
    member: FromQuery[str | None] = None,
) -> StatusOut:
    """Say whether a therapist confirmed; ``member`` chooses one, else the latest counts."""
    device = await sign_in(
        services, credentials.credential_from_header(request.headers.get("authorization"))
    )
    wanted = None if member is None else id_from_text(member)

    def look(rows: AccountRows) -> tuple[Acquaintance, Therapist] | None:
        for row in reversed(rows.acquaintances_of_space(device.space)):
            therapist = rows.therapist(row.therapist)
            if therapist is not None and wanted in {None, row.therapist}:
                return row, therapist
        return None

    found = await services.accounts.read(look)
    if found is None:
        raise RefusedError(ErrorCode.NOT_FOUND, gettext("this space has not joined anybody"))
    acquaintance, therapist = found
    return StatusOut(confirmed=acquaintance.confirmed_at is not None, member=member_out(therapist))
