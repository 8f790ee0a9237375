"""Tables of the log within one transaction: what a backend has to provide below ``LogStore``.

Synchronous, because one call of ``Database.read`` or ``write`` is one transaction, run in one go.
Bodies and documents cross this border opened: a backend seals and opens them with the ``RestSeal``
that it is given.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, MutableMapping, Sequence
from typing import Protocol, TypeVar

import msgspec

from trailmark_server.lane_draft import ChainFacts, HeldRow, LaneDraft, LaneFacts
from trailmark_server.projector import Folded
from trailmark_server.rest_seal import Opener, RestSeal
from trailmark_server.storage.accounts import AccountRows
from trailmark_server.storage.ports import Arrival, ErasedEvent, Wanted, Window
from trailmark_shared.events.envelope import Row
from trailmark_shared.ids import DeviceId, Epoch, EventId, Lane, SpaceId
from trailmark_shared.projections.audit import Placed
from trailmark_shared.projections.fold import Document

T = TypeVar("T")

ChainKey = tuple[DeviceId, Epoch]
"""One numbering of one device."""


class GrantRow(msgspec.Struct, frozen=True, kw_only=True):
    """A grant as the tables have it.

    Attributes:
        space: Whose lane.
        lane: Which one.
        grant: Its id.
        member: Whom it lets in; ``None`` while only the revocation is in the log.
        role: What the member is to the person.
        until: Last day, or ``None``.
        actions: What it names that the member may do, or ``None`` where it names nothing.
        granted_seq: Row of the ``access_granted``.
        revoked_seq: Row of the first ``access_revoked``.
        in_keys: The keys list names it as revoked, or its person as erased.
        space_closed: Its space is closed to members.
    """

    space: SpaceId
    lane: Lane
    grant: bytes
    member: bytes | None
    role: str | None
    until: str | None
    actions: tuple[str, ...] | None
    granted_seq: int | None
    revoked_seq: int | None
    in_keys: bool
    space_closed: bool


def put_grants(grants: MutableMapping[bytes, GrantRow], draft: LaneDraft) -> None:
    """Put into ``grants``, by id, what a draft gives and revokes; the first revocation stays."""

    def known(grant: bytes) -> GrantRow:
        return grants.get(grant) or GrantRow(
            space=draft.lane.space,
            lane=draft.lane.lane,
            grant=grant,
            member=None,
            role=None,
            until=None,
            actions=None,
            granted_seq=None,
            revoked_seq=None,
            in_keys=False,
            space_closed=False,
        )

    for made in draft.granted:
        grants[made.grant] = msgspec.structs.replace(
            known(made.grant),
            member=made.member,
            role=made.role,
            until=made.until,
            actions=made.actions,
            granted_seq=made.seq,
        )
    for grant, seq in draft.revoked:
        row = known(grant)
        if row.revoked_seq is None:
            grants[grant] = msgspec.structs.replace(row, revoked_seq=seq)


class StoredRow(msgspec.Struct, frozen=True, kw_only=True):
    """A row exactly as it is stored, for ``verify``.

    Attributes:
        row: The row; ``event.body`` is still sealed at rest.
        type: The column.
        subject: The column.
        day: The column.
    """

    row: Row
    type: str | None
    subject: bytes | None
    day: str | None


class LogRows(Protocol):
    """The log's tables; implementations: ``memory.MemoryRows``, ``sql.rows.SqlRows``."""

    # --- lanes and chains ---

    def lane(self, space: SpaceId, lane: Lane) -> LaneFacts:
        """Return where a lane stands; one that does not exist stands at 0."""
        ...

    def lanes(self, space: SpaceId) -> list[LaneFacts]:
        """Return the lanes of a space by name."""
        ...

    def all_lanes(self) -> list[tuple[SpaceId, Lane]]:
        """Return every lane, by space and name."""
        ...

    def heads(self, spaces: Sequence[SpaceId]) -> dict[tuple[SpaceId, Lane], int]:
        """Return the heads of the lanes of these spaces."""
        ...

    def hash_at(self, space: SpaceId, lane: Lane, seq: int) -> bytes | None:
        """Return the lane hash after a row, or ``None`` where there is no such row."""
        ...

    def chains(
        self, space: SpaceId, lane: Lane, keys: Sequence[ChainKey]
    ) -> dict[ChainKey, ChainFacts]:
        """Return where these chains stand; those that stand at 0 are left out."""
        ...

    def pushed_by(self, space: SpaceId, lane: Lane, device: DeviceId) -> int:
        """Return how many rows a device pushed into a lane, under all its numberings."""
        ...

    def held(
        self, space: SpaceId, lane: Lane, wanted: Sequence[EventId]
    ) -> dict[EventId, list[HeldRow]]:
        """Return the rows that hold these ids, by id, each in seq order."""
        ...

    def of_stem(self, space: SpaceId, lane: Lane, stem: bytes) -> set[EventId]:
        """Return the ids that begin so, of rows and of what is listed as erased; see ``forms``."""
        ...

    # --- writing ---

    def save(self, draft: LaneDraft, seal: RestSeal) -> None:
        """Insert the rows of a draft and put lane, chains and grants where it has them."""
        ...

    def kept(self, space: SpaceId, lane: Lane, wanted: Sequence[EventId]) -> set[EventId]:
        """Return which of ``wanted`` are here with a body that is never erased."""
        ...

    def erase_bodies(self, space: SpaceId, lane: Lane, wanted: Sequence[EventId]) -> set[bytes]:
        """Take away the bodies of these events, the kept ones excepted.

        Sealed bodies in ``self`` and readable ones in shared lanes go, with type, subject and day;
        what ``registry.is_kept`` names stays. Documents about them go, in every version; other
        versions fold the lane again when they need it.

        Returns:
            The subjects that the rows were about.
        """
        ...

    def erase_lane(self, space: SpaceId, lane: Lane) -> None:
        """Take away every body and every read model of a lane."""
        ...

    def erasures(self, space: SpaceId) -> int:
        """Return how often the person was erased; each time the at-rest key is another one."""
        ...

    def add_erasure(self, space: SpaceId) -> None:
        """Note that the person was erased once more."""
        ...

    # --- reading rows ---

    def rows(
        self, space: SpaceId, lane: Lane, after: int, limit: int, seal: Opener
    ) -> Iterator[Row]:
        """Yield the rows behind ``after`` in seq order, at most ``limit``."""
        ...

    def window(self, space: SpaceId, lane: Lane, window: Window, seal: Opener) -> list[Row]:
        """Return the rows of a window that have a body."""
        ...

    def arrivals(self, space: SpaceId, lane: Lane, limit: int) -> list[Arrival]:
        """Return what arrived last of what has a body, the newest first."""
        ...

    def placed(self, space: SpaceId, lane: Lane) -> list[Placed]:
        """Return where every event of a lane stands, in seq order; no body is opened."""
        ...

    def subject_rows(
        self, space: SpaceId, lane: Lane, subjects: Sequence[bytes], seal: Opener
    ) -> dict[bytes, list[Row]]:
        """Return the rows about these subjects, by subject, each in seq order."""
        ...

    def events_named(
        self, space: SpaceId, lane: Lane, wanted: Sequence[EventId], seal: Opener
    ) -> list[Row]:
        """Return the rows that hold one of these ids with its body, in seq order."""
        ...

    # --- read models ---

    def projected_to(self, space: SpaceId, lane: Lane) -> int | None:
        """Return the seq that this version's documents of a lane reach, ``None`` for none."""
        ...

    def save_folded(
        self, space: SpaceId, lane: Lane, folded: Folded, seq: int, seal: RestSeal
    ) -> None:
        """Put the folded subjects in place; the documents reach ``seq`` then."""
        ...

    def forget_failed(self, space: SpaceId, lane: Lane) -> None:
        """Forget at which rows of a lane this version's folds failed."""
        ...

    def subjects(self, space: SpaceId, lane: Lane) -> list[bytes]:
        """Return every subject of a lane, in the order in which the log began to tell of them."""
        ...

    def subjects_among(self, space: SpaceId, lane: Lane, subjects: Sequence[bytes]) -> set[bytes]:
        """Return which of these subjects there are rows about."""
        ...

    def documented(self, space: SpaceId, lane: Lane) -> list[bytes]:
        """Return every subject of a lane that has a document of this version."""
        ...

    def documents(
        self, space: SpaceId, lane: Lane, wanted: Wanted, seal: RestSeal
    ) -> list[Document]:
        """Return this version's documents that are wanted, by kind and subject."""
        ...

    def document(
        self, space: SpaceId, lane: Lane, subject: bytes, seal: RestSeal
    ) -> Document | None:
        """Return this version's document of a subject."""
        ...

    def failed(self, space: SpaceId, lane: Lane) -> list[int]:
        """Return the seqs at which this version's folds failed."""
        ...

    # --- grants and the lists of the keys store ---

    def grants(self, space: SpaceId) -> list[GrantRow]:
        """Return the grants of a space by lane and seq."""
        ...

    def grants_of_member(self, member: bytes) -> list[GrantRow]:
        """Return the grants that name a member."""
        ...

    def grants_over(self, day: str, limit: int) -> list[GrantRow]:
        """Return grants whose last day is before ``day`` and that nothing names as revoked yet."""
        ...

    def add_revoked(self, space: SpaceId, grants: Sequence[bytes]) -> None:
        """List grants as revoked."""
        ...

    def revoked_among(self, space: SpaceId, grants: Sequence[bytes]) -> set[bytes]:
        """Return which of these grants of a space are listed."""
        ...

    def revoked(self) -> set[tuple[SpaceId, bytes]]:
        """Return all listed grants of all spaces: for verification only."""
        ...

    def add_erased(self, space: SpaceId, events: Sequence[ErasedEvent]) -> None:
        """List events as erased."""
        ...

    def erased(
        self, space: SpaceId, lane: Lane, wanted: Sequence[EventId] | None = None
    ) -> set[EventId]:
        """Return which of ``wanted`` (``None``: of all) are listed as erased in a lane."""
        ...

    def set_closed(self, space: SpaceId, *, closed: bool) -> None:
        """Close a space to members, or open it."""
        ...

    def is_closed(self, space: SpaceId) -> bool:
        """Say whether a space is closed to members."""
        ...

    def closed(self) -> set[SpaceId]:
        """Return all spaces that are closed to members: at start and for verification only."""
        ...

    def owe_cleaning(self) -> None:
        """Note that words were erased whose remnants are still to leave the files."""
        ...

    def cleaning_owed(self) -> int:
        """Return how often that was noted, 0 where nothing is owed."""
        ...

    def note_cleaned(self, owed: int) -> None:
        """Note that so much of it is paid."""
        ...

    def add_signing_keys(self, keys: Sequence[bytes]) -> None:
        """List public keys that signed heads of this log."""
        ...

    def signing_keys(self) -> set[bytes]:
        """Return every listed key that ever signed heads of this log."""
        ...

    # --- verification ---

    def stored_rows(self, space: SpaceId, lane: Lane, after: int, limit: int) -> list[StoredRow]:
        """Return rows behind ``after`` (which may be negative), bodies sealed, in seq order."""
        ...

    def strays(self) -> list[str]:
        """Return ``table.column`` of every table with rows that name no lane."""
        ...

    def file_faults(self) -> list[str]:
        """Return where the file contradicts itself, such as an index its table."""
        ...

    def all_chains(self, space: SpaceId, lane: Lane) -> dict[ChainKey, ChainFacts]:
        """Return every chain of a lane."""
        ...


class Tables(msgspec.Struct, frozen=True):
    """What one transaction sees.

    Attributes:
        log: The log's tables.
        accounts: The account tables.
    """

    log: LogRows
    accounts: AccountRows


class Database(Protocol):
    """Transactions over all tables of the main store."""

    async def read(self, work: Callable[[Tables], T], *, is_short: bool = False) -> T:
        """Return what ``work`` returns from one unchanging state.

        Args:
            work: May run more than once.
            is_short: It looks at a few rows that were just written: where that waits for nothing,
                it is done at once.
        """
        ...

    async def write(
        self, work: Callable[[Tables], T], space: SpaceId | None = None, lane: Lane | None = None
    ) -> T:
        """Return what ``work`` returns once its changes are durable; if it raises, nothing is.

        Args:
            work: May run more than once; it leaves no trace but in the tables.
            space: The one space in which it writes, if it is one; others write meanwhile.
            lane: The one lane in which it writes, if it is one. Work on all of a space, or on who
                may read in it, names none: nobody writes in the space meanwhile.
        """
        ...

    async def forget(self) -> None:
        """Make sure that what was erased is in no journal any more."""
        ...

    async def clean(self) -> bool:
        """Write the files anew, without what was deleted; return whether all of it is gone."""
        ...

    async def close(self) -> None:
        """Finish what is queued and give everything back."""
        ...
