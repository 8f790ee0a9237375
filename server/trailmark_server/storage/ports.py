"""Ports of the server's two stores: the log of events, and the keys beside it.

``EventStore`` holds the lanes: rows, device chains, read models. ``KeyStore`` holds the little that
must survive a restore of the log: the signing key, the persons' at-rest keys, and the lists that no
backup may undo (revoked grants and credentials, erased events, closed spaces).

Everything is a coroutine, so that a store may be a file, a process or a cluster. A write that
returned is durable; a write that raised left nothing. A ``check`` runs inside the very transaction
that reads or writes, over the account rows of that moment, and refuses by raising. Implementations:
``storage.memory`` and ``storage.sqlite``; all keep the contracts in ``tests/contracts``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Final, Literal, Protocol

import msgspec

from trailmark_server.storage.accounts import AccountRows
from trailmark_shared.errors import ErrorCode
from trailmark_shared.events.access import Role
from trailmark_shared.events.envelope import Row
from trailmark_shared.ids import DeviceId, Epoch, EventId, Lane, SpaceId
from trailmark_shared.projections.fold import Document
from trailmark_shared.protocol.effects import AppendBatch, Appended, LaneState
from trailmark_shared.protocol.messages import LaneHello, Offer, SignedHead

Check = Callable[[AccountRows], None]
"""Asks, inside the transaction, whether the caller may still do this; refuses by raising."""

LaneStanding = Literal["private", "unopened", "open", "closed"]
"""``self`` is private; a shared lane is open while the log holds a grant that it did not revoke."""


class LaneHead(msgspec.Struct, frozen=True, kw_only=True):
    """Where a lane stands.

    Attributes:
        lane: Its name.
        head: Seq of its last row, 0 for none.
        hash: Lane hash there; 32 zero bytes at 0.
        received_at: Highest ``received_at`` of its rows, milliseconds UTC, 0 for none.
        standing: Whether it takes new events.
        failed: Seqs at which its read model could not be folded; retried by the next version.
    """

    lane: Lane
    head: int
    hash: bytes
    received_at: int
    standing: LaneStanding
    failed: Sequence[int] = ()


class Page(msgspec.Struct, frozen=True, kw_only=True):
    """Consecutive rows of a lane.

    Attributes:
        rows: In seq order, bodies opened; empty at the head.
        signed_head: Signature for the last of them, ``None`` when there are none.
    """

    rows: Sequence[Row]
    signed_head: SignedHead | None


class TakenOffer(msgspec.Struct, frozen=True, kw_only=True):
    """What became of an offer.

    Attributes:
        upto: Head of the lane after it.
        code: ``forged_offer`` when nothing of it was kept, else ``None``.
    """

    upto: int
    code: ErrorCode | None


class Grant(msgspec.Struct, frozen=True, kw_only=True):
    """A member's right to a whole lane, as log and keys say.

    Attributes:
        space: Whose lane.
        lane: Which one.
        grant: Id of the grant (the subject of its events).
        member: Whom it lets in, 16 bytes.
        role: What the member is to the person.
        until: Last day, ``YYYY-MM-DD``, or ``None`` for until revoked.
        seq: Seq of its ``access_granted``.
        is_revoked: The log or the keys list say so; for ever.
        is_live: It lets the member in now: not revoked, not over, its space not closed.
    """

    space: SpaceId
    lane: Lane
    grant: bytes
    member: bytes
    role: str
    until: str | None
    seq: int
    is_revoked: bool
    is_live: bool


class MemberDraft(msgspec.Struct, frozen=True, kw_only=True):
    """What a member writes: plain JSON of ``events.codec.encode_body`` as ``body``.

    The ``id`` is made with the form, so that a form sent twice writes once.
    """

    id: EventId
    body: bytes


class Reader(msgspec.Struct, frozen=True, kw_only=True):
    """Who reads, checked in the transaction that reads.

    Attributes:
        member: Read as this member: refused without a live grant for the lane.
        role: Of those grants only one in this role counts; ``None`` for any.
        check: Anything else that must still hold (a session, a credential).
    """

    member: bytes | None = None
    role: Role | None = None
    check: Check | None = None


SERVER: Final = Reader()
"""The server itself reads: an admin command, an export that was allowed, a test."""


class Window(msgspec.Struct, frozen=True, kw_only=True):
    """A part of a timeline.

    Attributes:
        limit: At most so many rows, at most ``limits.PAGE_EVENTS_MAX``.
        before: Rows before this seq, the newest ones first; ``None`` begins at the head.
        after: Instead of ``before``: rows behind this seq, the oldest ones first.
        days: Only events meant for these local dates (first, last), both included.
    """

    limit: int
    before: int | None = None
    after: int | None = None
    days: tuple[str, str] | None = None


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that does not verify; names a place, never a word.

    Attributes:
        space: Whose lane, hexadecimal.
        lane: Which one.
        seq: The row, or ``None`` for what belongs to the lane as a whole.
        column: ``table.column`` that is wrong.
        detail: What was expected, in ids and numbers.
    """

    space: str
    lane: str
    seq: int | None
    column: str
    detail: str


Progress = Callable[[int, int], bool]
"""Called with (lanes done, lanes in all); returning ``False`` stops after the present lane."""


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

    async def record_revocations(self, space: SpaceId, grants: Sequence[bytes]) -> None:
        """Treat these grants of the space as revoked for ever: keys first, then the log's list."""
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
        self, space: SpaceId, lane: Lane, after: int, check: Check | None = None
    ) -> Page:
        """Return the rows behind ``after``, cut by ``PAGE_EVENTS_MAX`` and ``PAGE_BYTES_MAX``."""
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
        """Append what a member wrote, all or nothing; an id that is there already is left alone.

        Args:
            space: Whose lane.
            lane: A lane with a live grant for the member.
            actor: ``member/<id>`` or ``supporter/<id>``.
            drafts: At least one.
            check: Runs inside the transaction.

        Returns:
            The rows of the drafts.

        Raises:
            RefusedError: ``not_authorised``: no live grant, or not for this role.
            EventDataError: A body is not acceptable (``malformed_body``, ``too_large``, …).
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
        """Return a lane's read models by kind and subject.

        Args:
            space: Whose lane.
            lane: A shared lane.
            kind: Only this kind.
            parent: Only what belongs to this goal.
            reader: Who reads.

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

    async def subject_rows(
        self, space: SpaceId, lane: Lane, subject: bytes, reader: Reader = SERVER
    ) -> list[Row]:
        """Return every row about one subject, in seq order, bodies opened: its audit.

        Raises:
            RefusedError: ``not_authorised``: the member has no live grant.
        """
        ...

    async def state_hash(self, space: SpaceId, lane: Lane) -> bytes:
        """Return the hash over a lane's read models, as ``projections.state_hash`` says."""
        ...

    async def erase_space(self, space: SpaceId) -> None:
        """Erase a person: bodies and read models now, every backup once its key's backups end."""
        ...

    async def verify(self, progress: Progress | None = None) -> list[Finding]:
        """Recompute everything that can be recomputed; return what does not match."""
        ...

    async def rebuild(self, progress: Progress | None = None) -> int:
        """Fold all read models again from the log; return how many lanes were done."""
        ...

    async def close(self) -> None:
        """Finish what is queued and give everything back."""
        ...


class ErasedEvent(msgspec.Struct, frozen=True, kw_only=True):
    """An event whose body must not come back: its lane's name and its id."""

    lane: Lane
    id: EventId


class KeyStore(Protocol):
    """What must survive a restore of the log. Lists only grow; a key is destroyed for ever."""

    async def signing_seed(self) -> bytes:
        """Return the seed of the server's Ed25519 key, made at the first call."""
        ...

    async def space_key(self, space: SpaceId) -> bytes:
        """Return the key that seals a person's bodies at rest, made at the first call."""
        ...

    async def destroy_space_key(self, space: SpaceId) -> None:
        """Forget a person's at-rest key for ever; the next ``space_key`` is another one."""
        ...

    async def revoke_grants(self, space: SpaceId, grants: Sequence[bytes]) -> None:
        """List these grants as revoked."""
        ...

    async def revoked_grants(self) -> list[tuple[SpaceId, bytes]]:
        """Return every revoked grant."""
        ...

    async def revoke_credential(self, credential_hash: bytes) -> None:
        """List a device's credential, by its SHA-256, as revoked."""
        ...

    async def revoked_credentials(self) -> list[bytes]:
        """Return the hashes of all revoked credentials."""
        ...

    async def add_erased(self, space: SpaceId, events: Sequence[ErasedEvent]) -> None:
        """List these events as erased."""
        ...

    async def erased(self) -> list[tuple[SpaceId, ErasedEvent]]:
        """Return every erased event."""
        ...

    async def close_spaces(self, spaces: Sequence[SpaceId]) -> None:
        """Close spaces to members until one of their devices has spoken."""
        ...

    async def open_space(self, space: SpaceId) -> None:
        """Open a space to members again."""
        ...

    async def closed_spaces(self) -> list[SpaceId]:
        """Return the spaces that are closed to members."""
        ...

    async def close(self) -> None:
        """Give everything back."""
        ...
