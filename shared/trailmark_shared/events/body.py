"""The body of an event: what happened, to what, when, why, and in view of what."""

from __future__ import annotations

import msgspec

from trailmark_shared.events.data import EventData


class Reason(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Why something changed.

    Attributes:
        code: One of ``domain.reasons.REASON_CODES``; an unknown code of a newer build is kept.
        text: The writer's own words.
    """

    code: str
    text: str | None = None


class UnknownData(msgspec.Struct, frozen=True):
    """Data of a type or version that this build does not know; projected after the upgrade.

    Attributes:
        raw: The exact bytes of the JSON value.
    """

    raw: bytes


class Body(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """What happened. Ids are bytes here and text in JSON.

    Attributes:
        type: Stable name, past tense (``goal_reworded``).
        ver: Version of the data of that type, from 1.
        subject: The one thing it is about, 16 bytes.
        occurred_at: When it happened as the person says, RFC 3339 with offset; may be back-dated.
        zone: IANA name of the time zone meant.
        day: The local date meant, ``YYYY-MM-DD``.
        recorded_at: Device clock at recording, milliseconds UTC.
        reason: Why; required by ``registry`` where meaning changes.
        base: What its author had seen: in setters ids of all values current for their fields, in
            proposals, agreements and assessments those of what they speak of.
        cause: The event this one comments on, answers, carries out or corrects.
        data: What the type says, or the bytes of what this build does not understand.
    """

    type: str
    ver: int
    subject: bytes
    occurred_at: str
    zone: str
    day: str
    recorded_at: int
    reason: Reason | None = None
    base: tuple[bytes, ...] = ()
    cause: bytes | None = None
    data: EventData | UnknownData
