"""Speaking with the home server from the command line: one exchange, or one that stays open.

The event loop and the protocol are loaded here only, by the commands that need them.
"""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Final

import msgspec

from trailmark_adapters.database import Database
from trailmark_adapters.sqlite import Connection
from trailmark_adapters.threads import take_short_turns
from trailmark_client.app import App, open_app, open_async
from trailmark_client.connector import open_transport
from trailmark_client.erasing_everything import note_taken
from trailmark_client.following import follow, is_waiting
from trailmark_client.imported_lanes import is_unsettled, settle_imported
from trailmark_client.live_session import Ports
from trailmark_client.own_devices import sign_out_removed
from trailmark_client.recovery import send_kept
from trailmark_client.replicator import Replicator
from trailmark_client.session_status import Ended, Status
from trailmark_client.storage.links import waiting_links
from trailmark_client.supporter_links import settle_links
from trailmark_shared.errors import DomainError, RefusedError, TrailmarkError
from trailmark_shared.projections.fold import make_decoders

POLL_S: Final = 2.0
"""Distance of the looks for what is to be done beside a session that stays open."""

_Work = Callable[[Replicator, Database], Awaitable[Ended]]


def exchange(app: App) -> Ended:
    """Send what waits and fetch what is new, then say goodbye.

    What of an import is on this device alone is sent, too, once the rest is known.

    Returns:
        How it ended; nothing is lost either way.
    """
    finish_asked(app)
    ended = asyncio.run(_with_store(app, _once, lambda _status: None))
    if not ended.is_done or not settle_imported(app):
        return ended
    again = asyncio.run(_with_store(app, _once, lambda _status: None))
    return msgspec.structs.replace(again, received=ended.received + again.received)


def keep_in_step(app: App, on_status: Callable[[Status], None]) -> Ended:
    """Stay in step with the home server until interrupted, or until coming back makes no sense.

    Args:
        app: This device.
        on_status: Called with every change of status.

    Returns:
        How the last session ended.
    """
    finish_asked(app)
    is_live = False

    def tell(status: Status) -> None:
        nonlocal is_live
        is_live = status.phase == "live"
        on_status(status)

    async def work(replicator: Replicator, database: Database) -> Ended:
        beside = [
            asyncio.create_task(_tell_links(app, database)),
            asyncio.create_task(follow_news(app, database, lambda: is_live)),
            asyncio.create_task(follow_imports(app, database)),
        ]
        try:
            return await _until_stopped(replicator)
        finally:
            for each in beside:
                each.cancel()
            await asyncio.gather(*beside, return_exceptions=True)

    make_decoders()
    take_short_turns()
    return asyncio.run(_with_store(app, work, tell))


def finish_asked(app: App) -> None:
    """Tell the server what was asked for here and could not be told yet, as far as it goes now."""
    for finish in (sign_out_removed, send_kept):
        with suppress(RefusedError, DomainError):
            finish(app)


async def _with_store(app: App, work: _Work, on_status: Callable[[Status], None]) -> Ended:
    database = open_async(app)
    async with database:
        ports = Ports(
            database=database, vault=app.vault, clock=app.clock, randomness=app.randomness
        )
        ended = await work(Replicator(ports, open_transport, on_status), database)
        app.doubt(ended.code)
        if ended.is_done:
            note_taken(app)
        return ended


async def _once(replicator: Replicator, _database: Database) -> Ended:
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


async def _tell_links(app: App, database: Database) -> None:
    """Tell the server of supporters' links as they are made, while the session stays open."""
    while True:
        with suppress(TrailmarkError):  # told the next time
            if await database.read(waiting_links):
                await asyncio.to_thread(_settle, app, settle_links)
        await asyncio.sleep(POLL_S)


async def follow_news(app: App, database: Database, is_live: Callable[[], bool]) -> None:
    """Do what follows from news of therapists and other devices, until cancelled.

    Args:
        app: This device.
        database: Its store, beside the session that stays open.
        is_live: Whether everything is exchanged.
    """
    last: int | None = None
    while True:
        with suppress(TrailmarkError):
            newest = await database.read(_newest)
            if is_live() and (newest != last or await database.read(is_waiting)):
                await asyncio.to_thread(_settle, app, follow)
                last = newest
        await asyncio.sleep(POLL_S)


async def follow_imports(app: App, database: Database) -> None:
    """Unfold what other devices carry of an import, and carry what is here alone, until cancelled.

    Args:
        app: This device.
        database: Its store, beside the session that stays open.
    """

    def has_work(conn: Connection) -> bool:
        return is_unsettled(conn, private_copy=app.identity.private_copy)

    last: int | None = None
    while True:
        with suppress(TrailmarkError):
            newest = await database.read(_newest)
            if newest != last and await database.read(has_work):
                await asyncio.to_thread(_settle, app, settle_imported)
            last = newest
        await asyncio.sleep(POLL_S)


def _newest(conn: Connection) -> int:
    return conn.execute("SELECT coalesce(max(pos), 0) FROM event").fetchone()[0]


def _settle(app: App, settle: Callable[[App], object]) -> None:
    """Settle something in a thread of its own, over a connection of its own."""
    with open_app(app.home, clock=app.clock, randomness=app.randomness, key=app.key) as other:
        settle(other)
