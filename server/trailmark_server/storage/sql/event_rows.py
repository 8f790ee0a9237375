"""Rows of the log, as readers want them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from trailmark_server.rest_seal import Opener
from trailmark_server.storage.ports import Arrival, Window
from trailmark_server.storage.sql import statements
from trailmark_server.storage.sql.connection import SqlValue
from trailmark_server.storage.sql.lane_numbers import LaneNumbers
from trailmark_shared import limits
from trailmark_shared.events.envelope import Event, Row
from trailmark_shared.ids import EventId, Lane, SpaceId
from trailmark_shared.projections.audit import Placed


def row_from_columns(space: SpaceId, lane: Lane, values: Sequence[Any], seal: Opener) -> Row:
    """Return the row of ``statements.EVENT_COLUMNS``, its body opened."""
    body = values[10]
    return Row(
        event=Event(
            id=values[1],
            space=space,
            lane=lane,
            device=values[2],
            epoch=values[3],
            dseq=values[4],
            key=values[5],
            commit=values[6],
            prev=values[7],
            hash=values[8],
            salt=values[9],
            body=None if body is None else seal.open(values[1], body),
        ),
        seq=values[0],
        received_at=values[11],
        offset=values[12],
        actor=values[13],
        code=values[14],
        lane_hash=values[15],
    )


class SqlEventRows(LaneNumbers):
    """Reads rows, bodies opened."""

    def rows(
        self, space: SpaceId, lane: Lane, after: int, limit: int, seal: Opener
    ) -> Iterator[Row]:
        """Yield the rows behind ``after`` in seq order, at most ``limit``."""
        select = statements.statements_by(self._key).select_page
        place = self._place(space, lane)
        for values in self._conn.execute(select, (*place, after, limit)):
            yield row_from_columns(space, lane, values, seal)

    def window(self, space: SpaceId, lane: Lane, window: Window, seal: Opener) -> list[Row]:
        """Return the rows of a window that have a body."""
        wheres = [self._key.match, "body IS NOT NULL"]
        more: list[SqlValue] = [*self._place(space, lane)]
        if window.before is not None:
            wheres.append("seq < ?")
            more.append(window.before)
        if window.after is not None:
            wheres.append("seq > ?")
            more.append(window.after)
        if window.days is not None:
            wheres.append("day BETWEEN ? AND ?")
            more.extend(window.days)
        if window.types is not None:
            if not window.types:
                return []
            wheres.append(f"type IN ({', '.join('?' * len(window.types))})")
            more.extend(sorted(window.types))
        order = f"ORDER BY seq {'DESC' if window.after is None else 'ASC'}"
        sql = f"""
            SELECT {statements.EVENT_COLUMNS} FROM event WHERE {" AND ".join(wheres)}
            {"" if window.is_any else order} LIMIT ?
        """  # noqa: S608
        limit = min(window.limit, limits.PAGE_EVENTS_MAX)
        found = self._conn.execute(sql, (*more, limit))
        return [row_from_columns(space, lane, values, seal) for values in found]

    def arrivals(self, space: SpaceId, lane: Lane, limit: int) -> list[Arrival]:
        """Return what arrived last of what has a body, the newest first."""
        sql = f"""
            SELECT type, actor, received_at FROM event
            WHERE {self._key.match} AND body IS NOT NULL ORDER BY seq DESC LIMIT ?
        """  # noqa: S608
        most = min(limit, limits.PAGE_EVENTS_MAX)
        return [
            Arrival(type=type_, actor=actor, received_at=received_at)
            for type_, actor, received_at in self._conn.execute(
                sql, (*self._place(space, lane), most)
            )
        ]

    def placed(self, space: SpaceId, lane: Lane) -> list[Placed]:
        """Return where every event of a lane stands, in seq order; no body is opened."""
        sql = f"""
            SELECT device, epoch, dseq, seq, body IS NOT NULL FROM event
            WHERE {self._key.match} ORDER BY seq
        """  # noqa: S608
        return [
            Placed(device=device, epoch=epoch, dseq=dseq, seq=seq, has_body=bool(has_body))
            for device, epoch, dseq, seq, has_body in self._conn.execute(
                sql, self._place(space, lane)
            )
        ]

    def subject_rows(
        self, space: SpaceId, lane: Lane, subjects: Sequence[bytes], seal: Opener
    ) -> dict[bytes, list[Row]]:
        """Return the rows about these subjects, by subject, each in seq order.

        ``+seq`` keeps SQLite from walking along a whole lane for the sake of the order.
        """
        rows: dict[bytes, list[Row]] = {}
        place = self._place(space, lane)
        for marks, part in statements.chunks(subjects):
            sql = f"""
                SELECT {statements.EVENT_COLUMNS}, subject FROM event
                WHERE {self._key.match} AND subject IN ({marks}) ORDER BY +seq
            """  # noqa: S608
            for values in self._conn.execute(sql, (*place, *part)):
                rows.setdefault(values[-1], []).append(row_from_columns(space, lane, values, seal))
        return rows

    def events_named(
        self, space: SpaceId, lane: Lane, wanted: Sequence[EventId], seal: Opener
    ) -> list[Row]:
        """Return the rows that hold one of these ids with its body, in seq order."""
        rows: list[Row] = []
        place = self._place(space, lane)
        for marks, part in statements.chunks(wanted):
            sql = f"""
                SELECT {statements.EVENT_COLUMNS} FROM event
                WHERE {self._key.match} AND id IN ({marks}) AND body IS NOT NULL
            """  # noqa: S608
            found = self._conn.execute(sql, (*place, *part))
            rows += [row_from_columns(space, lane, values, seal) for values in found]
        return sorted(rows, key=lambda row: row.seq)
