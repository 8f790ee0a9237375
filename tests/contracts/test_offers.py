"""Rule 3 at the store: rewinds, offers, and an older data folder that heals from clients."""

import msgspec
import pytest

from tests.support.lane_devices import (
    ACTOR,
    CARE,
    CIRCLE,
    GRANT,
    MEMBER,
    NOW,
    OTHER_SPACE,
    SPACE,
    LaneDevice,
    body_of,
    erasing,
    hello,
    offer_of,
    push,
    read_lane,
    signed_rows,
)
from tests.support.store_worlds import StoreWorld
from trailmark_server.storage.ports import MemberDraft
from trailmark_shared import chain, limits
from trailmark_shared.errors import ErrorCode
from trailmark_shared.events.comments import CommentAdded
from trailmark_shared.events.envelope import Row, without_body
from trailmark_shared.ids import DeviceId, Epoch, text_from_id
from trailmark_shared.protocol.effects import LaneState
from trailmark_shared.protocol.messages import SignedHead

OTHER_MEMBER = b"n" * 16


async def offer(
    world: StoreWorld, rows: list[Row], head: SignedHead, after_hash: bytes = chain.GENESIS
) -> tuple[int, ErrorCode | None]:
    taken = await world.store.take_offer(SPACE, offer_of(rows, head, after_hash), rows)
    return taken.upto, taken.code


async def state_of(world: StoreWorld, device: LaneDevice, rows: list[Row]) -> LaneState:
    (state,) = await world.store.open_lanes(SPACE, device.device, device.epoch, [hello(rows)])
    return state


def proofs(rows: list[Row]) -> list[tuple[bytes, str, int, int]]:
    return [row.proof for row in rows]


async def test_a_known_cursor_is_not_rewound(world: StoreWorld) -> None:
    device = LaneDevice()
    await push(world.store, [device.grants(), device.shares()])
    rows = await read_lane(world.store)
    state = await state_of(world, device, rows)
    assert (2, None, 2, device.hash) == (
        state.start,
        state.welcome.rewind,
        state.welcome.device_high,
        state.welcome.device_hash,
    )
    assert 1 == (await state_of(world, device, rows[:1])).start
    assert 0 == (await state_of(world, device, [])).start


async def test_lanes_that_the_device_does_not_name_are_told_too(world: StoreWorld) -> None:
    device = LaneDevice()
    await push(world.store, [device.grants()])
    (state,) = await world.store.open_lanes(SPACE, DeviceId(b"n" * 16), Epoch(b"e" * 8), [])
    assert (CARE, 1, 0, chain.GENESIS) == (
        state.welcome.lane,
        state.welcome.head,
        state.welcome.device_high,
        state.welcome.device_hash,
    )


async def test_an_unknown_cursor_is_rewound_to_a_signed_common_row(world: StoreWorld) -> None:
    device = LaneDevice()
    await push(world.store, [device.grants(), *(device.shares() for _ in range(3))])
    await world.backup()
    await push(world.store, [device.shares() for _ in range(5)])
    rows = await read_lane(world.store)
    await world.restore()
    state = await state_of(world, device, rows)
    rewind = state.welcome.rewind
    assert rewind is not None
    assert rewind.signed_head is not None
    known = max(seq for seq, _ in hello(rows).back if seq <= 4)
    assert (known, known, rows[known - 1].lane_hash) == (
        state.start,
        rewind.seq,
        rewind.signed_head.hash,
    )
    assert world.store.signer.is_ours(SPACE, CARE, rewind.signed_head)


async def test_a_lane_that_is_gone_is_rewound_to_its_beginning(world: StoreWorld) -> None:
    device = LaneDevice()
    await world.backup()
    await push(world.store, [device.grants(), device.shares()])
    rows = await read_lane(world.store)
    await world.restore()
    state = await state_of(world, device, rows)
    assert state.welcome.rewind is not None
    assert (0, None) == (state.welcome.rewind.seq, state.welcome.rewind.signed_head)


async def test_a_restored_store_takes_the_rows_back_where_they_stood(world: StoreWorld) -> None:
    device = LaneDevice()
    await push(world.store, [device.grants(), device.shares()], offset=3)
    await world.backup()
    await push(world.store, [device.shares(), device.write(b"{"), device.shares()], offset=4)
    rows, head = await signed_rows(world.store)
    documents = await world.store.documents(SPACE, CARE)
    await world.restore()
    assert (5, None) == await offer(world, rows, head)
    assert rows == await read_lane(world.store)
    assert documents == await world.store.documents(SPACE, CARE)
    assert (5, None) == await offer(world, rows, head)
    assert 6 == (await push(world.store, [device.shares()])).upto
    assert [] == await world.store.verify()


async def test_offers_heal_behind_other_rows_with_their_proven_fields(
    world: StoreWorld,
) -> None:
    device, second = LaneDevice(), LaneDevice(seed=2)
    await push(world.store, [device.grants()])
    await world.backup()
    await push(world.store, [device.shares(), device.shares()], offset=5)
    rows, head = await signed_rows(world.store)
    await world.restore()
    world.clock.advance(1000)
    await push(world.store, [second.shares()])
    assert (4, None) == await offer(world, rows, head)
    healed = await read_lane(world.store)
    assert proofs(rows[1:]) == proofs(healed[2:])
    assert [3, 4] == [row.seq for row in healed[2:]]
    assert 4 == (await push(world.store, [device.shares()])).upto
    assert [] == await world.store.verify()
    assert (5, None) == await offer(world, rows, head)


async def test_a_row_that_does_not_continue_its_chain_is_set_aside(world: StoreWorld) -> None:
    device = LaneDevice()
    await push(world.store, [device.grants()])
    await world.backup()
    twin = device.clone()
    await push(world.store, [device.shares("mine")])
    rows, head = await signed_rows(world.store)
    await world.restore()
    await push(world.store, [twin.shares("theirs")])
    await offer(world, rows, head)
    assert [None, None, "aside"] == [row.code for row in await read_lane(world.store)]
    assert 3 == len(await world.store.documents(SPACE, CARE))
    assert 3 == (await push(world.store, [twin.shares()])).upto
    assert [] == await world.store.verify()


async def test_an_offered_row_whose_id_is_taken_keeps_its_times(world: StoreWorld) -> None:
    device, second = LaneDevice(), LaneDevice(seed=2)
    await push(world.store, [device.grants()])
    await world.backup()
    shared = device.shares()
    await push(world.store, [shared])
    rows, head = await signed_rows(world.store)
    before = await world.store.documents(SPACE, CARE, "goal")
    await world.restore()
    world.clock.advance(60_000)
    assert shared.body is not None
    await push(world.store, [second.write(shared.body, event_id=shared.id)])
    await offer(world, rows, head)
    assert [None, None, "duplicate"] == [row.code for row in await read_lane(world.store)]
    after = await world.store.documents(SPACE, CARE, "goal")
    received = [
        msgspec.json.decode(each.json)["title"]["values"][0]["received_at"] for each in after
    ]
    assert [NOW] == received
    assert len(before) == len(after)
    assert [] == await world.store.verify()


async def test_a_refused_row_comes_back_as_a_stub_even_with_its_body(world: StoreWorld) -> None:
    device = LaneDevice()
    await world.backup()
    early = device.shares()
    await push(world.store, [early, device.grants()])
    rows, head = await signed_rows(world.store)
    await world.restore()
    rows[0] = msgspec.structs.replace(rows[0], event=early)
    assert (2, None) == await offer(world, rows, head)
    assert [("lane_unopened", None), (None, rows[1].event.body)] == [
        (row.code, row.event.body) for row in await read_lane(world.store)
    ]
    assert [] == await world.store.verify()


async def test_a_body_left_out_of_an_offer_still_comes_back(world: StoreWorld) -> None:
    device = LaneDevice()
    await push(world.store, [device.grants()])
    await world.backup()
    shared = device.shares()
    await push(world.store, [shared])
    rows, head = await signed_rows(world.store)
    await world.restore()
    hollow = [rows[0], msgspec.structs.replace(rows[1], event=without_body(rows[1].event))]
    await offer(world, hollow, head)
    await offer(world, rows, head)
    bodies = [row.event.body for row in await read_lane(world.store)]
    assert [rows[0].event.body, None, shared.body] == bodies
    assert 2 == len(await world.store.documents(SPACE, CARE))


@pytest.mark.parametrize("part", ["time", "seq", "hash", "signature"])
async def test_a_forged_offer_keeps_nothing(world: StoreWorld, part: str) -> None:
    device = LaneDevice()
    await world.backup()
    await push(world.store, [device.grants(), device.shares()])
    rows, head = await signed_rows(world.store)
    await world.restore()
    wrong = {"time": head.time + 1, "seq": 3, "hash": b"h" * 32, "signature": b"s" * 64}
    forged = msgspec.structs.replace(head, **{part: wrong[part]})
    assert (0, ErrorCode.FORGED_OFFER) == await offer(world, rows, forged)
    assert [] == await read_lane(world.store)


async def test_rows_that_would_open_one_lane_too_many_are_not_taken_back(
    world: StoreWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    device, other = LaneDevice(), LaneDevice(CIRCLE)
    await world.backup()
    await push(world.store, [device.grants(), device.shares()])
    rows, head = await signed_rows(world.store)
    await world.restore()
    await push(world.store, [other.grants(b"h" * 16)])
    monkeypatch.setattr(limits, "LANES_PER_SPACE_MAX", 2)

    full = await offer(world, rows, head)
    monkeypatch.undo()
    taken = await offer(world, rows, head)

    assert (0, ErrorCode.TOO_MANY_LANES) == full
    assert (2, None) == taken


async def test_a_head_of_another_lane_proves_nothing(world: StoreWorld) -> None:
    device = LaneDevice()
    await push(world.store, [device.grants()])
    rows, head = await signed_rows(world.store)
    taken = await world.store.take_offer(OTHER_SPACE, offer_of(rows, head), rows)
    assert ErrorCode.FORGED_OFFER == taken.code


async def test_what_was_erased_comes_back_as_a_stub(world: StoreWorld) -> None:
    device = LaneDevice()
    await push(world.store, [device.grants()])
    await world.backup()
    shared = device.shares("secret words")
    await push(world.store, [shared])
    rows, head = await signed_rows(world.store)
    await push(world.store, [device.says(erasing(shared))])
    await world.restore()
    await offer(world, rows, head)
    healed = await read_lane(world.store)
    assert [None, "erased"] == [row.code for row in healed]
    assert None is healed[1].event.body
    assert 3 == (await push(world.store, [device.shares()])).gap
    assert [] == await world.store.verify()


async def test_a_restored_body_of_an_erased_event_is_erased_at_once(world: StoreWorld) -> None:
    device = LaneDevice()
    shared = device.shares("secret words")
    grant_first = LaneDevice(seed=3)
    await push(world.store, [grant_first.grants()])
    await push(world.store, [shared])
    await world.backup()
    await push(world.store, [device.says(erasing(shared))])
    await world.restore()
    rows = await read_lane(world.store)
    assert [None, None] == [rows[1].event.body, rows[1].event.salt]
    assert [] == await world.store.documents(SPACE, CARE, "goal")
    assert [] == await world.store.verify()


async def test_a_revocation_survives_the_restore_of_the_log(world: StoreWorld) -> None:
    device = LaneDevice()
    await push(world.store, [device.grants()])
    await world.backup()
    await push(world.store, [device.revokes()])
    await world.restore()
    (grant,) = await world.store.grants(SPACE)
    assert (True, False) == (grant.is_revoked, grant.is_live)


async def test_a_rewound_space_is_closed_to_members_until_a_device_has_spoken(
    world: StoreWorld,
) -> None:
    device = LaneDevice()
    await push(world.store, [device.grants()])
    await world.backup()
    await push(world.store, [device.shares()])
    rows, head = await signed_rows(world.store)
    await world.restore()
    await state_of(world, device, rows)
    assert [False] == [grant.is_live for grant in await world.store.grants(SPACE)]
    await world.restart()
    assert [False] == [grant.is_live for grant in await world.store.grants(SPACE)]
    await offer(world, rows, head)
    assert [True] == [grant.is_live for grant in await world.store.grants_of_member(MEMBER)]
    await world.keys.close_spaces([SPACE])
    await world.restart()
    assert [False] == [grant.is_live for grant in await world.store.grants(SPACE)]
    await state_of(world, device, rows)
    assert [True] == [grant.is_live for grant in await world.store.grants(SPACE)]


async def test_members_rows_heal_like_the_persons(world: StoreWorld) -> None:
    device = LaneDevice()
    goal = b"1" * 16
    await push(world.store, [device.grants(), device.shares(goal=goal)])
    await world.backup()
    comment = CommentAdded(text="Well done", about=text_from_id(goal))
    draft = MemberDraft(form=device.new_id(), body=body_of(comment, b"k" * 16))
    await world.store.write_as_member(SPACE, CARE, ACTOR, [draft])
    rows, head = await signed_rows(world.store)
    await world.restore()
    await offer(world, rows, head)
    assert rows == await read_lane(world.store)
    await world.store.record_revocations(SPACE, [GRANT])
    assert [] == await world.store.verify()


async def test_a_form_that_the_log_forgot_and_that_is_sent_again_is_another_event(
    world: StoreWorld,
) -> None:
    """Whoever holds the first one finds no other words in its place."""
    device = LaneDevice()
    goal = b"1" * 16
    await push(world.store, [device.grants(), device.shares(goal=goal)])
    await world.backup()
    comment = CommentAdded(text="Well done", about=text_from_id(goal))
    draft = MemberDraft(form=b"f" * 16, body=body_of(comment, b"k" * 16))
    (first,) = await world.store.write_as_member(SPACE, CARE, ACTOR, [draft])
    rows, head = await signed_rows(world.store)
    await world.restore()
    (second,) = await world.store.write_as_member(SPACE, CARE, ACTOR, [draft])
    await offer(world, rows, head)
    read = await read_lane(world.store)

    assert first.event.commit != second.event.commit
    assert first.event.id != second.event.id
    assert [second.proof, first.proof] == [row.proof for row in read[2:]]
    assert [True, True] == [row.event.body is not None for row in read[2:]]
    assert [second] == await world.store.write_as_member(SPACE, CARE, ACTOR, [draft])
    assert [] == await world.store.verify()


async def test_what_a_former_key_signed_is_taken_back(world: StoreWorld) -> None:
    device = LaneDevice()
    await world.backup()
    await push(world.store, [device.grants(), device.shares()])
    rows, head = await signed_rows(world.store)
    await world.rotate()
    await world.restore()

    assert (2, None) == await offer(world, rows, head)
    assert rows == await read_lane(world.store)


async def test_a_grant_that_somebody_named_as_erased_is_taken_back(world: StoreWorld) -> None:
    """Who may read stays provable: its id may stand in a list, its body stays where it is."""
    device = LaneDevice()
    grant = device.grants()
    await world.backup()
    await push(world.store, [grant, device.shares(), device.says(erasing(grant))])
    rows, head = await signed_rows(world.store)
    await world.restore()

    assert (3, None) == await offer(world, rows, head)

    assert rows == await read_lane(world.store)
    assert [True] == [each.is_live for each in await world.store.grants(SPACE)]
    assert [] == await world.store.verify()


async def test_a_grant_named_as_erased_can_be_pushed_after_it(world: StoreWorld) -> None:
    first, second = LaneDevice(), LaneDevice(seed=2)
    other = second.grants(b"o" * 16, OTHER_MEMBER)
    await push(world.store, [first.grants(), first.says(erasing(other))])

    answer = await push(world.store, [other])

    assert [] == answer.refused
    assert {MEMBER, OTHER_MEMBER} == {each.member for each in await world.store.grants(SPACE)}
    assert [] == await world.store.verify()
