"""``EventStore`` over any ``rows.Database``: the keys first, then one transaction, then told."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from typing import TypeVar

from trailmark_adapters.clock import Clock
from trailmark_adapters.nacl import NaclSigner
from trailmark_adapters.randomness import Randomness
from trailmark_server.heads import HeadSigner
from trailmark_server.ingest import Batch
from trailmark_server.keys import RestSeal
from trailmark_server.offers import meets_head
from trailmark_server.rebuild import rebuild_lanes
from trailmark_server.storage import reading, writing
from trailmark_server.storage.grants import (
    ended_unlisted,
    first_day_left,
    grants_from_rows,
    require_grant,
)
from trailmark_server.storage.ports import (
    SERVER,
    Check,
    ErasedEvent,
    Finding,
    Grant,
    KeyStore,
    LaneHead,
    MemberDraft,
    Page,
    Progress,
    Reader,
    TakenOffer,
    Window,
)
from trailmark_server.storage.rows import Database, GrantRow, LogRows, Tables
from trailmark_server.storage.sealed_tables import SealedTables
from trailmark_server.verify import verify_lanes
from trailmark_shared import ids, limits
from trailmark_shared.errors import ErrorCode, RefusedError
from trailmark_shared.events.envelope import Row
from trailmark_shared.ids import DeviceId, Epoch, Lane, SpaceId
from trailmark_shared.projections.fold import Document
from trailmark_shared.projections.state_hash import state_hash
from trailmark_shared.protocol.effects import AppendBatch, Appended, LaneState
from trailmark_shared.protocol.messages import LaneHello, Offer
from trailmark_shared.sealing import Cipher

T = TypeVar("T")


class LogStore:
    """The lanes of all spaces, over one database and one keys store.

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
        self._clock = clock
        self._randomness = randomness
        self._epoch = Epoch(randomness.token(limits.EPOCH_BYTES))

    # --- devices ---

    async def open_lanes(
        self,
        space: SpaceId,
        device: DeviceId,
        epoch: Epoch,
        lanes: Sequence[LaneHello],
        check: Check | None = None,
    ) -> list[LaneState]:
        """Return where every lane of the space, and every lane named, stands for this device."""

        def work(tables: Tables) -> tuple[list[LaneState], bool]:
            _ask(tables, check)
            states = reading.lane_states(tables.log, self.signer, space, (device, epoch), lanes)
            return states, tables.log.is_closed(space)

        states, is_closed = await self._database.read(work)
        is_rewound = any(state.welcome.rewind is not None for state in states)
        if is_rewound != is_closed:
            await self._set_closed(space, closed=is_rewound)
        return states

    async def _set_closed(self, space: SpaceId, *, closed: bool) -> None:
        if closed:
            await self._keys.close_spaces([space])
        else:
            await self._keys.open_space(space)
        await self._database.write(lambda tables: tables.log.set_closed(space, closed=closed))

    async def record_revocations(self, space: SpaceId, grants: Sequence[bytes]) -> None:
        """Treat these grants of the space as revoked for ever: keys first, then the log's list."""
        known = await self._database.read(lambda tables: tables.log.revoked_among(space, grants))
        missing = [grant for grant in grants if grant not in known]
        if missing:
            await self._keys.revoke_grants(space, missing)
            await self._database.write(lambda tables: tables.log.add_revoked(space, missing))

    async def end_grants(self) -> list[SpaceId]:
        """List every grant whose last day has passed as revoked for ever."""
        now, most = self._clock.now_ms(), limits.GRANTS_ENDED_AT_ONCE_MAX
        day, ended = first_day_left(now), set[SpaceId]()
        while True:
            rows = await self._database.read(lambda tables: tables.log.grants_over(day, most))
            ended |= await self._list_ended(rows, now)
            if len(rows) < most:
                return sorted(ended)

    async def _list_ended(self, rows: Iterable[GrantRow], now: int) -> set[SpaceId]:
        by_space: dict[SpaceId, list[bytes]] = {}
        for space, grant in ended_unlisted(rows, now):
            by_space.setdefault(space, []).append(grant)
        for space, grants in by_space.items():
            await self.record_revocations(space, grants)
        return set(by_space)

    async def append(
        self, space: SpaceId, actor: str, batch: AppendBatch, check: Check | None = None
    ) -> Appended:
        """Append a batch by rule 1."""

        def work(log: LogRows, seal: RestSeal, recorded: writing.Recorded) -> Appended:
            accepted = Batch(
                events=batch.events, actor=actor, offset=batch.offset, now=self._clock.now_ms()
            )
            return writing.append_batch(log, seal, batch, accepted, recorded)

        return await self._sealed.write_keys_first(space, work, check)

    async def read_page(
        self, space: SpaceId, lane: Lane, after: int, check: Check | None = None
    ) -> Page:
        """Return the rows behind ``after``, cut by ``PAGE_EVENTS_MAX`` and ``PAGE_BYTES_MAX``."""
        rows = await self._sealed.read(
            space, lambda log, seal: reading.page(log, seal, lane, after), check
        )
        if not rows:
            return Page(rows=rows, signed_head=None)
        last = rows[-1]
        return Page(rows=rows, signed_head=self.signer.head(space, lane, last.seq, last.lane_hash))

    async def take_offer(
        self, space: SpaceId, offer: Offer, rows: Sequence[Row], check: Check | None = None
    ) -> TakenOffer:
        """Take offered rows by rule 3; ``rows`` are derived from the offer's runs."""
        lane = Lane(offer.lane)
        is_ours = meets_head(offer, rows) and self.signer.is_ours(space, lane, offer.signed_head)

        def refuse(tables: Tables) -> TakenOffer:
            _ask(tables, check)
            head = tables.log.lane(space, lane).head
            return TakenOffer(upto=head, code=ErrorCode.FORGED_OFFER)

        def work(log: LogRows, seal: RestSeal, recorded: writing.Recorded) -> TakenOffer:
            head = writing.append_offered(log, seal, lane, offer.after_hash, rows, recorded)
            return TakenOffer(upto=head, code=None)

        if not is_ours:
            return await self._database.read(refuse)
        taken = await self._sealed.write_keys_first(space, work, check)
        if await self._database.read(lambda tables: tables.log.is_closed(space)):
            await self._set_closed(space, closed=False)
        return taken

    # --- members ---

    async def write_as_member(
        self,
        space: SpaceId,
        lane: Lane,
        actor: str,
        drafts: Sequence[MemberDraft],
        check: Check | None = None,
    ) -> list[Row]:
        """Append what a member wrote, all or nothing; an id that is there already is left alone."""
        member = writing.Member(actor=actor, epoch=self._epoch, salt=self._salt)

        def work(log: LogRows, seal: RestSeal, recorded: writing.Recorded) -> list[Row]:
            now = self._clock.now_ms()
            assert recorded == writing.NOTHING_RECORDED, "members neither revoke nor erase"
            return writing.append_for_member(log, seal, lane, member, drafts, now)

        return await self._keeping_ends(space, self._sealed.write_keys_first(space, work, check))

    def _salt(self) -> bytes:
        return self._randomness.token(limits.SALT_BYTES)

    # --- reading ---

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

    async def documents(
        self,
        space: SpaceId,
        lane: Lane,
        kind: str | None = None,
        *,
        parent: bytes | None = None,
        reader: Reader = SERVER,
    ) -> list[Document]:
        """Return a lane's read models by kind and subject."""
        await self._fold_when_old(space, lane)
        return await self._read_as(
            space, lane, reader, lambda log, seal: log.documents(space, lane, kind, parent, seal)
        )

    async def document(
        self, space: SpaceId, lane: Lane, subject: bytes, reader: Reader = SERVER
    ) -> Document | None:
        """Return the read model of one subject."""
        await self._fold_when_old(space, lane)
        return await self._read_as(
            space, lane, reader, lambda log, seal: log.document(space, lane, subject, seal)
        )

    async def timeline(
        self, space: SpaceId, lane: Lane, window: Window, reader: Reader = SERVER
    ) -> list[Row]:
        """Return the rows of a window that have a body, bodies opened."""
        return await self._read_as(
            space, lane, reader, lambda log, seal: log.window(space, lane, window, seal)
        )

    async def subject_rows(
        self, space: SpaceId, lane: Lane, subject: bytes, reader: Reader = SERVER
    ) -> list[Row]:
        """Return every row about one subject, in seq order, bodies opened: its audit."""
        found = await self._read_as(
            space, lane, reader, lambda log, seal: log.subject_rows(space, lane, [subject], seal)
        )
        return found.get(subject, [])

    async def state_hash(self, space: SpaceId, lane: Lane) -> bytes:
        """Return the hash over a lane's read models, as ``projections.state_hash`` says."""
        return state_hash(await self.documents(space, lane), lane)

    async def _fold_when_old(self, space: SpaceId, lane: Lane) -> None:
        if lane == ids.SELF:
            return
        is_current = await self._database.read(
            lambda tables: reading.is_folded(tables.log, space, lane)
        )
        if not is_current:
            await self._sealed.write(space, lambda log, seal: writing.project_lane(log, seal, lane))

    # --- the operator ---

    async def erase_space(self, space: SpaceId) -> None:
        """Erase a person: bodies and read models now, every backup once its key's backups end."""
        await self._keys.destroy_space_key(space)

        def work(tables: Tables) -> None:
            tables.log.add_erasure(space)
            for facts in tables.log.lanes(space):
                tables.log.erase_lane(space, facts.lane)
            tables.log.owe_cleaning()

        await self._database.write(work)
        await self._database.forget()

    async def clean(self) -> None:
        """Let remnants of erased words leave the files, where that is owed."""
        owed = await self._database.read(lambda tables: tables.log.cleaning_owed())
        if owed and await self._database.clean():
            await self._database.write(lambda tables: tables.log.note_cleaned(owed))

    async def verify(self, progress: Progress | None = None) -> list[Finding]:
        """Recompute everything that can be recomputed; return what does not match."""
        return await verify_lanes(self._database, self._sealed.seal_of, self._keys, progress)

    async def rebuild(self, progress: Progress | None = None) -> int:
        """Fold all read models again from the log; return how many lanes were done."""
        return await rebuild_lanes(self._database, self._sealed.seal_of, progress)

    async def close(self) -> None:
        """Finish what is queued and give everything back; the keys store stays open."""
        await self._database.close()

    # --- transactions ---

    async def merge_keys(self) -> None:
        """Bring the lists of the keys store into the log: it may come from an older backup."""
        erased = await self._keys.erased()
        revoked = await self._keys.revoked_grants()
        closed = set(await self._keys.closed_spaces())

        def work(tables: Tables) -> None:
            for space, grant in revoked:
                tables.log.add_revoked(space, [grant])
            for space in tables.log.closed() | closed:
                tables.log.set_closed(space, closed=space in closed)

        await self._database.write(work)
        by_space: dict[SpaceId, list[ErasedEvent]] = {}
        for space, event in erased:
            by_space.setdefault(space, []).append(event)
        for space, events in by_space.items():
            await self._sealed.write(
                space, lambda log, seal, events=events: writing.merge_erased(log, seal, events)
            )
        if erased:
            await self._database.forget()

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


def _ask(tables: Tables, check: Check | None) -> None:
    if check is not None:
        check(tables.accounts)


async def open_log_store(
    database: Database, keys: KeyStore, cipher: Cipher, clock: Clock, randomness: Randomness
) -> LogStore:
    """Return the store over ``database``, with the lists of ``keys`` merged into it.

    Args:
        database: Transactions over the main store.
        keys: The keys store; it is not closed with the store.
        cipher: The cipher port.
        clock: Server clock.
        randomness: For nonces, salts and the epoch of members' writes.

    Returns:
        The store; ``close`` it.
    """
    heads = HeadSigner(NaclSigner(await keys.signing_seed()), cipher, clock)
    store = LogStore(database, keys, heads, cipher, clock, randomness)
    await store.merge_keys()
    return store
