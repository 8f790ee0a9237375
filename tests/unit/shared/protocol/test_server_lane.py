"""Where a server session stands in a lane: credit, and what its client surely holds."""

import msgspec

from tests.support.session_steps import EPOCH, own_events
from trailmark_shared import limits
from trailmark_shared.events.envelope import Event, Row
from trailmark_shared.ids import DeviceId
from trailmark_shared.protocol.server_lane import LaneFeed


def row_of(event: Event) -> Row:
    return Row(
        event=event, seq=1, received_at=1, offset=0, actor="person", code=None, lane_hash=bytes(32)
    )


def held(feed: LaneFeed, events: list[Event]) -> list[int]:
    device = events[0].device
    return [event.dseq for event in events if feed.holds(device, row_of(event))]


def pushed(*stretches: tuple[int, int]) -> LaneFeed:
    feed = LaneFeed(0)
    for first, upto in stretches:
        feed.note_pushed(EPOCH, first, upto)
    return feed


def test_a_new_lane_is_read_first() -> None:
    feed = LaneFeed(7)

    assert feed.may_read
    assert [] == held(feed, own_events(3))


def test_nothing_is_read_twice_at_once_or_without_credit() -> None:
    feed = LaneFeed(0)
    feed.is_reading = True
    assert not feed.may_read

    feed.is_reading = False
    feed.unacked.extend([(1, b"")] * (limits.PAGE_WINDOW - 1))
    assert feed.may_read
    feed.unacked.append((2, b""))
    assert not feed.may_read


def test_stretches_that_follow_each_other_are_held_as_one() -> None:
    assert [2, 3, 4] == held(pushed((2, 3), (4, 4)), own_events(5))


def test_a_stretch_that_is_pushed_again_holds_what_is_before_it_too() -> None:
    assert [1, 2, 3] == held(pushed((2, 2), (1, 3)), own_events(4))


def test_a_jump_forgets_what_came_before() -> None:
    assert [4] == held(pushed((1, 1), (4, 4)), own_events(5))


def test_another_device_or_numbering_is_not_meant() -> None:
    (event,) = own_events(1)
    feed = pushed((1, 1))

    assert [1] == held(feed, [event])
    assert not feed.holds(DeviceId(b"d" * 16), row_of(event))
    assert [] == held(feed, [msgspec.structs.replace(event, epoch=b"another1")])
