"""Entries by hand: short calls for tests of folds, and the golden files that spell them out."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any, TypedDict, Unpack, cast

from trailmark_shared.events.body import Body, Reason
from trailmark_shared.events.codec import decode_body
from trailmark_shared.events.data import EventData
from trailmark_shared.events.registry import type_of
from trailmark_shared.ids import id_from_text, text_from_id
from trailmark_shared.projections.entries import Entry

GOLDEN = Path(__file__).parents[1] / "golden"
START = 1_790_000_000_000
"""Device clock at number 0: 2026-09-21 14:13:20 UTC."""

CARE = f"care/{'0' * 25}1"
CIRCLE = f"circle/{'0' * 25}2"


def an_id(number: int) -> bytes:
    """Return the id of a number: 16 equal bytes."""
    return bytes([number]) * 16


def a_text(number: int) -> str:
    return text_from_id(an_id(number))


class BodyOptions(TypedDict, total=False):
    """What a body says besides its data.

    Numbers of events and subjects stand for ids; ``at`` is in seconds after ``START``.
    """

    subject: int
    at: int
    reason: Reason
    base: Sequence[int]
    cause: int
    occurred_at: str


class EntryOptions(BodyOptions, total=False):
    """What an entry says besides; ``offset`` in ms, ``delay`` until arrival in seconds."""

    confirmed: bool
    lane: str
    device: int
    actor: str
    offset: int
    delay: int


def a_body(data: EventData, **options: Unpack[BodyOptions]) -> Body:
    """Return a body of the type of ``data``, with a reason where the type wants one."""
    event_type = type_of(data)
    reason = options.get("reason")
    if reason is None and event_type.reason_required:
        reason = Reason(code="new-insight")
    cause = options.get("cause")
    occurred_at = options.get("occurred_at", "2026-09-21T16:13:20+02:00")
    return Body(
        type=event_type.name,
        ver=event_type.ver,
        subject=an_id(options.get("subject", 100)),
        occurred_at=occurred_at,
        zone="Europe/Berlin",
        day=occurred_at[:10],
        recorded_at=START + options.get("at", 0) * 1000,
        reason=reason,
        base=tuple(map(an_id, options.get("base", ()))),
        cause=None if cause is None else an_id(cause),
        data=data,
    )


def an_entry(number: int, data: EventData, **options: Unpack[EntryOptions]) -> Entry:
    """Return entry ``number`` of its lane: id, seq and time follow from the number."""
    at = options.setdefault("at", number)
    confirmed = options.get("confirmed", True)
    offset = options.get("offset", 0)
    arrived = START + (at + options.get("delay", 5)) * 1000 + offset
    body = {name: value for name, value in options.items() if name in BodyOptions.__annotations__}
    return Entry(
        id=an_id(number),
        lane=options.get("lane", "self"),
        device=an_id(options.get("device", 200)),
        epoch=bytes(8),
        dseq=number,
        seq=number if confirmed else None,
        received_at=arrived if confirmed else None,
        offset=offset if confirmed else None,
        actor=options.get("actor", "person"),
        body=a_body(data, **cast("BodyOptions", body)),
    )


def golden_files(folder: str) -> list[Path]:
    return sorted((GOLDEN / folder).rglob("*.json"))


def body_bytes(body: dict[str, Any]) -> bytes:
    """Return the bytes of a golden body: the members in the order of the file, no white space."""
    return json.dumps(body, separators=(",", ":"), ensure_ascii=False).encode()


def entry_from_json(lane: str, plain: dict[str, Any]) -> Entry:
    return Entry(
        id=id_from_text(plain["id"]),
        lane=lane,
        device=id_from_text(plain["device"]),
        epoch=bytes.fromhex(plain["epoch"]),
        dseq=plain["dseq"],
        seq=plain["seq"],
        received_at=plain["received_at"],
        offset=plain["offset"],
        actor=plain["actor"],
        body=decode_body(body_bytes(plain["body"])),
    )
