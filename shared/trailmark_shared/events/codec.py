"""Bodies to bytes and back, in two steps, with every bound checked before and after.

Reading: size, nesting, the frame of the body, and only then the data of a known ``(type, ver)``.
What this build does not know keeps its exact bytes. Errors name a path in the JSON, never a value:
values are a person's words.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import cache
from typing import Annotated, Any, Final, NoReturn, TypeVar

import msgspec
from msgspec import UNSET, Meta, UnsetType

from trailmark_shared import limits
from trailmark_shared.domain.dates import DAY, INSTANT
from trailmark_shared.errors import ErrorCode, EventDataError, LimitExceededError
from trailmark_shared.events.body import Body, Reason, UnknownData
from trailmark_shared.events.data import (
    ID,
    ZONE,
    ZONE_CHARS_MAX,
    Code,
    Day,
    EventData,
    IdText,
    Instant,
    Millis,
    Text,
    Zone,
)
from trailmark_shared.events.registry import EVENT_TYPES, EventType
from trailmark_shared.events.upcasters import UPCASTERS, Upcaster, upcast
from trailmark_shared.ids import id_from_text, text_from_id
from trailmark_shared.words import gettext

_T = TypeVar("_T")

# Compiled when they are first needed: only what is refused or deep needs them.
_BRACKETS: Final = rb'(?s)"(?:[^"\\]++|\\.)*+"?|[\[{]|[\]}]'
_PATH: Final = r"at `([^`]*)`\Z"
_TOO_LONG: Final = r"of length <= ([0-9]+)"
_PATH_PART: Final = r"\.([a-z_0-9]+)|\[([0-9]+)\]"
_UNREADABLE: Final = (msgspec.MsgspecError, RecursionError, UnicodeDecodeError)
_NO_BASE: Final[tuple[IdText, ...]] = ()


class _WireReason(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    code: Code
    text: Text | None = None


class _WireBody(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The frame of a body as JSON; fields in the order in which they are written."""

    type: Code
    ver: Annotated[int, Meta(ge=1, le=limits.INTEGER_MAX)]
    subject: IdText
    occurred_at: Instant
    zone: Zone
    day: Day
    recorded_at: Millis
    reason: _WireReason | UnsetType = UNSET
    base: Annotated[tuple[IdText, ...], Meta(max_length=limits.BASE_IDS_MAX)] = _NO_BASE
    cause: IdText | UnsetType = UNSET
    data: msgspec.Raw


class _LooseBody(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """The same frame with its texts unchecked: each pattern costs the decoder as much as all else.

    What ``_FRAME`` finds right of it is what ``_WireBody`` accepts; anything else is read as one.
    """

    type: str
    ver: Annotated[int, Meta(ge=1, le=limits.INTEGER_MAX)]
    subject: str
    occurred_at: str
    zone: str
    day: str
    recorded_at: Millis
    reason: _WireReason | UnsetType = UNSET
    base: Annotated[tuple[IdText, ...], Meta(max_length=limits.BASE_IDS_MAX)] = _NO_BASE
    cause: IdText | UnsetType = UNSET
    data: msgspec.Raw


assert _LooseBody.__struct_fields__ == _WireBody.__struct_fields__, "two readings of one frame"

_FRAME: Final = re.compile(f"{ID}\n{INSTANT}\n{ZONE}\n{DAY}")
"""Subject, time, zone and day, each on a line of its own: none of them holds a line's end."""

_encode: Final = msgspec.json.Encoder().encode
_decode_frame: Final = msgspec.json.Decoder(_WireBody).decode
_decode_loose: Final = msgspec.json.Decoder(_LooseBody).decode
_decode_plain: Final = msgspec.json.Decoder(dict[str, Any]).decode


def encode_body(body: Body) -> bytes:
    """Return the JSON of ``body``, checked as a reader would check it.

    Args:
        body: What happened.

    Returns:
        UTF-8 JSON, keys in the order of ``Body``, absent optionals left out.

    Raises:
        EventDataError: ``malformed_body`` with the path of what is wrong; ``reason_required``.
        LimitExceededError: Which bound of ``limits`` was crossed.
    """
    known = EVENT_TYPES.get(body.type)
    if known is not None and known.reason_required and body.reason is None:
        raise EventDataError(
            ErrorCode.REASON_REQUIRED, gettext("{type} says why").format(type=body.type)
        )
    try:
        raw = body.data.raw if isinstance(body.data, UnknownData) else _encode(body.data)
        encoded = _encode(_wire_from_body(body, raw))
    except UnicodeEncodeError:
        _malformed("$")
    if decode_body(encoded) != body:
        _malformed("$")
    return encoded


def _wire_from_body(body: Body, raw: bytes) -> _WireBody:
    reason = body.reason
    return _WireBody(
        type=body.type,
        ver=body.ver,
        subject=text_from_id(body.subject),
        occurred_at=body.occurred_at,
        zone=body.zone,
        day=body.day,
        recorded_at=body.recorded_at,
        reason=UNSET if reason is None else _WireReason(code=reason.code, text=reason.text),
        base=tuple(map(text_from_id, body.base)),
        cause=UNSET if body.cause is None else text_from_id(body.cause),
        data=msgspec.Raw(raw),
    )


def decode_body(
    data: bytes,
    types: Mapping[str, EventType] = EVENT_TYPES,
    upcasters: Mapping[tuple[str, int], Upcaster] = UPCASTERS,
) -> Body:
    """Return the body that ``data`` says.

    Args:
        data: A plain (or opened) body, UTF-8 JSON.
        types: The types to know.
        upcasters: The functions that make old data current.

    Returns:
        The body; ``ver`` is the version of ``data`` as returned: the current one for a known type,
        the written one beside ``UnknownData``.

    Raises:
        EventDataError: ``malformed_body`` with the path of what is wrong, or ``too_deep``.
        LimitExceededError: Which bound of ``limits`` was crossed.
    """
    check_size_and_depth(data)
    frame = _frame(data)
    known = types.get(frame.type)
    if known is None or frame.ver > known.ver:
        return _body_from_wire(frame, frame.ver, UnknownData(bytes(frame.data)))
    return _body_from_wire(frame, known.ver, _decode_data(frame, known, frame.data, upcasters))


def _frame(data: bytes) -> _LooseBody | _WireBody:
    try:
        frame = _decode_loose(data)
    except _UNREADABLE:
        return _typed(_decode_frame, data, "$")
    texts = f"{frame.subject}\n{frame.occurred_at}\n{frame.zone}\n{frame.day}"
    if (
        frame.type in EVENT_TYPES
        and len(frame.zone) <= ZONE_CHARS_MAX
        and _FRAME.fullmatch(texts) is not None
    ):
        return frame
    return _typed(_decode_frame, data, "$")


def _decode_data(
    frame: _LooseBody | _WireBody,
    known: EventType,
    raw: bytes | msgspec.Raw,
    upcasters: Mapping[tuple[str, int], Upcaster],
) -> EventData:
    if frame.ver < known.ver:
        plain = _typed(_decode_plain, raw, "$.data")
        raw = _encode(upcast(frame.type, frame.ver, known.ver, plain, upcasters))
    return _typed(_data_decoder(known.data), raw, "$.data")


@cache
def _data_decoder(data: type[EventData]) -> Callable[[bytes | msgspec.Raw], EventData]:
    return msgspec.json.Decoder(data).decode


def make_decoders() -> None:
    """Make the decoder of every event's data."""
    for each in EVENT_TYPES.values():
        _data_decoder(each.data)


def _body_from_wire(frame: _LooseBody | _WireBody, ver: int, data: EventData | UnknownData) -> Body:
    reason = frame.reason
    return Body(
        type=frame.type,
        ver=ver,
        subject=id_from_text(frame.subject),
        occurred_at=frame.occurred_at,
        zone=frame.zone,
        day=frame.day,
        recorded_at=frame.recorded_at,
        reason=None if reason is UNSET else Reason(code=reason.code, text=reason.text),
        base=tuple(map(id_from_text, frame.base)) if frame.base else (),
        cause=None if frame.cause is UNSET else id_from_text(frame.cause),
        data=data,
    )


def check_size_and_depth(data: bytes) -> None:
    """Refuse bytes that are too long or too deeply nested to be decoded safely.

    Deep nesting crashes the decoder itself, so it is counted before decoding. Brackets inside
    strings do not count.

    Args:
        data: JSON, not decoded yet.

    Raises:
        LimitExceededError: More than ``limits.BODY_BYTES_MAX`` bytes.
        EventDataError: ``too_deep``: more than ``limits.BODY_DEPTH_MAX`` levels.
    """
    if len(data) > limits.BODY_BYTES_MAX:
        raise LimitExceededError("body_bytes", len(data), limits.BODY_BYTES_MAX)
    if data.count(b"[") + data.count(b"{") <= limits.BODY_DEPTH_MAX:
        return
    depth = 0
    for match in re.finditer(_BRACKETS, data):
        first = match[0][:1]
        depth += (first in b"[{") - (first in b"]}")
        if depth > limits.BODY_DEPTH_MAX:
            raise EventDataError(
                ErrorCode.TOO_DEEP,
                gettext("body_depth: more than {n} levels").format(n=limits.BODY_DEPTH_MAX),
            )


def _typed(decode: Callable[[bytes | msgspec.Raw], _T], data: bytes | msgspec.Raw, root: str) -> _T:
    """Decode, and translate what the decoder raises; ``root`` is the path of ``data``."""
    try:
        return decode(data)
    except _UNREADABLE as error:
        text = str(error)
        found = re.search(_PATH, text)
        inner = found[1] if found else "$"
        limit = re.search(_TOO_LONG, text)
        if limit:
            actual = _length_at(data, inner)
            name = root + inner[1:]
            raise LimitExceededError(name, actual, int(limit[1])) from None
        _malformed(root + inner[1:])


def _length_at(data: bytes | msgspec.Raw, path: str) -> int:
    """Return how long the text or list at ``path`` is; nothing that stands beside is decoded.

    What is passed over may hold numbers that no decoder takes.
    """
    value: bytes | msgspec.Raw = data
    for name, index in re.findall(_PATH_PART, path):
        if name:
            value = msgspec.json.decode(value, type=dict[str, msgspec.Raw])[name]
        else:
            value = msgspec.json.decode(value, type=list[msgspec.Raw])[int(index)]
    return len(msgspec.json.decode(value, type=str | list[msgspec.Raw]))


def _malformed(path: str) -> NoReturn:
    raise EventDataError(
        ErrorCode.MALFORMED_BODY,
        gettext("not a body that can be read, at {path}").format(path=path),
    ) from None
