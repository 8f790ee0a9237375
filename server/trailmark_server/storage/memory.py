"""The log in memory: the reference that the contracts are read against, and a fast fake.

One transaction at a time over plain lists and dictionaries; a unit of work that raises is undone by
putting the copy from before it back.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar

import msgspec

from trailmark_server.lane_draft import ChainFacts, HeldRow, LaneDraft, LaneFacts
from trailmark_server.projector import Folded
from trailmark_server.rest_seal import Opener, RestSeal
from trailmark_server.storage.accounts import AccountRows
from trailmark_server.storage.memory_lane import (
    LaneKey,
    MemoryLane,
    arrivals,
    documents_among,
    erase_bodies,
    held_row,
    kept,
    opened,
    placed,
    pushed_by,
    stripped,
    within,
)
from trailmark_server.storage.ports import Arrival, ErasedEvent, Wanted, Window
from trailmark_server.storage.rows import ChainKey, GrantRow, StoredRow, Tables, put_grants
from trailmark_shared.errors import ErrorCode
from trailmark_shared.events.envelope import Row
from trailmark_shared.ids import DeviceId, EventId, Lane, SpaceId
from trailmark_shared.projections.audit import Placed
from trailmark_shared.projections.fold import Document

T = TypeVar("T")


class MemoryRows:
    """``LogRows`` over dictionaries."""

    def __init__(self) -> None:
        """Begin empty."""
        self._lanes: dict[LaneKey, MemoryLane] = {}
        self._revoked: set[tuple[SpaceId, bytes]] = set()
        self._erased: set[tuple[SpaceId, Lane, EventId]] = set()
        self._closed: set[SpaceId] = set()
        self._erasures: dict[SpaceId, int] = {}
        self._signing_keys: set[bytes] = set()

    def snapshot(self) -> MemoryRows:
        """Return a copy that later changes do not touch."""
        twin = MemoryRows()
        twin._lanes = {key: lane.snapshot() for key, lane in self._lanes.items()}
        twin._revoked = set(self._revoked)
        twin._erased = set(self._erased)
        twin._closed = set(self._closed)
        twin._erasures = dict(self._erasures)
        twin._signing_keys = set(self._signing_keys)
        return twin

    def _lane(self, space: SpaceId, lane: Lane) -> MemoryLane:
        known = self._lanes.get((space, lane))
        return known or MemoryLane(LaneFacts(space=space, lane=lane))

    # --- lanes and chains ---

    def lane(self, space: SpaceId, lane: Lane) -> LaneFacts:
        """Return where a lane stands; one that does not exist stands at 0."""
        return self._lane(space, lane).facts

    def lanes(self, space: SpaceId) -> list[LaneFacts]:
        """Return the lanes of a space by name."""
        return [held.facts for key, held in sorted(self._lanes.items()) if key[0] == space]

    def all_lanes(self) -> list[LaneKey]:
        """Return every lane, by space and name."""
        return sorted(self._lanes)

    def heads(self, spaces: Sequence[SpaceId]) -> dict[LaneKey, int]:
        """Return the heads of the lanes of these spaces."""
        return {key: held.facts.head for key, held in self._lanes.items() if key[0] in spaces}

    def hash_at(self, space: SpaceId, lane: Lane, seq: int) -> bytes | None:
        """Return the lane hash after a row, or ``None`` where there is no such row."""
        rows = self._lane(space, lane).rows
        return rows[seq - 1].row.lane_hash if 1 <= seq <= len(rows) else None

    def chains(
        self, space: SpaceId, lane: Lane, keys: Sequence[ChainKey]
    ) -> dict[ChainKey, ChainFacts]:
        """Return where these chains stand; those that stand at 0 are left out."""
        known = self._lane(space, lane).chains
        return {key: known[key] for key in keys if key in known}

    def pushed_by(self, space: SpaceId, lane: Lane, device: DeviceId) -> int:
        """Return how many rows a device pushed into a lane, under all its numberings."""
        return pushed_by(self._lane(space, lane), device)

    def held(
        self, space: SpaceId, lane: Lane, wanted: Sequence[EventId]
    ) -> dict[EventId, list[HeldRow]]:
        """Return the rows that hold these ids, by id, each in seq order."""
        held = self._lane(space, lane)
        return {
            event: [held_row(held.rows[place]) for place in held.places[event]]
            for event in wanted
            if event in held.places
        }

    def of_stem(self, space: SpaceId, lane: Lane, stem: bytes) -> set[EventId]:
        """Return the ids that begin so, of rows and of what is listed as erased."""
        named = self.erased(space, lane).union(self._lane(space, lane).places)
        return {event for event in named if event.startswith(stem)}

    # --- writing ---

    def save(self, draft: LaneDraft, seal: RestSeal) -> None:
        """Insert the rows of a draft and put lane, chains and grants where it has them."""
        key = (draft.lane.space, draft.lane.lane)
        held = self._lanes.setdefault(key, MemoryLane(draft.lane))
        held.facts = draft.lane
        held.chains.update(draft.chains)
        for new in draft.rows:
            event = new.row.event
            body = None if event.body is None else seal.seal(event.id, event.body)
            row = msgspec.structs.replace(new.row, event=msgspec.structs.replace(event, body=body))
            held.places.setdefault(event.id, []).append(len(held.rows))
            held.rows.append(StoredRow(row=row, type=new.type, subject=new.subject, day=new.day))
        for event, subject in draft.rejoined.items():
            for place in held.places[event]:
                if held.rows[place].row.code == ErrorCode.DUPLICATE:
                    held.rows[place] = msgspec.structs.replace(held.rows[place], subject=subject)
        put_grants(held.grants, draft)

    def kept(self, space: SpaceId, lane: Lane, wanted: Sequence[EventId]) -> set[EventId]:
        """Return which of ``wanted`` are here with a body that is never erased."""
        return kept(self._lane(space, lane), wanted)

    def erase_bodies(self, space: SpaceId, lane: Lane, wanted: Sequence[EventId]) -> set[bytes]:
        """Take away the bodies of these events, the kept ones excepted."""
        return erase_bodies(self._lane(space, lane), wanted)

    def erase_lane(self, space: SpaceId, lane: Lane) -> None:
        """Take away every body and every read model of a lane."""
        held = self._lane(space, lane)
        held.rows = [stripped(stored) for stored in held.rows]
        held.documents, held.failed, held.folded_to = {}, {}, None

    def erasures(self, space: SpaceId) -> int:
        """Return how often the person was erased; each time the at-rest key is another one."""
        return self._erasures.get(space, 0)

    def add_erasure(self, space: SpaceId) -> None:
        """Note that the person was erased once more."""
        self._erasures[space] = self.erasures(space) + 1

    # --- reading rows ---

    def rows(
        self, space: SpaceId, lane: Lane, after: int, limit: int, seal: Opener
    ) -> Iterator[Row]:
        """Yield the rows behind ``after`` in seq order, at most ``limit``."""
        for stored in self._lane(space, lane).rows[after : after + limit]:
            yield opened(stored, seal)

    def window(self, space: SpaceId, lane: Lane, window: Window, seal: Opener) -> list[Row]:
        """Return the rows of a window that have a body."""
        return [opened(each, seal) for each in within(self._lane(space, lane), window)]

    def arrivals(self, space: SpaceId, lane: Lane, limit: int) -> list[Arrival]:
        """Return what arrived last of what has a body, the newest first."""
        return arrivals(self._lane(space, lane), limit)

    def placed(self, space: SpaceId, lane: Lane) -> list[Placed]:
        """Return where every event of a lane stands, in seq order; no body is opened."""
        return placed(self._lane(space, lane))

    def subject_rows(
        self, space: SpaceId, lane: Lane, subjects: Sequence[bytes], seal: Opener
    ) -> dict[bytes, list[Row]]:
        """Return the rows about these subjects, by subject, each in seq order."""
        wanted = set(subjects)
        rows: dict[bytes, list[Row]] = {}
        for stored in self._lane(space, lane).rows:
            if stored.subject is not None and stored.subject in wanted:
                rows.setdefault(stored.subject, []).append(opened(stored, seal))
        return rows

    def events_named(
        self, space: SpaceId, lane: Lane, wanted: Sequence[EventId], seal: Opener
    ) -> list[Row]:
        """Return the rows that hold one of these ids with its body, in seq order."""
        return [
            opened(stored, seal)
            for stored in self._lane(space, lane).rows
            if stored.row.event.id in wanted and stored.row.event.body is not None
        ]

    # --- read models ---

    def projected_to(self, space: SpaceId, lane: Lane) -> int | None:
        """Return the seq that the documents of a lane reach, ``None`` for none."""
        return self._lane(space, lane).folded_to

    def save_folded(
        self, space: SpaceId, lane: Lane, folded: Folded, seq: int, seal: RestSeal
    ) -> None:
        """Put the folded subjects in place; the documents reach ``seq`` then."""
        assert seal.space == space
        held = self._lane(space, lane)
        for subject in folded.subjects:
            held.documents.pop(subject, None)
            held.failed.pop(subject, None)
        held.documents.update({each.subject: each for each in folded.documents})
        held.failed.update(folded.failed)
        held.folded_to = seq

    def forget_failed(self, space: SpaceId, lane: Lane) -> None:
        """Forget at which rows of a lane the folds failed."""
        self._lane(space, lane).failed = {}

    def subjects(self, space: SpaceId, lane: Lane) -> list[bytes]:
        """Return every subject of a lane, in the order in which the log began to tell of them."""
        rows = self._lane(space, lane).rows
        told = [stored.subject for stored in rows if stored.subject is not None]
        return list(dict.fromkeys(told))

    def subjects_among(self, space: SpaceId, lane: Lane, subjects: Sequence[bytes]) -> set[bytes]:
        """Return which of these subjects there are rows about."""
        return set(subjects).intersection(self.subjects(space, lane))

    def documented(self, space: SpaceId, lane: Lane) -> list[bytes]:
        """Return every subject of a lane that has a document."""
        return sorted(self._lane(space, lane).documents)

    def documents(
        self, space: SpaceId, lane: Lane, wanted: Wanted, seal: RestSeal
    ) -> list[Document]:
        """Return the documents that are wanted, by kind and subject."""
        assert seal.space == space
        return documents_among(self._lane(space, lane), wanted)

    def document(
        self, space: SpaceId, lane: Lane, subject: bytes, seal: RestSeal
    ) -> Document | None:
        """Return the document of a subject."""
        assert seal.space == space
        return self._lane(space, lane).documents.get(subject)

    def failed(self, space: SpaceId, lane: Lane) -> list[int]:
        """Return the seqs at which folds failed."""
        return sorted(self._lane(space, lane).failed.values())

    # --- grants and the lists of the keys store ---

    def grants(self, space: SpaceId) -> list[GrantRow]:
        """Return the grants of a space by lane and seq."""
        return [grant for grant in self._grants() if grant.space == space]

    def grants_of_member(self, member: bytes) -> list[GrantRow]:
        """Return the grants that name a member."""
        return [grant for grant in self._grants() if grant.member == member]

    def _grants(self) -> list[GrantRow]:
        every = [grant for held in self._lanes.values() for grant in held.grants.values()]
        return [
            msgspec.structs.replace(
                grant,
                in_keys=(grant.space, grant.grant) in self._revoked
                or grant.space in self._erasures,
                space_closed=grant.space in self._closed,
            )
            for grant in sorted(every, key=lambda g: (g.space, g.lane, g.granted_seq or 0))
        ]

    def grants_over(self, day: str, limit: int) -> list[GrantRow]:
        """Return grants whose last day is before ``day`` and that nothing names as revoked yet."""
        found = [
            grant
            for grant in self._grants()
            if grant.until is not None and grant.until < day
            if grant.revoked_seq is None and not grant.in_keys
        ]
        return found[:limit]

    def add_revoked(self, space: SpaceId, grants: Sequence[bytes]) -> None:
        """List grants as revoked."""
        self._revoked.update((space, grant) for grant in grants)

    def revoked_among(self, space: SpaceId, grants: Sequence[bytes]) -> set[bytes]:
        """Return which of these grants of a space are listed."""
        return {grant for grant in grants if (space, grant) in self._revoked}

    def revoked(self) -> set[tuple[SpaceId, bytes]]:
        """Return all listed grants of all spaces."""
        return set(self._revoked)

    def add_erased(self, space: SpaceId, events: Sequence[ErasedEvent]) -> None:
        """List events as erased."""
        self._erased.update((space, event.lane, event.id) for event in events)

    def erased(
        self, space: SpaceId, lane: Lane, wanted: Sequence[EventId] | None = None
    ) -> set[EventId]:
        """Return which of ``wanted`` (``None``: of all) are listed as erased in a lane."""
        listed = {event for (of, name, event) in self._erased if (of, name) == (space, lane)}
        return listed if wanted is None else listed.intersection(wanted)

    def set_closed(self, space: SpaceId, *, closed: bool) -> None:
        """Close a space to members, or open it."""
        (self._closed.add if closed else self._closed.discard)(space)

    def is_closed(self, space: SpaceId) -> bool:
        """Say whether a space is closed to members."""
        return space in self._closed

    def closed(self) -> set[SpaceId]:
        """Return all spaces that are closed to members."""
        return set(self._closed)

    def owe_cleaning(self) -> None:
        """Do nothing: there is no file."""

    def cleaning_owed(self) -> int:
        """Return 0: there is no file."""
        return 0

    def note_cleaned(self, owed: int) -> None:
        """Do nothing: nothing is owed."""

    def add_signing_keys(self, keys: Sequence[bytes]) -> None:
        """List public keys that signed heads of this log."""
        self._signing_keys.update(keys)

    def signing_keys(self) -> set[bytes]:
        """Return every listed key that ever signed heads of this log."""
        return set(self._signing_keys)

    # --- verification ---

    def stored_rows(self, space: SpaceId, lane: Lane, after: int, limit: int) -> list[StoredRow]:
        """Return rows behind ``after`` (which may be negative), bodies sealed, in seq order."""
        rows = self._lane(space, lane).rows
        return [stored for stored in rows if stored.row.seq > after][:limit]

    def strays(self) -> list[str]:
        """Return nothing: no row here can name a lane that is not there."""
        return []

    def file_faults(self) -> list[str]:
        """Return nothing: there is no file."""
        return []

    def all_chains(self, space: SpaceId, lane: Lane) -> dict[ChainKey, ChainFacts]:
        """Return every chain of a lane."""
        return dict(self._lane(space, lane).chains)


class MemoryTables:
    """``rows.Database`` in memory."""

    def __init__(self, accounts: AccountRows) -> None:
        """Begin empty, beside these account rows."""
        self.log = MemoryRows()
        self._accounts = accounts

    async def read(self, work: Callable[[Tables], T], *, is_short: bool = False) -> T:  # noqa: ARG002  (all of it waits for nothing)
        """Return what ``work`` returns."""
        return work(Tables(self.log, self._accounts))

    async def write(
        self,
        work: Callable[[Tables], T],
        space: SpaceId | None = None,  # noqa: ARG002  (one writer for everything)
        lane: Lane | None = None,  # noqa: ARG002
    ) -> T:
        """Return what ``work`` returns; if it raises, nothing was changed."""
        before = self.log.snapshot()
        try:
            return work(Tables(self.log, self._accounts))
        except BaseException:
            self.log = before
            raise

    async def forget(self) -> None:
        """Do nothing: there is no file."""

    async def clean(self) -> bool:
        """Do nothing: there is no file."""
        return True

    async def close(self) -> None:
        """Do nothing: there is nothing to give back."""
