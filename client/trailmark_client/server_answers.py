"""What a home server answers over HTTPS. Fields that a newer server adds are passed over."""

from __future__ import annotations

from typing import Annotated

import msgspec

from trailmark_client.identity import HomeServer
from trailmark_shared import limits
from trailmark_shared.errors import ErrorCode, RefusedError
from trailmark_shared.ids import id_from_text

Name = Annotated[
    str,
    msgspec.Meta(
        min_length=1,
        max_length=limits.TITLE_CHARS_MAX,
        pattern=r"\A[^\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]*\Z",
    ),
]
"""A name on one line: it stands beside words that a person compares, and must not write its own."""


class ServerAnswer(msgspec.Struct, frozen=True):
    """A home server, as it names itself."""

    id: str
    name: Name
    signing_key: str


class MemberAnswer(msgspec.Struct, frozen=True):
    """Who invited."""

    id: str
    name: Name
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
    name: Name
    last_seen: int | None = None
    current: bool = False


class DevicesAnswer(msgspec.Struct, frozen=True):
    """All devices of the person."""

    devices: list[DeviceAnswer]


class AccessAnswer(msgspec.Struct, frozen=True):
    """Somebody else looked, or was refused, as the server knows it."""

    member: str
    page: Name
    at: int
    name: Name | None = None


class AccessLogAnswer(msgspec.Struct, frozen=True):
    """Who else looked, the newest first; ``next`` names where older entries begin."""

    entries: Annotated[list[AccessAnswer], msgspec.Meta(max_length=limits.ACCESS_LOG_ENTRIES_MAX)]
    more: bool = False
    next: Name | None = None


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
