"""The messages of ``trailmark-sync/1``, as MessagePack maps tagged by ``t``.

Messages carry what differs. A batch of events names its lane, epoch, first dseq, ``prev`` and last
hash once; receivers derive headers, commitments and hashes and check them against the last one.
Unknown fields and unknown tags are refused: what a peer may send is negotiated by ``protocol``.
"""

from __future__ import annotations

from typing import Annotated, Final

import msgspec

from trailmark_shared import limits
from trailmark_shared.errors import Retry
from trailmark_shared.protocol.wire_types import (
    I53,
    U53,
    Code,
    CredentialText,
    Epoch8,
    Hash32,
    Id16,
    Key32,
    LaneName,
    Place,
    ShortText,
    Signature64,
    WireEvent,
)

PROTOCOL_VERSION: Final = 2
"""The newest version of the protocol that this code speaks."""

PROTOCOL_OLDEST: Final = 1
"""The oldest version of the protocol that this code speaks."""

PACKED_SINCE: Final = 2
"""The version from which on long frames are packed."""


class Message(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="t"):
    """Root of every message; the tag ``t`` is the class name in lower case."""


class SignedHead(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, gc=False):
    """A server's signature over a place in a lane; see ``chain.head_bytes``.

    Attributes:
        seq: The place.
        hash: Lane hash after that row.
        time: Server clock when it was signed, milliseconds UTC.
        signature: Ed25519, 64 bytes.
    """

    seq: U53
    hash: Hash32
    time: U53
    signature: Signature64


class SigningKey(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A key that a server signs heads with, or did; see ``chain.succession_bytes``.

    Attributes:
        key: The public half, Ed25519.
        since: When the key before it named it, server clock, milliseconds UTC; 0 for the first.
        signature: By the key before it, 64 bytes; nil for the first.
    """

    key: Key32
    since: U53
    signature: Signature64 | None


SigningKeys = Annotated[
    list[SigningKey], msgspec.Meta(min_length=1, max_length=limits.SIGNING_KEYS_MAX)
]


class LaneHello(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where a device stands in a lane.

    Attributes:
        lane: Its name.
        cursor: Seq of the last row it holds, 0 for none.
        cursor_hash: Lane hash there; 32 zero bytes at 0.
        back: Known rows ``(seq, lane_hash)`` at doubling distances before the cursor, nearest
            first, for finding the last common row after a restore.
    """

    lane: LaneName
    cursor: U53
    cursor_hash: Hash32
    back: Annotated[list[tuple[Place, Hash32]], msgspec.Meta(max_length=limits.BACK_POINTS_MAX)]


class Hello(Message, frozen=True, tag="hello"):
    """First frame of a session.

    Attributes:
        protocol: Oldest and newest version that the device speaks.
        app: Name and version of the program, for the operator's logs.
        device: The device's id.
        epoch: Its present numbering.
        now: Device clock, milliseconds UTC.
        lanes: Where it stands; lanes it does not name start at 0.
        revoked: Every revocation that the device knows, by grant.
        credential: Only where headers cannot be set (browsers).
    """

    protocol: tuple[U53, U53]
    app: ShortText
    device: Id16
    epoch: Epoch8
    now: I53
    lanes: Annotated[list[LaneHello], msgspec.Meta(max_length=limits.LANES_PER_SESSION_MAX)]
    revoked: Annotated[list[Id16], msgspec.Meta(max_length=limits.REVOKED_GRANTS_MAX)]
    credential: ShortText | None = None


class Revoked(Message, frozen=True, tag="revoked"):
    """Grants that are revoked for ever from now on, whatever stands behind a backlog.

    The server sends the same message back once they are in its keys store.
    """

    grants: Annotated[list[Id16], msgspec.Meta(max_length=limits.REVOKED_GRANTS_MAX)]


class Rewind(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The last row of ``back`` that the server knows; the device re-reads from there.

    Attributes:
        seq: That row, 0 when no row is common.
        signed_head: The server's signature for it, ``None`` at 0.
    """

    seq: U53
    signed_head: SignedHead | None


class LaneWelcome(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where the server stands in a lane.

    Attributes:
        lane: Its name; lanes that the device did not name are listed too.
        head: Seq of its last row.
        head_hash: Lane hash there.
        device_high: Highest dseq that the server holds of (device, epoch).
        device_hash: Hash of that event; 32 zero bytes at 0.
        rewind: Set when the device's cursor is not in this log.
    """

    lane: LaneName
    head: U53
    head_hash: Hash32
    device_high: U53
    device_hash: Hash32
    rewind: Rewind | None


class Welcome(Message, frozen=True, tag="welcome"):
    """Answer to ``hello``.

    Attributes:
        protocol: The version both speak from here on.
        now: Server clock, milliseconds UTC.
        limits: Bounds that a client must keep, by the names in ``limits`` in lower case.
        credential_expires_at: When the credential ends unless renewed, milliseconds UTC.
        lanes: Every lane of the space, and what else `hello` names, with head 0. Of lanes that
            nobody was let into, which hold refused rows alone, at most `LANES_PER_SESSION_MAX`
            besides those that `hello` names.
        keys: Every key that the server ever signed heads with, the oldest first. The last one
            signs this session's pages and points.
    """

    protocol: U53
    now: U53
    limits: dict[str, U53]
    credential_expires_at: U53
    lanes: list[LaneWelcome]
    keys: SigningKeys


class Push(Message, frozen=True, tag="push"):
    """A batch of the device's own events, contiguous in dseq.

    Attributes:
        lane: Where they belong.
        epoch: The numbering they belong to.
        first: dseq of the first one.
        prev: Hash of the event before it; 32 zero bytes for dseq 1.
        last: Hash of the last one; what is derived must meet it.
        events: At least one.
    """

    lane: LaneName
    epoch: Epoch8
    first: Place
    prev: Hash32
    last: Hash32
    events: Annotated[
        list[WireEvent], msgspec.Meta(min_length=1, max_length=limits.PAGE_EVENTS_MAX)
    ]


class Refusal(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One event that became a stub: its dseq and the code of the reason."""

    dseq: Place
    code: Code


class Pushed(Message, frozen=True, tag="pushed"):
    """The events up to ``upto`` are durable: committed and fsynced. Means nothing else."""

    lane: LaneName
    epoch: Epoch8
    upto: U53
    refused: list[Refusal]


class Fork(Message, frozen=True, tag="fork"):
    """The device's numbering was used by somebody else too (a clone, a restored backup).

    Attributes:
        lane: Where.
        epoch: The numbering that forked; ignored unless it is the client's present one.
        dseq: The highest place that the server holds, or the next one if that does not follow;
            what comes before it may differ, too.
        hash: Hash of the highest one that the server holds.
    """

    lane: LaneName
    epoch: Epoch8
    dseq: Place
    hash: Hash32


class Gap(Message, frozen=True, tag="gap"):
    """Events before this batch are missing; ``wanted`` is the dseq that the server needs next."""

    lane: LaneName
    epoch: Epoch8
    wanted: Place


class Run(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Consecutive rows that share what the server added: one device, one stretch of its chain.

    Attributes:
        device: Who wrote them.
        epoch: Its numbering.
        first: dseq of the first one; the others follow without a gap.
        prev: Hash of the event before the first one in its device's chain.
        received_at: Server clock, milliseconds UTC.
        offset: Server clock minus device clock, milliseconds.
        actor: Who wrote them, as the server knows.
        code: Refusal code or ``aside``; nil for ordinary rows.
        events: At least one.
    """

    device: Id16
    epoch: Epoch8
    first: Place
    prev: Hash32
    received_at: U53
    offset: I53
    actor: ShortText
    code: Code | None
    events: Annotated[
        list[WireEvent], msgspec.Meta(min_length=1, max_length=limits.PAGE_EVENTS_MAX)
    ]


Runs = Annotated[list[Run], msgspec.Meta(min_length=1, max_length=limits.PAGE_EVENTS_MAX)]


class Events(Message, frozen=True, tag="events"):
    """A page of a lane: catch-up first, then live, by the same path.

    Attributes:
        lane: Which one.
        after: The row before the page; must be the receiver's cursor.
        runs: The rows, in seq order.
        signed_head: Signed head of the page's last row.
    """

    lane: LaneName
    after: U53
    runs: Runs
    signed_head: SignedHead


class Ack(Message, frozen=True, tag="ack"):
    """Credit: the device committed the lane up to here."""

    lane: LaneName
    upto: U53
    hash: Hash32


class Offer(Message, frozen=True, tag="offer"):
    """Rows that the server signed once and does not hold any more, in old order.

    Attributes:
        lane: Which one.
        after: Old seq before the first row.
        after_hash: Old lane hash there.
        runs: The rows with all server fields; bodies included, stubs by commitment.
        signed_head: The old signature for the last of them.
    """

    lane: LaneName
    after: U53
    after_hash: Hash32
    runs: Runs
    signed_head: SignedHead


class Offered(Message, frozen=True, tag="offered"):
    """Answer to ``offer``, after the commit.

    Attributes:
        lane: Which one.
        upto: The rewind ends when the cursor has passed this seq; means nothing in a refusal.
        code: Why the offer was refused; nil when it was taken.
    """

    lane: LaneName
    upto: U53
    code: Code | None


class Renew(Message, frozen=True, tag="renew"):
    """Ask for a fresh credential without leaving the session."""


class Renewed(Message, frozen=True, tag="renewed"):
    """A fresh credential; the old one works until the new one was used once."""

    credential: CredentialText
    expires_at: U53


class Ping(Message, frozen=True, tag="ping"):
    """Are you there? ``now`` is the sender's clock in milliseconds."""

    now: I53


class Pong(Message, frozen=True, tag="pong"):
    """Answer to ``ping``; ``now`` is the answerer's clock in milliseconds."""

    now: I53


class Throttle(Message, frozen=True, tag="throttle"):
    """Push nothing for ``ms`` milliseconds; everything sent so far stands."""

    ms: U53


class GoingAway(Message, frozen=True, tag="going_away"):
    """This instance stops; come back after a random time of at most ``spread_ms``."""

    spread_ms: U53


class Error(Message, frozen=True, tag="error"):
    """Something was refused or failed; the session is over."""

    code: Code
    retry: Retry
    message: ShortText


class Bye(Message, frozen=True, tag="bye"):
    """The sender has nothing more to say and closes."""


ClientMessage = Hello | Revoked | Push | Ack | Offer | Renew | Ping | Pong | Bye
ServerMessage = (
    Welcome
    | Pushed
    | Fork
    | Gap
    | Events
    | Offered
    | Revoked
    | Renewed
    | Ping
    | Pong
    | Throttle
    | GoingAway
    | Error
    | Bye
)
AnyMessage = ClientMessage | ServerMessage
