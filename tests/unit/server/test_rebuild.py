"""Folding everything again: every shared lane, interruptible, never the private one."""

import sqlite3
from contextlib import closing
from pathlib import Path

from tests.support.lane_devices import CARE, CIRCLE, SPACE, LaneDevice, push
from tests.support.store_worlds import memory_world, sqlite_world
from trailmark_server.projector import Folded
from trailmark_shared.ids import SELF


async def test_shared_lanes_are_folded_and_the_private_one_is_left() -> None:
    async with memory_world() as world:
        private = LaneDevice(SELF)
        await push(world.store, [LaneDevice(CARE).grants()])
        await push(world.store, [LaneDevice(CIRCLE).grants()])
        await push(world.store, [private.seals()])
        await world.forget_documents()
        seen: list[tuple[int, int]] = []

        def progress(done: int, all_: int) -> bool:
            seen.append((done, all_))
            return True

        assert 2 == await world.store.rebuild(progress)
        assert [(1, 2), (2, 2)] == seen
        assert 1 == len(await world.store.documents(SPACE, CARE))
        assert 1 == await world.store.rebuild(lambda _done, _all: False)


def sealed_documents(folder: Path) -> dict[bytes, bytes]:
    """Return what stands in the file, by subject; to seal a document again changes its bytes."""
    with closing(sqlite3.connect(folder / "main.db")) as file:
        return dict(file.execute("SELECT subject, json FROM document"))


async def test_only_what_differs_is_written_again(tmp_path: Path) -> None:
    async with sqlite_world(tmp_path) as world:
        device = LaneDevice(CARE)
        await push(world.store, [device.grants(), *(device.shares() for _ in range(3))])
        before = sealed_documents(tmp_path)
        lost, *others = sorted(before)
        await world.save_folded(Folded(documents=[], subjects=[lost], failed=[]), 4)
        assert set(others) == set(sealed_documents(tmp_path))

        assert 1 == await world.store.rebuild()

        after = sealed_documents(tmp_path)
        assert before.keys() == after.keys()
        assert {each: before[each] for each in others} == {each: after[each] for each in others}
        assert before[lost] != after[lost]
