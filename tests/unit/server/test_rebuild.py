"""Folding everything again: every shared lane, interruptible, never the private one."""

from tests.support.lane_devices import CARE, CIRCLE, SPACE, LaneDevice, push
from tests.support.store_worlds import memory_world
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
