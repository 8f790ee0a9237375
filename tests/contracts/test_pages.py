"""Pages, read models and their rebuild at the store."""

import msgspec
import pytest
from msgspec.structs import replace

from tests.support.lane_devices import (
    CARE,
    NOW,
    SPACE,
    LaneDevice,
    push,
    read_lane,
)
from tests.support.store_worlds import StoreWorld
from trailmark_server import projector
from trailmark_server.projector import Folded
from trailmark_server.storage.folding import refolded
from trailmark_server.storage.ports import Arrival, Page, Window
from trailmark_server.storage.rows import Tables
from trailmark_shared import limits
from trailmark_shared.events.goals import GoalAchievementAssessed, GoalReworded
from trailmark_shared.ids import SELF, Lane, care_lane
from trailmark_shared.projections.entries import Entry
from trailmark_shared.projections.fold import Document, fold_subject
from trailmark_shared.projections.state_hash import state_hash
from trailmark_shared.protocol.messages import LaneHello


async def test_a_page_ends_at_a_signed_head(world: StoreWorld) -> None:
    device = LaneDevice()
    await push(world.store, [device.grants(), device.shares()])
    page = await world.store.read_page(SPACE, CARE, 1)
    assert page.signed_head is not None
    assert (2, page.rows[-1].lane_hash, NOW) == (
        page.signed_head.seq,
        page.signed_head.hash,
        page.signed_head.time,
    )
    assert world.store.signer.is_ours(SPACE, CARE, page.signed_head)
    assert Page(rows=[], signed_head=None) == await world.store.read_page(SPACE, CARE, 2)
    assert Page(rows=[], signed_head=None) == await world.store.read_page(SPACE, SELF, 0)


async def test_a_page_is_cut_by_events(world: StoreWorld) -> None:
    device = LaneDevice(SELF)
    for _ in range(2):
        await push(world.store, [device.seals(300) for _ in range(limits.PAGE_EVENTS_MAX)])
    page = await world.store.read_page(SPACE, SELF, 3)
    assert limits.PAGE_EVENTS_MAX == len(page.rows)
    assert 4 == page.rows[0].seq


@pytest.mark.parametrize("more", [-1, 0, 1])
async def test_a_page_that_was_just_written_is_as_any_page(world: StoreWorld, more: int) -> None:
    device = LaneDevice(SELF)
    await push(world.store, [device.seals(300) for _ in range(limits.SHORT_PAGE_EVENTS_MAX + more)])
    asked = list[str]()

    page = await world.store.read_page(SPACE, SELF, 0, lambda _: asked.append("?"), is_live=True)

    assert await world.store.read_page(SPACE, SELF, 0) == page
    assert page.is_last
    assert (1 if more < 0 else 2) == len(asked)


async def test_a_page_is_cut_by_bytes(world: StoreWorld) -> None:
    device = LaneDevice(SELF)
    await push(world.store, [device.seals(limits.BODY_BYTES_MAX) for _ in range(10)])
    page = await world.store.read_page(SPACE, SELF, 0)
    assert limits.PAGE_BYTES_MAX // limits.BODY_BYTES_MAX == len(page.rows)
    assert 10 == len(await read_lane(world.store, SELF))


async def test_a_session_is_told_of_no_more_lanes_than_a_frame_holds(
    world: StoreWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each takes a row, refused, and none is opened: whoever holds a credential makes them."""
    monkeypatch.setattr(limits, "LANES_PER_SESSION_MAX", 2)
    opened, asks = LaneDevice(), LaneHello(lane=SELF, cursor=0, cursor_hash=bytes(32), back=[])
    await push(world.store, [opened.grants()])
    never = [LaneDevice(care_lane(bytes([9, at]) + bytes(14))) for at in range(4)]
    for device in never:
        await push(world.store, [device.shares()])

    async def told(*hellos: LaneHello) -> set[str]:
        found = await world.store.open_lanes(SPACE, opened.device, opened.epoch, hellos)
        return {each.welcome.lane for each in found}

    first_two = {device.lane for device in never[:2]}
    last = msgspec.structs.replace(asks, lane=never[3].lane)
    assert {CARE, *first_two} == await told()
    assert {CARE, SELF, *first_two, never[3].lane} == await told(asks, last)


async def test_documents_follow_every_append(world: StoreWorld) -> None:
    device, goal = LaneDevice(), b"1" * 16
    await push(world.store, [device.grants(), device.shares("Walk", goal)])
    (before,) = await world.store.documents(SPACE, CARE, "goal")
    await push(world.store, [device.says(GoalReworded(title="Walk daily"), goal)])
    (after,) = await world.store.documents(SPACE, CARE, "goal")
    assert b"Walk daily" not in before.json
    assert b"Walk daily" in after.json


async def test_a_batch_that_begins_some_subjects_and_continues_others_folds_both(
    world: StoreWorld,
) -> None:
    device, old, new = LaneDevice(), b"1" * 16, b"2" * 16
    await push(world.store, [device.grants(), device.shares("Walk", old)])
    more = [
        device.shares("Sleep", new),
        device.says(GoalReworded(title="Sleep well"), new),
        device.says(GoalReworded(title="Walk daily"), old),
    ]
    await push(world.store, more)
    documents = await world.store.documents(SPACE, CARE)

    found = {each.subject: each.json for each in documents}
    assert b"Walk daily" in found[old]
    assert b"Sleep well" in found[new]
    await world.store.rebuild()
    assert documents == await world.store.documents(SPACE, CARE)


async def test_rebuilt_equals_incremental_byte_for_byte(world: StoreWorld) -> None:
    device, second = LaneDevice(), LaneDevice(seed=2)
    goal = b"1" * 16
    await push(world.store, [device.grants(), device.shares("Walk", goal)])
    for title in ("a", "b", "c"):
        await push(world.store, [device.says(GoalReworded(title=title), goal)])
        await push(world.store, [second.says(GoalReworded(title=title + title), goal)])
    await push(world.store, [device.says(GoalAchievementAssessed(achievement="improving"), goal)])
    documents = await world.store.documents(SPACE, CARE)
    hash_ = await world.store.state_hash(SPACE, CARE)
    seen: list[tuple[int, int]] = []

    def progress(done: int, all_: int) -> bool:
        seen.append((done, all_))
        return True

    assert 1 == await world.store.rebuild(progress)
    assert [(1, 1)] == seen
    assert documents == await world.store.documents(SPACE, CARE)
    assert hash_ == state_hash(documents, CARE) == await world.store.state_hash(SPACE, CARE)


async def test_a_rebuild_puts_right_whatever_stands_there(world: StoreWorld) -> None:
    device, seal = LaneDevice(), await world.seal()
    wrong, lost, kept, stray = (each * 16 for each in (b"1", b"2", b"3", b"4"))
    events = [
        device.grants(),
        device.shares("Walk", wrong),
        device.shares("Sleep", lost),
        device.shares("Eat", kept),
    ]
    await push(world.store, events)
    documents = await world.store.documents(SPACE, CARE)
    walk = next(each for each in documents if each.subject == wrong)
    made_up = [replace(walk, json=b"{}"), replace(walk, subject=stray)]
    bad = Folded(documents=made_up, subjects=[wrong, lost, stray], failed=[(stray, 2)])
    await world.save_folded(bad, 4)

    def differing(tables: Tables) -> list[bytes]:
        some = refolded(tables.log, seal, CARE)
        return [subject for each in some for subject in each.differing().subjects]

    assert [wrong, lost, stray] == await world.tables().read(differing)
    await world.store.rebuild()
    assert documents == await world.store.documents(SPACE, CARE)
    assert [] == await world.store.verify()
    assert [] == await world.tables().read(differing)


async def test_a_rebuild_can_be_stopped(world: StoreWorld) -> None:
    for number in range(3):
        await push(world.store, [LaneDevice(Lane(f"care/{number}{'0' * 25}")).grants()])
    assert 2 == await world.store.rebuild(lambda done, _all: done < 2)


async def test_a_fold_that_raises_leaves_the_event_and_is_shown(
    world: StoreWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    goal = b"1" * 16

    def broken(lane: str, entries: list[Entry]) -> Document | None:
        if entries[-1].body.type == "goal_reworded":
            raise ValueError
        return fold_subject(lane, entries)

    monkeypatch.setattr(projector, "fold_subject", broken)
    device = LaneDevice()
    await push(world.store, [device.grants(), device.shares("Walk", goal), device.shares()])
    await push(world.store, [device.says(GoalReworded(title="x"), goal), device.shares()])
    (lane,) = await world.store.lanes(SPACE)
    assert (5, [4]) == (lane.head, list(lane.failed))
    assert 2 == len(await world.store.documents(SPACE, CARE, "goal"))
    assert [] == await world.store.verify()
    monkeypatch.undo()
    await world.store.rebuild()
    (lane,) = await world.store.lanes(SPACE)
    assert [] == list(lane.failed)
    assert 3 == len(await world.store.documents(SPACE, CARE, "goal"))


async def test_an_older_read_model_is_folded_again_when_read_or_written(
    world: StoreWorld,
) -> None:
    device = LaneDevice()
    await push(world.store, [device.grants(), device.shares()])
    documents = await world.store.documents(SPACE, CARE)
    await world.forget_documents()
    assert documents == await world.store.documents(SPACE, CARE)
    await world.forget_documents()
    await push(world.store, [device.shares()])
    assert documents == [
        each
        for each in await world.store.documents(SPACE, CARE)
        if each.subject in {known.subject for known in documents}
    ]
    assert [] == await world.store.verify()


async def test_a_head_is_signed_once_while_it_is_remembered(
    world: StoreWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    signer = world.store.signer
    first = signer.head(SPACE, CARE, 1, b"h" * 32)
    world.clock.advance(1)
    assert first == signer.head(SPACE, CARE, 1, b"h" * 32)
    monkeypatch.setattr(limits, "SIGNED_HEADS_KEPT_MAX", 1)
    signer.head(SPACE, CARE, 2, b"i" * 32)
    again = signer.head(SPACE, CARE, 1, b"h" * 32)
    assert first != again
    assert msgspec.structs.replace(first, time=again.time, signature=again.signature) == again


async def test_a_window_holds_what_is_of_its_types(world: StoreWorld) -> None:
    device, goal = LaneDevice(), b"1" * 16
    await push(world.store, [device.grants(), device.shares("Walk", goal)])
    await push(world.store, [device.says(GoalReworded(title=title), goal) for title in "abc"])
    types = frozenset({"goal_reworded", "goal_shared"})

    newest = await world.store.timeline(SPACE, CARE, Window(limit=2, types=types))
    all_of_them = await world.store.timeline(SPACE, CARE, Window(limit=9, after=0, types=types))
    none = await world.store.timeline(SPACE, CARE, Window(limit=9, types=frozenset()))

    assert [5, 4] == [row.seq for row in newest]
    assert [2, 3, 4, 5] == [row.seq for row in all_of_them]
    assert [] == none


async def test_what_arrived_is_told_without_its_words_and_bounded(
    world: StoreWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    device, goal = LaneDevice(), b"1" * 16
    await push(world.store, [device.grants(), device.shares("Walk", goal)])
    await push(world.store, [device.says(GoalReworded(title="a"), goal)])

    newest = await world.store.arrivals(SPACE, CARE, 2)
    monkeypatch.setattr(limits, "PAGE_EVENTS_MAX", 1)
    most = await world.store.arrivals(SPACE, CARE, 9)

    assert [
        Arrival(type=each, actor="person", received_at=NOW)
        for each in ("goal_reworded", "goal_shared")
    ] == newest
    assert newest[:1] == most
