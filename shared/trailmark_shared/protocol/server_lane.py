"""Where a server session stands in one lane: reading, and what its client surely holds."""

from __future__ import annotations

from trailmark_shared import limits
from trailmark_shared.events.envelope import Row


class LaneFeed:
    """Where the session stands in one lane.

    Attributes:
        sent: Seq of the last row that was sent.
        unacked: Seq and hash of the end of each page without an acknowledgement.
        moved: Rows may be waiting.
        is_reading: A page was asked for and has not come.
        pushed_epoch: The numbering that was pushed last.
        pushed_first: First dseq of it that the client surely holds.
        pushed_upto: Last one; 0 for none.
    """

    __slots__ = (
        "is_reading",
        "moved",
        "pushed_epoch",
        "pushed_first",
        "pushed_upto",
        "sent",
        "unacked",
    )

    unacked: list[tuple[int, bytes]]  # a deque takes ten times the memory of an empty list

    def __init__(self, sent: int) -> None:
        """Begin after seq ``sent``."""
        self.sent = sent
        self.unacked = []
        self.moved = True
        self.is_reading = False
        self.pushed_epoch = b""
        self.pushed_first = 1
        self.pushed_upto = 0

    @property
    def may_read(self) -> bool:
        """Rows may be waiting, no read is under way, and the client has credit left."""
        return self.moved and not self.is_reading and len(self.unacked) < limits.PAGE_WINDOW

    def note_pushed(self, epoch: bytes, first: int, upto: int) -> None:
        """Remember which own events this session surely holds."""
        if epoch != self.pushed_epoch or first > self.pushed_upto + 1:
            self.pushed_epoch, self.pushed_first = epoch, first
        self.pushed_first = min(self.pushed_first, first)
        self.pushed_upto = upto

    def holds(self, device: bytes, row: Row) -> bool:
        """Say whether the session's client pushed this row's event in this session."""
        event = row.event
        return (
            event.epoch == self.pushed_epoch
            and event.device == device
            and self.pushed_first <= event.dseq <= self.pushed_upto
        )
