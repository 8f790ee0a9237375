"""``trailmark-lane-export/1``: one lane as JSON Lines, with all that proves it.

The first line is the header: for whom the file is and on what terms, the keys of the server, the
signed head. Every further line is one row, in seq order from 1. ``docs/protocol.md`` describes each
member; ``exports.check`` recomputes all of it.
"""

from __future__ import annotations

import binascii
from base64 import b64decode, b64encode
from hashlib import sha256
from typing import Annotated, Final, NoReturn

import msgspec

from trailmark_shared import limits
from trailmark_shared.domain.consent import CONSENT_TEXTS, SUPPORTER_TEXTS
from trailmark_shared.errors import ErrorCode, EventDataError
from trailmark_shared.events.access import AccessGranted
from trailmark_shared.events.envelope import CODES_WITH_BODY, Event, Row
from trailmark_shared.ids import (
    PLAIN,
    DeviceId,
    Epoch,
    EventId,
    KeyId,
    Lane,
    SpaceId,
    id_from_text,
    is_lane,
    text_from_id,
)
from trailmark_shared.protocol.messages import SignedHead, SigningKey

FORMAT: Final = "trailmark-lane-export/1"
"""What the first line says of itself."""


Number = Annotated[int, msgspec.Meta(ge=0, le=limits.INTEGER_MAX)]
Signed = Annotated[int, msgspec.Meta(ge=-limits.INTEGER_MAX, le=limits.INTEGER_MAX)]


class ExportedKey(msgspec.Struct, frozen=True, kw_only=True):
    """A key that signed heads, as ``messages.SigningKey``; key and signature in hexadecimal."""

    key: str
    since: Number
    signature: str | None


class ExportedHead(msgspec.Struct, frozen=True, kw_only=True):
    """The signed head of the last row, as ``messages.SignedHead``; bytes in hexadecimal."""

    seq: Number
    hash: str
    time: Number
    signature: str


class ExportedMember(msgspec.Struct, frozen=True, kw_only=True):
    """Whom the file was made for: a member with a grant.

    Attributes:
        id: Id of the member.
        name: Their name, as the person was shown it.
        role: ``therapist`` or ``supporter``.
    """

    id: str
    name: str
    role: str


class ExportedConsent(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A grant of the lane, and the words that the person agreed to.

    Attributes:
        grant: Id of the grant.
        member: Whom it lets in.
        name: Their name, as the person was shown it.
        role: ``therapist`` or ``supporter``.
        classes: What the person agreed to share.
        until: Last day, or null for until revoked.
        version: Version of the consent text.
        sha256: Hash of that text, hexadecimal.
        text: The text, or null where the program that wrote the file does not know it.
        seq: The entry that gives the grant.
        revoked_seq: The entry that takes it back, or null.
        actions, purpose, history, since: Its further terms, as ``AccessGranted`` has them; what it
            does not name is absent.
    """

    grant: str
    member: str
    name: str
    role: str
    classes: tuple[str, ...]
    until: str | None
    version: int
    sha256: str
    text: str | None
    seq: Number
    revoked_seq: Number | None
    actions: tuple[str, ...] | None = None
    purpose: str | None = None
    history: str | None = None
    since: str | None = None


class ExportHeader(msgspec.Struct, frozen=True, kw_only=True):
    """The first line.

    Attributes:
        format: ``FORMAT``.
        notice: For people: whose this is, who may use it and for what.
        space: Id of everything of the person.
        lane: Name of the lane.
        made_at: When the file was made, milliseconds UTC.
        made_for: The member it was made for; null for the person's own copy.
        entries: How many rows follow.
        words: What to compare with the person's own device; empty for a lane without rows.
        signed_head: The server's signature for the last row; null for a lane without rows.
        keys: The keys of the server, the oldest first.
        consents: Who was let in, and on what terms.
    """

    format: str
    notice: tuple[str, ...]
    space: str
    lane: str
    made_at: Number
    made_for: ExportedMember | None
    entries: Number
    words: str
    signed_head: ExportedHead | None
    keys: tuple[ExportedKey, ...]
    consents: tuple[ExportedConsent, ...]

    @property
    def space_id(self) -> SpaceId:
        """The space, 16 bytes."""
        return SpaceId(id_from_text(self.space))

    @property
    def signing_keys(self) -> list[SigningKey]:
        """The keys of the server.

        Raises:
            EventDataError: ``malformed_export``: these are no keys.
        """
        return [
            SigningKey(
                key=_bytes(each.key, 32),
                since=each.since,
                signature=None if each.signature is None else _bytes(each.signature, 64),
            )
            for each in self.keys
        ]

    @property
    def head(self) -> SignedHead | None:
        """The signed head.

        Raises:
            EventDataError: ``malformed_export``: this is none.
        """
        if self.signed_head is None:
            return None
        told = self.signed_head
        return SignedHead(
            seq=told.seq,
            hash=_bytes(told.hash, limits.HASH_BYTES),
            time=told.time,
            signature=_bytes(told.signature, 64),
        )


class ExportedRow(msgspec.Struct, frozen=True, kw_only=True):
    """Every further line: one row, as ``envelope.Row`` and its event; bytes in hexadecimal.

    ``body`` is the text of a body in UTF-8, ``body_base64`` any other; a stub has neither, and no
    ``salt``. ``key`` is null for a plain body.
    """

    seq: Number
    id: str
    device: str
    epoch: str
    dseq: Number
    key: str | None
    commit: str
    prev: str
    hash: str
    salt: str | None
    body: str | None
    body_base64: str | None
    received_at: Number
    offset: Signed
    actor: str
    code: str | None
    lane_hash: str


_encode = msgspec.json.Encoder().encode
_header = msgspec.json.Decoder(ExportHeader)
_row = msgspec.json.Decoder(ExportedRow)


def exported_key(key: SigningKey) -> ExportedKey:
    """Return a signing key as it stands in a header."""
    signature = None if key.signature is None else key.signature.hex()
    return ExportedKey(key=key.key.hex(), since=key.since, signature=signature)


def exported_head(head: SignedHead) -> ExportedHead:
    """Return a signed head as it stands in a header."""
    return ExportedHead(
        seq=head.seq, hash=head.hash.hex(), time=head.time, signature=head.signature.hex()
    )


def exported_consent(
    grant: str, granted: AccessGranted, seq: int, revoked_seq: int | None
) -> ExportedConsent:
    """Return a grant as it stands in a header.

    Args:
        grant: Its id.
        granted: What was granted, to whom, in which words.
        seq: The entry that gives it.
        revoked_seq: The entry that takes it back, or ``None``.
    """
    texts = SUPPORTER_TEXTS if granted.role == "supporter" else CONSENT_TEXTS
    text = texts.get(granted.consent.version)
    is_known = text is not None and _hash(text) == granted.consent.sha256
    return ExportedConsent(
        grant=grant,
        member=granted.member,
        name=granted.name,
        role=granted.role,
        classes=granted.classes,
        until=granted.until,
        version=granted.consent.version,
        sha256=granted.consent.sha256,
        text=text if is_known else None,
        seq=seq,
        revoked_seq=revoked_seq,
        actions=granted.actions,
        purpose=granted.purpose,
        history=granted.history,
        since=granted.since,
    )


def _hash(text: str) -> str:
    return sha256(text.encode()).hexdigest()


def line_from_header(header: ExportHeader) -> bytes:
    """Return the first line, its end included."""
    return _encode(header) + b"\n"


def header_from_line(line: bytes) -> ExportHeader:
    """Return the header of a first line.

    Raises:
        EventDataError: ``malformed_export``: this is no export of this version.
    """
    _refuse_long(line)
    try:
        header = _header.decode(line)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        _malformed("this is no export of a lane")
    if header.format != FORMAT:
        _malformed(f"this is no {FORMAT}; a newer Trailmark may read it")
    if not is_lane(header.lane):
        _malformed("the export names no lane")
    _id(header.space)
    assert header.signing_keys is not None, "they were read"
    assert header.head is None or header.head.hash, "it was read"
    return header


def line_from_row(row: Row) -> bytes:
    """Return the line of a row, its end included; a refused one as the log has it, a stub."""
    event = row.event
    body = event.body if row.code in CODES_WITH_BODY else None
    text, other = (None, None) if body is None else _texts(body)
    return (
        _encode(
            ExportedRow(
                seq=row.seq,
                id=text_from_id(event.id),
                device=text_from_id(event.device),
                epoch=event.epoch.hex(),
                dseq=event.dseq,
                key=None if event.key == PLAIN else event.key.hex(),
                commit=event.commit.hex(),
                prev=event.prev.hex(),
                hash=event.hash.hex(),
                salt=None if body is None or event.salt is None else event.salt.hex(),
                body=text,
                body_base64=other,
                received_at=row.received_at,
                offset=row.offset,
                actor=row.actor,
                code=row.code,
                lane_hash=row.lane_hash.hex(),
            )
        )
        + b"\n"
    )


def _texts(body: bytes) -> tuple[str | None, str | None]:
    try:
        return body.decode(), None
    except UnicodeDecodeError:
        return None, b64encode(body).decode()


def row_from_line(space: SpaceId, lane: Lane, line: bytes) -> Row:
    """Return a row as a line claims it to be; nothing of it is checked.

    Args:
        space: From the header.
        lane: From the header.
        line: One line.

    Raises:
        EventDataError: ``malformed_export``: the line is no row.
    """
    _refuse_long(line)
    try:
        told = _row.decode(line)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        _malformed("a line is no row")
    event = Event(
        id=EventId(_id(told.id)),
        space=space,
        lane=lane,
        device=DeviceId(_id(told.device)),
        epoch=Epoch(_bytes(told.epoch, limits.EPOCH_BYTES)),
        dseq=told.dseq,
        key=KeyId(PLAIN if told.key is None else _bytes(told.key, limits.KEY_ID_BYTES)),
        commit=_bytes(told.commit, limits.HASH_BYTES),
        prev=_bytes(told.prev, limits.HASH_BYTES),
        hash=_bytes(told.hash, limits.HASH_BYTES),
        salt=None if told.salt is None else _bytes(told.salt, limits.SALT_BYTES),
        body=_body(told),
    )
    return Row(
        event=event,
        seq=told.seq,
        received_at=told.received_at,
        offset=told.offset,
        actor=told.actor,
        code=told.code,
        lane_hash=_bytes(told.lane_hash, limits.HASH_BYTES),
    )


def _refuse_long(line: bytes) -> None:
    if len(line) > limits.EXPORT_LINE_BYTES_MAX:
        _malformed("a line is longer than EXPORT_LINE_BYTES_MAX")


def _id(text: str) -> bytes:
    try:
        return id_from_text(text)
    except EventDataError:
        _malformed("an id is no id")


def _body(told: ExportedRow) -> bytes | None:
    if told.body is not None:
        return told.body.encode("utf-8", "surrogatepass")
    if told.body_base64 is None:
        return None
    try:
        return b64decode(told.body_base64, validate=True)
    except (binascii.Error, ValueError):
        _malformed("a body is no base64")


def _bytes(text: str, length: int) -> bytes:
    try:
        value = bytes.fromhex(text)
    except ValueError:
        value = b""
    if len(value) != length:
        _malformed("a binary value is no hexadecimal of its length")
    return value


def _malformed(message: str) -> NoReturn:
    raise EventDataError(ErrorCode.MALFORMED_EXPORT, message) from None
