"""Grants, and the log's copies of the lists of the keys store."""

from __future__ import annotations

from collections.abc import Sequence

from trailmark_server.storage.ports import ErasedEvent
from trailmark_server.storage.rows import GrantRow
from trailmark_server.storage.sql import statements
from trailmark_server.storage.sql.lane_numbers import LaneNumbers
from trailmark_shared.ids import EventId, Lane, SpaceId


class SqlLists(LaneNumbers):
    """Who may read, and what no backup may undo."""

    def grants(self, space: SpaceId) -> list[GrantRow]:
        """Return the grants of a space by lane and seq."""
        return self._grants("WHERE lane.space = ?", space)

    def grants_of_member(self, member: bytes) -> list[GrantRow]:
        """Return the grants that name a member."""
        return self._grants("WHERE lane_grant.member = ?", member)

    def grants_over(self, day: str, limit: int) -> list[GrantRow]:
        """Return grants whose last day is before ``day`` and that nothing names as revoked yet."""
        return self._grants(statements.WHERE_OVER, day, limit)

    def _grants(
        self, where: str, parameter: bytes | str, limit: int = statements.NO_LIMIT
    ) -> list[GrantRow]:
        order = "ORDER BY lane.space, lane.name, granted_seq LIMIT ?"
        sql = f"{statements.statements_by(self._key).select_grants} {where} {order}"
        return [
            GrantRow(
                space=space,
                lane=lane,
                grant=grant,
                member=member,
                role=role,
                until=until,
                actions=None if actions is None else tuple(actions.split()),
                granted_seq=granted_seq,
                revoked_seq=revoked_seq,
                in_keys=bool(in_keys),
                space_closed=bool(space_closed),
            )
            for (
                space,
                lane,
                grant,
                member,
                role,
                until,
                actions,
                granted_seq,
                revoked_seq,
                in_keys,
                space_closed,
            ) in self._conn.execute(sql, (parameter, limit))
        ]

    def add_revoked(self, space: SpaceId, grants: Sequence[bytes]) -> None:
        """List grants as revoked."""
        self._conn.executemany(
            "INSERT INTO revoked_grant (space, id) VALUES (?, ?) ON CONFLICT DO NOTHING",
            [(space, grant) for grant in grants],
        )

    def revoked_among(self, space: SpaceId, grants: Sequence[bytes]) -> set[bytes]:
        """Return which of these grants of a space are listed."""
        listed: set[bytes] = set()
        for marks, part in statements.chunks(grants):
            sql = f"SELECT id FROM revoked_grant WHERE space = ? AND id IN ({marks})"  # noqa: S608
            listed.update(grant for (grant,) in self._conn.execute(sql, (space, *part)))
        return listed

    def revoked(self) -> set[tuple[SpaceId, bytes]]:
        """Return all listed grants of all spaces."""
        return set(self._conn.execute("SELECT space, id FROM revoked_grant"))

    def add_erased(self, space: SpaceId, events: Sequence[ErasedEvent]) -> None:
        """List events as erased."""
        self._without_erased.clear()
        self._conn.executemany(
            "INSERT INTO erased_event (space, lane, id) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
            [(space, event.lane, event.id) for event in events],
        )

    def erased(
        self, space: SpaceId, lane: Lane, wanted: Sequence[EventId] | None = None
    ) -> set[EventId]:
        """Return which of ``wanted`` (``None``: of all) are listed as erased in a lane."""
        sql = "SELECT id FROM erased_event WHERE space = ? AND lane = ?"
        if wanted is None:
            return {event for (event,) in self._conn.execute(sql, (space, lane))}
        if (space, lane) in self._without_erased:
            return set()
        if self._conn.execute(f"{sql} LIMIT 1", (space, lane)).fetchone() is None:
            return set()
        listed: set[EventId] = set()
        for marks, part in statements.chunks(wanted):
            found = self._conn.execute(f"{sql} AND id IN ({marks})", (space, lane, *part))
            listed.update(event for (event,) in found)
        return listed

    def set_closed(self, space: SpaceId, *, closed: bool) -> None:
        """Close a space to members, or open it."""
        if closed:
            sql = "INSERT INTO closed_space (space) VALUES (?) ON CONFLICT DO NOTHING"
        else:
            sql = "DELETE FROM closed_space WHERE space = ?"
        self._conn.execute(sql, (space,))

    def is_closed(self, space: SpaceId) -> bool:
        """Say whether a space is closed to members."""
        found = self._conn.execute("SELECT 1 FROM closed_space WHERE space = ?", (space,))
        return found.fetchone() is not None

    def closed(self) -> set[SpaceId]:
        """Return all spaces that are closed to members."""
        return {space for (space,) in self._conn.execute("SELECT space FROM closed_space")}

    def add_signing_keys(self, keys: Sequence[bytes]) -> None:
        """List public keys that signed heads of this log."""
        self._conn.executemany(
            "INSERT INTO known_signing_key (key) VALUES (?) ON CONFLICT DO NOTHING",
            [(key,) for key in keys],
        )

    def signing_keys(self) -> set[bytes]:
        """Return every listed key that ever signed heads of this log."""
        return {key for (key,) in self._conn.execute("SELECT key FROM known_signing_key")}

    def erasures(self, space: SpaceId) -> int:
        """Return how often the person was erased; each time the at-rest key is another one."""
        if space not in self._erasures:
            self._erasures[space] = self._read_erasures(space)
        return self._erasures[space]

    def _read_erasures(self, space: SpaceId) -> int:
        """Read it, and the numbers of the space's lanes: most work asks for one of them next."""
        found = self._conn.execute(
            "SELECT gate.number, lane.name, lane.number FROM space_erasure AS gate "
            "LEFT JOIN lane ON lane.space = gate.space WHERE gate.space = ?",
            (space,),
        ).fetchall()
        self._numbers.update(
            {(space, Lane(name)): number for _, name, number in found if name is not None}
        )
        return found[0][0] if found else 0

    def add_erasure(self, space: SpaceId) -> None:
        """Note that the person was erased once more."""
        self._erasures.pop(space, None)
        self._conn.execute(
            "INSERT INTO space_erasure (space, number) VALUES (?, 1) "
            "ON CONFLICT (space) DO UPDATE SET number = space_erasure.number + 1",
            (space,),
        )

    def owe_cleaning(self) -> None:
        """Note that words were erased whose remnants are still to leave the file."""
        self._conn.execute("UPDATE cleaning SET owed = owed + 1")

    def cleaning_owed(self) -> int:
        """Return how often that was noted, 0 where nothing is owed."""
        return self._conn.execute("SELECT owed FROM cleaning").fetchone()[0]

    def note_cleaned(self, owed: int) -> None:
        """Note that so much of it is paid."""
        self._conn.execute("UPDATE cleaning SET owed = owed - ?", (owed,))
