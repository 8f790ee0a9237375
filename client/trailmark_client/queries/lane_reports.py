"""How far each lane is proven on this device: for the person who verifies, and who compares."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

import msgspec

from trailmark_adapters.sqlite import Connection
from trailmark_client.identity import Identity
from trailmark_client.queries.lanes import audience
from trailmark_client.storage.cursors import cursor_of, lane_hash_at
from trailmark_client.storage.doubts import doubts
from trailmark_client.storage.held import MissingRow, Rewound, missing_rows, rewinds_of
from trailmark_client.storage.standing import LaneCounts, lane_counts
from trailmark_client.storage.verification import Damage
from trailmark_shared.ids import Lane, text_from_id
from trailmark_shared.phrases import told_head

_MISSING_MAX: Final = 100


class MissingEntry(msgspec.Struct, frozen=True, kw_only=True):
    """An entry that the server once had and did not take back after it was restored.

    Attributes:
        event: Id of the event.
        seq: Where it stood in the lane.
        device: Id of the device that wrote it.
        own: It was this device.
        actor: Who wrote it, as the server said then.
        received_at: When it had reached the server, milliseconds UTC.
        type: What happened, or null where this device cannot read it.
        day: The local date meant, or null.
    """

    event: str
    seq: int
    device: str
    own: bool
    actor: str
    received_at: int
    type: str | None
    day: str | None


class Restored(msgspec.Struct, frozen=True, kw_only=True):
    """A time at which the server's log of a lane went back.

    Attributes:
        at: When this device learned of it, by its own clock, milliseconds UTC.
        upto: The last entry that it had then.
        point: The last entry that the server still knew.
    """

    at: int
    upto: int
    point: int


class LaneReport(msgspec.Struct, frozen=True, kw_only=True):
    """How far one lane is proven.

    Attributes:
        lane: The lane.
        seen_by: Names of those who see it.
        entries: Entries of the server's log that this device holds.
        verified_to: Every one of them up to here fits.
        head: "as of entry N: …", what to compare with others as of ``verified_to``; null for none.
        verified: All of it fits, nothing is missing, and no server showed anything else.
        held: Entries that wait to be taken back by a server that was restored.
        missing: Entries that it did not take back, at most a hundred.
        missing_in_all: How many there are.
        restored: Every time that the server's log went back.
        altered_at: When a server last showed another history than this, or null; it was refused.
    """

    lane: str
    seen_by: list[str]
    entries: int
    verified_to: int
    head: str | None
    verified: bool
    held: int
    missing: list[MissingEntry]
    missing_in_all: int
    restored: list[Restored]
    altered_at: int | None


def lane_reports(
    conn: Connection, identity: Identity, day: str, damages: Iterable[Damage]
) -> list[LaneReport]:
    """Return how far each lane is proven.

    Args:
        conn: The store.
        identity: Who this device is.
        day: The person's local date, on which grants count.
        damages: What checking found, of every lane.
    """
    by_lane: dict[str, list[Damage]] = {}
    for damage in damages:
        by_lane.setdefault(damage.lane, []).append(damage)
    return [
        _report(conn, identity, day, counts, by_lane.get(counts.lane, []))
        for counts in lane_counts(conn)
    ]


def _report(
    conn: Connection, identity: Identity, day: str, counts: LaneCounts, damages: list[Damage]
) -> LaneReport:
    lane = counts.lane
    missing = missing_rows(conn, lane)
    doubt = doubts(conn).get(lane)
    upto = verified_to(counts.seq, damages)
    is_settled = counts.held == counts.missing == 0 and not counts.has_missing
    return LaneReport(
        lane=lane,
        seen_by=list(audience(conn, lane, day)),
        entries=counts.seq,
        verified_to=upto,
        head=head_of(conn, lane, upto),
        verified=is_settled and not damages and (doubt is None or not doubt.is_open),
        held=0 if counts.has_missing else counts.held,
        missing=[_missing(identity, each) for each in missing[:_MISSING_MAX]],
        missing_in_all=len(missing),
        restored=[_restored(each) for each in rewinds_of(conn, lane)],
        altered_at=None if doubt is None else doubt.at,
    )


def verified_to(seq: int, damages: Iterable[Damage]) -> int:
    """Return the last row before everything that is damaged among the rows up to ``seq``."""
    return min((each.seq - 1 for each in damages if each.seq is not None), default=seq)


def head_of(conn: Connection, lane: Lane, seq: int) -> str | None:
    """Return what to read out for a lane as of a row that this device holds; ``None`` at 0."""
    hash_ = lane_hash_at(conn, lane, seq)
    return told_head(hash_, seq) if seq and hash_ is not None else None


def heads(conn: Connection) -> Mapping[Lane, str]:
    """Return what to read out for every lane that has rows, as of the last one held."""
    told = {
        each.lane: head_of(conn, each.lane, cursor_of(conn, each.lane).seq)
        for each in lane_counts(conn)
    }
    return {lane: words for lane, words in told.items() if words is not None}


def _missing(identity: Identity, row: MissingRow) -> MissingEntry:
    return MissingEntry(
        event=text_from_id(row.event),
        seq=row.seq,
        device=text_from_id(row.device),
        own=row.device == identity.device,
        actor=row.actor,
        received_at=row.received_at,
        type=row.type,
        day=row.day,
    )


def _restored(rewound: Rewound) -> Restored:
    return Restored(at=rewound.at, upto=rewound.upto, point=rewound.point)
