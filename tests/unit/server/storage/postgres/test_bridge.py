"""Plain functions that wait for the event loop."""

import asyncio

import pytest

from trailmark_server.storage.postgres.bridge import awaited, run_over


async def test_work_waits_for_answers_and_gives_its_own() -> None:
    async def answer(value: int) -> int:
        await asyncio.sleep(0)
        return value

    assert 5 == await run_over(lambda: awaited(answer(2)) + awaited(answer(3)))


async def test_work_that_waits_for_nothing_just_runs() -> None:
    assert 7 == await run_over(lambda: 7)


async def test_the_loop_goes_on_meanwhile() -> None:
    first, second = asyncio.Event(), asyncio.Event()

    def work(mine: asyncio.Event, other: asyncio.Event) -> None:
        mine.set()
        awaited(other.wait())

    await asyncio.gather(
        run_over(lambda: work(first, second)), run_over(lambda: work(second, first))
    )


async def test_an_error_is_raised_where_the_work_waits() -> None:
    async def broken() -> None:
        await asyncio.sleep(0)
        raise KeyError("told")

    def work() -> str:
        try:
            awaited(broken())
        except KeyError:
            return "mended"
        return "missed"

    assert "mended" == await run_over(work)
    with pytest.raises(KeyError):
        await run_over(lambda: awaited(broken()))
