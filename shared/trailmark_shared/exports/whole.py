"""``trailmark-export/1``: everything of a person in one JSON document that can be read back.

The document is one line for each thing, so that ten years of entries need not be in memory at once:
``"member": [`` opens a list, one thing stands on every line, ``]`` closes it. Its last member is
the SHA-256 of every byte before that line: whoever reads it back knows that the file is all there
and what was written. An event stands there as its device wrote it, with all that its hashes cover.
"""

from __future__ import annotations

import binascii
from base64 import b64decode, b64encode
from collections.abc import Iterable, Iterator
from hashlib import sha256
from typing import Final, NoReturn

import msgspec

from trailmark_shared import limits
from trailmark_shared.errors import ErrorCode, EventDataError, IntegrityError
from trailmark_shared.events.envelope import Event
from trailmark_shared.exports.format import Number, Signed
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
from trailmark_shared.words import gettext

FORMAT: Final = "trailmark-export/1"
"""What the document says of itself."""

_FAMILY: Final = b'"format": "trailmark-export/'
_FIRST: Final = b"{\n"
_SECOND: Final = b'"format": "%s",\n' % FORMAT.encode()
_SUM: Final = b'"sha256": "'
_LAST: Final = b"}\n"
_LIST: Final = b"["

_encode: Final = msgspec.json.Encoder().encode


class Placed(msgspec.Struct, frozen=True, kw_only=True):
    """An event as a device stores it, with what is readable of it.

    Attributes:
        event: The event.
        plain: The JSON of its body, or ``None`` for a stub and for what the device cannot open.
        seq: Place in the lane, or ``None`` while unconfirmed.
        held: A rewind holds it back; see the store's ``event.held``.
        received_at: When the server had it, milliseconds UTC, or ``None``.
        offset: Server clock minus device clock, milliseconds, or ``None``.
        actor: Who wrote it, or ``None`` while unconfirmed.
        code: Why it was refused or set aside, or ``None``.
        lane_hash: The lane's hash after it, or ``None`` while unconfirmed.
    """

    event: Event
    plain: bytes | None
    seq: int | None
    held: int | None
    received_at: int | None
    offset: int | None
    actor: str | None
    code: str | None
    lane_hash: bytes | None


class WholeEvent(msgspec.Struct, frozen=True, kw_only=True):
    """One event of the document; ids as text, other binary values in hexadecimal.

    Attributes:
        event: Id of the event.
        lane: The lane.
        seq: Place in the lane, or null while unconfirmed.
        device: Id of the device that wrote it.
        dseq: Its number on that device.
        received_at: When the server had it, milliseconds UTC, or null.
        actor: Who wrote it, or null while unconfirmed.
        code: Why it was refused or set aside, or null.
        sealed: Only the person's devices can open what is stored.
        hash: Its hash.
        erased: Its body is gone, or was refused before it came here.
        body: The body as it was written, or null where there is none or its key is missing.
        space: Everything of which person it belongs to.
        epoch: The device's numbering.
        key: The vault key that sealed it, or null for a plain body.
        commit: SHA-256 of salt and stored body.
        prev: Hash of the device's event before it.
        salt: Its salt, or null for a stub.
        stored: The stored body in base64; null for a stub, and where ``body`` is byte for byte it.
        offset: Server clock minus device clock, milliseconds, or null.
        lane_hash: The lane's hash after it, or null.
        held: Held back since the server's log went back, or null.
    """

    event: str
    lane: str
    seq: Number | None
    device: str
    dseq: Number
    received_at: Number | None
    actor: str | None
    code: str | None
    sealed: bool
    hash: str
    erased: bool
    body: msgspec.Raw
    space: str
    epoch: str
    key: str | None
    commit: str
    prev: str
    salt: str | None
    stored: str | None
    offset: Signed | None
    lane_hash: str | None
    held: Signed | None


class LaneState(msgspec.Struct, frozen=True, kw_only=True):
    """What a lane came to where the document was made.

    Attributes:
        lane: The lane.
        seq: The last row of the server's log that the device held.
        projection: Version of the folds.
        sha256: State hash of the confirmed rows up to there, hexadecimal.
    """

    lane: str
    seq: Number
    projection: Number
    sha256: str


_NULL: Final = msgspec.Raw(b"null")
_whole: Final = msgspec.json.Decoder(WholeEvent)


def whole_event(placed: Placed) -> WholeEvent:
    """Return an event as it stands in the document."""
    event, readable = placed.event, _readable(placed.plain)
    is_sealed, body = event.key != PLAIN, event.body
    is_said = body is not None and not is_sealed and bytes(readable) == body
    return WholeEvent(
        event=text_from_id(event.id),
        lane=event.lane,
        seq=placed.seq,
        device=text_from_id(event.device),
        dseq=event.dseq,
        received_at=placed.received_at,
        actor=placed.actor,
        code=placed.code,
        sealed=is_sealed,
        hash=event.hash.hex(),
        erased=body is None,
        body=readable,
        space=text_from_id(event.space),
        epoch=event.epoch.hex(),
        key=event.key.hex() if is_sealed else None,
        commit=event.commit.hex(),
        prev=event.prev.hex(),
        salt=None if event.salt is None else event.salt.hex(),
        stored=None if body is None or is_said else b64encode(body).decode(),
        offset=placed.offset,
        lane_hash=None if placed.lane_hash is None else placed.lane_hash.hex(),
        held=placed.held,
    )


def _readable(plain: bytes | None) -> msgspec.Raw:
    if plain is None:
        return _NULL
    try:
        told = msgspec.json.decode(plain)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return _NULL
    # A line break between its parts, which another program may write, would end the line.
    return msgspec.Raw(_encode(told) if b"\n" in plain else plain)


def placed_from_json(text: bytes) -> Placed:
    """Return an event as the document claims it to be; nothing of it is checked.

    Args:
        text: One thing of the member ``events``.

    Raises:
        IntegrityError: ``altered_export``: this is no event.
    """
    try:
        told = _whole.decode(text)
        event = Event(
            id=EventId(id_from_text(told.event)),
            space=SpaceId(id_from_text(told.space)),
            lane=Lane(told.lane),
            device=DeviceId(id_from_text(told.device)),
            epoch=Epoch(_binary(told.epoch, limits.EPOCH_BYTES)),
            dseq=told.dseq,
            key=KeyId(PLAIN if told.key is None else _binary(told.key, limits.KEY_ID_BYTES)),
            commit=_binary(told.commit, limits.HASH_BYTES),
            prev=_binary(told.prev, limits.HASH_BYTES),
            hash=_binary(told.hash, limits.HASH_BYTES),
            salt=None if told.salt is None else _binary(told.salt, limits.SALT_BYTES),
            body=_stored(told),
        )
        lane_hash = None if told.lane_hash is None else _binary(told.lane_hash, limits.HASH_BYTES)
    except (msgspec.MsgspecError, EventDataError, ValueError, RecursionError):
        refuse_altered()
    if not is_lane(told.lane):
        refuse_altered()
    return Placed(
        event=event,
        plain=None if told.body == _NULL else bytes(told.body),
        seq=told.seq,
        held=told.held,
        received_at=told.received_at,
        offset=told.offset,
        actor=told.actor,
        code=told.code,
        lane_hash=lane_hash,
    )


def _stored(told: WholeEvent) -> bytes | None:
    if told.erased:
        return None
    if told.stored is not None:
        return b64decode(told.stored, validate=True)
    return bytes(told.body)


def _binary(text: str, length: int) -> bytes:
    value = bytes.fromhex(text)
    if len(value) != length:
        raise binascii.Error
    return value


def sum_line(digest: bytes) -> bytes:
    """Return the last member: the SHA-256 of everything before its line."""
    return _SUM + digest.hex().encode() + b'"\n' + _LAST


def things_in(lines: Iterable[bytes]) -> Iterator[tuple[str, bytes]]:
    """Yield what stands in a document, thing by thing, and check that all of it is there.

    Args:
        lines: The document, line by line, each with its end.

    Yields:
        The member and one thing of it, as JSON. Nothing may count before the last one came.

    Raises:
        IntegrityError: ``malformed_export``: another file, or of a newer Trailmark;
            ``truncated_export``: its end is not there; ``altered_export``: other bytes than were
            written.
    """
    digest, waiting = sha256(), iter(lines)
    _begin(waiting)
    digest.update(_FIRST + _SECOND)
    member = ""
    for line in waiting:
        if not member and line.startswith(_SUM):
            _end(line, waiting, digest.digest())
            return
        if not line.endswith(b"\n"):
            break
        digest.update(line)
        thing = line.removesuffix(b"\n").removesuffix(b",")
        if member and thing != b"]":
            yield member, thing
        elif member:
            member = ""
        else:
            if line == _LAST:
                _refuse_older()
            name, value = _named(thing)
            if value == _LIST:
                member = name
            elif value != b"[]":
                yield name, value
    _refuse_truncated()


def _begin(lines: Iterator[bytes]) -> None:
    first, second = next(lines, b""), next(lines, b"")
    if first == _FIRST and second == _SECOND:
        return
    if first == _FIRST and second.startswith(_FAMILY):
        raise IntegrityError(
            ErrorCode.MALFORMED_EXPORT,
            gettext("this export was made by a newer Trailmark; upgrade this one"),
        )
    _malformed()


def _end(line: bytes, lines: Iterator[bytes], digest: bytes) -> None:
    rest = line + b"".join(lines)
    told = sum_line(digest)
    if rest == told:
        return
    if len(rest) < len(told) and told[: len(rest)] == rest:
        _refuse_truncated()
    refuse_altered()


def _named(thing: bytes) -> tuple[str, bytes]:
    name, colon, value = thing.partition(b'": ')
    if not colon or not name.startswith(b'"'):
        refuse_altered()
    return name[1:].decode("utf-8", "replace"), value


def refuse_altered() -> NoReturn:
    """Refuse a document that does not say what was once written.

    Raises:
        IntegrityError: ``altered_export``.
    """
    raise IntegrityError(
        ErrorCode.ALTERED_EXPORT,
        gettext("this export was changed after it was written; use another copy of it"),
    ) from None


def _refuse_older() -> NoReturn:
    raise IntegrityError(
        ErrorCode.MALFORMED_EXPORT,
        gettext(
            "an older Trailmark made this export, and it holds too little to be read back; if you "
            "have the folder of that device: trailmark import FOLDER"
        ),
    )


def _refuse_truncated() -> NoReturn:
    raise IntegrityError(
        ErrorCode.TRUNCATED_EXPORT,
        gettext("not all of this export is here: its end is cut off; use another copy of it"),
    )


def _malformed() -> NoReturn:
    raise IntegrityError(
        ErrorCode.MALFORMED_EXPORT, gettext("this file is no export of Trailmark")
    ) from None
