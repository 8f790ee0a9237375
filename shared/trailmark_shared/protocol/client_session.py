"""The client's half of ``trailmark-sync/1``, without I/O.

Everything that changes the state of a client session lives here. The shell feeds messages, local
news and the results of effects, in order, and executes the effects that come back.

Invariants:

1. An event is confirmed, or refused, only when its row arrives in ``events``; ``pushed`` moves a
   volatile send pointer and nothing else. Every session pushes again whatever has no row, also
   below ``device_high``: a clone may have written there under the same numbering.
2. After ``fork``, or a ``gap`` that cannot be filled, nothing is pushed until all own events
   without a row were written again under a new epoch; that waits until the log was read to its
   head, so that what already arrived is not written twice.
3. Rows held back since a rewind are offered once the lane was read to its head; no push of that
   lane overtakes them.
4. Answers that name another epoch than the present one are ignored.
5. At most ``limits.PUSH_WINDOW`` batches and ``limits.SESSION_OFFERS_MAX`` offers of a lane are
   unanswered, and ``limits.PUSH_SETBACKS_MAX`` answers of a lane ask for what was sent already.
6. A closed session asks for nothing more, whatever results and news still reach it.
7. Nothing of a server is believed before its signing key was followed from the pinned one, nor
   after its log was found to contradict what the device holds.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from trailmark_shared import limits
from trailmark_shared.errors import ErrorCode
from trailmark_shared.events.envelope import Event
from trailmark_shared.ids import Epoch, Lane
from trailmark_shared.protocol import effects, messages, pages
from trailmark_shared.protocol.client_answers import (
    ALTERED_WORDS,
    UNKNOWN_KEY_WORDS,
    answers_to,
    words_of_revocations,
)
from trailmark_shared.protocol.client_lane import Hold, LanePlace
from trailmark_shared.protocol.close_codes import closing_of
from trailmark_shared.protocol.states import CLIENT_TABLE, Action, State

Effects = list[effects.Effect]


class ClientSession:
    """One session of this device with its home server."""

    def __init__(self) -> None:
        """Wait for ``start``."""
        self.state = State.NEW
        self.version = messages.PROTOCOL_OLDEST
        self.epoch = Epoch(b"")
        self.credential_left_ms = 0
        """How long the credential was good when the server said welcome, by its clock."""
        self._lanes: dict[Lane, LanePlace] = {}
        self._needs_epoch = self._starting_epoch = self._is_paused = self._is_renewing = False
        self._more_revoked: list[bytes] = []
        self._welcomed: Sequence[messages.LaneWelcome] = ()

    @property
    def is_idle(self) -> bool:
        """Nothing is under way: all sent and answered, all lanes read to their opening heads.

        Own events that were pushed may still come back in ``events``; the outbox knows.
        """
        return (
            self.state is State.OPEN
            and not self._needs_epoch
            and all(place.is_idle for place in self._lanes.values())
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
        self.epoch = start.epoch
        self._needs_epoch = start.needs_epoch
        for lane in start.lanes:
            self._lanes[Lane(lane.lane)] = LanePlace(lane.cursor, lane.cursor_hash)
        for name in start.held:
            self._place(name).offering.hold = Hold.HELD
        self._more_revoked = list(start.revoked[limits.REVOKED_GRANTS_MAX :])
        return [effects.Send(message=start.hello())]

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
        is_unasked = isinstance(message, messages.Renewed) and not self._is_renewing
        if action is Action.REFUSE or is_unasked:
            return self.close(ErrorCode.UNEXPECTED_MESSAGE, "a message came out of turn")
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
                self.state = State.CLOSED
                return [effects.close_from_peer(message)]
            case _:
                self._is_paused |= isinstance(message, messages.Throttle)
                self._is_renewing &= not isinstance(message, messages.Renewed)
                return answers_to(message, now)

    def close(self, code: ErrorCode | None, message: str) -> Effects:
        """End the session: a frame was not understood, or the server can go no further.

        Args:
            code: Why, ``None`` for a normal end.
            message: One sentence for people and logs.

        Returns:
            Effects to execute in order.
        """
        if self.state is State.CLOSED:
            return []
        self.state = State.CLOSED
        return [effects.Close(code=code, retry=closing_of(code).retry, message=message)]

    def _place(self, lane: Lane) -> LanePlace:
        """Return where the session stands in a lane that may be new to it."""
        return self._lanes.setdefault(lane, LanePlace(0, bytes(limits.HASH_BYTES)))

    def _welcome(self, welcome: messages.Welcome) -> Effects:
        if not messages.PROTOCOL_OLDEST <= welcome.protocol <= messages.PROTOCOL_VERSION:
            return self.close(ErrorCode.PROTOCOL_VERSION, "the server speaks another version")
        told = {each.lane: each for each in welcome.lanes}
        denied = [name for name, each in self._lanes.items() if each.is_denied(told.get(name))]
        if denied:
            return self.altered(denied)
        self.state = State.OPEN
        self.version = welcome.protocol
        self.credential_left_ms = welcome.credential_expires_at - welcome.now
        self._welcomed = welcome.lanes
        for each in welcome.lanes:
            self._place(Lane(each.lane)).welcome(each)
        return [effects.FollowKeys(keys=welcome.keys)]

    def keys_followed(self, *, trusted: bool) -> Effects:
        """Go on once the server's newest signing key is pinned.

        Args:
            trusted: A valid way led to it from the key that was pinned before.

        Returns:
            Effects to execute in order.
        """
        if not trusted:
            return self.close(ErrorCode.UNKNOWN_SIGNING_KEY, UNKNOWN_KEY_WORDS)
        check = [effects.CheckOwn(lanes=self._welcomed)] if self.state is State.OPEN else []
        return [*self.revoke(self._more_revoked), *check]

    def own_checked(self, *, forked: bool) -> Effects:
        """Go on after the server's view of this device's chain was compared with its own.

        Args:
            forked: Some own event at ``device_high`` is missing or differs: a clone, or a restored
                backup, wrote under the same numbering.

        Returns:
            Effects to execute in order.
        """
        if self.state is not State.OPEN:
            return []
        self._needs_epoch |= forked
        rewinds = [each for lane, place in self._lanes.items() for each in place.rewinds(lane)]
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
        if stood is None:
            return self.close(ErrorCode.BROKEN_PAGE, "the rewind point did not verify")
        self._lanes[lane].rewound(stood)
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
        if self.state is not State.OPEN:
            return []
        place = self._place(stored.lane)
        place.cursor, place.cursor_hash = stored.cursor, stored.cursor_hash
        head = page.signed_head
        ack = messages.Ack(lane=stored.lane, upto=head.seq, hash=head.hash)
        return [effects.Send(message=ack), *self._settle(stored.lane), *self._pump()]

    def page_broken(self) -> Effects:
        """End the session: a page did not verify, and nothing of it was stored."""
        return self.close(ErrorCode.BROKEN_PAGE, "a page from the server did not verify")

    def altered(self, lanes: Sequence[Lane]) -> Effects:
        """End the session: the server's logs of ``lanes`` contradict what is held here."""
        close = self.close(ErrorCode.ALTERED_HISTORY, ALTERED_WORDS)
        return [effects.ReportAltered(lanes=lanes), *close] if close else []

    # --- pushing -----------------------------------------------------------------------------

    def outbox_changed(self, lanes: Iterable[Lane]) -> Effects:
        """Take the news that these lanes have new own events."""
        for lane in lanes:
            self._place(lane).has_outbox = True
        return self._pump()

    def outbox_read(self, lane: Lane, events: Sequence[Event], *, is_all: bool = False) -> Effects:
        """Push what was read.

        Args:
            lane: Which lane.
            events: Own events of the present epoch behind ``ReadOutbox.after``; may be empty.
            is_all: There was nothing behind them.

        Returns:
            Effects to execute in order.
        """
        if self.state is not State.OPEN:
            return []
        place = self._lanes[lane]
        after, place.reading = place.reading, None
        if after != place.sent or self._needs_epoch:
            # A new epoch came between question and answer: what was read is no longer next.
            return self._pump()
        if place.wanted is not None:
            filled = bool(events) and events[0].dseq == place.wanted
            place.wanted = None
            if not filled:
                self._needs_epoch = True
                return self._pump()
        if not events:
            place.has_outbox = False
            return []
        batch = place.take_batch(events, is_all=is_all)
        return [effects.Send(message=pages.push_from_events(batch)), *self._read_outbox(lane)]

    def _read_outbox(self, lane: Lane) -> Effects:
        place = self._lanes[lane]
        is_blocked = self._needs_epoch or self._is_paused or self.state is not State.OPEN
        if is_blocked or not place.may_push:
            return []
        place.reading = place.sent
        return [effects.ReadOutbox(lane=lane, after=place.sent)]

    def _answered(self, answer: messages.Pushed | messages.Fork | messages.Gap) -> Effects:
        place = self._lanes.get(Lane(answer.lane))
        if place is None or answer.epoch != self.epoch:
            return []
        if not place.take_answer(answer):
            return self.close(ErrorCode.UNEXPECTED_MESSAGE, "the same is asked for over and over")
        match answer:
            case messages.Pushed():
                pass
            case messages.Fork():
                self._needs_epoch = True
            case _:
                place.wanted, place.has_outbox = answer.wanted, True
                place.sent = answer.wanted - 1
        return self._pump()

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
            place.begin_epoch()
        return self.outbox_changed(lanes)

    def resume(self) -> Effects:
        """Push again: the time that ``throttle`` asked for has passed."""
        self._is_paused = False
        return self._pump()

    # --- offering ----------------------------------------------------------------------------

    def held_read(self, lane: Lane, offers: Iterable[messages.Offer]) -> Effects:
        """Offer the rows that are held back, in old order."""
        if self.state is not State.OPEN:
            return []
        self._lanes[lane].offering.begin(offers)
        return [*self._settle(lane), *self._pump()]

    def _offered(self, offered: messages.Offered) -> Effects:
        lane = Lane(offered.lane)
        place = self._lanes.get(lane)
        if place is None or not place.offering.answer(offered):
            return self.close(ErrorCode.UNEXPECTED_MESSAGE, "an answer to no offer")
        return [*self._settle(lane), *self._pump()]

    def _settle(self, lane: Lane) -> Effects:
        place = self._lanes[lane]
        offers: Effects = [effects.Send(message=offer) for offer in place.offering.take_next()]
        if offers or not place.offering.may_settle(place.cursor):
            return offers
        place.offering.hold = Hold.SETTLING
        return [effects.SettleHeld(lane=lane, refused=place.offering.is_refused)]

    def held_settled(self, lane: Lane, *, needs_epoch: bool) -> Effects:
        """Go on after the end of a rewind.

        Args:
            lane: Which lane.
            needs_epoch: Refused rows of this device became events without a row.

        Returns:
            Effects to execute in order.
        """
        self._lanes[lane].offering.hold = Hold.CLEAR
        self._needs_epoch |= needs_epoch
        return self._pump()

    # --- the rest ----------------------------------------------------------------------------

    def revoke(self, grants: Sequence[bytes]) -> Effects:
        """Tell the server at once that these grants are revoked."""
        if self.state is not State.OPEN:
            return []
        return words_of_revocations(grants)

    def renew(self) -> Effects:
        """Ask for a fresh credential."""
        self._is_renewing = self.state is State.OPEN
        return [effects.Send(message=messages.Renew())] if self._is_renewing else []

    def bye(self) -> Effects:
        """End the session."""
        if self.state is State.CLOSED:
            return []
        return [effects.Send(message=messages.Bye()), *self.close(None, "nothing more to say")]

    def _pump(self) -> Effects:
        """Return whatever can be done next, in the order that the invariants ask for."""
        if self.state is not State.OPEN or any(each.rewind for each in self._lanes.values()):
            return []
        is_caught_up = all(place.is_caught_up for place in self._lanes.values())
        if self._needs_epoch and is_caught_up and not self._starting_epoch:
            self._starting_epoch = True
            return [effects.StartEpoch()]
        ready = () if self._needs_epoch else self._lanes
        more = [effect for lane in ready for effect in self._read_outbox(lane)]
        for name, place in self._lanes.items():
            if place.offering.hold is Hold.HELD and place.is_caught_up:
                place.offering.hold = Hold.READING
                more.append(effects.ReadHeld(lane=name))
        return more
