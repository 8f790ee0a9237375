"""Rule 1 as a decision: however a device repeats itself, the lane becomes the same."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.lane_devices import (
    ACTOR,
    GRANT,
    NOW,
    OTHER_SPACE,
    LaneDevice,
    body_of,
    erasing,
)
from tests.support.pure_lane import PureLane
from trailmark_server.ingest import CLOSED_LANE_TYPES
from trailmark_shared.errors import ErrorCode, ProtocolError
from trailmark_shared.events.comments import CommentAdded
from trailmark_shared.events.envelope import without_body
from trailmark_shared.events.proposals import ProposalAccepted, ProposalDeclined
from trailmark_shared.events.registry import EVENT_TYPES
from trailmark_shared.ids import text_from_id


@given(st.lists(st.tuples(st.integers(0, 11), st.integers(1, 12)), max_size=20))
def test_any_repeated_overlapping_or_early_pushes_give_the_same_lane(
    pushes: list[tuple[int, int]],
) -> None:
    device = LaneDevice()
    events = [device.grants(), *(device.shares(str(number)) for number in range(5))]
    events += [device.write(b"{"), *(device.shares(str(number)) for number in range(5))]
    once, lane = PureLane(), PureLane()
    once.push(events)
    for first, count in pushes:
        answer = lane.push(events[first : first + count])
        assert None is answer.fork
    high = 0
    while high < len(events):
        high = lane.push(events[high:]).upto
    assert once.held_rows() == lane.held_rows()
    assert [7] == [refusal.dseq for refusal in lane.push(events).refused]


def test_an_order_counts_for_what_stands_behind_it_in_the_same_batch() -> None:
    """Pushes that wait are appended as one batch: how many there were may change no row."""
    device, not_yet = LaneDevice(), LaneDevice(seed=2).shares()
    events = [device.grants(), device.shares()]
    events += [device.says(erasing(events[1], not_yet))]
    events += [device.write(b"{}", event_id=each.id) for each in (not_yet, events[1])]
    at_once, one_by_one = PureLane(), PureLane()

    at_once.push(events)
    for event in events:
        one_by_one.push([event])

    assert [None, None, None, "erased", "erased"] == at_once.codes
    assert one_by_one.held_rows() == at_once.held_rows()


def test_what_was_erased_before_it_was_sent_keeps_its_place_and_has_no_words() -> None:
    device, lane = LaneDevice(), PureLane()
    events = [device.grants(), without_body(device.shares()), device.shares()]

    answer = lane.push(events)

    assert [None, "erased", None] == lane.codes
    assert [(2, "erased")] == [(each.dseq, each.code) for each in answer.refused]


@given(st.integers(0, 6), st.integers(1, 4))
def test_a_clone_is_never_mixed_in(common: int, own: int) -> None:
    device, lane = LaneDevice(), PureLane()
    shared = [device.grants(), *(device.shares() for _ in range(common))]
    twin = device.clone()
    lane.push([*shared, *(device.shares() for _ in range(own))])
    before = lane.held_rows()
    theirs = [twin.shares() for _ in range(own + 1)]
    for batch in (theirs, theirs[:own], [*shared, *theirs]):
        answer = lane.push(batch)
        assert (0, True) == (answer.upto, answer.fork is not None)
    assert before == lane.held_rows()


def test_another_space_or_lane_is_refused_whole() -> None:
    device = LaneDevice(space=OTHER_SPACE)
    with pytest.raises(ProtocolError) as refused:
        PureLane().push([device.grants()])
    assert ErrorCode.WRONG_SPACE == refused.value.code


def test_received_at_follows_the_lane_when_the_clock_goes_back() -> None:
    device, lane = LaneDevice(), PureLane()
    lane.push([device.grants()], now=NOW)
    lane.push([device.shares()], now=NOW - 1)
    lane.push([device.shares()], now=NOW + 1)
    assert [NOW, NOW, NOW + 1] == [row.received_at for row in lane.held_rows()]


def test_a_member_writes_comments_and_nothing_unknown() -> None:
    person, member, lane = LaneDevice(), LaneDevice(seed=5), PureLane()
    comment = body_of(CommentAdded(text="x", about=text_from_id(GRANT)), b"k" * 16)
    lane.push([person.grants()])
    unknown = comment.replace(b"comment_added", b"comment_liked")
    events = [member.write(comment), member.write(unknown)]
    answer = lane.push(events, actor=ACTOR)
    assert [(2, "not_authorised")] == [(each.dseq, each.code) for each in answer.refused]


def test_a_closed_lane_takes_the_end_of_a_proposal_and_no_opinion_about_it() -> None:
    device, lane = LaneDevice(), PureLane()
    lane.push([device.grants(), device.revokes()])
    closed = lane.push([device.says(ProposalDeclined(no_longer_shared=True))])
    answered = lane.push([device.says(ProposalDeclined()), device.says(ProposalAccepted())])

    assert [] == list(closed.refused)
    assert ["lane_closed"] * 2 == [each.code for each in answered.refused]


def test_a_closed_lane_takes_only_types_that_exist() -> None:
    assert set(EVENT_TYPES) >= CLOSED_LANE_TYPES


def test_a_closed_lane_takes_whatever_the_person_takes_back() -> None:
    """Another device stopped sharing meanwhile; what was taken back is taken back all the same."""
    person = {name for name, each in EVENT_TYPES.items() if "person" in each.writers}

    assert {name for name in person if name.endswith("_withdrawn")} <= CLOSED_LANE_TYPES


def test_one_lane_too_many_takes_nothing_and_its_chain_goes_on() -> None:
    device, lane = LaneDevice(), PureLane()
    lane.has_room = False

    answer = lane.push([device.grants(), device.shares()])
    again = lane.push([device.grants(b"h" * 16)])

    assert ["too_many_lanes"] * 2 == [each.code for each in answer.refused]
    assert (2, 3) == (answer.upto, again.upto)
    assert not lane.facts.granted


def test_a_lane_that_was_opened_takes_everything_when_there_is_no_room_for_another() -> None:
    device, lane = LaneDevice(), PureLane()
    lane.push([device.grants()])
    lane.has_room = False

    answer = lane.push([device.shares(), device.revokes(), device.grants(b"h" * 16)])

    assert [] == list(answer.refused)
