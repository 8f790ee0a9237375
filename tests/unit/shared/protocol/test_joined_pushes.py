"""Pushes that wait are appended as one batch, as long as they go on just behind each other."""

from collections.abc import Sequence
from typing import Any

import msgspec
import pytest

from tests.support.session_steps import EPOCH, SPACE, own_events
from trailmark_shared import limits
from trailmark_shared.errors import ErrorCode, ProtocolError
from trailmark_shared.events.envelope import Event
from trailmark_shared.ids import SELF, care_lane
from trailmark_shared.protocol import messages, pages
from trailmark_shared.protocol.effects import AppendBatch, Appended
from trailmark_shared.protocol.joined_pushes import JoinedPushes

EVENTS = own_events(4)
WRITER = (SPACE, EVENTS[0].device)


def push(first: int, upto: int) -> messages.Push:
    return pages.push_from_events(EVENTS[first - 1 : upto])


def batch(upto: int, events: Sequence[Event] = EVENTS) -> AppendBatch:
    return AppendBatch(lane=SELF, events=list(events[:upto]), offset=7)


def three() -> JoinedPushes:
    pushes = JoinedPushes(push(1, 1))
    both = pushes.joined(batch(1), push(2, 3), WRITER)
    assert both is not None
    assert batch(4) == pushes.joined(both, push(4, 4), WRITER)
    return pushes


def test_each_is_answered_with_its_own_end_and_refusals() -> None:
    refused = [messages.Refusal(dseq=dseq, code="duplicate") for dseq in (1, 3)]
    appended = Appended(lane=SELF, epoch=EPOCH, upto=4, refused=refused)

    assert [
        messages.Pushed(lane=SELF, epoch=EPOCH, upto=1, refused=refused[:1]),
        messages.Pushed(lane=SELF, epoch=EPOCH, upto=3, refused=refused[1:]),
        messages.Pushed(lane=SELF, epoch=EPOCH, upto=4, refused=[]),
    ] == three().answers(appended)


def test_where_nothing_was_taken_each_is_told_why() -> None:
    taken = Appended(lane=SELF, epoch=EPOCH, upto=0, refused=[])
    gap = msgspec.structs.replace(taken, gap=1)
    fork = msgspec.structs.replace(taken, fork=(3, bytes(32)))

    assert [messages.Gap(lane=SELF, epoch=EPOCH, wanted=1)] * 3 == three().answers(gap)
    assert [messages.Fork(lane=SELF, epoch=EPOCH, dseq=3, hash=bytes(32))] * 3 == three().answers(
        fork
    )


@pytest.mark.parametrize(
    "changed",
    [
        {"lane": care_lane(bytes(16))},
        {"epoch": b"another1"},
        {"prev": bytes(32)},
        {"first": 3},
    ],
)
def test_only_what_goes_on_just_behind_goes_along(changed: dict[str, Any]) -> None:
    pushes = JoinedPushes(push(1, 1))

    assert pushes.joined(batch(1), msgspec.structs.replace(push(2, 2), **changed), WRITER) is None
    assert pushes.joined(batch(1), messages.Ping(now=1), WRITER) is None
    assert pushes.joined(batch(1), push(2, 2), WRITER) is not None


def test_what_does_not_meet_its_hash_does_not_go_along() -> None:
    pushes = JoinedPushes(push(1, 1))
    bad = msgspec.structs.replace(push(2, 2), last=bytes(32))

    with pytest.raises(ProtocolError) as refused:
        pushes.joined(batch(1), bad, WRITER)

    assert refused.value.code is ErrorCode.BROKEN_PAGE
    assert 1 == len(pushes.answers(Appended(lane=SELF, epoch=EPOCH, upto=1, refused=[])))


def test_together_they_are_no_more_than_a_batch_may_be() -> None:
    many = own_events(limits.PAGE_EVENTS_MAX + 1)
    pushes = JoinedPushes(pages.push_from_events(many[:2]))
    before = batch(2, many)

    assert pushes.joined(before, pages.push_from_events(many[2:]), WRITER) is None
    assert pushes.joined(before, pages.push_from_events(many[2:-1]), WRITER) is not None
