"""What goes in and out of the server's stores: plain values, and the questions that they ask."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final, Literal

import msgspec

from trailmark_server.storage.accounts import AccountRows
from trailmark_shared.domain.consent import VIEW
from trailmark_shared.errors import ErrorCode
from trailmark_shared.events.access import Role
from trailmark_shared.events.envelope import Row
from trailmark_shared.ids import EventId, Lane, SpaceId
from trailmark_shared.projections.fold import Document
from trailmark_shared.protocol.messages import SignedHead, SigningKey

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
        is_last: Nothing stood behind them when they were read; else nobody looked.
    """

    rows: Sequence[Row]
    signed_head: SignedHead | None
    is_last: bool = False


class GrantPlace(msgspec.Struct, frozen=True):
    """Where a grant stands in its lane.

    Attributes:
        granted_seq: Row of its ``access_granted``.
        revoked_seq: Row of its first ``access_revoked``, or ``None``.
    """

    granted_seq: int
    revoked_seq: int | None


class LaneProof(msgspec.Struct, frozen=True, kw_only=True):
    """What an export of a lane begins with, all of one moment.

    Attributes:
        head: The signed head, ``None`` for a lane without rows.
        keys: Every key that the server signed with, the oldest first.
        grants: The lane's grants: what the log says of each, and its document.
    """

    head: SignedHead | None
    keys: tuple[SigningKey, ...]
    grants: Sequence[tuple[GrantPlace, Document]]


class TakenOffer(msgspec.Struct, frozen=True, kw_only=True):
    """What became of an offer.

    Attributes:
        upto: Head of the lane after it.
        code: ``forged_offer`` or ``too_many_lanes`` when nothing of it was kept, else ``None``.
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
        actions: What the member may do while it is live.
        seq: Seq of its ``access_granted``.
        is_revoked: The log or the keys list say so, for ever; a grant that this server has seen
            past its last day is listed there too.
        is_live: It lets the member in now: not revoked, not over, its space not closed.
    """

    space: SpaceId
    lane: Lane
    grant: bytes
    member: bytes
    role: str
    until: str | None
    actions: frozenset[str]
    seq: int
    is_revoked: bool
    is_live: bool


class MemberDraft(msgspec.Struct, frozen=True, kw_only=True):
    """What a member writes through a form.

    Attributes:
        form: Id of the form, 16 bytes, so that a form sent twice writes once.
        body: Plain JSON of ``events.codec.encode_body``.
    """

    form: bytes
    body: bytes


class Reader(msgspec.Struct, frozen=True, kw_only=True):
    """Who reads, checked in the transaction that reads.

    Attributes:
        member: Read as this member: refused without a live grant for the lane.
        role: Of those grants only one in this role counts; ``None`` for any.
        check: Anything else that must still hold (a session, a credential).
        action: What the grant must allow.
    """

    member: bytes | None = None
    role: Role | None = None
    check: Check | None = None
    action: str = VIEW


SERVER: Final = Reader()
"""The server itself reads: an admin command, an export that was allowed, a test."""


class LaneNews(msgspec.Struct, frozen=True, kw_only=True):
    """What a member may see of a lane behind the place where they stand.

    Attributes:
        lane: Its name.
        rows: The next rows that have a body, bodies opened.
    """

    lane: Lane
    rows: Sequence[Row]


class Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """Which documents of a lane are asked for.

    Attributes:
        kind: Only this kind; ``None`` for all.
        parents: Only what belongs to one of these goals; ``None`` for all.
        subjects: Only these subjects, where no ``parents`` are named; ``None`` for all.
        latest: Asked of one parent: only so many, those of the latest days; what has no day is
            left out.
    """

    kind: str | None = None
    parents: Sequence[bytes] | None = None
    subjects: Sequence[bytes] | None = None
    latest: int | None = None


class Window(msgspec.Struct, frozen=True, kw_only=True):
    """A part of a timeline.

    Attributes:
        limit: At most so many rows, at most ``limits.PAGE_EVENTS_MAX``.
        before: Rows before this seq, the newest ones first; ``None`` begins at the head.
        after: Instead of ``before``: rows behind this seq, the oldest ones first.
        days: Only events meant for these local dates (first, last), both included.
        types: Only events of these types.
        is_any: Whichever of them come first: only whether there are any is asked.
    """

    limit: int
    before: int | None = None
    after: int | None = None
    days: tuple[str, str] | None = None
    types: frozenset[str] | None = None
    is_any: bool = False


class Arrival(msgspec.Struct, frozen=True, kw_only=True):
    """That something arrived, without what it says.

    Attributes:
        type: Of the event; ``None`` for what cannot be read.
        actor: Who did it.
        received_at: When, milliseconds UTC.
    """

    type: str | None
    actor: str
    received_at: int


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that does not verify; names a place, never a word.

    Attributes:
        space: Whose lane, as ids are spelled everywhere; empty for what belongs to no space.
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


class ProvenLane(msgspec.Struct, frozen=True, kw_only=True):
    """How far one lane is proven.

    Attributes:
        space: Whose, as ids are spelled everywhere.
        lane: Which one.
        entries: Its rows.
        verified_to: Every one of them up to here fits.
        hash: The lane hash after that row; ``None`` for none.
        is_whole: Nothing was found in this lane.
    """

    space: str
    lane: str
    entries: int
    verified_to: int
    hash: bytes | None
    is_whole: bool


class Verification(msgspec.Struct, frozen=True, kw_only=True):
    """What recomputing everything came to.

    Attributes:
        findings: What does not match.
        lanes: How far each lane is proven.
        signing_keys: Keys that ever signed.
    """

    findings: list[Finding]
    lanes: list[ProvenLane]
    signing_keys: int


Progress = Callable[[int, int], bool]
"""Called with (lanes done, lanes in all); returning ``False`` stops after the present lane."""


class ErasedEvent(msgspec.Struct, frozen=True, kw_only=True):
    """An event whose body must not come back: its lane's name and its id."""

    lane: Lane
    id: EventId
