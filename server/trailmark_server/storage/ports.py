"""Ports of the server's two stores: the log of events, and the keys beside it.

``EventStore`` holds the lanes: rows, device chains, read models. ``KeyStore`` (``key_port``) holds
the little that must survive a restore of the log.

Everything is a coroutine, so that a store may be a file, a process or a cluster. A write that
returned is durable; a write that raised left nothing. A ``check`` runs inside the very transaction
that reads or writes, over the account rows of that moment, and refuses by raising. Implementations:
``storage.memory`` and ``storage.sqlite``; all keep the contracts in ``tests/contracts``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from trailmark_server.storage.accounts import ErasureProof, SpaceErasure
from trailmark_server.storage.key_port import KeyStore
from trailmark_server.storage.values import (
    SERVER,
    Arrival,
    Check,
    ErasedEvent,
    Finding,
    Grant,
    GrantPlace,
    LaneHead,
    LaneNews,
    LaneProof,
    LaneStanding,
    MemberDraft,
    Page,
    Progress,
    ProvenLane,
    Reader,
    TakenOffer,
    Verification,
    Wanted,
    Window,
)
from trailmark_shared.events.envelope import Row
from trailmark_shared.ids import DeviceId, Epoch, Lane, SpaceId
from trailmark_shared.projections.audit import Placed
from trailmark_shared.projections.fold import Document
from trailmark_shared.protocol.effects import AppendBatch, Appended, LaneState
from trailmark_shared.protocol.messages import LaneHello, Offer

__all__ = [
    "SERVER",
    "Arrival",
    "Check",
    "ErasedEvent",
    "EventStore",
    "Finding",
    "Grant",
    "GrantPlace",
    "KeyStore",
    "LaneHead",
    "LaneNews",
    "LaneProof",
    "LaneStanding",
    "MemberDraft",
    "Page",
    "Progress",
    "ProvenLane",
    "Reader",
    "TakenOffer",
    "Verification",
    "Wanted",
    "Window",
]


class EventStore(Protocol):
    """The lanes of all spaces.

    Raised by every method: ``StorageError`` (``disk_full``, ``storage_unavailable``), and by every
    write ``RefusedError`` ``overloaded`` (retry later) when ``limits.WRITE_QUEUE_MAX`` others wait.
    """

    async def open_lanes(
        self,
        space: SpaceId,
        device: DeviceId,
        epoch: Epoch,
        lanes: Sequence[LaneHello],
        check: Check | None = None,
    ) -> list[LaneState]:
        """Return where every lane of the space, and every lane named, stands for this device.

        A cursor that is not in the log is rewound by rule 3 and closes the space to members; a
        ``hello`` without one opens it again. Call ``record_revocations`` before this.
        """
        ...

    async def record_revocations(self, space: SpaceId, grants: Sequence[bytes]) -> bool:
        """Treat these grants of the space as revoked for ever: keys first, then the log's list.

        Returns:
            Whether any of them was not listed before.
        """
        ...

    async def append(
        self, space: SpaceId, actor: str, batch: AppendBatch, check: Check | None = None
    ) -> Appended:
        """Append a batch by rule 1.

        Args:
            space: The credential's space.
            actor: From the credential; ``person`` for devices.
            batch: Events of the credential's device, derived and hash-checked.
            check: Runs inside the transaction.
        """
        ...

    async def read_page(
        self,
        space: SpaceId,
        lane: Lane,
        after: int,
        check: Check | None = None,
        *,
        is_live: bool = False,
    ) -> Page:
        """Return the rows behind ``after``, cut by ``PAGE_EVENTS_MAX`` and ``PAGE_BYTES_MAX``.

        Args:
            space: Whose lane.
            lane: Which one.
            after: The seq before the first row.
            check: Runs inside the transaction, more than once where there are many rows.
            is_live: They were just written, and are few as a rule: they may be had sooner.
        """
        ...

    async def take_offer(
        self, space: SpaceId, offer: Offer, rows: Sequence[Row], check: Check | None = None
    ) -> TakenOffer:
        """Take offered rows by rule 3; ``rows`` are derived from the offer's runs."""
        ...

    async def write_as_member(
        self,
        space: SpaceId,
        lane: Lane,
        actor: str,
        drafts: Sequence[MemberDraft],
        check: Check | None = None,
    ) -> list[Row]:
        """Append what a member wrote, all or nothing; a form that wrote already writes nothing.

        Args:
            space: Whose lane.
            lane: A lane with a live grant for the member.
            actor: ``member/<id>`` or ``supporter/<id>``.
            drafts: At least one.
            check: Runs inside the transaction.

        Returns:
            The rows of the drafts: what their forms wrote first.

        Raises:
            RefusedError: ``not_authorised``: no live grant that allows it, or not for this role.
            EventDataError: A body is not acceptable (``malformed_body``, ``too_large``, …).
        """
        ...

    async def end_grants(self) -> list[SpaceId]:
        """List every grant whose last day has passed as revoked for ever: keys first, then the log.

        Reads that meet such a grant do the same, so that what was over once stays over, whatever
        clocks or backups say afterwards.

        Returns:
            The spaces in which a grant ended.
        """
        ...

    async def lanes(self, space: SpaceId) -> list[LaneHead]:
        """Return every lane of the space by name."""
        ...

    async def heads(self, spaces: Sequence[SpaceId]) -> Mapping[tuple[SpaceId, Lane], int]:
        """Return the heads of these spaces' lanes: the truth behind every bell."""
        ...

    async def grants(self, space: SpaceId) -> list[Grant]:
        """Return every grant in the lanes of a space, revoked ones included, by lane and seq."""
        ...

    async def grants_of_member(self, member: bytes) -> list[Grant]:
        """Return every grant that names this member, revoked ones included."""
        ...

    async def documents(
        self,
        space: SpaceId,
        lane: Lane,
        kind: str | None = None,
        *,
        parent: bytes | None = None,
        reader: Reader = SERVER,
    ) -> list[Document]:
        """Return what ``documents_among`` does, of one kind or of one goal."""
        ...

    async def documents_among(
        self, space: SpaceId, lane: Lane, wanted: Wanted, reader: Reader = SERVER
    ) -> list[Document]:
        """Return the wanted read models of a shared lane, by kind and subject.

        Raises:
            RefusedError: ``not_authorised``: the member has no live grant.
        """
        ...

    async def document(
        self, space: SpaceId, lane: Lane, subject: bytes, reader: Reader = SERVER
    ) -> Document | None:
        """Return the read model of one subject.

        Raises:
            RefusedError: ``not_authorised``: the member has no live grant.
        """
        ...

    async def timeline(
        self, space: SpaceId, lane: Lane, window: Window, reader: Reader = SERVER
    ) -> list[Row]:
        """Return the rows of a window that have a body, bodies opened.

        Raises:
            RefusedError: ``not_authorised``: the member has no live grant.
        """
        ...

    async def news(
        self, space: SpaceId, after: Mapping[Lane, int], limit: int, reader: Reader
    ) -> list[LaneNews]:
        """Return every lane that a member may see now, with what stands behind a place, by name.

        Args:
            space: Whose lanes.
            after: The seq behind which each lane is read; from its start where none is named.
            limit: At most so many rows of a lane.
            reader: Who reads, and what a grant must be; a lane without such a grant is left out.

        Raises:
            RefusedError: ``not_authorised``: there is no such lane.
        """
        ...

    async def arrivals(
        self, space: SpaceId, lane: Lane, limit: int, reader: Reader = SERVER
    ) -> list[Arrival]:
        """Return what arrived last of what has a body, the newest first; no body is opened.

        At most ``limit`` of them, at most ``limits.PAGE_EVENTS_MAX``.

        Raises:
            RefusedError: ``not_authorised``: the member has no live grant.
        """
        ...

    async def subject_rows(
        self, space: SpaceId, lane: Lane, subject: bytes, reader: Reader = SERVER
    ) -> list[Row]:
        """Return every row about one subject, in seq order, bodies opened: its audit.

        Raises:
            RefusedError: ``not_authorised``: the member has no live grant.
        """
        ...

    async def lane_proof(self, space: SpaceId, lane: Lane, reader: Reader = SERVER) -> LaneProof:
        """Return what an export of a lane begins with, all of one moment.

        Raises:
            RefusedError: ``not_authorised``: the member has no live grant.
        """
        ...

    async def lane_rows(
        self, space: SpaceId, lane: Lane, after: int, reader: Reader = SERVER
    ) -> list[Row]:
        """Return the rows of a lane behind ``after``, as many as a page holds, bodies opened.

        Raises:
            RefusedError: ``not_authorised``: the member has no live grant.
        """
        ...

    async def placed(self, space: SpaceId, lane: Lane, reader: Reader = SERVER) -> list[Placed]:
        """Return where every event of a lane stands, in seq order; no body is opened.

        Raises:
            RefusedError: ``not_authorised``: the member has no live grant.
        """
        ...

    async def state_hash(self, space: SpaceId, lane: Lane) -> bytes:
        """Return the hash over a lane's read models, as ``projections.state_hash`` says."""
        ...

    async def take_signing_keys(self) -> bool:
        """Sign with the newest key of the keys store, and list it; say whether that is a change."""
        ...

    async def erase_space(
        self,
        erasure: SpaceErasure,
        proofs: Sequence[ErasureProof] = (),
        check: Check | None = None,
    ) -> None:
        """Erase a person: words now, every backup once the backups of its key have ended.

        Args:
            erasure: Whose, when and by whom; the first one of a space stays.
            proofs: What devices of the person say about it, for the others.
            check: Runs inside the transaction.
        """
        ...

    async def clean(self) -> None:
        """Let remnants of erased words leave the files, where that is owed; writers wait meanwhile.

        Erasing itself has emptied the rows and cut the journal already.
        """
        ...

    async def verify(self, progress: Progress | None = None) -> list[Finding]:
        """Recompute everything that can be recomputed; return what does not match."""
        ...

    async def verification(self, progress: Progress | None = None) -> Verification:
        """Do what ``verify`` does, and say as well how far each lane is proven."""
        ...

    async def rebuild(self, progress: Progress | None = None) -> int:
        """Fold all read models again from the log; return how many lanes were done."""
        ...

    async def close(self) -> None:
        """Finish what is queued and give everything back."""
        ...
