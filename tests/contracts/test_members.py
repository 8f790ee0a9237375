"""Members at the store: grants checked in the reading transaction, writes by the server."""

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
    granted,
    push,
    read_lane,
)
from tests.support.store_worlds import StoreWorld
from trailmark_server.storage.ports import MemberDraft, Reader, Wanted, Window
from trailmark_shared import limits
from trailmark_shared.errors import ErrorCode, EventDataError, RefusedError
from trailmark_shared.events.check_ins import CheckInRecorded
from trailmark_shared.events.comments import CommentAdded
from trailmark_shared.events.envelope import Event
from trailmark_shared.events.goals import GoalShared
from trailmark_shared.events.notes import WinNoted
from trailmark_shared.events.supporting import EncouragementSent
from trailmark_shared.ids import text_from_id

GOAL = b"1" * 16
AS_MEMBER = Reader(member=MEMBER)
DAY_MS = 24 * 3600 * 1000


def comment(number: int, text: str = "Well done") -> MemberDraft:
    data = CommentAdded(text=text, about=text_from_id(GOAL), goal=text_from_id(GOAL))
    return MemberDraft(form=bytes([number]) * 16, body=body_of(data, bytes([100 + number]) * 16))


def check_in(device: LaneDevice, goal: bytes, day: str) -> Event:
    data = CheckInRecorded(goal=text_from_id(goal), value_tenths=50)
    return device.write(body_of(data, device.new_id(), day=day))


async def shared_lane(world: StoreWorld) -> LaneDevice:
    device = LaneDevice()
    await push(world.store, [device.grants(), device.shares(goal=GOAL)])
    return device


async def is_let_in(world: StoreWorld) -> bool:
    try:
        await world.store.documents(SPACE, CARE, reader=AS_MEMBER)
    except RefusedError:
        return False
    return True


async def test_a_live_grant_lets_read_everything_of_its_lane(world: StoreWorld) -> None:
    await shared_lane(world)
    documents = await world.store.documents(SPACE, CARE, reader=AS_MEMBER)
    assert ["goal", "grant"] == [each.kind for each in documents]
    assert documents[0] == await world.store.document(SPACE, CARE, GOAL, AS_MEMBER)
    assert 2 == len(await world.store.timeline(SPACE, CARE, Window(limit=9), AS_MEMBER))
    assert 1 == len(await world.store.subject_rows(SPACE, CARE, GOAL, AS_MEMBER))


async def test_without_a_grant_every_read_is_refused_with_the_same_words(
    world: StoreWorld,
) -> None:
    await shared_lane(world)
    nobody = Reader(member=b"n" * 16)
    said: set[str] = set()
    for space, reader in ((SPACE, nobody), (OTHER_SPACE, AS_MEMBER)):
        for read in (
            world.store.documents(space, CARE, reader=reader),
            world.store.document(space, CARE, GOAL, reader),
            world.store.timeline(space, CARE, Window(limit=9), reader),
            world.store.subject_rows(space, CARE, GOAL, reader),
        ):
            with pytest.raises(RefusedError) as refused:
                await read
            said.add(refused.value.message)
    assert 1 == len(said)


async def test_a_revocation_by_event_ends_the_right(world: StoreWorld) -> None:
    device = await shared_lane(world)
    assert await is_let_in(world)
    await push(world.store, [device.revokes()])
    assert not await is_let_in(world)
    assert [(SPACE, GRANT)] == await world.keys.revoked_grants()


async def test_a_revocation_by_hello_ends_the_right_before_its_event(world: StoreWorld) -> None:
    await shared_lane(world)
    assert await world.store.record_revocations(SPACE, [GRANT])
    assert not await is_let_in(world)
    assert not await world.store.record_revocations(SPACE, [GRANT])
    assert [(SPACE, GRANT)] == await world.keys.revoked_grants()


async def test_a_revoked_grant_stays_revoked_when_it_is_granted_again(world: StoreWorld) -> None:
    device = await shared_lane(world)
    await push(world.store, [device.revokes(), device.grants()])
    assert not await is_let_in(world)
    await push(world.store, [device.grants(b"h" * 16)])
    assert await is_let_in(world)


async def test_a_revocation_that_comes_before_its_grant_counts(world: StoreWorld) -> None:
    device = LaneDevice()
    await push(world.store, [device.grants(b"h" * 16, b"x" * 16), device.revokes()])
    await push(world.store, [device.grants()])
    assert not await is_let_in(world)


async def test_a_grant_ends_after_its_last_day_everywhere(world: StoreWorld) -> None:
    device = LaneDevice()
    until = device.says(granted(until="2027-01-15"), GRANT)
    await push(world.store, [until])
    assert 1_800_000_000_000 == NOW  # 2027-01-15 08:00 UTC
    assert await is_let_in(world)
    world.clock.advance(DAY_MS)
    assert await is_let_in(world)
    world.clock.advance(5 * 3600 * 1000)
    assert not await is_let_in(world)


async def test_a_member_writes_under_one_device_and_the_servers_epoch(world: StoreWorld) -> None:
    await shared_lane(world)
    first = await world.store.write_as_member(SPACE, CARE, ACTOR, [comment(1)])
    second = await world.store.write_as_member(SPACE, CARE, ACTOR, [comment(2), comment(3)])
    rows = await read_lane(world.store)
    assert rows[2:] == [*first, *second]
    assert [(1, ACTOR), (2, ACTOR), (3, ACTOR)] == [(row.event.dseq, row.actor) for row in rows[2:]]
    await world.restart()
    (third,) = await world.store.write_as_member(SPACE, CARE, ACTOR, [comment(4)])
    assert (rows[2].event.device, 1) == (third.event.device, third.event.dseq)
    assert rows[2].event.epoch != third.event.epoch
    assert [] == await world.store.verify()


async def test_a_form_sent_twice_writes_once(world: StoreWorld) -> None:
    await shared_lane(world)
    once = await world.store.write_as_member(SPACE, CARE, ACTOR, [comment(1)])
    assert once == await world.store.write_as_member(SPACE, CARE, ACTOR, [comment(1)])
    assert 3 == len(await read_lane(world.store))


async def test_a_form_within_one_sending_writes_once(world: StoreWorld) -> None:
    await shared_lane(world)
    one, same = await world.store.write_as_member(SPACE, CARE, ACTOR, [comment(1), comment(1)])
    assert one == same
    assert 3 == len(await read_lane(world.store))


async def test_forms_of_two_members_never_meet(world: StoreWorld) -> None:
    device = await shared_lane(world)
    other = bytes([77]) * 16
    data = msgspec.structs.replace(granted(), member=text_from_id(other))
    await push(world.store, [device.says(data, b"h" * 16)])
    for member in (MEMBER, other):
        await world.store.write_as_member(
            SPACE, CARE, f"member/{text_from_id(member)}", [comment(1)]
        )
    assert 5 == len(await read_lane(world.store))
    assert [] == await world.store.verify()


async def test_what_was_erased_is_not_written_again_by_its_form(world: StoreWorld) -> None:
    """Not even by a log of before, which learns from the keys store what was erased."""
    device = await shared_lane(world)
    await world.backup()
    (row,) = await world.store.write_as_member(SPACE, CARE, ACTOR, [comment(1)])
    await push(world.store, [device.says(erasing(row.event), GOAL)])
    with pytest.raises(EventDataError) as refused:
        await world.store.write_as_member(SPACE, CARE, ACTOR, [comment(2), comment(1)])
    assert ErrorCode.ERASED == refused.value.code
    assert 4 == len(await read_lane(world.store))
    await world.restore()
    with pytest.raises(EventDataError) as refused:
        await world.store.write_as_member(SPACE, CARE, ACTOR, [comment(1)])
    assert ErrorCode.ERASED == refused.value.code
    assert 2 == len(await read_lane(world.store))


async def test_a_member_may_not_write_what_is_the_persons(world: StoreWorld) -> None:
    await shared_lane(world)
    goal = body_of(GoalShared(title="x", lifecycle="active"), b"2" * 16)
    with pytest.raises(RefusedError):
        await world.store.write_as_member(
            SPACE, CARE, ACTOR, [comment(1), MemberDraft(form=b"2" * 16, body=goal)]
        )
    with pytest.raises(EventDataError):
        await world.store.write_as_member(
            SPACE, CARE, ACTOR, [MemberDraft(form=b"2" * 16, body=b"{")]
        )
    assert 2 == len(await read_lane(world.store))


async def test_a_member_writes_only_with_a_live_grant_and_in_its_role(world: StoreWorld) -> None:
    device = await shared_lane(world)
    with pytest.raises(RefusedError):
        await world.store.write_as_member(
            SPACE, CARE, ACTOR.replace("member", "supporter"), [comment(1)]
        )
    await push(world.store, [device.revokes()])
    with pytest.raises(RefusedError):
        await world.store.write_as_member(SPACE, CARE, ACTOR, [comment(1)])


SUPPORTER = ACTOR.replace("member", "supporter")


def encouragement(number: int, text: str = "Bravo") -> MemberDraft:
    data = EncouragementSent(text=text, about=text_from_id(GOAL))
    body = body_of(data, bytes([100 + number]) * 16)
    return MemberDraft(form=bytes([number]) * 16, body=body)


async def circle(world: StoreWorld) -> None:
    device = LaneDevice(lane=CIRCLE)
    data = msgspec.structs.replace(granted(), role="supporter")
    await push(world.store, [device.says(data, GRANT)])


async def test_a_supporter_encourages_and_writes_nothing_else(world: StoreWorld) -> None:
    await circle(world)
    await world.store.write_as_member(SPACE, CIRCLE, SUPPORTER, [encouragement(1)])
    win = MemberDraft(form=b"2" * 16, body=body_of(WinNoted(text="x"), b"w" * 16))
    for refused in (comment(3), win):
        with pytest.raises(RefusedError):
            await world.store.write_as_member(SPACE, CIRCLE, SUPPORTER, [refused])
    long = encouragement(4).body.replace(b"Bravo", b"w" * (limits.ENCOURAGEMENT_CHARS_MAX + 1))
    draft = MemberDraft(form=b"4" * 16, body=long)
    with pytest.raises(EventDataError):
        await world.store.write_as_member(SPACE, CIRCLE, SUPPORTER, [draft])
    assert 2 == len(await read_lane(world.store, CIRCLE))


async def test_a_form_that_was_sent_is_not_written_with_other_words(world: StoreWorld) -> None:
    await circle(world)
    once = await world.store.write_as_member(SPACE, CIRCLE, SUPPORTER, [encouragement(1)])
    again = await world.store.write_as_member(SPACE, CIRCLE, SUPPORTER, [encouragement(1, "Other")])
    assert once == again
    assert 2 == len(await read_lane(world.store, CIRCLE))


async def test_no_therapist_reads_or_writes_by_a_supporter_s_grant(world: StoreWorld) -> None:
    await circle(world)
    await world.store.documents(SPACE, CIRCLE, reader=Reader(member=MEMBER, role="supporter"))
    with pytest.raises(RefusedError):
        await world.store.documents(SPACE, CIRCLE, reader=Reader(member=MEMBER, role="therapist"))
    with pytest.raises(RefusedError):
        await world.store.write_as_member(SPACE, CIRCLE, ACTOR, [encouragement(1)])


async def test_a_check_runs_with_every_read_and_write_of_a_member(world: StoreWorld) -> None:
    def refuse(_rows: object) -> None:
        raise RefusedError(ErrorCode.SIGNED_OUT, "signed out")

    await shared_lane(world)
    reader = Reader(member=MEMBER, check=refuse)
    with pytest.raises(RefusedError):
        await world.store.documents(SPACE, CARE, reader=reader)
    with pytest.raises(RefusedError):
        await world.store.write_as_member(SPACE, CARE, ACTOR, [comment(1)], refuse)
    assert 2 == len(await read_lane(world.store))


async def test_a_timeline_goes_both_ways_and_by_day(world: StoreWorld) -> None:
    device = await shared_lane(world)
    refused = device.write(b"{")
    await push(world.store, [refused, device.shares()])

    async def seqs(window: Window) -> list[int]:
        return [row.seq for row in await world.store.timeline(SPACE, CARE, window)]

    assert [4, 2, 1] == await seqs(Window(limit=9))
    assert [4, 2] == await seqs(Window(limit=2))
    assert [2, 1] == await seqs(Window(limit=9, before=4))
    assert [2, 4] == await seqs(Window(limit=9, after=1))
    assert [4, 2, 1] == await seqs(Window(limit=9, days=("2026-11-22", "2026-11-22")))
    assert [] == await seqs(Window(limit=9, days=("2026-11-23", "2026-11-30")))


async def test_latest_documents_of_a_goal_are_those_of_its_latest_days(world: StoreWorld) -> None:
    device = await shared_lane(world)
    days = ("2026-11-02", "2026-11-04", "2026-11-01", "2026-11-03")
    await push(world.store, [check_in(device, GOAL, day) for day in days])
    await push(world.store, [check_in(device, b"2" * 16, "2026-11-09")])

    async def latest(count: int) -> list[str]:
        wanted = Wanted(kind="check_in", parents=[GOAL], latest=count)
        found = await world.store.documents_among(SPACE, CARE, wanted, AS_MEMBER)
        return sorted(each.day or "" for each in found)

    assert ["2026-11-03", "2026-11-04"] == await latest(2)
    assert sorted(days) == await latest(10)


async def test_documents_of_many_goals_or_subjects_are_found_at_once(world: StoreWorld) -> None:
    device = await shared_lane(world)
    goals = [bytes([number]) * 16 for number in range(1, 6)]
    await push(world.store, [check_in(device, goal, "2026-11-02") for goal in goals])

    wanted = Wanted(kind="check_in", parents=goals[:3])
    found = await world.store.documents_among(SPACE, CARE, wanted)
    subjects = sorted(each.subject for each in found)
    again = await world.store.documents_among(SPACE, CARE, Wanted(subjects=subjects))

    assert goals[:3] == sorted(each.parent or b"" for each in found)
    assert found == again


async def test_where_events_stand_is_told_without_their_words(world: StoreWorld) -> None:
    device = await shared_lane(world)
    gone = device.shares("Sing")
    await push(world.store, [gone, device.says(erasing(gone))])

    placed = await world.store.placed(SPACE, CARE, AS_MEMBER)

    assert [(1, 1, True), (2, 2, True), (3, 3, False), (4, 4, True)] == [
        (each.seq, each.dseq, each.has_body) for each in placed
    ]


async def test_documents_are_found_by_kind_and_parent(world: StoreWorld) -> None:
    await shared_lane(world)
    await world.store.write_as_member(SPACE, CARE, ACTOR, [comment(1)])
    (found,) = await world.store.documents(SPACE, CARE, "comment", parent=GOAL)
    assert ("comment", GOAL) == (found.kind, found.parent)
    assert [] == await world.store.documents(SPACE, CARE, parent=b"x" * 16)


async def test_a_timeline_is_bounded(world: StoreWorld) -> None:
    device = await shared_lane(world)
    await push(world.store, [device.shares() for _ in range(limits.PAGE_EVENTS_MAX)])
    window = Window(limit=limits.PAGE_EVENTS_MAX + 1)
    assert limits.PAGE_EVENTS_MAX == len(await world.store.timeline(SPACE, CARE, window))
