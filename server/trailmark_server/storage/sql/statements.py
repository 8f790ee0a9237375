"""Statements of the log's tables, and the columns that they share."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache
from typing import Final, TypeVar

import msgspec

from trailmark_server.storage.sql.lane_numbers import LaneKey

T = TypeVar("T")

EVENT_COLUMNS: Final = (
    "seq, id, device, epoch, dseq, key, commitment, prev, hash, salt, body, "
    "received_at, clock_offset, actor, code, lane_hash"
)
"""What makes a row, in the order in which ``event_rows.row_from_columns`` reads it."""

WHERE_OVER: Final = """
    WHERE until < ? AND revoked_seq IS NULL AND NOT EXISTS (
        SELECT 1 FROM revoked_grant AS listed
        WHERE listed.space = lane.space AND listed.id = lane_grant.id)
"""
"""Behind ``Statements.select_grants``: what ended by its last day and is not listed yet."""

NO_LIMIT: Final = 2**53
"""More rows than there are."""

_CHUNK: Final = 512


class Statements(msgspec.Struct, frozen=True, kw_only=True):
    """The longer statements, for one way of finding a lane's rows.

    Attributes:
        insert_event: A row of the log.
        select_page: Rows behind a seq.
        select_stored: The same with the columns that only the server reads.
        select_grants: All columns of ``rows.GrantRow``.
        save_chain: Where a chain stands.
        save_granted: What a grant says.
        save_revoked: That a grant was revoked.
        save_document: A read model.
        save_projection: How far a lane's read models go.
        add_failed: That a fold failed.
    """

    insert_event: str
    select_page: str
    select_stored: str
    select_grants: str
    save_chain: str
    save_granted: str
    save_revoked: str
    save_document: str
    save_projection: str
    add_failed: str


@cache
def statements_by(key: LaneKey) -> Statements:
    """Return the statements over tables that find a lane by ``key``."""
    columns, marks, match = key.columns, key.marks, key.match
    page = f"FROM event WHERE {match} AND seq > ? ORDER BY seq LIMIT ?"
    return Statements(
        insert_event=f"""
            INSERT INTO event ({columns}, {EVENT_COLUMNS}, type, subject, day)
            VALUES ({marks}, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        """,  # noqa: S608  (own names)
        select_page=f"SELECT {EVENT_COLUMNS} {page}",
        select_stored=f"SELECT {EVENT_COLUMNS}, type, subject, day {page}",
        select_grants=f"""
            SELECT lane.space, lane.name, lane_grant.id, member, role, until, actions, granted_seq,
                revoked_seq,
                EXISTS (SELECT 1 FROM revoked_grant AS listed
                        WHERE listed.space = lane.space AND listed.id = lane_grant.id)
                    OR EXISTS (SELECT 1 FROM space_erasure AS over
                        WHERE over.space = lane.space AND over.number > 0),
                EXISTS (SELECT 1 FROM closed_space WHERE closed_space.space = lane.space)
            FROM lane_grant JOIN lane ON {key.join("lane_grant")}
        """,  # noqa: S608
        save_chain=f"""
            INSERT INTO chain ({columns}, device, epoch, high, hash) VALUES ({marks}, ?, ?, ?, ?)
            ON CONFLICT ({columns}, device, epoch)
            DO UPDATE SET high = excluded.high, hash = excluded.hash
        """,  # noqa: S608
        save_granted=f"""
            INSERT INTO lane_grant ({columns}, id, member, role, until, actions, granted_seq)
            VALUES ({marks}, ?, ?, ?, ?, ?, ?)
            ON CONFLICT ({columns}, id) DO UPDATE SET member = excluded.member,
                role = excluded.role, until = excluded.until, actions = excluded.actions,
                granted_seq = excluded.granted_seq
        """,  # noqa: S608
        save_revoked=f"""
            INSERT INTO lane_grant ({columns}, id, revoked_seq) VALUES ({marks}, ?, ?)
            ON CONFLICT ({columns}, id) DO UPDATE
            SET revoked_seq = coalesce(lane_grant.revoked_seq, excluded.revoked_seq)
        """,  # noqa: S608
        save_document=f"""
            INSERT INTO document ({columns}, version, kind, subject, parent, day, json)
            VALUES ({marks}, ?, ?, ?, ?, ?, ?)
            ON CONFLICT ({columns}, version, subject) DO UPDATE SET kind = excluded.kind,
                parent = excluded.parent, day = excluded.day, json = excluded.json
        """,  # noqa: S608
        save_projection=f"""
            INSERT INTO projection ({columns}, version, seq) VALUES ({marks}, ?, ?)
            ON CONFLICT ({columns}, version) DO UPDATE SET seq = excluded.seq
        """,  # noqa: S608
        add_failed=f"""
            INSERT INTO failed_fold ({columns}, version, subject, seq) VALUES ({marks}, ?, ?, ?)
        """,  # noqa: S608
    )


def chunks(values: Sequence[T]) -> Iterator[tuple[str, Sequence[T | None]]]:
    """Yield ``values`` in parts that fit into ``IN (…)``, each with its placeholders.

    A part is filled up with NULL, which matches nothing, to a power of two: so only a few
    different statements come about, and the database keeps them prepared.
    """
    for at in range(0, len(values), _CHUNK):
        part: list[T | None] = list(values[at : at + _CHUNK])
        width = 1 << (len(part) - 1).bit_length()
        part += [None] * (width - len(part))
        yield ", ".join("?" * width), part
