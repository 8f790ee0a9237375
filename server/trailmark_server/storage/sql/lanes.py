"""Lanes and chains: where they stand, and what is appended to or taken from them."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any, Final

from trailmark_server.lane_draft import (
    ChainFacts,
    HeldRow,
    LaneDraft,
    LaneFacts,
    NewRow,
)
from trailmark_server.rest_seal import RestSeal
from trailmark_server.storage.rows import ChainKey
from trailmark_server.storage.sql import statements
from trailmark_server.storage.sql.connection import SqlValue, run_each
from trailmark_server.storage.sql.read_models import SqlReadModels
from trailmark_shared import limits
from trailmark_shared.events.registry import is_kept
from trailmark_shared.ids import DeviceId, EventId, Lane, SpaceId, is_shared

_NO_WORDS: Final = "salt = NULL, body = NULL, type = NULL, subject = NULL, day = NULL"


def _actions_text(actions: Sequence[str] | None) -> str | None:
    return None if actions is None else " ".join(actions)


def event_values(place: Sequence[SqlValue], new: NewRow, seal: RestSeal) -> Sequence[SqlValue]:
    """Return the parameters of ``Statements.insert_event``."""
    row, event = new.row, new.row.event
    return (
        *place,
        row.seq,
        event.id,
        event.device,
        event.epoch,
        event.dseq,
        event.key,
        event.commit,
        event.prev,
        event.hash,
        event.salt,
        None if event.body is None else seal.seal(event.id, event.body),
        row.received_at,
        row.offset,
        row.actor,
        row.code,
        row.lane_hash,
        new.type,
        new.subject,
        new.day,
    )


class SqlLanes(SqlReadModels):
    """Where lanes and chains stand, and every write of rows."""

    def lane(self, space: SpaceId, lane: Lane) -> LaneFacts:
        """Return where a lane stands; one that does not exist stands at 0."""
        held = self._held
        if held is not None and (held.space, held.lane) == (space, lane):
            return self._facts(space, lane, held.row)
        found = self._conn.execute(
            "SELECT number, head, hash, received_at FROM lane WHERE space = ? AND name = ?",
            (space, lane),
        ).fetchone()
        if found is None:
            return LaneFacts(space=space, lane=lane)
        return self._facts(space, lane, found)

    def _facts(self, space: SpaceId, lane: Lane, found: Sequence[Any]) -> LaneFacts:
        number, head, hash_, received_at = found
        self._numbers[space, lane] = number
        grants = (
            self._conn.execute(
                f"SELECT id, granted_seq, revoked_seq FROM lane_grant WHERE {self._key.match}",  # noqa: S608
                self._placed(space, number),
            ).fetchall()
            if is_shared(lane)
            else []
        )
        return LaneFacts(
            space=space,
            lane=lane,
            head=head,
            hash=hash_,
            received_at=received_at,
            granted=frozenset(grant for grant, granted, _ in grants if granted is not None),
            revoked=frozenset(grant for grant, _, revoked in grants if revoked is not None),
        )

    def lanes(self, space: SpaceId) -> list[LaneFacts]:
        """Return the lanes of a space by name."""
        found = self._conn.execute(
            "SELECT name, number, head, hash, received_at FROM lane "
            "WHERE space = ? AND head > 0 ORDER BY name",
            (space,),
        ).fetchall()
        return [self._facts(space, Lane(name), rest) for name, *rest in found]

    def all_lanes(self) -> list[tuple[SpaceId, Lane]]:
        """Return every lane, by space and name."""
        return self._conn.execute(
            "SELECT space, name FROM lane WHERE head > 0 ORDER BY space, name"
        ).fetchall()

    def heads(self, spaces: Sequence[SpaceId]) -> dict[tuple[SpaceId, Lane], int]:
        """Return the heads of the lanes of these spaces."""
        heads: dict[tuple[SpaceId, Lane], int] = {}
        for marks, part in statements.chunks(spaces):
            sql = f"SELECT space, name, head FROM lane WHERE space IN ({marks})"  # noqa: S608
            heads.update(
                {(space, name): head for space, name, head in self._conn.execute(sql, part)}
            )
        return heads

    def hash_at(self, space: SpaceId, lane: Lane, seq: int) -> bytes | None:
        """Return the lane hash after a row, or ``None`` where there is no such row."""
        found = self._conn.execute(
            f"SELECT lane_hash FROM event WHERE {self._key.match} AND seq = ?",  # noqa: S608
            (*self._place(space, lane), seq),
        ).fetchone()
        return None if found is None else found[0]

    def chains(
        self, space: SpaceId, lane: Lane, keys: Sequence[ChainKey]
    ) -> dict[ChainKey, ChainFacts]:
        """Return where these chains stand; those that stand at 0 are left out."""
        place = self._place(space, lane)
        chains: dict[ChainKey, ChainFacts] = {}
        for device, epoch in keys:
            high, hash_, has_erased = self._conn.execute(
                "SELECT chain.high, chain.hash, EXISTS ("  # noqa: S608
                "SELECT 1 FROM erased_event AS gone WHERE gone.space = ? AND gone.lane = ?) "
                f"FROM (SELECT 1) AS one LEFT JOIN chain ON {self._key.match} "
                "AND device = ? AND epoch = ?",
                (space, lane, *place, device, epoch),
            ).fetchone()
            if high is not None:
                chains[device, epoch] = ChainFacts(high, hash_)
            if not has_erased:
                self._without_erased.add((space, lane))
        return chains

    def pushed_by(self, space: SpaceId, lane: Lane, device: DeviceId) -> int:
        """Return how many rows a device pushed into a lane, under all its numberings."""
        found = self._conn.execute(
            f"SELECT coalesce(sum(high), 0) FROM chain WHERE {self._key.match} AND device = ?",  # noqa: S608
            (*self._place(space, lane), device),
        ).fetchone()
        return int(found[0])

    def held(
        self, space: SpaceId, lane: Lane, wanted: Sequence[EventId]
    ) -> dict[EventId, list[HeldRow]]:
        """Return the rows that hold these ids, by id, each in seq order.

        ``+seq`` keeps SQLite from walking along a whole lane for the sake of the order.
        """
        held: dict[EventId, list[HeldRow]] = {}
        place = self._place(space, lane)
        for marks, part in statements.chunks(wanted):
            sql = f"""
                SELECT id, hash, code, actor, received_at, clock_offset, body IS NOT NULL, subject
                FROM event WHERE {self._key.match} AND id IN ({marks}) ORDER BY +seq
            """  # noqa: S608
            for (
                event,
                hash_,
                code,
                actor,
                received_at,
                offset,
                has_body,
                subject,
            ) in self._conn.execute(sql, (*place, *part)):
                row = HeldRow(
                    hash=hash_,
                    code=code,
                    actor=actor,
                    received_at=received_at,
                    offset=offset,
                    has_body=bool(has_body),
                    subject=subject,
                )
                held.setdefault(event, []).append(row)
        return held

    def of_stem(self, space: SpaceId, lane: Lane, stem: bytes) -> set[EventId]:
        """Return the ids that begin so, of rows and of what is listed as erased."""
        rest = limits.ID_BYTES - len(stem)
        ends = (stem + bytes(rest), stem + b"\xff" * rest)
        sql = f"""
            SELECT id FROM event WHERE {self._key.match} AND id BETWEEN ? AND ?
            UNION SELECT id FROM erased_event WHERE space = ? AND lane = ? AND id BETWEEN ? AND ?
        """  # noqa: S608
        found = self._conn.execute(sql, (*self._place(space, lane), *ends, space, lane, *ends))
        return {event for (event,) in found}

    def save(self, draft: LaneDraft, seal: RestSeal) -> None:
        """Insert the rows of a draft and put lane, chains and grants where it has them."""
        facts, execute = draft.lane, self._conn.execute
        self._held = None
        if (facts.space, facts.lane) in self._numbers:
            number = self._numbers[facts.space, facts.lane]
            execute(
                "UPDATE lane SET head = ?, hash = ?, received_at = ? WHERE space = ? AND name = ?",
                (facts.head, facts.hash, facts.received_at, facts.space, facts.lane),
            )
        else:
            number = execute(
                "INSERT INTO lane (space, name, head, hash, received_at) VALUES (?, ?, ?, ?, ?) "
                "RETURNING number",
                (facts.space, facts.lane, facts.head, facts.hash, facts.received_at),
            ).fetchone()[0]
            self._numbers[facts.space, facts.lane] = number
        many, text = partial(run_each, self._conn), statements.statements_by(self._key)
        place = self._placed(facts.space, number)
        many(text.insert_event, [event_values(place, new, seal) for new in draft.rows])
        many(
            text.save_chain,
            [
                (*place, device, epoch, chain.high, chain.hash)
                for (device, epoch), chain in draft.chains.items()
            ],
        )
        many(
            text.save_granted,
            [
                (*place, g.grant, g.member, g.role, g.until, _actions_text(g.actions), g.seq)
                for g in draft.granted
            ],
        )
        many(text.save_revoked, [(*place, grant, seq) for grant, seq in draft.revoked])
        many(
            f"UPDATE event SET subject = ? WHERE {self._key.match} AND id = ? "  # noqa: S608
            "AND code = 'duplicate'",
            [(subject, *place, event) for event, subject in draft.rejoined.items()],
        )

    def kept(self, space: SpaceId, lane: Lane, wanted: Sequence[EventId]) -> set[EventId]:
        """Return which of ``wanted`` are here with a body that is never erased."""
        place = self._place(space, lane)
        kept: set[EventId] = set()
        for marks, part in statements.chunks(wanted):
            sql = f"""
                SELECT id, key, type FROM event
                WHERE {self._key.match} AND id IN ({marks}) AND body IS NOT NULL
            """  # noqa: S608
            found = self._conn.execute(sql, (*place, *part))
            kept.update(event for event, key, type_ in found if is_kept(lane, key, type_))
        return kept

    def erase_bodies(self, space: SpaceId, lane: Lane, wanted: Sequence[EventId]) -> set[bytes]:
        """Take away the bodies of these events, the kept ones excepted."""
        place = self._place(space, lane)
        touched: set[bytes] = set()
        for marks, part in statements.chunks(wanted):
            sql = f"""
                SELECT seq, subject, type, key FROM event
                WHERE {self._key.match} AND id IN ({marks})
                    AND (body IS NOT NULL OR subject IS NOT NULL)
            """  # noqa: S608
            found = self._conn.execute(sql, (*place, *part)).fetchall()
            going = [
                (seq, subject)
                for seq, subject, type_, key in found
                if not is_kept(lane, key, type_)
            ]
            touched.update(subject for _, subject in going if subject is not None)
            self._strip([(*place, seq) for seq, _ in going])
        self._forget_documents(place, touched)
        return touched

    def _strip(self, places: Sequence[Sequence[SqlValue]]) -> None:
        self._conn.executemany(
            f"UPDATE event SET {_NO_WORDS} WHERE {self._key.match} AND seq = ?",  # noqa: S608
            places,
        )

    def erase_lane(self, space: SpaceId, lane: Lane) -> None:
        """Take away every body and every read model of a lane."""
        place, match = self._place(space, lane), self._key.match
        self._conn.execute(
            f"UPDATE event SET {_NO_WORDS} "  # noqa: S608
            f"WHERE {match} AND (body IS NOT NULL OR subject IS NOT NULL)",
            place,
        )
        for table in ("document", "projection", "failed_fold"):
            self._conn.execute(f"DELETE FROM {table} WHERE {match}", place)  # noqa: S608
