"""The client's half of ``trailmark-sync/1``, without I/O.

Everything that changes the state of a client session lives here. The shell feeds messages, local
news and the results of effects, in order, and executes the effects that come back.

Invariants:

1. An event is confirmed only when its row arrives in ``events``; ``pushed`` moves a volatile send
   pointer and nothing else.
2. After ``fork``, or a ``gap`` that cannot be filled, nothing is pushed until all own events
   without a row were written again under a new epoch; that waits until the log was read to its
   head, so that what already arrived is not written twice.
3. Rows held back since a rewind are offered once the lane was read to its head; no push of that
   lane overtakes them.
4. Answers that name another epoch than the present one are ignored.
5. At most ``limits.PUSH_WINDOW`` batches and ``limits.SESSION_OFFERS_MAX`` offers of a lane are
   unanswered.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Sequence
from enum import StrEnum

from trailmark_shared import limits
from trailmark_shared.errors import ErrorCode
from trailmark_shared.events.envelope import Event
from trailmark_shared.ids import DeviceId, Epoch, Lane, SpaceId
from trailmark_shared.protocol import effects, messages, pages
from trailmark_shared.protocol.states import CLIENT_TABLE, Action, State

Effects = list[effects.Effect]


class _Hold(StrEnum):
    """How far the rows that a rewind held back have come in this session."""

    CLEAR = "clear"
    HELD = "held"
    READING = "reading"
    OFFERING = "offering"
    SETTLING = "settling"


class _Lane:
    """Where the session stands in one lane."""

    def __init__(self, cursor: int, cursor_hash: bytes) -> None:
        """Begin at the device's cursor."""
        self.cursor = cursor
        self.cursor_hash = cursor_hash
        self.target = 0
        """Seq of the head when the session opened; below it the lane is catching up."""
        self.has_outbox = True
        """Unconfirmed own events behind ``sent`` may exist."""
        self.sent = 0
        """dseq up to which own events were sent in this session."""
        self.in_flight = 0
        self.wanted: int | None = None
        """The dseq that a ``gap`` asked for and that the next read must begin with."""
        self.is_reading = False
        """A ``ReadOutbox`` of this lane is under way."""
        self.hold = _Hold.CLEAR
        self.offers: deque[messages.Offer] = deque()
        """Offers still to be sent."""
        self.offers_in_flight = 0
        self.offers_upto = 0
        self.offers_refused = False

    @property
    def is_caught_up(self) -> bool:
        """The lane was read to the head it had when the session opened."""
        return self.cursor >= self.target

    @property
    def is_offering(self) -> bool:
        """Held rows must still be sent before anything is pushed."""
        return self.hold in (_Hold.HELD, _Hold.READING) or bool(self.offers)


class ClientSession:
    """One session of this device with its home server."""

    def __init__(self) -> None:
        """Wait for ``start``."""
        self.state = State.NEW
        self.device = DeviceId(b"")
        self.space = SpaceId(b"")
        self.epoch = Epoch(b"")
        self.credential_expires_at = 0
        self._lanes: dict[Lane, _Lane] = {}
        self._needs_epoch = False
        self._starting_epoch = False
        self._is_paused = False
        self._rewinds: dict[Lane, messages.Rewind] = {}

    @property
    def is_idle(self) -> bool:
        """Nothing is under way: all sent and answered, all lanes read to their opening heads.

        Own events that were pushed may still come back in ``events``; the outbox knows.
        """
        return (
            self.state is State.OPEN
            and not self._needs_epoch
            and all(
                lane.is_caught_up
                and not lane.in_flight
                and not lane.has_outbox
                and lane.hold is _Hold.CLEAR
                for lane in self._lanes.values()
            )
        )

    # --- beginning ---------------------------------------------------------------------------

    def start(self, start: effects.Start) -> Effects:
        """Say ``hello``.

        Args:
            start: What the store knows, read in one transaction.

        Returns:
            Effects to execute in order.
        """
        self.state = State.GREETING
        self.space, self.device, self.epoch = start.space, start.device, start.epoch
        self._needs_epoch = start.needs_epoch
        for lane in start.lanes:
            self._lanes[Lane(lane.lane)] = _Lane(lane.cursor, lane.cursor_hash)
        for name in start.held:
            self._lanes[name].hold = _Hold.HELD
        hello = messages.Hello(
            protocol=(messages.PROTOCOL_OLDEST, messages.PROTOCOL_VERSION),
            app="trailmark",
            device=start.device,
            epoch=start.epoch,
            now=start.now,
            lanes=list(start.lanes),
            revoked=list(start.revoked),
        )
        return [effects.Send(message=hello)]

    def receive(self, message: messages.ServerMessage, now: int) -> Effects:
        """Take one message of the server.

        Args:
            message: The decoded message.
            now: Device clock, milliseconds UTC; only echoed in ``pong``.

        Returns:
            Effects to execute in order.
        """
        action = CLIENT_TABLE[self.state][type(message)]
        if action is Action.IGNORE:
            return []
        if action is Action.REFUSE:
            return self._close(ErrorCode.UNEXPECTED_MESSAGE, "a message came out of turn")
        return self._handle(message, now)

    def _handle(self, message: messages.ServerMessage, now: int) -> Effects:
        match message:
            case messages.Welcome():
                return self._welcome(message)
            case messages.Events():
                return [effects.StorePage(page=message)]
            case messages.Pushed() | messages.Fork() | messages.Gap():
                return self._answered(message)
            case messages.Offered():
                return self._offered(message)
            case messages.Error() | messages.GoingAway() | messages.Bye():
                return self._ended(message)
            case _:
                return self._told(message, now)

    def _told(
        self,
        message: messages.Renewed
        | messages.Ping
        | messages.Pong
        | messages.Revoked
        | messages.Throttle,
        now: int,
    ) -> Effects:
        match message:
            case messages.Renewed(credential=credential, expires_at=expires_at):
                self.credential_expires_at = expires_at
                return [effects.SaveCredential(credential=credential, expires_at=expires_at)]
            case messages.Ping():
                return [effects.Send(message=messages.Pong(now=now))]
            case messages.Throttle(ms=ms):
                self._is_paused = True
                return [effects.Pause(ms=ms)]
            case messages.Pong() | messages.Revoked():
                return []

    def _ended(self, message: messages.Error | messages.GoingAway | messages.Bye) -> Effects:
        match message:
            case messages.GoingAway(spread_ms=spread):
                return self._close(ErrorCode.GOING_AWAY, "the server restarts", wait_ms=spread)
            case messages.Bye():
                return self._close(None, "the server said bye")
            case messages.Error(code=name, retry=retry, message=text):
                self.state = State.CLOSED
                is_known = name in ErrorCode.__members__.values()
                code = ErrorCode(name) if is_known else ErrorCode.INTERNAL
                return [effects.Close(code=code, retry=retry, message=text)]

    def _close(self, code: ErrorCode | None, message: str, *, wait_ms: int = 0) -> Effects:
        self.state = State.CLOSED
        return [effects.Close(code=code, retry="later", message=message, wait_ms=wait_ms)]

    def _welcome(self, welcome: messages.Welcome) -> Effects:
        if welcome.protocol > messages.PROTOCOL_VERSION:
            return self._close(ErrorCode.PROTOCOL_VERSION, "the server speaks a newer version")
        self.state = State.OPEN
        self.credential_expires_at = welcome.credential_expires_at
        for told in welcome.lanes:
            lane = self._lanes.setdefault(Lane(told.lane), _Lane(0, bytes(limits.HASH_BYTES)))
            lane.target = told.head
            lane.sent = told.device_high
            if told.rewind is not None:
                self._rewinds[Lane(told.lane)] = told.rewind
        return [effects.CheckOwn(lanes=welcome.lanes)]

    def own_checked(self, *, forked: bool) -> Effects:
        """Go on after the server's view of this device's chain was compared with the own events.

        Args:
            forked: Some own event at ``device_high`` is missing or differs: a clone, or a restored
                backup, wrote under the same numbering.

        Returns:
            Effects to execute in order.
        """
        self._needs_epoch |= forked
        rewinds: Effects = []
        for name, rewind in self._rewinds.items():
            place = self._lanes[name]
            rewinds.append(
                effects.BeginRewind(
                    lane=name,
                    rewind=rewind,
                    cursor=place.cursor,
                    cursor_hash=place.cursor_hash,
                )
            )
        return [*rewinds, *self._pump()]

    def rewound(self, lane: Lane, stood: effects.PageStored | None) -> Effects:
        """Go on from the rewind point.

        Args:
            lane: Which lane.
            stood: Where it stands now, or ``None`` when nothing was done because the cursor moved
                meanwhile or the point was not signed: the session ends and a new one says hello.

        Returns:
            Effects to execute in order.
        """
        self._rewinds.pop(lane, None)
        if stood is None:
            return self._close(ErrorCode.BROKEN_PAGE, "the rewind point did not verify")
        place = self._lanes[lane]
        place.cursor, place.cursor_hash = stood.cursor, stood.cursor_hash
        place.hold = _Hold.HELD if stood.held else _Hold.CLEAR
        return self._pump()

    # --- pulling -----------------------------------------------------------------------------

    def page_stored(self, page: messages.Events, stored: effects.PageStored) -> Effects:
        """Acknowledge a page after the commit.

        Args:
            page: The page that was stored.
            stored: Where the lane stands now.

        Returns:
            Effects to execute in order.
        """
        place = self._lanes.setdefault(stored.lane, _Lane(0, bytes(limits.HASH_BYTES)))
        place.cursor, place.cursor_hash = stored.cursor, stored.cursor_hash
        head = page.signed_head
        ack = messages.Ack(lane=stored.lane, upto=head.seq, hash=head.hash)
        return [effects.Send(message=ack), *self._settle(stored.lane), *self._pump()]

    def page_broken(self) -> Effects:
        """End the session: a page did not verify, and nothing of it was stored."""
        return self._close(ErrorCode.BROKEN_PAGE, "a page from the server did not verify")

    # --- pushing -----------------------------------------------------------------------------

    def outbox_changed(self, lanes: Iterable[Lane]) -> Effects:
        """Take the news that these lanes have new own events."""
        for lane in lanes:
            self._lanes.setdefault(lane, _Lane(0, bytes(limits.HASH_BYTES))).has_outbox = True
        return self._pump()

    def outbox_read(self, lane: Lane, events: Sequence[Event]) -> Effects:
        """Push what was read.

        Args:
            lane: Which lane.
            events: Own events of the present epoch behind ``ReadOutbox.after``; may be empty.

        Returns:
            Effects to execute in order.
        """
        place = self._lanes[lane]
        place.is_reading = False
        if place.wanted is not None:
            filled = bool(events) and events[0].dseq == place.wanted
            place.wanted = None
            if not filled:
                self._needs_epoch = True
                return self._pump()
        if not events:
            place.has_outbox = False
            return []
        place.sent = events[-1].dseq
        place.in_flight += 1
        return [effects.Send(message=pages.push_from_events(events)), *self._read_outbox(lane)]

    def _read_outbox(self, lane: Lane) -> Effects:
        place = self._lanes[lane]
        if (
            self.state is not State.OPEN
            or self._needs_epoch
            or self._is_paused
            or place.is_offering
            or not place.has_outbox
            or place.is_reading
            or place.in_flight >= limits.PUSH_WINDOW
        ):
            return []
        place.is_reading = True
        return [effects.ReadOutbox(lane=lane, after=place.sent)]

    def _answered(self, answer: messages.Pushed | messages.Fork | messages.Gap) -> Effects:
        place = self._lanes.get(Lane(answer.lane))
        if place is None or answer.epoch != self.epoch:
            return []
        place.in_flight = max(0, place.in_flight - 1)
        more: Effects = []
        match answer:
            case messages.Pushed(refused=refused):
                if refused:
                    lane = Lane(answer.lane)
                    more.append(effects.ReportRefused(lane=lane, epoch=self.epoch, refused=refused))
            case messages.Fork():
                self._needs_epoch = True
            case messages.Gap(wanted=wanted):
                place.sent, place.wanted, place.has_outbox = wanted - 1, wanted, True
        return [*more, *self._pump()]

    def epoch_started(self, epoch: Epoch, lanes: Iterable[Lane]) -> Effects:
        """Push everything again under the new epoch.

        Args:
            epoch: The device's numbering from here on.
            lanes: Lanes with events to push.

        Returns:
            Effects to execute in order.
        """
        self.epoch = epoch
        self._needs_epoch = self._starting_epoch = False
        for place in self._lanes.values():
            place.sent = place.in_flight = 0
            place.wanted = None
        return self.outbox_changed(lanes)

    def resume(self) -> Effects:
        """Push again: the time that ``throttle`` asked for has passed."""
        self._is_paused = False
        return self._pump()

    # --- offering ----------------------------------------------------------------------------

    def held_read(self, lane: Lane, offers: Iterable[messages.Offer]) -> Effects:
        """Offer the rows that are held back, in old order."""
        place = self._lanes[lane]
        place.offers = deque(offers)
        place.hold = _Hold.OFFERING
        return [*self._send_offers(lane), *self._settle(lane), *self._pump()]

    def _send_offers(self, lane: Lane) -> Effects:
        place = self._lanes[lane]
        sends: Effects = []
        while place.offers and place.offers_in_flight < limits.SESSION_OFFERS_MAX:
            place.offers_in_flight += 1
            sends.append(effects.Send(message=place.offers.popleft()))
        return sends

    def _offered(self, offered: messages.Offered) -> Effects:
        lane = Lane(offered.lane)
        place = self._lanes.get(lane)
        if place is None or place.offers_in_flight == 0:
            return self._close(ErrorCode.UNEXPECTED_MESSAGE, "an answer to no offer")
        place.offers_in_flight -= 1
        place.offers_upto = max(place.offers_upto, offered.upto)
        place.offers_refused |= offered.code is not None
        return [*self._send_offers(lane), *self._settle(lane), *self._pump()]

    def _settle(self, lane: Lane) -> Effects:
        place = self._lanes[lane]
        is_answered = not place.offers and not place.offers_in_flight
        if place.hold is not _Hold.OFFERING or not is_answered or place.cursor < place.offers_upto:
            return []
        place.hold = _Hold.SETTLING
        return [effects.SettleHeld(lane=lane, refused=place.offers_refused)]

    def held_settled(self, lane: Lane, *, needs_epoch: bool) -> Effects:
        """Go on after the end of a rewind.

        Args:
            lane: Which lane.
            needs_epoch: Refused rows of this device became events without a row.

        Returns:
            Effects to execute in order.
        """
        self._lanes[lane].hold = _Hold.CLEAR
        self._needs_epoch |= needs_epoch
        return self._pump()

    # --- the rest ----------------------------------------------------------------------------

    def revoke(self, grants: Iterable[bytes]) -> Effects:
        """Tell the server at once that these grants are revoked."""
        if self.state is not State.OPEN:
            return []
        return [effects.Send(message=messages.Revoked(grants=list(grants)))]

    def renew(self) -> Effects:
        """Ask for a fresh credential."""
        if self.state is not State.OPEN:
            return []
        return [effects.Send(message=messages.Renew())]

    def bye(self) -> Effects:
        """End the session."""
        if self.state is State.CLOSED:
            return []
        return [effects.Send(message=messages.Bye()), *self._close(None, "nothing more to say")]

    def _pump(self) -> Effects:
        """Return whatever can be done next, in the order that the invariants ask for."""
        if self.state is not State.OPEN or self._rewinds:
            return []
        is_caught_up = all(place.is_caught_up for place in self._lanes.values())
        if self._needs_epoch:
            if is_caught_up and not self._starting_epoch:
                self._starting_epoch = True
                return [effects.StartEpoch()]
            more: Effects = []
        else:
            more = [effect for lane in self._lanes for effect in self._read_outbox(lane)]
        for name, place in self._lanes.items():
            if place.hold is _Hold.HELD and place.is_caught_up:
                place.hold = _Hold.READING
                more.append(effects.ReadHeld(lane=name))
        return more


__all__ = ["ClientSession"]
