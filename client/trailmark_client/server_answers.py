"""What a home server answers over HTTPS. Fields that a newer server adds are passed over."""

from __future__ import annotations

from typing import Annotated, Literal, NoReturn

import msgspec

from trailmark_client.identity import HomeServer
from trailmark_client.storage.links import LinkEnd
from trailmark_client.storage.pinning import followed
from trailmark_shared import limits
from trailmark_shared.errors import ErrorCode, RefusedError
from trailmark_shared.events.data import IdText
from trailmark_shared.ids import id_from_text
from trailmark_shared.protocol.client_answers import UNKNOWN_KEY_WORDS
from trailmark_shared.protocol.messages import SigningKey
from trailmark_shared.protocol.signing_keys import first_key
from trailmark_shared.protocol.wire_types import U53, CredentialText
from trailmark_shared.sealing import Cipher
from trailmark_shared.words import gettext

Name = Annotated[
    str,
    msgspec.Meta(
        min_length=1,
        max_length=limits.TITLE_CHARS_MAX,
        pattern=r"\A[^\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]*\Z",
    ),
]
"""A name on one line: it stands beside words that a person compares, and must not write its own."""


HexKey = Annotated[str, msgspec.Meta(pattern=r"\A[0-9a-f]{64}\Z")]
"""32 bytes in hexadecimal."""


class KeyAnswer(msgspec.Struct, frozen=True):
    """A key that the server signs with, or did; key and signature in hexadecimal."""

    key: str
    since: U53
    signature: str | None


class ServerAnswer(msgspec.Struct, frozen=True):
    """A home server, as it names itself."""

    id: IdText
    name: Name
    signing_key: str
    keys: Annotated[list[KeyAnswer], msgspec.Meta(max_length=limits.SIGNING_KEYS_MAX)] = []


class MemberAnswer(msgspec.Struct, frozen=True):
    """Who invited."""

    id: IdText
    name: Name
    role: str = "therapist"


class JoinAnswer(msgspec.Struct, frozen=True):
    """Answer to a redeemed invitation."""

    space: str
    credential: CredentialText
    credential_expires_at: U53
    server: ServerAnswer
    member: MemberAnswer
    confirmed: bool


class StatusAnswer(msgspec.Struct, frozen=True):
    """Whether the therapist has confirmed."""

    confirmed: bool


class HandOverAnswer(msgspec.Struct, frozen=True):
    """A colleague whom a therapist proposes; times in milliseconds UTC."""

    therapist: MemberAnswer
    colleague: MemberAnswer
    made_at: U53
    expires_at: U53
    taken: bool = False


class HandOversAnswer(msgspec.Struct, frozen=True):
    """What the person can answer."""

    hand_overs: list[HandOverAnswer]


class InvitationAnswer(msgspec.Struct, frozen=True):
    """Until when a device code works, milliseconds UTC."""

    expires_at: U53


class WaitingAnswer(msgspec.Struct, frozen=True):
    """A device that waits to be let in, in its own words; keys and hashes in hexadecimal."""

    device: IdText
    name: Name
    sign_key: HexKey
    public_key: HexKey
    claim_hash: HexKey
    proof: HexKey
    asked_at: U53
    answered: bool = False


class CodeAnswer(msgspec.Struct, frozen=True):
    """A device code that still works, and who waits."""

    lookup_hash: HexKey
    expires_at: U53
    waiting: WaitingAnswer | None = None


class CodesAnswer(msgspec.Struct, frozen=True):
    """The codes of this device that still work, and how the server names itself."""

    invitations: list[CodeAnswer]
    server: ServerAnswer


class InviterAnswer(msgspec.Struct, frozen=True):
    """The device on which the person is asked."""

    device: IdText
    keys_hash: HexKey


class DeviceJoinAnswer(msgspec.Struct, frozen=True):
    """Answer to a device code: whom to compare words with."""

    space: IdText
    server: ServerAnswer
    inviter: InviterAnswer
    expires_at: U53


class LetInAnswer(msgspec.Struct, frozen=True):
    """What a device gets that is let in; the bundle is sealed, in base64."""

    space: IdText
    credential: CredentialText
    credential_expires_at: U53
    server: ServerAnswer
    bundle: str


class ClaimAnswer(msgspec.Struct, frozen=True):
    """What the person said."""

    state: Literal["waiting", "confirmed", "refused"]
    let_in: LetInAnswer | None = None


class DeviceAnswer(msgspec.Struct, frozen=True):
    """One device of the person, as the server knows it."""

    id: IdText
    name: Name
    last_seen: U53 | None = None
    current: bool = False
    added_at: U53 | None = None
    let_in_by: str = "invitation"
    confirmed_by: str | None = None
    let_in_through: tuple[str, ...] = ()


class DevicesAnswer(msgspec.Struct, frozen=True):
    """All devices of the person."""

    devices: list[DeviceAnswer]


class RecoveryMadeAnswer(msgspec.Struct, frozen=True):
    """The recovery code that works: when and where it was made and last used."""

    holder: IdText
    made_at: U53
    made_by: str
    used_at: U53 | None = None
    used_by: str | None = None


class RecoveryAnswer(msgspec.Struct, frozen=True):
    """The person's recovery code, if there is one."""

    recovery: RecoveryMadeAnswer | None = None


class AccessAnswer(msgspec.Struct, frozen=True):
    """Somebody else looked, or was refused, as the server knows it."""

    member: str
    page: Name
    at: U53
    name: Name | None = None


class AccessLogAnswer(msgspec.Struct, frozen=True):
    """Who else looked, the newest first; ``next`` names where older entries begin."""

    entries: Annotated[list[AccessAnswer], msgspec.Meta(max_length=limits.ACCESS_LOG_ENTRIES_MAX)]
    more: bool = False
    next: Name | None = None


class SupporterLinkAnswer(msgspec.Struct, frozen=True):
    """A supporter's link as the server knows it; times in milliseconds UTC."""

    member: str
    token_hash: str
    expires_at: U53
    opened_at: U53 | None = None
    ended_at: U53 | None = None
    ended_by: LinkEnd | None = None


class SupporterLinksAnswer(msgspec.Struct, frozen=True):
    """The links of the person's supporters that the server remembers, the oldest first."""

    links: Annotated[list[SupporterLinkAnswer], msgspec.Meta(max_length=limits.SUPPORTER_LINKS_MAX)]


class ProofAnswer(msgspec.Struct, frozen=True):
    """What a device said when it erased everything: signed statements in base64."""

    event: str
    statements: list[str]


class ErasureAnswer(msgspec.Struct, frozen=True):
    """Everything of this person was erased on the server: when, and on whose word."""

    erased_at: U53
    proofs: list[ProofAnswer]


class Nothing(msgspec.Struct, frozen=True):
    """An answer without content."""


def home_server(
    cipher: Cipher, url: str, answer: ServerAnswer, known: HomeServer | None = None
) -> HomeServer:
    """Return what a device keeps of its home server.

    Args:
        cipher: Checks signatures.
        url: The address that was asked.
        answer: How the server names itself.
        known: The server whose key is pinned already, by this device or by the one that invites it.

    Returns:
        The server, with the key that is pinned from here on: the one that it names, reached from
        the key of ``known`` where there is one.

    Raises:
        RefusedError: ``unreachable``: it names no key that could sign; ``unknown_signing_key``: no
            valid way leads from the pinned key to the one it names.
    """
    keys = _signing_keys(answer)
    pinned = keys[-1].key if known is None else known.signing_key
    server = HomeServer(
        url=url,
        id=id_from_text(answer.id),
        name=answer.name,
        signing_key=pinned,
        succession=() if known is None else known.succession,
    )
    after = followed(cipher, server, keys)
    if after is None:
        raise RefusedError(ErrorCode.UNKNOWN_SIGNING_KEY, gettext(UNKNOWN_KEY_WORDS))
    return after


def _signing_keys(answer: ServerAnswer) -> list[SigningKey]:
    """Return every key that a server says it ever signed with; the last is the present one."""
    newest = _bytes_from_hex(answer.signing_key, limits.HASH_BYTES)
    keys = [
        SigningKey(
            key=_bytes_from_hex(each.key, limits.HASH_BYTES),
            since=each.since,
            signature=None
            if each.signature is None
            else _bytes_from_hex(each.signature, 2 * limits.HASH_BYTES),
        )
        for each in answer.keys
    ] or [first_key(newest)]
    if keys[-1].key != newest:
        _no_server()
    return keys


def _bytes_from_hex(text: str, length: int) -> bytes:
    try:
        value = bytes.fromhex(text)
    except ValueError:
        value = b""
    return value if len(value) == length else _no_server()


def _no_server() -> NoReturn:
    raise RefusedError(ErrorCode.UNREACHABLE, gettext("what answers there is no Trailmark server"))
