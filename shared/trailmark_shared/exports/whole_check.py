"""Checks a whole export, event by event, against the hashes that stand in it.

Commitment, own hash and lane hash of each event are computed anew, and every lane's rows follow
each other without a gap. What was sealed stands there twice, as it was stored and as it reads: that
both say the same needs the person's keys, which no export has.
"""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from trailmark_shared import chain
from trailmark_shared.events.envelope import Event
from trailmark_shared.exports.whole import LaneState, Placed, refuse_altered
from trailmark_shared.ids import PLAIN, Lane
from trailmark_shared.phrases import ToldHead, head_words


class LaneEnd(msgspec.Struct, frozen=True):
    """How far the rows of a lane go.

    Attributes:
        seq: The last row.
        hash: The lane's hash after it.
    """

    seq: int
    hash: bytes


START = LaneEnd(0, chain.GENESIS)
"""Where a lane stands before its first row."""


class WholeCheck:
    """Takes the events of one export in the order in which they stand there.

    Attributes:
        events: How many were taken.
        sealed: How many of them are sealed where they are stored.
        ends: Where each lane with rows ends.
    """

    def __init__(self, told: ToldHead | None = None) -> None:
        """Begin before the first event.

        Args:
            told: Words to compare, or ``None``.
        """
        self.events = 0
        self.sealed = 0
        self.ends: dict[Lane, LaneEnd] = {}
        self._told = told
        self._is_met = False

    @property
    def words_match(self) -> bool | None:
        """The words are those of their entry in some lane; ``None`` where none are compared."""
        if self._told is None:
            return None
        ends = () if self._told.seq is not None else self.ends.values()
        return self._is_met or any(
            head_words(each.hash, each.seq) == self._told.words for each in ends
        )

    def take(self, placed: Placed) -> None:
        """Check the next event.

        Raises:
            IntegrityError: ``altered_export``: it is not what was once written.
        """
        check_event(placed.event)
        self.events += 1
        self.sealed += placed.event.key != PLAIN
        lane, seq = placed.event.lane, placed.seq
        if seq is None or placed.held is not None:
            return
        before = self.ends.get(lane, START)
        hash_ = lane_hash_after(before.hash, placed.event.hash, placed)
        if seq != before.seq + 1 or placed.lane_hash != hash_:
            refuse_altered()
        self.ends[lane] = LaneEnd(seq, hash_)
        if self._told is not None and self._told.seq == seq:
            self._is_met |= head_words(hash_, seq) == self._told.words

    def end(self, states: Mapping[Lane, LaneState]) -> None:
        """Compare where the lanes end with where they ended as the export was made.

        Args:
            states: What the export says, by lane.

        Raises:
            IntegrityError: ``altered_export``: rows are missing at the end of a lane.
        """
        if any(self.ends.get(lane, START).seq != told.seq for lane, told in states.items()):
            refuse_altered()


def lane_hash_after(before: bytes, hash_: bytes, placed: Placed) -> bytes:
    """Return the lane's hash after a row.

    Args:
        before: The lane's hash before it.
        hash_: The event's own hash.
        placed: The row.

    Raises:
        IntegrityError: ``altered_export``: what the server adds to a row is not there.
    """
    if placed.seq is None or placed.received_at is None or placed.actor is None:
        refuse_altered()
    return chain.lane_hash(
        before,
        hash_,
        placed.seq,
        placed.received_at,
        placed.offset or 0,
        placed.actor,
        placed.code,
    )


def check_event(event: Event) -> None:
    """Check an event against its hashes.

    Raises:
        IntegrityError: ``altered_export``: it is not what was once written.
    """
    header = chain.header_bytes(
        event.id, event.space, event.lane, event.device, event.epoch, event.dseq, event.key
    )
    if chain.event_hash(event.prev, header, event.commit) != event.hash:
        refuse_altered()
    if event.body is None or event.salt is None:
        if event.body is not None or event.salt is not None:
            refuse_altered()
    elif chain.commitment(event.salt, event.body) != event.commit:
        refuse_altered()
