"""``shared_entry_carried``: a row of an imported lane, sealed in ``self`` for the person's devices.

An imported lane belongs to no server that this person is at home on, so its rows travel inside
events of ``self``, one in each. Erasing what such a row is about erases what carries it, for both
are about the same subject. The type is in no row of the registry: it says nothing by itself, so
folds and views pass over it as over any type that they do not know, whatever the release.
"""

from __future__ import annotations

import zlib
from hashlib import sha256
from typing import Annotated, Final

import msgspec

from trailmark_shared import limits
from trailmark_shared.errors import IntegrityError
from trailmark_shared.events.body import Body, UnknownData
from trailmark_shared.events.registry import is_kept
from trailmark_shared.exports.whole import Placed, placed_from_json, whole_event

CARRIED: Final = "shared_entry_carried"
"""Type of the events that carry rows."""

_VER: Final = 1
_LABEL: Final = b"trailmark-carried/1"
_LEAST: Final = 1
"""zlib's least effort: what is padded to 256 bytes gains little from more."""

_ROOM: Final = limits.BODY_BYTES_MAX - limits.SEAL_BLOCK_BYTES - 1024
"""What is left of the largest body: nonce, tag and padding take less than a block, the frame less
than a kilobyte."""

_encode: Final = msgspec.json.Encoder().encode


class _Carried(msgspec.Struct, frozen=True, kw_only=True):
    """Data of the type.

    Attributes:
        row: The event as it stands in ``trailmark-export/1``, as one zlib stream (RFC 1950).
    """

    row: Annotated[bytes, msgspec.Meta(max_length=limits.BODY_BYTES_MAX)]


_decode: Final = msgspec.json.Decoder(_Carried).decode


def carried_mark(
    lane: str, event: bytes, seq: int | None, held: int | None, *, has_body: bool
) -> bytes:
    """Return what the id of every event that carries a row begins with; the rest is random.

    So it is known of a row whether it is carried, and whether what carried it was erased. A row
    whose words were erased is another one than the row with them.

    Args:
        lane: The lane of the row.
        event: Id of its event.
        seq: Its place in the lane, ``None`` while unconfirmed.
        held: A rewind held it back; see the store's ``event.held``.
        has_body: Its words are there.
    """
    name = msgspec.msgpack.encode([lane, event, seq, held, has_body])
    return sha256(_LABEL + name).digest()[: limits.CARRIED_MARK_BYTES]


def carrying_body(placed: Placed, said: Body | None, now: Body) -> Body | None:
    """Return the body that carries a row.

    Args:
        placed: The row.
        said: Its own body, where it can be read: the carrying event is about the same subject and
            day, so that it goes when they are erased.
        now: What is recorded now, in all but subject and data.

    Returns:
        The body, or ``None`` where the row is too long to be carried.
    """
    line = _encode(whole_event(placed))
    data = _encode(_Carried(row=zlib.compress(line, _LEAST)))
    if len(line) > limits.CARRIED_ROW_BYTES_MAX or len(data) > _ROOM:
        return None
    meant = now if said is None else said
    stays = said is None or is_kept(placed.event.lane, placed.event.key, said.type)
    return Body(
        type=CARRIED,
        ver=_VER,
        # What is never erased, and what is erased already, goes with nothing.
        subject=placed.event.id if stays else meant.subject,
        occurred_at=meant.occurred_at,
        zone=meant.zone,
        day=meant.day,
        recorded_at=now.recorded_at,
        data=UnknownData(data),
    )


def carried_row(body: Body) -> Placed | None:
    """Return the row that a body carries, as it claims to be; nothing of it is checked.

    Returns:
        The row, or ``None``: the body carries none, or none that this release can read.
    """
    if body.type != CARRIED or body.ver != _VER or not isinstance(body.data, UnknownData):
        return None
    unfolding = zlib.decompressobj()
    try:
        packed = _decode(body.data.raw).row
        line = unfolding.decompress(packed, limits.CARRIED_ROW_BYTES_MAX)
        return placed_from_json(line) if unfolding.eof else None
    except (msgspec.MsgspecError, UnicodeDecodeError, zlib.error, IntegrityError):
        return None
