"""``EventStore`` over any ``rows.Database``: the keys first, then one transaction, then told."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

from trailmark_adapters.clock import Clock
from trailmark_adapters.randomness import Randomness
from trailmark_server.heads import HeadSigner
from trailmark_server.ingest import Batch
from trailmark_server.offers import meets_head
from trailmark_server.rebuild import rebuild_lanes
from trailmark_server.rest_seal import RestSeal
from trailmark_server.storage import member_writing, reading, writing
from trailmark_server.storage.accounts import ErasureProof, SpaceErasure
from trailmark_server.storage.erasing import erase_space, merge_erasures
from trailmark_server.storage.grants import (
    first_day_left,
)
from trailmark_server.storage.log_reading import LogReading
from trailmark_server.storage.ports import (
    Check,
    ErasedEvent,
    Finding,
    KeyStore,
    MemberDraft,
    Page,
    Progress,
    TakenOffer,
    Verification,
)
from trailmark_server.storage.rows import Database, LogRows, Tables
from trailmark_server.verify import verify_lanes
from trailmark_shared import limits
from trailmark_shared.errors import ErrorCode
from trailmark_shared.events.envelope import Row
from trailmark_shared.ids import DeviceId, Epoch, Lane, SpaceId
from trailmark_shared.protocol.effects import AppendBatch, Appended, LaneState
from trailmark_shared.protocol.messages import LaneHello, Offer
from trailmark_shared.sealing import Cipher

T = TypeVar("T")


class LogStore(LogReading):
    """The lanes of all spaces, over one database and one keys store.

    Attributes:
        signer: Signs the heads of lanes.
    """

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
        await self._database.write(
            lambda tables: tables.log.set_closed(space, closed=closed), space
        )

    async def end_grants(self) -> list[SpaceId]:
        """List every grant whose last day has passed as revoked for ever."""
        now, most = self._clock.now_ms(), limits.GRANTS_ENDED_AT_ONCE_MAX
        day, ended = first_day_left(now), set[SpaceId]()
        while True:
            rows = await self._database.read(lambda tables: tables.log.grants_over(day, most))
            ended |= await self._list_ended(rows, now)
            if len(rows) < most:
                return sorted(ended)

    async def append(
        self, space: SpaceId, actor: str, batch: AppendBatch, check: Check | None = None
    ) -> Appended:
        """Append a batch by rule 1."""

        def work(log: LogRows, seal: RestSeal, recorded: writing.Recorded) -> Appended:
            accepted = Batch(
                events=batch.events, actor=actor, offset=batch.offset, now=self._clock.now_ms()
            )
            return writing.append_batch(log, seal, batch, accepted, recorded)

        return await self._sealed.write_keys_first(space, work, check, batch.lane)

    async def read_page(
        self,
        space: SpaceId,
        lane: Lane,
        after: int,
        check: Check | None = None,
        *,
        is_live: bool = False,
    ) -> Page:
        """Return the rows behind ``after``, cut by ``PAGE_EVENTS_MAX`` and ``PAGE_BYTES_MAX``."""

        async def read(most: int) -> tuple[list[Row], bool]:
            return await self._sealed.read(
                space,
                lambda log, seal: reading.page_and_end(log, seal, lane, after, most),
                check,
                is_short=most < limits.PAGE_EVENTS_MAX,
            )

        rows, is_last = await read(limits.SHORT_PAGE_EVENTS_MAX) if is_live else ([], False)
        if not is_last:
            rows, is_last = await read(limits.PAGE_EVENTS_MAX)
        if not rows:
            return Page(rows=rows, signed_head=None)
        last = rows[-1]
        head = self.signer.head(space, lane, last.seq, last.lane_hash)
        return Page(rows=rows, signed_head=head, is_last=is_last)

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
            if head is None:
                return TakenOffer(upto=0, code=ErrorCode.TOO_MANY_LANES)
            return TakenOffer(upto=head, code=None)

        if not is_ours:
            return await self._database.read(refuse)
        taken = await self._sealed.write_keys_first(space, work, check, lane)
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
        """Append what a member wrote, all or nothing; a form writes once."""
        member = member_writing.Member(actor=actor, epoch=self._epoch, salt=self._salt)

        def work(log: LogRows, seal: RestSeal, recorded: writing.Recorded) -> list[Row]:
            now = self._clock.now_ms()
            assert recorded == writing.NOTHING_RECORDED, "members neither revoke nor erase"
            return member_writing.append_for_member(log, seal, lane, member, drafts, now)

        return await self._keeping_ends(
            space, self._sealed.write_keys_first(space, work, check, lane)
        )

    def _salt(self) -> bytes:
        return self._randomness.token(limits.SALT_BYTES)

    # --- the operator ---

    async def erase_space(
        self,
        erasure: SpaceErasure,
        proofs: Sequence[ErasureProof] = (),
        check: Check | None = None,
    ) -> None:
        """Erase a person: words now, every backup once the backups of its key have ended."""
        await erase_space(self._database, self._keys, erasure, proofs, check)
        self._sealed.forget(erasure.space)

    async def clean(self) -> None:
        """Let remnants of erased words leave the files, where that is owed."""
        owed = await self._database.read(lambda tables: tables.log.cleaning_owed())
        if owed and await self._database.clean():
            await self._database.write(lambda tables: tables.log.note_cleaned(owed))

    async def verify(self, progress: Progress | None = None) -> list[Finding]:
        """Recompute everything that can be recomputed; return what does not match."""
        return (await self.verification(progress)).findings

    async def verification(self, progress: Progress | None = None) -> Verification:
        """Do what ``verify`` does, and say as well how far each lane is proven."""
        return await verify_lanes(
            self._database, self._sealed.seal_of, self._keys, self._cipher, progress
        )

    async def rebuild(self, progress: Progress | None = None) -> int:
        """Fold all read models again from the log; return how many lanes were done."""
        return await rebuild_lanes(self._database, self._sealed.seal_of, progress)

    async def close(self) -> None:
        """Finish what is queued and give everything back; the keys store stays open."""
        await self._database.close()

    # --- transactions ---

    async def merge_keys(self) -> None:
        """Bring the lists of the keys store into the log: it may come from an older backup."""
        await merge_erasures(self._database, self._keys)
        # What another instance closes meanwhile is in the keys store first: this order sees it.
        were_closed = await self._database.read(lambda tables: tables.log.closed())
        erased = await self._keys.erased()
        revoked = await self._keys.revoked_grants()
        closed = set(await self._keys.closed_spaces())

        def work(tables: Tables) -> None:
            for space, grant in revoked:
                tables.log.add_revoked(space, [grant])
            for space in were_closed | closed:
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

    async def take_signing_keys(self) -> bool:
        """Sign with the newest key of the keys store, and list it; say whether that is a change."""
        keys = await self._keys.signing_keys()
        shown = [each.key for each in keys.chain]
        listed = await self._database.read(lambda tables: tables.log.signing_keys())
        if not listed.issuperset(shown):
            await self._database.write(lambda tables: tables.log.add_signing_keys(shown))
        return self.signer.use(keys)


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
    heads = HeadSigner(await keys.signing_keys(), cipher, clock)
    store = LogStore(database, keys, heads, cipher, clock, randomness)
    await store.merge_keys()
    await store.take_signing_keys()
    return store
