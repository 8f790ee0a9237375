"""What ``LogStore`` reads: lanes, grants, documents and rows, asked in the transaction that reads.

Reading writes one thing only: a grant that was met as over, or named as revoked, is kept as such.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from typing import TypeVar

from trailmark_adapters.clock import Clock
from trailmark_adapters.randomness import Randomness
from trailmark_server.heads import HeadSigner
from trailmark_server.rest_seal import RestSeal
from trailmark_server.storage import folding, reading
from trailmark_server.storage.grants import (
    NOTHING_HERE,
    ended_unlisted,
    grants_from_rows,
    lanes_of,
    require_grant,
)
from trailmark_server.storage.ports import (
    SERVER,
    Arrival,
    Grant,
    KeyStore,
    LaneHead,
    LaneNews,
    LaneProof,
    Reader,
    Wanted,
    Window,
)
from trailmark_server.storage.rows import Database, GrantRow, LogRows
from trailmark_server.storage.sealed_tables import SealedTables
from trailmark_shared import ids, limits
from trailmark_shared.errors import ErrorCode, RefusedError
from trailmark_shared.events.envelope import Row
from trailmark_shared.ids import Epoch, Lane, SpaceId
from trailmark_shared.projections.audit import Placed
from trailmark_shared.projections.fold import Document
from trailmark_shared.projections.state_hash import state_hash
from trailmark_shared.sealing import Cipher

T = TypeVar("T")


class _UnfoldedError(Exception):
    """The documents of a lane are of another version, or none are there yet."""


class LogReading:
    """Reads the lanes of all spaces, over one database and one keys store.

    Attributes:
        signer: Signs the heads of lanes.
    """

    def __init__(
        self,
        database: Database,
        keys: KeyStore,
        signer: HeadSigner,
        cipher: Cipher,
        clock: Clock,
        randomness: Randomness,
    ) -> None:
        """Put the parts together; ``open_log_store`` does it and merges the lists of ``keys``."""
        self.signer = signer
        self._database = database
        self._keys = keys
        self._sealed = SealedTables(database, keys, cipher, randomness)
        self._cipher = cipher
        self._clock = clock
        self._randomness = randomness
        self._epoch = Epoch(randomness.token(limits.EPOCH_BYTES))

    async def record_revocations(self, space: SpaceId, grants: Sequence[bytes]) -> bool:
        """Treat these grants of the space as revoked for ever: keys first, then the log's list.

        Returns:
            Whether any of them was not listed before.
        """
        known = await self._database.read(lambda tables: tables.log.revoked_among(space, grants))
        missing = [grant for grant in grants if grant not in known]
        if missing:
            await self._keys.revoke_grants(space, missing)
            await self._database.write(lambda tables: tables.log.add_revoked(space, missing), space)
        return bool(missing)

    async def lanes(self, space: SpaceId) -> list[LaneHead]:
        """Return every lane of the space by name."""
        return await self._database.read(lambda tables: reading.lane_heads(tables.log, space))

    async def heads(self, spaces: Sequence[SpaceId]) -> Mapping[tuple[SpaceId, Lane], int]:
        """Return the heads of these spaces' lanes: the truth behind every bell."""
        return await self._database.read(lambda tables: tables.log.heads(spaces))

    async def grants(self, space: SpaceId) -> list[Grant]:
        """Return every grant in the lanes of a space, revoked ones included, by lane and seq."""
        return await self._met_grants(lambda log: log.grants(space))

    async def grants_of_member(self, member: bytes) -> list[Grant]:
        """Return every grant that names this member, revoked ones included."""
        return await self._met_grants(lambda log: log.grants_of_member(member))

    async def _met_grants(self, find: Callable[[LogRows], list[GrantRow]]) -> list[Grant]:
        """Return what ``find`` finds; nobody is told that a grant is over before that is kept."""
        now = self._clock.now_ms()
        rows = await self._database.read(lambda tables: find(tables.log))
        await self._list_ended(rows, now)
        return grants_from_rows(rows, now)

    async def _list_ended(self, rows: Iterable[GrantRow], now: int) -> set[SpaceId]:
        by_space: dict[SpaceId, list[bytes]] = {}
        for space, grant in ended_unlisted(rows, now):
            by_space.setdefault(space, []).append(grant)
        for space, grants in by_space.items():
            await self.record_revocations(space, grants)
        return set(by_space)

    async def documents(
        self,
        space: SpaceId,
        lane: Lane,
        kind: str | None = None,
        *,
        parent: bytes | None = None,
        reader: Reader = SERVER,
    ) -> list[Document]:
        """Return a lane's read models, of one kind or of one goal, by kind and subject."""
        wanted = Wanted(kind=kind, parents=None if parent is None else [parent])
        return await self.documents_among(space, lane, wanted, reader)

    async def documents_among(
        self, space: SpaceId, lane: Lane, wanted: Wanted, reader: Reader = SERVER
    ) -> list[Document]:
        """Return the read models of a lane that are wanted, by kind and subject."""
        return await self._read_folded(
            space, lane, reader, lambda log, seal: log.documents(space, lane, wanted, seal)
        )

    async def document(
        self, space: SpaceId, lane: Lane, subject: bytes, reader: Reader = SERVER
    ) -> Document | None:
        """Return the read model of one subject."""
        return await self._read_folded(
            space, lane, reader, lambda log, seal: log.document(space, lane, subject, seal)
        )

    async def timeline(
        self, space: SpaceId, lane: Lane, window: Window, reader: Reader = SERVER
    ) -> list[Row]:
        """Return the rows of a window that have a body, bodies opened."""
        return await self._read_as(
            space, lane, reader, lambda log, seal: log.window(space, lane, window, seal)
        )

    async def news(
        self, space: SpaceId, after: Mapping[Lane, int], limit: int, reader: Reader
    ) -> list[LaneNews]:
        """Return every lane that a member may see now, with what stands behind a place, by name."""
        now = self._clock.now_ms()

        def work(log: LogRows, seal: RestSeal) -> tuple[list[GrantRow], list[LaneNews]]:
            grants = log.grants(space)
            return grants, [
                LaneNews(
                    lane=lane,
                    rows=log.window(
                        space, lane, Window(limit=limit, after=after.get(lane, 0)), seal
                    ),
                )
                for lane in lanes_of(grants, reader, now)
            ]

        read = self._sealed.read(space, work, reader.check)
        grants, found = await self._keeping_ends(space, read)
        await self._list_ended(grants, now)
        if not found:
            raise RefusedError(ErrorCode.NOT_AUTHORISED, NOTHING_HERE)
        return found

    async def arrivals(
        self, space: SpaceId, lane: Lane, limit: int, reader: Reader = SERVER
    ) -> list[Arrival]:
        """Return what arrived last of what has a body, the newest first; no body is opened."""
        return await self._read_as(
            space, lane, reader, lambda log, _seal: log.arrivals(space, lane, limit)
        )

    async def placed(self, space: SpaceId, lane: Lane, reader: Reader = SERVER) -> list[Placed]:
        """Return where every event of a lane stands, in seq order; no body is opened."""
        return await self._read_as(space, lane, reader, lambda log, _seal: log.placed(space, lane))

    async def subject_rows(
        self, space: SpaceId, lane: Lane, subject: bytes, reader: Reader = SERVER
    ) -> list[Row]:
        """Return every row about one subject, in seq order, bodies opened: its audit."""
        found = await self._read_as(
            space, lane, reader, lambda log, seal: log.subject_rows(space, lane, [subject], seal)
        )
        return found.get(subject, [])

    async def lane_proof(self, space: SpaceId, lane: Lane, reader: Reader = SERVER) -> LaneProof:
        """Return what an export of a lane begins with, all of one moment."""

        def work(log: LogRows, seal: RestSeal) -> LaneProof:
            return reading.lane_proof(log, seal, self.signer, lane)

        return await self._read_folded(space, lane, reader, work)

    async def lane_rows(
        self, space: SpaceId, lane: Lane, after: int, reader: Reader = SERVER
    ) -> list[Row]:
        """Return the rows of a lane behind ``after``, as many as a page holds, bodies opened."""
        return await self._read_as(
            space, lane, reader, lambda log, seal: reading.page(log, seal, lane, after)
        )

    async def state_hash(self, space: SpaceId, lane: Lane) -> bytes:
        """Return the hash over a lane's read models, as ``projections.state_hash`` says."""
        return state_hash(await self.documents(space, lane), lane)

    async def _read_folded(
        self,
        space: SpaceId,
        lane: Lane,
        reader: Reader,
        work: Callable[[LogRows, RestSeal], T],
    ) -> T:
        """Return what ``work`` reads out of documents of this version, folded anew where needed."""

        def folded(log: LogRows, seal: RestSeal) -> T:
            if ids.is_shared(lane) and not reading.is_folded(log, space, lane):
                raise _UnfoldedError
            return work(log, seal)

        while True:
            try:
                return await self._read_as(space, lane, reader, folded)
            except _UnfoldedError:
                await self._sealed.write(
                    space, lambda log, seal: folding.project_lane(log, seal, lane), lane
                )

    async def _read_as(
        self,
        space: SpaceId,
        lane: Lane,
        reader: Reader,
        work: Callable[[LogRows, RestSeal], T],
    ) -> T:
        now = self._clock.now_ms()

        def granted(log: LogRows, seal: RestSeal) -> T:
            if reader.member is not None:
                require_grant(log, space, lane, reader, now)
            return work(log, seal)

        return await self._keeping_ends(space, self._sealed.read(space, granted, reader.check))

    async def _keeping_ends(self, space: SpaceId, work: Awaitable[T]) -> T:
        """Return what ``work`` returns; where it was refused, keep what ended since the last look.

        A member who was turned away must be turned away when the clock is set back, too.

        Raises:
            RefusedError: ``work`` did.
        """
        try:
            return await work
        except RefusedError:
            await self.grants(space)
            raise
