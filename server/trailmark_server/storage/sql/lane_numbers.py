"""What all parts of the log's tables share: the connection, and how a lane is found."""

from __future__ import annotations

from typing import Final

import msgspec

from trailmark_server.storage.sql.connection import Connection, SqlValue
from trailmark_shared.ids import Lane, SpaceId

NO_LANE: Final = -1
"""The number of no lane: statements with it find nothing."""


class LaneKey(msgspec.Struct, frozen=True, kw_only=True):
    """The columns that say to which lane a row belongs; they lead every key of the log.

    Attributes:
        columns: Their names, for inserts and conflicts.
        marks: As many parameters.
        match: The condition for one lane.
        with_space: Whether the space is one of them.
    """

    columns: str
    marks: str
    match: str
    with_space: bool

    def join(self, table: str) -> str:
        """Return the condition that joins the rows of a table to their ``lane``."""
        number = f"lane.number = {table}.lane"
        return f"lane.space = {table}.space AND {number}" if self.with_space else number


BY_NUMBER: Final = LaneKey(
    columns="lane",
    marks="?",
    match="lane = ?",
    with_space=False,
)
"""One file holds all spaces: the number of the lane is enough, and the indexes stay small."""

BY_SPACE: Final = LaneKey(
    columns="space, lane",
    marks="?, ?",
    match="space = ? AND lane = ?",
    with_space=True,
)
"""Every key begins with the space, so that the tables can be distributed by it."""


class HeldLane(msgspec.Struct, frozen=True, kw_only=True):
    """What was read with the locks of a write: nobody else changes it before the transaction ends.

    Attributes:
        space: Whose lane.
        lane: Which one.
        erasures: How often the person was erased.
        row: Its number, head, hash and time of the last row.
    """

    space: SpaceId
    lane: Lane
    erasures: int
    row: tuple[int, int, bytes, int]


class LaneNumbers:
    """The connection of one transaction; lives as long as it."""

    def __init__(self, conn: Connection, key: LaneKey = BY_NUMBER) -> None:
        """Work over ``conn``, whose tables find a lane by ``key``."""
        self._conn = conn
        self._key = key
        self._numbers: dict[tuple[SpaceId, Lane], int] = {}
        self._erasures: dict[SpaceId, int] = {}
        self._without_erased: set[tuple[SpaceId, Lane]] = set()
        self._held: HeldLane | None = None

    def know(self, held: HeldLane) -> None:
        """Take what is known already, and do not ask again in this transaction."""
        self._held = held
        self._erasures[held.space] = held.erasures
        self._numbers[held.space, held.lane] = held.row[0]

    def _place(self, space: SpaceId, lane: Lane) -> tuple[SqlValue, ...]:
        """Return the parameters of ``LaneKey.match`` for a lane."""
        return self._placed(space, self._number(space, lane))

    def _placed(self, space: SpaceId, number: int) -> tuple[SqlValue, ...]:
        return (space, number) if self._key.with_space else (number,)

    def _number(self, space: SpaceId, lane: Lane) -> int:
        known = self._numbers.get((space, lane))
        if known is not None:
            return known
        found = self._conn.execute(
            "SELECT number FROM lane WHERE space = ? AND name = ?", (space, lane)
        ).fetchone()
        if found is None:
            return NO_LANE
        number: int = found[0]
        self._numbers[space, lane] = number
        return number
