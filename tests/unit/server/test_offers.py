"""Rule 3 as a decision: a restored lane grows whole again, whatever was offered in which order."""

from itertools import pairwise
from random import Random

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from tests.support.lane_devices import CARE, NOW, SPACE, LaneDevice, erasing, offer_of
from tests.support.pure_lane import PureLane
from trailmark_server.offers import meets_head
from trailmark_shared import chain
from trailmark_shared.events.envelope import Row, without_body
from trailmark_shared.protocol.messages import SignedHead


def grown(random: Random) -> PureLane:
    lane, devices = PureLane(), [LaneDevice(seed=number) for number in range(3)]
    lane.push([devices[0].grants()])
    for _ in range(random.randrange(4, 16)):
        grow(lane, random.choice(devices), random)
    return lane


def grow(lane: PureLane, device: LaneDevice, random: Random) -> None:
    event = device.write(b"{") if random.random() < 0.2 else device.shares()
    lane.push([event], now=NOW + random.randrange(10_000))


def restored(lane: PureLane, head: int) -> PureLane:
    """Return the lane as an older backup has it."""
    older = PureLane()
    older.take([new.row for new in lane.rows[:head]])
    assert lane.held_rows()[:head] == older.held_rows()
    return older


def segment(rows: list[Row], first: int, last: int) -> tuple[list[Row], bytes]:
    return rows[first:last], rows[first - 1].lane_hash if first else chain.GENESIS


@given(st.integers(0, 2**32))
def test_every_row_comes_back_with_its_proof(seed: int) -> None:
    random = Random(seed)
    lane = grown(random)
    old = lane.held_rows()
    healed = restored(lane, random.randrange(len(old)))
    if random.random() < 0.6:
        other = LaneDevice(seed=9)
        healed.push([other.grants(b"o" * 16), other.shares()])
    cuts = sorted({0, len(old), *(random.randrange(len(old)) for _ in range(3))})
    parts = [segment(old, first, last) for first, last in pairwise(cuts)]
    random.shuffle(parts)
    for rows, after_hash in (*parts, *parts):
        healed.take(rows, after_hash)
    assert {row.proof for row in old} <= {row.proof for row in healed.held_rows()}
    assert len(healed.rows) == len({new.row.proof for new in healed.rows})
    live = [new.row.event.id for new in healed.rows if new.row.event.body is not None]
    assert len(live) == len(set(live))
    before = healed.held_rows()
    healed.take(old)
    assert before == healed.held_rows()


def test_old_seqs_stay_where_they_fit() -> None:
    device, lane = LaneDevice(), PureLane()
    lane.push([device.grants(), *(device.shares() for _ in range(5))])
    old = lane.held_rows()
    healed = restored(lane, 2)
    rows, after_hash = segment(old, 1, 6)
    healed.take(rows, after_hash)
    assert old == healed.held_rows()


def test_an_erased_body_keeps_its_place_and_loses_its_words() -> None:
    device, lane = LaneDevice(), PureLane()
    shared = device.shares()
    grant = LaneDevice(seed=2).grants()
    lane.push([grant])
    lane.push([shared])
    old = lane.held_rows()
    healed = restored(lane, 1)
    healed.erased.add(shared.id)
    healed.take(old)
    healed.take(old)
    assert [None, "erased"] == healed.codes
    assert None is healed.rows[1].row.event.body
    assert old[1].proof == healed.rows[1].row.proof


def test_an_erased_stub_is_taken_as_it_stood() -> None:
    device, lane = LaneDevice(), PureLane()
    grant, shared = device.grants(), device.shares()
    lane.push([grant, shared, device.says(erasing(shared))])
    old = lane.held_rows()
    healed = restored(lane, 1)
    healed.take(old)
    assert old == healed.held_rows()
    assert {shared.id} == healed.erased


def test_an_erased_stub_of_another_branch_stands_aside() -> None:
    device, lane = LaneDevice(), PureLane()
    lane.push([device.grants()])
    healed, twin = restored(lane, 1), device.clone()
    gone, kept = device.shares(), device.shares()
    lane.push([gone, kept])
    healed.push([twin.shares()])
    hollow = msgspec.structs.replace(lane.rows[1].row, event=without_body(gone))
    healed.take([hollow, lane.rows[2].row], lane.rows[0].row.lane_hash)
    assert [None, None, "aside", "aside"] == healed.codes
    healed.take([lane.rows[1].row], lane.rows[0].row.lane_hash)
    assert gone.body == healed.rows[-1].row.event.body
    assert "aside" == healed.codes[-1]


def test_a_refused_row_never_brings_a_body() -> None:
    device, lane, branch = LaneDevice(), PureLane(), PureLane()
    early = device.shares()
    lane.push([early])
    (row,) = lane.held_rows()
    offered = [msgspec.structs.replace(row, event=early)]
    healed = PureLane()
    healed.take(offered)
    branch.push([LaneDevice(seed=2).grants()])
    branch.take(offered)
    assert [(None, "lane_unopened")] * 2 == [
        (each.rows[-1].row.event.body, each.codes[-1]) for each in (healed, branch)
    ]


def test_a_hollow_row_gives_way_to_the_whole_one() -> None:
    device, lane = LaneDevice(), PureLane()
    lane.push([device.grants(), device.shares()])
    old = lane.held_rows()
    healed = restored(lane, 1)
    healed.take([old[0], msgspec.structs.replace(old[1], event=without_body(old[1].event))])
    healed.take(old)
    healed.take(old)
    assert [None, old[1].event.body] == [new.row.event.body for new in healed.rows[1:]]


def test_rows_must_end_exactly_at_the_named_head() -> None:
    device, lane = LaneDevice(), PureLane()
    lane.push([device.grants(), device.shares()])
    rows = lane.held_rows()
    last = rows[-1]
    head = SignedHead(seq=last.seq, hash=last.lane_hash, time=NOW, signature=bytes(64))
    offer = offer_of(rows, head)
    assert (SPACE, CARE) == (last.event.space, last.event.lane)
    assert meets_head(offer, rows)
    assert not meets_head(offer, rows[:-1])
    assert not meets_head(offer, [])
