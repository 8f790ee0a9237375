"""Rule 1 at the store: idempotent pushes, forks, gaps, refusals that never block."""

import asyncio

import pytest

from tests.support.lane_devices import (
    CARE,
    CIRCLE,
    GRANT,
    NOW,
    OTHER_SPACE,
    SPACE,
    LaneDevice,
    body_of,
    erasing,
    push,
    read_lane,
)
from tests.support.store_worlds import StoreWorld
from trailmark_shared import chain, ids, limits
from trailmark_shared.errors import ErrorCode, ProtocolError, RefusedError
from trailmark_shared.events.control import StatementMade, SubjectErased
from trailmark_shared.events.goals import GoalMoved
from trailmark_shared.events.reflections import ReflectionWritten
from trailmark_shared.ids import SELF
from trailmark_shared.protocol.effects import AppendBatch
from trailmark_shared.protocol.messages import Refusal

STATEMENT = StatementMade(statement=b"nobody looks at this")


async def test_rows_get_gapless_seqs_and_chained_hashes(world: StoreWorld) -> None:
    device = LaneDevice()
    await push(world.store, [device.grants(), device.shares()], offset=7)
    await push(world.store, [device.shares(), device.shares()], offset=7)
    rows = await read_lane(world.store)
    before = chain.GENESIS
    for seq, row in enumerate(rows, start=1):
        wanted = chain.lane_hash(before, row.event.hash, seq, NOW, 7, "person", None)
        assert (seq, NOW, 7, "person", None, wanted) == (
            row.seq,
            row.received_at,
            row.offset,
            row.actor,
            row.code,
            row.lane_hash,
        )
        before = row.lane_hash
    assert [1, 2, 3, 4] == [row.event.dseq for row in rows]


async def test_a_body_comes_back_byte_for_byte(world: StoreWorld) -> None:
    device = LaneDevice()
    events = [device.grants(), device.shares("Ünïcode ✓")]
    await push(world.store, events)
    assert events == [row.event for row in await read_lane(world.store)]


async def test_a_push_that_is_repeated_is_answered_again_and_stored_once(
    world: StoreWorld,
) -> None:
    device = LaneDevice()
    events = [device.grants(), device.shares(), device.shares()]
    first = await push(world.store, events)
    assert first == await push(world.store, events)
    assert first == await push(world.store, events[1:])
    assert 2 == (await push(world.store, events[:2])).upto
    assert 3 == len(await read_lane(world.store))


async def test_a_push_that_overlaps_appends_its_tail(world: StoreWorld) -> None:
    device = LaneDevice()
    events = [device.grants(), device.shares(), device.shares()]
    await push(world.store, events[:2])
    assert 3 == (await push(world.store, events)).upto
    assert events == [row.event for row in await read_lane(world.store)]


async def test_a_gap_names_what_is_wanted_and_stores_nothing(world: StoreWorld) -> None:
    device = LaneDevice()
    events = [device.grants(), device.shares(), device.shares()]
    await push(world.store, events[:1])
    answer = await push(world.store, events[2:])
    assert (2, None, 0) == (answer.gap, answer.fork, answer.upto)
    assert 1 == len(await read_lane(world.store))


async def test_a_clone_is_a_fork_at_the_next_event(world: StoreWorld) -> None:
    device = LaneDevice()
    await push(world.store, [device.grants()])
    twin = device.clone()
    mine = device.shares()
    await push(world.store, [mine])
    answer = await push(world.store, [twin.shares()])
    assert ((2, mine.hash), 0) == (answer.fork, answer.upto)
    theirs = await push(world.store, [twin.shares()])
    assert (3, mine.hash) == theirs.fork
    assert 2 == len(await read_lane(world.store))


async def test_a_chain_may_not_begin_in_the_middle(world: StoreWorld) -> None:
    device = LaneDevice()
    device.hash = b"x" * 32
    answer = await push(world.store, [device.grants()])
    assert (1, chain.GENESIS) == answer.fork


async def test_an_old_batch_with_another_history_is_a_fork(world: StoreWorld) -> None:
    device = LaneDevice()
    twin = device.clone()
    await push(world.store, [device.grants(), device.shares(), device.shares()])
    answer = await push(world.store, [twin.shares(), twin.shares()])
    assert (3, device.hash) == answer.fork


async def test_a_refused_event_is_a_stub_with_a_seq_and_blocks_nothing(
    world: StoreWorld,
) -> None:
    device = LaneDevice()
    bad, grant, good = device.write(b"{not json"), device.grants(), device.shares()
    answer = await push(world.store, [bad])
    assert [Refusal(dseq=1, code="malformed_body")] == list(answer.refused)
    rows = await read_lane(world.store)
    assert [("malformed_body", None, None)] == [
        (row.code, row.event.salt, row.event.body) for row in rows
    ]
    answer = await push(world.store, [grant, good])
    assert ([], 3) == (list(answer.refused), answer.upto)
    again = await push(world.store, [bad, grant, good])
    assert [Refusal(dseq=1, code="malformed_body")] == list(again.refused)


@pytest.mark.parametrize(
    ("lane", "key", "body", "code"),
    [
        (SELF, ids.PLAIN, body_of(ReflectionWritten(text="x"), b"r" * 16), "plain_in_self"),
        (SELF, ids.PLAIN, b"[]", "malformed_body"),
        (CARE, b"vaultkey", b"sealed", "sealed_in_shared"),
        (CARE, ids.PLAIN, body_of(ReflectionWritten(text="x"), b"r" * 16), "not_authorised"),
        (
            CARE,
            ids.PLAIN,
            body_of(GoalMoved(lane=CARE, shared=ids.text_from_id(b"e" * 16)), b"r" * 16),
            "not_authorised",
        ),
        (CARE, ids.PLAIN, b" " * (limits.BODY_BYTES_MAX + 1), "too_large"),
        (CARE, ids.PLAIN, b"[" * 40 + b"]" * 40, "too_deep"),
    ],
)
async def test_what_may_not_stand_in_a_lane_is_refused(
    world: StoreWorld, lane: ids.Lane, key: ids.KeyId, body: bytes, code: str
) -> None:
    device = LaneDevice(lane)
    if lane != SELF:
        await push(world.store, [device.grants()])
    answer = await push(world.store, [device.write(body, key=key)])
    assert [code] == [refusal.code for refusal in answer.refused]


async def test_control_events_are_plain_in_self_and_sealed_bodies_are_kept(
    world: StoreWorld,
) -> None:
    device = LaneDevice(SELF)
    control = device.says(SubjectErased(events=(ids.text_from_id(b"d" * 16),)), b"d" * 16)
    answer = await push(world.store, [control, device.seals()])
    assert [] == list(answer.refused)
    assert [] == await world.store.documents(SPACE, SELF)


async def test_what_has_a_document_is_listed_without_opening_it(world: StoreWorld) -> None:
    device = LaneDevice()
    grant, gone = device.grants(), device.shares("secret", b"3" * 16)
    kept = [device.shares(title, title[:1].encode() * 16) for title in ("Walk", "Read")]
    await push(world.store, [grant, gone, *kept])
    await push(world.store, [device.says(erasing(gone))])
    shown = await world.store.documents(SPACE, CARE)
    listed = await world.tables().read(lambda tables: tables.log.documented(SPACE, CARE))
    assert sorted(each.subject for each in shown) == listed
    assert len(shown) > 1


async def test_an_unknown_type_is_kept_and_forwarded(world: StoreWorld) -> None:
    device = LaneDevice()
    newer = body_of(ReflectionWritten(text="x"), b"r" * 16).replace(
        b"reflection_written", b"dream_noted"
    )
    answer = await push(world.store, [device.grants(), device.write(newer)])
    assert [] == list(answer.refused)
    assert newer == (await read_lane(world.store))[-1].event.body
    assert 1 == len(await world.store.documents(SPACE, CARE))


async def test_a_shared_lane_begins_with_a_grant(world: StoreWorld) -> None:
    device = LaneDevice()
    answer = await push(world.store, [device.shares(), device.grants(), device.shares()])
    assert [Refusal(dseq=1, code="lane_unopened")] == list(answer.refused)
    (lane,) = await world.store.lanes(SPACE)
    assert ("open", 3) == (lane.standing, lane.head)


async def test_a_lane_without_members_is_closed_to_new_writes(world: StoreWorld) -> None:
    device = LaneDevice()
    first = [device.grants(), device.shares(), device.revokes(), device.shares()]
    answer = await push(world.store, first)
    assert [Refusal(dseq=4, code="lane_closed")] == list(answer.refused)
    (lane,) = await world.store.lanes(SPACE)
    assert "closed" == lane.standing
    erased = await push(world.store, [device.says(erasing(first[1]))])
    assert [] == list(erased.refused)
    again = await push(world.store, [device.grants(b"h" * 16), device.shares()])
    assert [] == list(again.refused)


async def test_one_lane_too_many_is_refused_and_the_others_go_on(
    world: StoreWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "LANES_PER_SPACE_MAX", 3)
    first, second, third = (LaneDevice(ids.care_lane(bytes([n]) * 16)) for n in range(3))
    private = LaneDevice(SELF)
    await push(world.store, [first.grants(), first.revokes()])
    await push(world.store, [second.grants()])

    answer = await push(world.store, [third.grants(), third.shares()])

    refused = [Refusal(dseq=dseq, code="too_many_lanes") for dseq in (1, 2)]
    assert (refused, 2) == (list(answer.refused), answer.upto)
    rows = await read_lane(world.store, third.lane)
    assert [("too_many_lanes", None)] * 2 == [(row.code, row.event.body) for row in rows]
    for events in ([private.seals()], [second.shares()], [first.grants(b"h" * 16)]):
        assert [] == list((await push(world.store, events)).refused)
    standings = {lane.lane: lane.standing for lane in await world.store.lanes(SPACE)}
    assert "unopened" == standings[third.lane]


async def test_a_device_that_floods_devices_fills_its_own_room(
    world: StoreWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "STATEMENTS_PER_DEVICE_MAX", 3)
    flooding, other = LaneDevice(ids.DEVICES), LaneDevice(ids.DEVICES, seed=2)
    await push(world.store, [flooding.says(STATEMENT), flooding.says(STATEMENT)])
    flooding.renumber()

    answer = await push(world.store, [flooding.says(STATEMENT), flooding.says(STATEMENT)])

    refused = [Refusal(dseq=dseq, code="too_many_statements") for dseq in (1, 2)]
    assert refused == list(answer.refused)
    assert [] == list((await push(world.store, [other.says(STATEMENT)])).refused)


async def test_the_keys_list_alone_does_not_close_a_lane(world: StoreWorld) -> None:
    device = LaneDevice()
    await push(world.store, [device.grants()])
    await world.store.record_revocations(SPACE, [GRANT])
    assert [] == list((await push(world.store, [device.shares()])).refused)


async def test_a_taken_id_becomes_a_duplicate_stub(world: StoreWorld) -> None:
    device, second = LaneDevice(), LaneDevice(seed=2)
    events = [device.grants(), device.shares()]
    await push(world.store, events)
    assert events[1].body is not None
    copy = second.write(events[1].body, event_id=events[1].id)
    answer = await push(world.store, [copy, second.shares()])
    assert [Refusal(dseq=1, code="duplicate")] == list(answer.refused)
    assert [None, None, "duplicate", None] == [row.code for row in await read_lane(world.store)]
    assert 3 == len(await world.store.documents(SPACE, CARE))


async def test_an_id_of_a_refused_event_is_free(world: StoreWorld) -> None:
    device, second = LaneDevice(), LaneDevice(seed=2)
    early = device.shares()
    await push(world.store, [early])
    await push(world.store, [device.grants()])
    assert early.body is not None
    answer = await push(world.store, [second.write(early.body, event_id=early.id)])
    assert [] == list(answer.refused)


async def test_one_id_twice_in_a_batch_is_stored_once(world: StoreWorld) -> None:
    device = LaneDevice(SELF)
    event_id = device.new_id()
    batch = [
        device.write(b"x" * 300, key=ids.KeyId(b"vaultkey"), event_id=event_id) for _ in range(2)
    ]
    assert ["duplicate"] == [each.code for each in (await push(world.store, batch)).refused]


async def test_a_foreign_space_is_refused_as_a_whole(world: StoreWorld) -> None:
    device = LaneDevice(space=OTHER_SPACE)
    batch = AppendBatch(lane=CARE, events=[device.grants()], offset=0)
    with pytest.raises(ProtocolError) as refused:
        await world.store.append(SPACE, "person", batch)
    assert ErrorCode.WRONG_SPACE == refused.value.code
    assert [] == await world.store.lanes(SPACE)


async def test_received_at_never_decreases(world: StoreWorld) -> None:
    device = LaneDevice()
    await push(world.store, [device.grants()])
    world.clock.ms = NOW - 3_600_000
    await push(world.store, [device.shares()])
    assert [NOW, NOW] == [row.received_at for row in await read_lane(world.store)]


async def test_a_check_that_refuses_leaves_nothing(world: StoreWorld) -> None:
    def refuse(_rows: object) -> None:
        raise RefusedError(ErrorCode.SIGNED_OUT, "signed out")

    device = LaneDevice()
    batch = AppendBatch(lane=CARE, events=[device.grants()], offset=0)
    with pytest.raises(RefusedError):
        await world.store.append(SPACE, "person", batch, refuse)
    with pytest.raises(RefusedError):
        await world.store.read_page(SPACE, CARE, 0, refuse)
    with pytest.raises(RefusedError):
        await world.store.open_lanes(SPACE, device.device, device.epoch, [], refuse)
    assert [] == await world.store.lanes(SPACE)


async def test_everything_is_there_after_a_restart(world: StoreWorld) -> None:
    device = LaneDevice()
    await push(world.store, [device.grants(), device.shares()])
    before = (await read_lane(world.store), await world.store.documents(SPACE, CARE))
    await world.restart()
    assert before == (await read_lane(world.store), await world.store.documents(SPACE, CARE))
    assert 3 == (await push(world.store, [device.shares()])).upto


async def test_concurrent_appends_to_many_lanes_all_land_gapless(world: StoreWorld) -> None:
    lanes = [ids.care_lane(bytes([number]) * 16) for number in range(8)]
    devices = [LaneDevice(lane, seed) for lane in lanes for seed in (1, 2, 3)]

    async def write(device: LaneDevice) -> None:
        for _ in range(4):
            await push(world.store, [device.grants()])

    await asyncio.gather(*map(write, devices))
    for lane in lanes:
        rows = await read_lane(world.store, lane)
        assert list(range(1, 13)) == [row.seq for row in rows]
    assert [] == await world.store.verify()


async def test_one_bad_append_among_many_fails_alone(world: StoreWorld) -> None:
    def refuse(_rows: object) -> None:
        raise RefusedError(ErrorCode.SIGNED_OUT, "signed out")

    async def write(number: int) -> bool:
        device = LaneDevice(SELF, number)
        batch = AppendBatch(lane=SELF, events=[device.seals()], offset=0)
        try:
            await world.store.append(SPACE, "person", batch, refuse if number == 7 else None)
        except RefusedError:
            return False
        return True

    done = await asyncio.gather(*map(write, range(20)))
    assert [7] == [number for number, ok in enumerate(done) if not ok]
    assert list(range(1, 20)) == [row.seq for row in await read_lane(world.store, SELF)]


async def test_two_families_of_lanes_stand_side_by_side(world: StoreWorld) -> None:
    care, circle = LaneDevice(CARE), LaneDevice(CIRCLE)
    await push(world.store, [care.grants()])
    answer = await push(world.store, [circle.grants(), circle.says(ReflectionWritten(text="x"))])
    assert ["not_authorised"] == [refusal.code for refusal in answer.refused]
    assert {(SPACE, CARE): 1, (SPACE, CIRCLE): 2} == await world.store.heads([SPACE, OTHER_SPACE])
