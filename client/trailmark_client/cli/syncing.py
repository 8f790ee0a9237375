"""Speaking with the home server from the command line: one exchange, or one that stays open.

The event loop and the protocol are loaded here only, by the commands that need them.
"""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Awaitable, Callable

from trailmark_client.app import App, open_async
from trailmark_client.live_session import Ended, Ports, Status
from trailmark_client.replicator import Replicator
from trailmark_client.transport import open_websocket


def exchange(app: App) -> Ended:
    """Send what waits and fetch what is new, then say goodbye.

    Returns:
        How it ended; nothing is lost either way.
    """
    return asyncio.run(_with_store(app, _once, lambda _status: None))


def keep_in_step(app: App, on_status: Callable[[Status], None]) -> Ended:
    """Stay in step with the home server until interrupted, or until coming back makes no sense.

    Args:
        app: This device.
        on_status: Called with every change of status.

    Returns:
        How the last session ended.
    """
    return asyncio.run(_with_store(app, _until_stopped, on_status))


async def _with_store(
    app: App,
    work: Callable[[Replicator], Awaitable[Ended]],
    on_status: Callable[[Status], None],
) -> Ended:
    database = open_async(app)
    async with database:
        ports = Ports(
            database=database, vault=app.vault, clock=app.clock, randomness=app.randomness
        )
        return await work(Replicator(ports, open_websocket, on_status))


async def _once(replicator: Replicator) -> Ended:
    return await replicator.sync_once()


async def _until_stopped(replicator: Replicator) -> Ended:
    loop = asyncio.get_running_loop()
    for each in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(each, replicator.stop)
    try:
        return await replicator.run()
    finally:
        for each in (signal.SIGINT, signal.SIGTERM):
            loop.remove_signal_handler(each)
