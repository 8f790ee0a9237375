"""Statements of the log's tables, and the columns that they share."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final, TypeVar

T = TypeVar("T")

EVENT_COLUMNS: Final = (
    "seq, id, device, epoch, dseq, key, commitment, prev, hash, salt, body, "
    "received_at, clock_offset, actor, code, lane_hash"
)
"""What makes a row, in the order in which ``event_rows.row_from_columns`` reads it."""

INSERT_EVENT: Final = f"""
    INSERT INTO event (lane, {EVENT_COLUMNS}, type, subject, day)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
"""  # noqa: S608  (own names)

SELECT_PAGE: Final = f"""
    SELECT {EVENT_COLUMNS} FROM event WHERE lane = ? AND seq > ? ORDER BY seq LIMIT ?
"""  # noqa: S608

SELECT_STORED: Final = f"""
    SELECT {EVENT_COLUMNS}, type, subject, day FROM event
    WHERE lane = ? AND seq > ? ORDER BY seq LIMIT ?
"""  # noqa: S608

SELECT_GRANTS: Final = """
    SELECT lane.space, lane.name, lane_grant.id, member, role, until, actions, granted_seq,
        revoked_seq,
        EXISTS (SELECT 1 FROM revoked_grant AS listed
                WHERE listed.space = lane.space AND listed.id = lane_grant.id)
            OR EXISTS (SELECT 1 FROM space_erasure AS over WHERE over.space = lane.space),
        EXISTS (SELECT 1 FROM closed_space WHERE closed_space.space = lane.space)
    FROM lane_grant JOIN lane ON lane.number = lane_grant.lane
"""

WHERE_OVER: Final = """
    WHERE until < ? AND revoked_seq IS NULL AND NOT EXISTS (
        SELECT 1 FROM revoked_grant AS listed
        WHERE listed.space = lane.space AND listed.id = lane_grant.id)
"""
"""Behind ``SELECT_GRANTS``: what ended by its last day and is not listed yet."""

SAVE_CHAIN: Final = """
    INSERT INTO chain (lane, device, epoch, high, hash) VALUES (?, ?, ?, ?, ?)
    ON CONFLICT (lane, device, epoch) DO UPDATE SET high = excluded.high, hash = excluded.hash
"""

SAVE_GRANTED: Final = """
    INSERT INTO lane_grant (lane, id, member, role, until, actions, granted_seq)
    VALUES (?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT (lane, id) DO UPDATE SET member = excluded.member, role = excluded.role,
        until = excluded.until, actions = excluded.actions, granted_seq = excluded.granted_seq
"""

SAVE_REVOKED: Final = """
    INSERT INTO lane_grant (lane, id, revoked_seq) VALUES (?, ?, ?)
    ON CONFLICT (lane, id) DO UPDATE SET revoked_seq = coalesce(revoked_seq, excluded.revoked_seq)
"""

SAVE_DOCUMENT: Final = """
    INSERT INTO document (lane, version, kind, subject, parent, json) VALUES (?, ?, ?, ?, ?, ?)
    ON CONFLICT (lane, version, subject) DO UPDATE SET
        kind = excluded.kind, parent = excluded.parent, json = excluded.json
"""

SAVE_PROJECTION: Final = """
    INSERT INTO projection (lane, version, seq) VALUES (?, ?, ?)
    ON CONFLICT (lane, version) DO UPDATE SET seq = excluded.seq
"""

_CHUNK: Final = 512


def chunks(values: Sequence[T]) -> Iterator[tuple[str, Sequence[T | None]]]:
    """Yield ``values`` in parts that fit into ``IN (…)``, each with its placeholders.

    A part is filled up with NULL, which matches nothing, to a power of two: so only a few
    different statements come about, and SQLite keeps them prepared.
    """
    for at in range(0, len(values), _CHUNK):
        part: list[T | None] = list(values[at : at + _CHUNK])
        width = 1 << (len(part) - 1).bit_length()
        part += [None] * (width - len(part))
        yield ", ".join("?" * width), part
