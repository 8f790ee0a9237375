"""The server's half of ``trailmark-sync/1``, without I/O.

Everything that changes the state of a server session lives here. The shell feeds messages and the
results of effects, in order, and executes the effects that come back. Delivery reads the log from
the session's own place in each lane: the bell only marks a lane as moved, so a slow reader costs
one integer per lane and nothing can be lost or overtaken.

Invariants:

1. Nothing is read or accepted before ``hello`` was answered, and ``hello.revoked`` is recorded
   before anything else is read (``OpenSession``).
2. ``pushed`` is sent only for what ``Appended`` called durable.
3. At most ``limits.PAGE_WINDOW`` pages of a lane are unacknowledged.
4. A body is left out of a page only if this very session pushed that event.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Final

from trailmark_shared import limits
from trailmark_shared.errors import ErrorCode, ProtocolError
from trailmark_shared.events.envelope import Row
from trailmark_shared.ids import DeviceId, Lane, SpaceId
from trailmark_shared.protocol import effects, messages, pages
from trailmark_shared.protocol.close_codes import closing_of
from trailmark_shared.protocol.joined_pushes import JoinedPushes
from trailmark_shared.protocol.page_found import PageFound
from trailmark_shared.protocol.server_lane import LaneFeed
from trailmark_shared.protocol.states import SERVER_TABLE, Action, State

Effects = list[effects.Effect]

ANNOUNCED_LIMITS: Final[Mapping[str, int]] = {
    name.lower(): getattr(limits, name)
    for name in (
        "FRAME_BYTES_MAX",
        "PAGE_EVENTS_MAX",
        "PAGE_BYTES_MAX",
        "BODY_BYTES_MAX",
        "PUSH_WINDOW",
        "PAGE_WINDOW",
        "SESSION_OFFERS_MAX",
    )
}
"""The bounds that ``welcome`` names."""


class ServerSession:
    """One device's session, seen from the server."""

    def __init__(self) -> None:
        """Wait for ``hello``."""
        self.state = State.NEW
        self.device = DeviceId(b"")
        self.space = SpaceId(b"")
        self.version = messages.PROTOCOL_OLDEST
        self._offset = 0
        self._pushes: JoinedPushes
        self._lanes: dict[Lane, LaneFeed] = {}

    @property
    def is_idle(self) -> bool:
        """Nothing is waiting to be sent: every lane was read to its head, or is out of credit."""
        return self.state is State.OPEN and not any(
            lane.is_reading or lane.may_read for lane in self._lanes.values()
        )

    def receive(self, message: messages.ClientMessage, now: int) -> Effects:
        """Take one message of the client.

        Args:
            message: The decoded message.
            now: Server clock, milliseconds UTC.

        Returns:
            Effects to execute in order.
        """
        action = SERVER_TABLE[self.state][type(message)]
        if action is Action.IGNORE:
            return []
        if action is Action.REFUSE:
            return self.refuse(ErrorCode.UNEXPECTED_MESSAGE, "this message is out of turn")
        try:
            return self._handle(message, now)
        except ProtocolError as error:
            return self.refuse(error.code, error.message)

    def refuse(self, code: ErrorCode, message: str) -> Effects:
        """End the session with a named error; nothing of the offending message was kept.

        Args:
            code: What is wrong.
            message: One sentence for people, at most 200 characters.

        Returns:
            Effects to execute in order.
        """
        if self.state is State.CLOSED:
            return []
        self.state = State.CLOSED
        retry = closing_of(code).retry
        return [
            effects.Send(message=messages.Error(code=code, retry=retry, message=message)),
            effects.Close(code=code, retry=retry, message=message),
        ]

    def _handle(self, message: messages.ClientMessage, now: int) -> Effects:
        match message:
            case messages.Hello():
                return self._hello(message, now)
            case messages.Push():
                return self._push(message)
            case messages.Ack():
                return self._ack(message)
            case messages.Offer():
                return self._offer(message)
            case messages.Revoked(grants=grants):
                return [effects.RecordRevocations(grants=grants)]
            case _:
                return self._told(message, now)

    def _told(
        self, message: messages.Renew | messages.Ping | messages.Pong | messages.Bye, now: int
    ) -> Effects:
        match message:
            case messages.Renew():
                return [effects.RenewCredential()]
            case messages.Ping():
                return [effects.Send(message=messages.Pong(now=now))]
            case messages.Pong():
                return []
            case _:
                self.state = State.CLOSED
                return [effects.Close(code=None, retry="later", message="the device said bye")]

    # --- hello -------------------------------------------------------------------------------

    def _hello(self, hello: messages.Hello, now: int) -> Effects:
        oldest, newest = hello.protocol
        version = min(newest, messages.PROTOCOL_VERSION)
        if version < max(oldest, messages.PROTOCOL_OLDEST):
            return self.refuse(
                ErrorCode.PROTOCOL_VERSION, "no common version of trailmark-sync; please update"
            )
        if len({lane.lane for lane in hello.lanes}) != len(hello.lanes):
            return self.refuse(ErrorCode.MALFORMED_FRAME, "hello names a lane twice")
        self.state = State.GREETING
        self.device = DeviceId(hello.device)
        # A row that named more than any reader takes would end every session that is sent it.
        self._offset = max(-limits.INTEGER_MAX, min(now - hello.now, limits.INTEGER_MAX))
        self.version = version
        return [effects.OpenSession(hello=hello)]

    def opened(self, opened: effects.Opened) -> Effects:
        """Answer ``hello`` and begin to feed."""
        if self.state is not State.GREETING:
            return []
        self.state = State.OPEN
        self.space = opened.space
        for lane in opened.lanes:
            self._lanes[Lane(lane.welcome.lane)] = LaneFeed(lane.start)
        welcome = messages.Welcome(
            protocol=self.version,
            now=opened.now,
            limits=dict(ANNOUNCED_LIMITS),
            credential_expires_at=opened.credential_expires_at,
            lanes=[lane.welcome for lane in opened.lanes],
            keys=list(opened.keys),
        )
        reads = [effect for lane in self._lanes for effect in self._read(lane)]
        return [effects.Send(message=welcome), *reads]

    # --- pushing -----------------------------------------------------------------------------

    def _push(self, push: messages.Push) -> Effects:
        lane = Lane(push.lane)
        self._lanes.setdefault(lane, LaneFeed(0))
        events = pages.events_from_push(push, self.space, self.device)
        self._pushes = JoinedPushes(push)
        return [effects.AppendBatch(lane=lane, events=events, offset=self._offset)]

    def joined(
        self, batch: effects.AppendBatch, message: messages.ClientMessage
    ) -> effects.AppendBatch | None:
        """Let a message go along with the last ``AppendBatch``, which has not begun.

        Args:
            batch: That effect.
            message: What the client sent next.

        Returns:
            The effect in place of ``batch``, or ``None``: as ``JoinedPushes.joined``.
        """
        return self._pushes.joined(batch, message, (self.space, self.device))

    def appended(self, appended: effects.Appended) -> Effects:
        """Answer each push of the last ``AppendBatch``; the bell brings its rows."""
        if self.state is not State.OPEN:
            return []
        first = self._pushes.first
        if appended.upto >= first:
            self._lanes[appended.lane].note_pushed(appended.epoch, first, appended.upto)
        return [effects.Send(message=answer) for answer in self._pushes.answers(appended)]

    # --- offers ------------------------------------------------------------------------------

    def _offer(self, offer: messages.Offer) -> Effects:
        lane = Lane(offer.lane)
        rows = pages.rows_from_runs(self.space, lane, offer.after, offer.after_hash, offer.runs)
        head = offer.signed_head
        if (rows[-1].seq, rows[-1].lane_hash) != (head.seq, head.hash):
            return self.offer_taken(lane, 0, ErrorCode.FORGED_OFFER)
        return [effects.TakeOffer(offer=offer, rows=rows)]

    def offer_taken(self, lane: Lane, upto: int, code: str | None) -> Effects:
        """Answer an offer.

        Args:
            lane: Which lane.
            upto: Seq that the client's cursor must pass; 0 for a refused offer.
            code: Why it was refused, or ``None``.

        Returns:
            Effects to execute in order.
        """
        return self._send(messages.Offered(lane=lane, upto=upto, code=code))

    # --- feeding -----------------------------------------------------------------------------

    def lane_moved(self, lanes: Iterable[Lane]) -> Effects:
        """Take a ring of the bell: these lanes have new rows, or are new."""
        if self.state is not State.OPEN:
            return []
        reads: Effects = []
        for lane in lanes:
            if lane not in self._lanes:
                self._lanes[lane] = LaneFeed(0)
            self._lanes[lane].moved = True
            reads += self._read(lane)
        return reads

    def _read(self, lane: Lane) -> Effects:
        place = self._lanes[lane]
        if not place.may_read:
            return []
        # From here on a ring of the bell means rows that this read may not see.
        place.is_reading, place.moved = True, False
        return [effects.ReadPage(lane=lane, after=place.sent)]

    def page_read(self, lane: Lane, found: PageFound) -> Effects:
        """Send the page that was read, or rest when the lane's head was reached.

        Args:
            lane: Which lane.
            found: What stands after the session's place.

        Returns:
            Effects to execute in order.
        """
        if self.state is not State.OPEN:
            return []
        place = self._lanes[lane]
        place.is_reading = False
        head = found.signed_head
        if not found.rows or head is None:
            return self._read(lane)
        page = self._page(lane, place, found, head)
        place.sent = found.rows[-1].seq
        place.unacked.append((head.seq, head.hash))
        # A ring since the read began has marked the lane already.
        place.moved |= not found.is_last
        return [effects.Send(message=page), *self._read(lane)]

    def _page(
        self, lane: Lane, place: LaneFeed, found: PageFound, head: messages.SignedHead
    ) -> messages.Events:
        is_held: Callable[[Row], bool] = lambda row: place.holds(self.device, row)  # noqa: E731
        if found.whole is not None and not (place.pushed_upto and any(map(is_held, found.rows))):
            return found.whole
        return messages.Events(
            lane=lane,
            after=place.sent,
            runs=pages.runs_from_rows(found.rows, is_held),
            signed_head=head,
        )

    def _ack(self, ack: messages.Ack) -> Effects:
        lane = Lane(ack.lane)
        place = self._lanes.get(lane)
        if place is None or not place.unacked or place.unacked[0] != (ack.upto, ack.hash):
            return self.refuse(ErrorCode.UNEXPECTED_MESSAGE, "ack of a page that was not sent")
        place.unacked.pop(0)
        return self._read(lane)

    # --- the rest ----------------------------------------------------------------------------

    def revocations_recorded(self, grants: Sequence[bytes]) -> Effects:
        """Tell the device that these grants are revoked for ever."""
        return self._send(messages.Revoked(grants=list(grants)))

    def renewed(self, credential: str, expires_at: int) -> Effects:
        """Hand out the fresh credential."""
        return self._send(messages.Renewed(credential=credential, expires_at=expires_at))

    def throttle(self, ms: int) -> Effects:
        """Ask the device to push nothing for ``ms`` milliseconds."""
        return self._send(messages.Throttle(ms=ms))

    def _send(self, message: messages.ServerMessage) -> Effects:
        """Send ``message``, unless the session ended while the shell was at work."""
        return [effects.Send(message=message)] if self.state is State.OPEN else []

    def go_away(self, spread_ms: int) -> Effects:
        """Say that this instance stops, then close; the device comes back within the spread.

        Args:
            spread_ms: Ceiling of the random wait, at most ``limits.SPREAD_MS_MAX``.

        Returns:
            Effects to execute in order.
        """
        if self.state is State.CLOSED:
            return []
        self.state = State.CLOSED
        spread = min(spread_ms, limits.SPREAD_MS_MAX)
        return [
            effects.Send(message=messages.GoingAway(spread_ms=spread)),
            effects.Close(
                code=ErrorCode.GOING_AWAY, retry="later", message="restarting", wait_ms=spread
            ),
        ]


__all__ = ["ANNOUNCED_LIMITS", "ServerSession"]
