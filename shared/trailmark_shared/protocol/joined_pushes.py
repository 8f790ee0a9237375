"""Pushes that wait and go on just behind each other: appended as one batch, answered each.

A client may have ``limits.PUSH_WINDOW`` of them under way. Each alone would cost a transaction, a
ring of the bell, and a page for every reader of the lane.
"""

from __future__ import annotations

import msgspec

from trailmark_shared import limits
from trailmark_shared.ids import DeviceId, Lane, SpaceId
from trailmark_shared.protocol import messages, pages
from trailmark_shared.protocol.effects import AppendBatch, Appended


class JoinedPushes:
    """What the pushes of one ``AppendBatch`` brought.

    Attributes:
        first: dseq of the first event of all.
    """

    def __init__(self, push: messages.Push) -> None:
        """Begin with one."""
        self.first = push.first
        self._ends = [push.first + len(push.events) - 1]

    def joined(
        self, batch: AppendBatch, message: messages.ClientMessage, writer: tuple[SpaceId, DeviceId]
    ) -> AppendBatch | None:
        """Let a message go along with a batch.

        Args:
            batch: With the events of all pushes so far.
            message: What the client sent next.
            writer: The session's space and device.

        Returns:
            The effect in place of ``batch``; ``None`` where the message is no push that goes on
            just behind it, or the two are more than ``limits.PAGE_EVENTS_MAX`` events: its turn is
            still to come.

        Raises:
            ProtocolError: As ``pages.events_from_push``; nothing has changed.
        """
        if not isinstance(message, messages.Push) or not _goes_on(batch, message):
            return None
        if len(batch.events) + len(message.events) > limits.PAGE_EVENTS_MAX:
            return None
        events = pages.events_from_push(message, *writer)
        self._ends.append(events[-1].dseq)
        return msgspec.structs.replace(batch, events=[*batch.events, *events])

    def answers(self, appended: Appended) -> list[messages.ServerMessage]:
        """Return what is told of each push, in their order."""
        lane, epoch = appended.lane, appended.epoch
        if appended.fork is not None:
            dseq, hash_ = appended.fork
            fork = messages.Fork(lane=lane, epoch=epoch, dseq=dseq, hash=hash_)
            return [fork] * len(self._ends)
        if appended.gap is not None:
            return [messages.Gap(lane=lane, epoch=epoch, wanted=appended.gap)] * len(self._ends)
        answers: list[messages.ServerMessage] = []
        first = self.first
        for end in self._ends:
            refused = [each for each in appended.refused if first <= each.dseq <= end]
            answers.append(messages.Pushed(lane=lane, epoch=epoch, upto=end, refused=refused))
            first = end + 1
        return answers


def _goes_on(batch: AppendBatch, push: messages.Push) -> bool:
    last = batch.events[-1]
    return (batch.lane, last.epoch, last.dseq + 1, last.hash) == (
        Lane(push.lane),
        push.epoch,
        push.first,
        push.prev,
    )
