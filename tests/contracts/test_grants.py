"""What a grant is worth at the store: what it allows, and that what was over once stays over."""

import pytest

from tests.support.lane_devices import (
    ACTOR,
    CARE,
    GRANT,
    MEMBER,
    NOW,
    OTHER_SPACE,
    SPACE,
    LaneDevice,
    body_of,
    granted,
    push,
)
from tests.support.store_worlds import StoreWorld
from trailmark_server.storage.ports import MemberDraft, Reader
from trailmark_shared import limits
from trailmark_shared.errors import RefusedError
from trailmark_shared.events.comments import CommentAdded, CommentWithdrawn
from trailmark_shared.events.data import EventData
from trailmark_shared.ids import Lane, care_lane, text_from_id

GOAL = b"1" * 16
DAY_MS = 24 * 3600 * 1000
YEARS_MS = 10 * 365 * DAY_MS
AS_MEMBER = Reader(member=MEMBER)
LAST_DAY = "2027-01-15"
"""The date of ``NOW``."""


async def lane_until(world: StoreWorld, until: str | None = LAST_DAY) -> LaneDevice:
    device = LaneDevice()
    await push(world.store, [device.says(granted(until=until), GRANT), device.shares(goal=GOAL)])
    return device


async def is_let_in(world: StoreWorld) -> bool:
    try:
        await world.store.documents(SPACE, CARE, reader=AS_MEMBER)
    except RefusedError:
        return False
    return True


async def write(world: StoreWorld, number: int, data: EventData, subject: bytes) -> None:
    draft = MemberDraft(form=bytes([number]) * 16, body=body_of(data, subject))
    await world.store.write_as_member(SPACE, CARE, ACTOR, [draft])


def comment() -> CommentAdded:
    return CommentAdded(text="Well done", about=text_from_id(GOAL))


class TestWhatAGrantAllows:
    async def lane(self, world: StoreWorld, actions: tuple[str, ...] | None) -> LaneDevice:
        device = LaneDevice()
        grant = granted(actions=actions)
        await push(world.store, [device.says(grant, GRANT), device.shares(goal=GOAL)])
        return device

    @pytest.mark.parametrize("actions", [(), ("view",), ("propose",)])
    async def test_who_may_only_see_writes_nothing(
        self, world: StoreWorld, actions: tuple[str, ...]
    ) -> None:
        await self.lane(world, actions)

        assert await is_let_in(world)
        with pytest.raises(RefusedError):
            await write(world, 1, comment(), b"c" * 16)
        assert 2 == (await world.store.lanes(SPACE))[0].head

    @pytest.mark.parametrize("actions", [("comment",), ("view", "comment"), None])
    async def test_who_may_comment_comments(
        self, world: StoreWorld, actions: tuple[str, ...] | None
    ) -> None:
        await self.lane(world, actions)

        await write(world, 1, comment(), b"c" * 16)

        assert 3 == (await world.store.lanes(SPACE))[0].head

    async def test_what_was_said_can_be_taken_back_after_commenting_was_taken_away(
        self, world: StoreWorld
    ) -> None:
        device = await self.lane(world, ("comment",))
        await write(world, 1, comment(), b"c" * 16)
        narrower = device.says(granted(actions=()), b"h" * 16)
        await push(world.store, [narrower, device.revokes()])

        await write(world, 2, CommentWithdrawn(), b"c" * 16)

        with pytest.raises(RefusedError):
            await write(world, 3, comment(), b"d" * 16)

    async def test_a_reader_needs_the_action_that_it_reads_for(self, world: StoreWorld) -> None:
        await self.lane(world, ("view",))
        to_comment = Reader(member=MEMBER, action="comment")

        with pytest.raises(RefusedError):
            await world.store.document(SPACE, CARE, GOAL, to_comment)

    async def test_a_listed_grant_says_what_it_allows(self, world: StoreWorld) -> None:
        await self.lane(world, ("comment",))
        await world.restart()

        (listed,) = await world.store.grants(SPACE)

        assert {"view", "comment"} == listed.actions
        assert [] == await world.store.verify()


class TestAfterItsLastDay:
    """Whoever saw a grant as over keeps that: no clock and no backup brings it back."""

    @pytest.mark.parametrize("met", ["look", "read", "write", "list", "list-of-member"])
    async def test_what_was_seen_as_over_stays_over_when_the_clock_jumps_back(
        self, world: StoreWorld, met: str
    ) -> None:
        await lane_until(world)
        assert await is_let_in(world)
        world.clock.advance(2 * DAY_MS)
        match met:
            case "look":
                assert [SPACE] == await world.store.end_grants()
            case "read":
                assert not await is_let_in(world)
            case "write":
                with pytest.raises(RefusedError):
                    await write(world, 1, comment(), b"c" * 16)
            case "list":
                assert not (await world.store.grants(SPACE))[0].is_live
            case _:
                assert not (await world.store.grants_of_member(MEMBER))[0].is_live

        world.clock.advance(-YEARS_MS)

        assert not await is_let_in(world)
        assert [(SPACE, GRANT)] == await world.keys.revoked_grants()
        assert [] == await world.store.verify()

    async def test_nor_after_a_restart_or_a_restored_log(self, world: StoreWorld) -> None:
        await lane_until(world)
        await world.backup()
        world.clock.advance(2 * DAY_MS)
        await world.store.end_grants()
        world.clock.advance(-YEARS_MS)

        await world.restart()
        assert not await is_let_in(world)
        await world.restore()
        assert not await is_let_in(world)

    async def test_before_that_nothing_is_listed(self, world: StoreWorld) -> None:
        await lane_until(world)
        await lane_until_elsewhere(world)
        # The day of ``NOW`` has ended in most places, and not yet 12 hours behind UTC.
        world.clock.advance(DAY_MS + 3 * 3600 * 1000)

        assert [] == await world.store.end_grants()
        assert await is_let_in(world)
        assert [] == await world.keys.revoked_grants()

    async def test_it_is_listed_once_and_others_go_on(self, world: StoreWorld) -> None:
        device = await lane_until(world)
        going_on = device.says(granted(b"n" * 16), b"h" * 16)
        await push(world.store, [going_on])
        world.clock.advance(2 * DAY_MS)

        assert [SPACE] == await world.store.end_grants()
        assert [] == await world.store.end_grants()
        assert [GRANT] == [grant for _, grant in await world.keys.revoked_grants()]
        assert [False, True] == [each.is_live for each in await world.store.grants(SPACE)]

    async def test_a_grant_that_arrives_when_it_is_over_is_never_live(
        self, world: StoreWorld
    ) -> None:
        await lane_until(world, "2020-01-01")
        assert [SPACE] == await world.store.end_grants()

        world.clock.advance(-YEARS_MS)

        assert not await is_let_in(world)

    async def test_letting_in_again_is_a_new_grant(self, world: StoreWorld) -> None:
        device = await lane_until(world)
        world.clock.advance(2 * DAY_MS)
        await world.store.end_grants()

        await push(world.store, [device.says(granted(until="2027-06-30"), b"h" * 16)])

        assert await is_let_in(world)

    async def test_more_than_fit_into_one_transaction_are_all_listed(
        self, world: StoreWorld
    ) -> None:
        device = LaneDevice()
        many = limits.GRANTS_ENDED_AT_ONCE_MAX + 1
        over = granted(until="2020-01-01")
        for start in range(0, many, limits.PAGE_EVENTS_MAX):
            count = min(limits.PAGE_EVENTS_MAX, many - start)
            await push(world.store, [device.says(over) for _ in range(count)])

        await world.store.end_grants()

        assert many == len(await world.keys.revoked_grants())


async def lane_until_elsewhere(world: StoreWorld) -> None:
    """Let somebody in at another person's, until the same day."""
    device = LaneDevice(space=OTHER_SPACE)
    await push(world.store, [device.says(granted(until=LAST_DAY), GRANT)])


async def test_a_grant_is_known_by_space_and_id(world: StoreWorld) -> None:
    """Two persons' grants may share an id: one revokes nothing of the other's."""
    await lane_until(world, None)
    await lane_until_elsewhere(world)

    await world.store.record_revocations(OTHER_SPACE, [GRANT])

    assert await is_let_in(world)
    assert [(OTHER_SPACE, GRANT)] == await world.keys.revoked_grants()
    await world.store.record_revocations(SPACE, [GRANT, b"x" * 16])
    assert not await is_let_in(world)


async def test_one_space_that_is_closed_closes_no_other(world: StoreWorld) -> None:
    device = await lane_until(world, None)
    await world.keys.close_spaces([OTHER_SPACE])
    await world.restart()
    assert await is_let_in(world)

    await world.store.open_lanes(SPACE, device.device, device.epoch, [])

    assert [OTHER_SPACE] == await world.keys.closed_spaces()


async def test_a_revocation_names_many_grants_at_once(world: StoreWorld) -> None:
    lane = care_lane(b"e" * 16)
    device = LaneDevice(lane)
    grants = [bytes([n]) * 16 for n in range(1, 40)]
    await push(world.store, [device.grants(each) for each in grants])

    await world.store.record_revocations(SPACE, grants[:-1])

    live = [each.grant for each in await world.store.grants(SPACE) if each.is_live]
    assert grants[-1:] == live
    assert 1_800_000_000_000 == NOW


async def test_news_are_of_the_lanes_that_let_a_member_in_now(world: StoreWorld) -> None:
    device = await lane_until(world, None)
    other = LaneDevice(care_lane(b"e" * 16), seed=2)
    await push(world.store, [other.grants(b"h" * 16), other.shares("Sing")])

    async def seqs(after: dict[Lane, int]) -> dict[Lane, list[int]]:
        found = await world.store.news(SPACE, after, 2, AS_MEMBER)
        return {each.lane: [row.seq for row in each.rows] for each in found}

    assert {CARE: [1, 2], other.lane: [1, 2]} == await seqs({})
    await push(world.store, [device.shares("Swim"), device.shares("Run"), device.revokes()])
    assert {other.lane: [2]} == await seqs({other.lane: 1, CARE: 2})
    with pytest.raises(RefusedError):
        await world.store.news(SPACE, {}, 2, Reader(member=b"x" * 16))
    with pytest.raises(RefusedError):
        await world.store.news(OTHER_SPACE, {}, 2, AS_MEMBER)


async def test_news_of_a_member_whose_last_day_is_over_stay_refused(world: StoreWorld) -> None:
    await lane_until(world)
    world.clock.ms += YEARS_MS
    with pytest.raises(RefusedError):
        await world.store.news(SPACE, {}, 2, AS_MEMBER)
    world.clock.ms -= YEARS_MS

    assert not await is_let_in(world)
