"""What a home server answers over HTTPS. Fields that a newer server adds are passed over."""

from __future__ import annotations

import msgspec

from trailmark_client.identity import HomeServer
from trailmark_shared import limits
from trailmark_shared.errors import ErrorCode, RefusedError
from trailmark_shared.ids import id_from_text


class ServerAnswer(msgspec.Struct, frozen=True):
    """A home server, as it names itself."""

    id: str
    name: str
    signing_key: str


class MemberAnswer(msgspec.Struct, frozen=True):
    """Who invited."""

    id: str
    name: str
    role: str = "therapist"


class JoinAnswer(msgspec.Struct, frozen=True):
    """Answer to a redeemed invitation."""

    space: str
    credential: str
    credential_expires_at: int
    server: ServerAnswer
    member: MemberAnswer
    confirmed: bool


class StatusAnswer(msgspec.Struct, frozen=True):
    """Whether the therapist has confirmed."""

    confirmed: bool


class InvitationAnswer(msgspec.Struct, frozen=True):
    """Until when a device code works, milliseconds UTC."""

    expires_at: int


class DeviceJoinAnswer(msgspec.Struct, frozen=True):
    """Answer to a device code."""

    space: str
    credential: str
    credential_expires_at: int
    server: ServerAnswer
    bundle: str


class DeviceAnswer(msgspec.Struct, frozen=True):
    """One device of the person, as the server knows it."""

    id: str
    name: str
    last_seen: int | None = None
    current: bool = False


class DevicesAnswer(msgspec.Struct, frozen=True):
    """All devices of the person."""

    devices: list[DeviceAnswer]


class Nothing(msgspec.Struct, frozen=True):
    """An answer without content."""


def home_server(url: str, answer: ServerAnswer) -> HomeServer:
    """Return what a device keeps of its home server.

    Args:
        url: The address that was asked.
        answer: How the server names itself.

    Returns:
        The server, with the key that is pinned from here on.

    Raises:
        RefusedError: ``unreachable``: it names no key that could sign.
    """
    try:
        key = bytes.fromhex(answer.signing_key)
    except ValueError:
        key = b""
    if len(key) != limits.HASH_BYTES:
        raise RefusedError(ErrorCode.UNREACHABLE, "what answers there is no Trailmark server")
    return HomeServer(url=url, id=id_from_text(answer.id), name=answer.name, signing_key=key)
