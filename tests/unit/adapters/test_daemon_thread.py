"""Waiting in a thread that nobody waits for."""

import asyncio
import threading

import pytest

from trailmark_adapters.daemon_thread import in_daemon_thread


async def test_what_it_returned_or_raised_comes_back() -> None:
    here = threading.get_ident()

    assert here != await in_daemon_thread(threading.get_ident)
    with pytest.raises(ZeroDivisionError):
        await in_daemon_thread(lambda: 1 / 0)


async def test_who_is_cancelled_hears_nothing_of_it() -> None:
    may_end, ended = threading.Event(), threading.Event()

    def work() -> None:
        may_end.wait(10)
        ended.set()

    waiting = asyncio.create_task(in_daemon_thread(work))
    await asyncio.sleep(0)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    may_end.set()
    assert await in_daemon_thread(lambda: ended.wait(10))


def test_a_loop_that_is_closed_meanwhile_is_not_told() -> None:
    may_end, told = threading.Event(), list[object]()
    threads = set(threading.enumerate())

    async def leave() -> None:
        waiting = asyncio.create_task(in_daemon_thread(lambda: may_end.wait(10)))
        await asyncio.sleep(0)
        waiting.cancel()

    hook, threading.excepthook = threading.excepthook, told.append
    try:
        asyncio.run(leave())
        (thread,) = set(threading.enumerate()) - threads
        assert thread.daemon
        may_end.set()
        thread.join(10)
    finally:
        threading.excepthook = hook
    assert [] == told
