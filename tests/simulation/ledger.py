"""What a run remembers to judge by: what was saved, sent, refused and shown, and to whom."""

import asyncio
from collections import Counter
from collections.abc import Iterable
from typing import Final, cast

from tests.simulation.person import CANARY
from tests.simulation.virtual_loop import VirtualLoop
from trailmark_adapters.sqlite import Connection
from trailmark_shared.ids import Lane, SpaceId
from trailmark_shared.protocol import messages
from trailmark_shared.protocol.frames import (
    decode_client_frame,
    decode_server_frame,
    encode_frame,
)

STRANGERS_SPACE: Final = SpaceId(b"another person's")
"""Somebody else's; nothing in it belongs to the person of the run."""


class BrokenPromiseError(AssertionError):
    """An invariant does not hold; the text begins with its name."""


class Ledger:
    """The memory of a run.

    Attributes:
        expected: Saved events that still exist somewhere: id -> lane.
        poison: Ids that the server must refuse.
        revoked: Grants whose revocation the server has made durable.
        may_be_seen: Those of them whose keys were rolled back too: the exception that the design
            states, until a device names them again.
        committed: (lane, seq, lane hash) of every row that was ever committed.
        counts: What happened, by name.
    """

    def __init__(self) -> None:
        self.expected: dict[bytes, Lane] = {}
        self.poison: dict[bytes, Lane] = {}
        self.revoked: set[bytes] = set()
        self.may_be_seen: set[bytes] = set()
        self.committed: set[tuple[str, int, bytes]] = set()
        self.counts: Counter[str] = Counter()
        self._heads: dict[str, int] = {}

    def save(self, lane: Lane, *event_ids: bytes) -> None:
        """Remember that somebody was told "saved"."""
        for event_id in event_ids:
            self.expected[event_id] = lane
        self.counts["events"] += len(event_ids)

    def forget_heads(self) -> None:
        """Look at the whole log again: the server was restored."""
        self._heads.clear()

    def note_commit(self, conn: Connection) -> None:
        """Remember the rows that a commit of the server added, and check their order."""
        moved = conn.execute(
            "SELECT number, name, head FROM lane WHERE space != ? ORDER BY name", (STRANGERS_SPACE,)
        ).fetchall()
        for number, name, head in moved:
            known = self._heads.get(name, 0)
            if head == known:
                continue
            rows = conn.execute(
                "SELECT seq, lane_hash, id, type, subject FROM event"
                " WHERE lane = ? AND seq > ? ORDER BY seq",
                (number, known),
            ).fetchall()
            seqs = [row[0] for row in rows]
            check("I2", seqs == list(range(known + 1, head + 1)), f"{name} is not gapless")
            for seq, lane_hash, _, type_, subject in rows:
                self.committed.add((name, seq, lane_hash))
                if type_ == "access_revoked":
                    self.revoked.add(subject)
            self._heads[name] = head

    def watch_server_frame(self, frame: bytes) -> messages.ServerMessage:
        """Nothing leaves the server before it is durable, and nothing private at all.

        Returns:
            The message of the frame.
        """
        message = decode_server_frame(frame)
        self.counts[f"frame {type(message).__name__.lower()}"] += 1
        if isinstance(message, messages.Error):
            self.counts[f"error {message.code}"] += 1
        if isinstance(message, messages.Events):
            head = message.signed_head
            is_durable = (message.lane, head.seq, head.hash) in self.committed
            check("I5", is_durable, f"a page of {message.lane} was sent before its commit")
        said = encode_frame(message)
        check("I6", CANARY.encode() not in said, "private words in a frame of the server")
        return message

    def note_told(self, grants: Iterable[bytes]) -> None:
        """Remember grants whose revocation a device named, and the server has answered since."""
        self.revoked.update(grants)
        self.may_be_seen.difference_update(grants)

    def watch_client_frame(self, frame: bytes) -> messages.ClientMessage:
        """Private words never leave a device unsealed.

        Returns:
            The message of the frame.
        """
        message = decode_client_frame(frame)
        said = encode_frame(message)
        where = said.find(CANARY.encode())
        check(
            "I6",
            where < 0,
            f"private words leave a device: {said[max(0, where - 300) : where + 100]!r}",
        )
        self.counts[f"frame {type(message).__name__.lower()}"] += 1
        return message


def check(name: str, holds: bool, words: str) -> None:  # noqa: FBT001
    """Fail the run when an invariant does not hold, whatever the code around it catches.

    Raises:
        BrokenPromiseError: It does not.
    """
    if not holds:
        error = BrokenPromiseError(f"{name}: {words}")
        cast("VirtualLoop", asyncio.get_running_loop()).fail(error)
        raise error
