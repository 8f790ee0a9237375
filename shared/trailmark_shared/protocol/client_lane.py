"""Where a client session stands in one lane: reading, pushing, and offering after a rewind."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Sequence
from enum import StrEnum

from trailmark_shared import limits
from trailmark_shared.events.envelope import Event
from trailmark_shared.ids import Lane
from trailmark_shared.protocol.effects import BeginRewind, Effect, PageStored
from trailmark_shared.protocol.messages import (
    Fork,
    Gap,
    LaneWelcome,
    Offer,
    Offered,
    Pushed,
    Rewind,
)
from trailmark_shared.protocol.pages import cut_chain


class Hold(StrEnum):
    """How far the rows that a rewind held back have come in this session."""

    CLEAR = "clear"
    HELD = "held"
    READING = "reading"
    OFFERING = "offering"
    SETTLING = "settling"


class Offering:
    """The offers of one lane.

    Attributes:
        hold: How far they have come.
        is_refused: The server refused one of them.
    """

    def __init__(self) -> None:
        """Begin with nothing held back."""
        self.hold = Hold.CLEAR
        self.is_refused = False
        self._waiting: deque[Offer] = deque()
        self._in_flight = 0
        self._upto = 0

    @property
    def is_before_pushes(self) -> bool:
        """Held rows must still be sent before anything is pushed."""
        return self.hold in (Hold.HELD, Hold.READING) or bool(self._waiting)

    def begin(self, offers: Iterable[Offer]) -> None:
        """Take the offers that were read."""
        self.hold = Hold.OFFERING
        self._waiting = deque(offers)

    def take_next(self) -> list[Offer]:
        """Return the offers to send now, within the window."""
        room = limits.SESSION_OFFERS_MAX - self._in_flight
        taken = [self._waiting.popleft() for _ in range(min(room, len(self._waiting)))]
        self._in_flight += len(taken)
        return taken

    def answer(self, offered: Offered) -> bool:
        """Take an answer; say whether an offer was waiting for it."""
        if not self._in_flight:
            return False
        self._in_flight -= 1
        if offered.code is None:
            self._upto = max(self._upto, offered.upto)
        else:  # ``upto`` means nothing here: waiting for it, no session would end the rewind.
            self.is_refused = True
        return True

    def may_settle(self, cursor: int) -> bool:
        """Say whether all offers are answered and ``cursor`` has passed all they added."""
        is_answered = not self._waiting and not self._in_flight
        return self.hold is Hold.OFFERING and is_answered and cursor >= self._upto


class LanePlace:
    """Where the session stands in one lane.

    Attributes:
        cursor: Seq of the last row held.
        cursor_hash: Lane hash there.
        target: Seq of the head when the session opened; below it the lane is catching up.
        rewind: The rewind that the server asked for and that was not carried out yet.
        has_outbox: Unconfirmed own events behind ``sent`` may exist.
        sent: dseq up to which own events were sent in this session.
        in_flight: Batches without an answer.
        setbacks: Answers of this session that asked for what was sent already.
        wanted: The dseq that a ``gap`` asked for and that the next read must begin with.
        reading: The dseq after which a ``ReadOutbox`` that is under way reads.
        offering: What a rewind held back.
    """

    def __init__(self, cursor: int, cursor_hash: bytes) -> None:
        """Begin at the device's cursor."""
        self.cursor = cursor
        self.cursor_hash = cursor_hash
        self.target = 0
        self.rewind: Rewind | None = None
        self.has_outbox = True
        self.sent = 0
        self.in_flight = 0
        self.setbacks = 0
        self.wanted: int | None = None
        self.reading: int | None = None
        self.offering = Offering()

    @property
    def is_caught_up(self) -> bool:
        """The lane was read to the head it had when the session opened."""
        return self.cursor >= self.target

    @property
    def is_idle(self) -> bool:
        """Nothing of this lane is under way."""
        return (
            self.is_caught_up
            and not self.in_flight
            and not self.has_outbox
            and self.offering.hold is Hold.CLEAR
        )

    @property
    def may_push(self) -> bool:
        """The outbox may be read for another batch."""
        return (
            self.has_outbox
            and self.reading is None
            and self.in_flight < limits.PUSH_WINDOW
            and not self.offering.is_before_pushes
        )

    def is_denied(self, told: LaneWelcome | None) -> bool:
        """Say whether a server knows less of the lane than this device, and does not say so.

        Args:
            told: What it says of the lane, ``None`` for nothing.

        Returns:
            Whether it hides what it once signed: a shorter log, another hash at the device's own
            place, or no such lane. A server that was restored says ``rewind``.
        """
        if told is None:
            return self.cursor > 0
        if told.rewind is not None:
            return False
        is_elsewhere = told.head == self.cursor and told.head_hash != self.cursor_hash
        return told.head < self.cursor or is_elsewhere

    def welcome(self, told: LaneWelcome) -> None:
        """Take what the server says of the lane."""
        self.target, self.rewind = told.head, told.rewind

    def rewinds(self, lane: Lane) -> list[Effect]:
        """Return what carries out the rewind that the server asked for, if it did."""
        if self.rewind is None:
            return []
        return [
            BeginRewind(
                lane=lane, rewind=self.rewind, cursor=self.cursor, cursor_hash=self.cursor_hash
            )
        ]

    def rewound(self, stood: PageStored) -> None:
        """Stand at the rewind point."""
        self.rewind = None
        self.cursor, self.cursor_hash = stood.cursor, stood.cursor_hash
        self.offering.hold = Hold.HELD if stood.held else Hold.CLEAR

    def take_answer(self, answer: Pushed | Fork | Gap) -> bool:
        """Take an answer to a batch.

        Returns:
            Whether the session goes on. An honest server asks for something again once or twice;
            one that asks without end would keep the device writing its outbox anew, as fast as the
            line goes.
        """
        self.in_flight = max(0, self.in_flight - 1)
        self.setbacks += not isinstance(answer, Pushed)
        return self.setbacks <= limits.PUSH_SETBACKS_MAX

    def take_batch(self, events: Sequence[Event], *, is_all: bool) -> Sequence[Event]:
        """Return what of the outbox goes into one push, and go on behind it.

        Args:
            events: What was read, at least one.
            is_all: Nothing stood behind them.
        """
        batch = cut_chain(events)
        self.sent, self.in_flight = batch[-1].dseq, self.in_flight + 1
        self.has_outbox = not is_all or len(batch) < len(events)
        return batch

    def begin_epoch(self) -> None:
        """Number from 1 again; answers to what was sent before no longer count."""
        self.sent = self.in_flight = 0
        self.wanted = None


__all__ = ["Hold", "LanePlace", "Offering"]
