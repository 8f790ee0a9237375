"""What a session asks its shell to do, and what the shell tells it back.

A session never touches a socket, a store or a clock. It returns effects; the shell executes them
in order and hands each result to the session's method of the same theme, which may return more
effects. The shell must execute every effect, in order, before it feeds the next message; after a
``Close`` it executes nothing more.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from trailmark_shared import limits
from trailmark_shared.errors import ErrorCode, Retry
from trailmark_shared.events.envelope import Event, Row
from trailmark_shared.ids import DeviceId, Epoch, Lane, SpaceId
from trailmark_shared.protocol.messages import (
    PROTOCOL_OLDEST,
    PROTOCOL_VERSION,
    AnyMessage,
    Bye,
    Error,
    Events,
    GoingAway,
    Hello,
    LaneHello,
    LaneWelcome,
    Offer,
    Refusal,
    Rewind,
    SignedHead,
    SigningKey,
)


class Effect(msgspec.Struct, frozen=True, kw_only=True):
    """Root of all effects."""


class Send(Effect, frozen=True):
    """Send this message now."""

    message: AnyMessage


class Close(Effect, frozen=True):
    """Close the transport; the session is over.

    Attributes:
        code: Why; the shell maps it to a close code by ``protocol.close_codes``.
        retry: When connecting again makes sense.
        message: One sentence for people and logs.
        wait_ms: Ceiling of a random wait that the peer asked for, milliseconds.
    """

    code: ErrorCode | None
    retry: Retry
    message: str
    wait_ms: int = 0


def close_from_peer(message: Error | GoingAway | Bye) -> Close:
    """Return how a session ends because the server said so; a code not known is ``internal``."""
    match message:
        case GoingAway(spread_ms=spread):
            text, code = "the server restarts", ErrorCode.GOING_AWAY
            return Close(code=code, retry="later", message=text, wait_ms=spread)
        case Error(code=name, retry=retry, message=text):
            is_known = name in ErrorCode.__members__.values()
            code = ErrorCode(name) if is_known else ErrorCode.INTERNAL
            return Close(code=code, retry=retry, message=text)
        case _:
            return Close(code=None, retry="later", message="the server said bye")


# --- client ----------------------------------------------------------------------------------


class Start(msgspec.Struct, frozen=True, kw_only=True):
    """What a client session begins with, read in one transaction.

    Attributes:
        space: The person's space.
        device: This device.
        epoch: Its present numbering.
        now: Device clock, milliseconds UTC.
        lanes: Where the device stands.
        revoked: Every revocation it knows; what ``hello`` cannot hold follows it.
        needs_epoch: Events without a row exist whose (space, device, epoch) is not the
            identity's: they must be written again (a join, a restored identity, a crash between
            the two steps of a new epoch).
        held: Lanes with rows held back since a rewind.
    """

    space: SpaceId
    device: DeviceId
    epoch: Epoch
    now: int
    lanes: Sequence[LaneHello]
    revoked: Sequence[bytes]
    needs_epoch: bool
    held: Sequence[Lane]

    def hello(self) -> Hello:
        """Return the first message; revocations over its bound follow once it was answered."""
        return Hello(
            protocol=(PROTOCOL_OLDEST, PROTOCOL_VERSION),
            app="trailmark",
            device=self.device,
            epoch=self.epoch,
            now=self.now,
            lanes=list(self.lanes),
            revoked=list(self.revoked[: limits.REVOKED_GRANTS_MAX]),
        )


class FollowKeys(Effect, frozen=True):
    """Walk from the pinned signing key to the last of ``keys`` and pin that one.

    ``signing_keys.succession`` checks the way. The new key is on the disk before the result goes
    back. Result: ``ClientSession.keys_followed(trusted=…)``, false when no valid way leads from the
    pinned key to the last one; then nothing was changed.
    """

    keys: Sequence[SigningKey]


class CheckOwn(Effect, frozen=True):
    """Compare the server's (device_high, device_hash) of each lane with the own events.

    Result: ``ClientSession.own_checked(forked=…)``, true when some lane's own event at
    ``device_high`` is missing or has another hash.
    """

    lanes: Sequence[LaneWelcome]


class BeginRewind(Effect, frozen=True):
    """Hold back the rows of a lane behind ``rewind.seq`` and set the cursor there.

    Do it only if the lane's cursor still is ``cursor``, ``cursor_hash`` and ``rewind.signed_head``
    verifies; else nothing. Keep that head: a later rewind may make it the end of an offer. End the
    device's other sessions. Result: ``ClientSession.rewound(lane, stood)``, ``None`` for nothing.
    """

    lane: Lane
    rewind: Rewind
    cursor: int
    cursor_hash: bytes


class StorePage(Effect, frozen=True):
    """Verify a page and store it with read models and cursor in one transaction.

    A page that overlaps rows already held is compared with them and its tail is stored. Result:
    ``ClientSession.page_stored(page, PageStored)``; if it does not continue the cursor, does not
    meet its signed head, nothing is stored: ``ClientSession.page_broken()``. If it is signed and
    contradicts what is held (another row in a known place, other words under a known id, somebody
    else as the writer of an own event), neither: ``ClientSession.altered(lanes)``.
    """

    page: Events


class PageStored(msgspec.Struct, frozen=True, kw_only=True):
    """Where a lane stands after a page or a rewind.

    Attributes:
        lane: Which one.
        cursor: Seq of the last row held.
        cursor_hash: Lane hash there.
        held: Rows are held back that are not all in the log again.
    """

    lane: Lane
    cursor: int
    cursor_hash: bytes
    held: bool


class ReportAltered(Effect, frozen=True):
    """The server shows another log of these lanes than the one that is held here.

    Note it durably; ``Close`` follows. It is over once a session read all lanes to their heads.
    """

    lanes: Sequence[Lane]


class ReadOutbox(Effect, frozen=True):
    """Read the next unconfirmed own events of the present epoch with dseq > ``after``.

    At most one batch (``pages.cut_batch``). Result: ``ClientSession.outbox_read``, where the list
    may be empty.
    """

    lane: Lane
    after: int


class StartEpoch(Effect, frozen=True):
    """Write all own events without a row again under a new epoch, in one transaction.

    Result: ``ClientSession.epoch_started(epoch, lanes)`` with the lanes that have events to push.
    """


class ReadHeld(Effect, frozen=True):
    """Read the rows held back in a lane as offers, each ending at a signed head.

    Result: ``ClientSession.held_read(lane, offers)``.
    """

    lane: Lane


class SettleHeld(Effect, frozen=True):
    """The rewind of a lane has ended: the log passed ``upto`` of every offer.

    The shell drops held segments that are wholly in the log, and names what is missing in the
    others ("missing", the lane is no longer called verified). With ``refused`` the own events of
    the held rows become events without a row (``StartEpoch`` follows). Result:
    ``ClientSession.held_settled(lane, needs_epoch)``.
    """

    lane: Lane
    refused: bool


class SaveCredential(Effect, frozen=True):
    """Keep the renewed credential; it is used from the next connection on."""

    credential: str
    expires_at: int


class Pause(Effect, frozen=True):
    """Call ``ClientSession.resume()`` after ``ms`` milliseconds; go on with other things."""

    ms: int


# --- server ----------------------------------------------------------------------------------


class OpenSession(Effect, frozen=True):
    """Record revocations, re-check the credential, then read where every lane stands.

    Order matters: ``hello.revoked`` goes to the keys store before anything else is read or
    accepted. Result: ``ServerSession.opened(Opened)``.
    """

    hello: Hello


class LaneState(msgspec.Struct, frozen=True, kw_only=True):
    """A lane as a new session finds it.

    Attributes:
        welcome: What the client is told.
        start: Seq after which the session reads: the client's cursor or the rewind point.
    """

    welcome: LaneWelcome
    start: int


class Opened(msgspec.Struct, frozen=True, kw_only=True):
    """Result of ``OpenSession``.

    Attributes:
        space: The credential's space.
        now: Server clock, milliseconds UTC.
        credential_expires_at: Milliseconds UTC.
        lanes: Every lane of the space and every lane that ``hello`` named.
        keys: Every signing key, the oldest first; the last one signs for this session.
    """

    space: SpaceId
    now: int
    credential_expires_at: int
    lanes: Sequence[LaneState]
    keys: Sequence[SigningKey]


class RecordRevocations(Effect, frozen=True):
    """Write these grants to the keys store before anything else happens in this session.

    Result: ``ServerSession.revocations_recorded(grants)``.
    """

    grants: Sequence[bytes]


class AppendBatch(Effect, frozen=True):
    """Append a pushed batch by rule 1, fsynced. Result: ``ServerSession.appended(Appended)``.

    Attributes:
        lane: Which one.
        events: Derived and hash-checked, contiguous in dseq. One with a body over
            ``limits.BODY_BYTES_MAX`` becomes a stub with ``too_large``.
        offset: Server clock minus device clock of this session, milliseconds.
    """

    lane: Lane
    events: Sequence[Event]
    offset: int


class Appended(msgspec.Struct, frozen=True, kw_only=True):
    """What became of a batch.

    Attributes:
        lane: Which one.
        epoch: The numbering it named.
        upto: Highest dseq of the batch that is durable; 0 when none is.
        refused: Events of it that are stubs, with their codes (also on a repeated push).
        fork: ``(dseq, hash)`` where the numbering differs, or ``None``.
        gap: The dseq that is wanted next, or ``None``.
    """

    lane: Lane
    epoch: Epoch
    upto: int
    refused: Sequence[Refusal]
    fork: tuple[int, bytes] | None = None
    gap: int | None = None


class ReadPage(Effect, frozen=True):
    """Read the next page of a lane after ``after``; re-check the credential in the same read.

    At most one page (``limits.PAGE_EVENTS_MAX``, ``PAGE_BYTES_MAX``). Result:
    ``ServerSession.page_read(lane, found)``, rows empty at the head.
    """

    lane: Lane
    after: int


class TakeOffer(Effect, frozen=True):
    """Verify and take offered rows by rule 3, fsynced.

    Result: ``ServerSession.offer_taken(lane, upto, code)``.
    """

    offer: Offer
    rows: Sequence[Row]


class RenewCredential(Effect, frozen=True):
    """Make a fresh credential. Result: ``ServerSession.renewed(credential, expires_at)``."""


__all__ = [
    "AppendBatch",
    "Appended",
    "BeginRewind",
    "CheckOwn",
    "Close",
    "Effect",
    "FollowKeys",
    "LaneState",
    "OpenSession",
    "Opened",
    "PageStored",
    "Pause",
    "ReadHeld",
    "ReadOutbox",
    "ReadPage",
    "RecordRevocations",
    "RenewCredential",
    "ReportAltered",
    "SaveCredential",
    "Send",
    "SettleHeld",
    "SignedHead",
    "SigningKey",
    "Start",
    "StartEpoch",
    "StorePage",
    "TakeOffer",
    "close_from_peer",
]
