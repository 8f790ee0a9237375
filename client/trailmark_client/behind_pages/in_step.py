"""Keeping in step with the home server while the pages are open.

As ``trailmark sync --watch`` does, and beside one that runs already. Where no server is connected
nothing is asked of the network; once one is, it begins by itself.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from typing import Final, Protocol, TypeVar

from trailmark_adapters.clock import Clock
from trailmark_adapters.randomness import Randomness
from trailmark_client.app import App, open_async
from trailmark_client.behind_pages.news import News
from trailmark_client.device_joining import finish_joining
from trailmark_client.erasing_everything import ask_servers, note_taken, obey_erasure
from trailmark_client.following import follow, is_waiting
from trailmark_client.imported_lanes import settle_some
from trailmark_client.live_session import Ports
from trailmark_client.own_devices import sign_out_removed
from trailmark_client.recovery import send_kept
from trailmark_client.replicator import Replicator
from trailmark_client.session_status import Ended, Status
from trailmark_client.storage.connecting import finish_connecting
from trailmark_client.storage.links import waiting_links
from trailmark_client.supporter_links import settle_links
from trailmark_client.transport import Connector
from trailmark_client.web.desk import Phase
from trailmark_shared.errors import DomainError, ErrorCode, RefusedError

_Result = TypeVar("_Result")

FINISH_S: Final = 1.0
"""How long news may gather before what follows from them is done."""

ASK_S: Final = 30.0
"""How often it is looked for without news."""

AGAIN_S: Final = 900.0
"""How long a device stays away that was turned away for good: servers err, too, and are mended."""


_SHUT_OUT: Final = frozenset({ErrorCode.NOT_SIGNED_IN, ErrorCode.SIGNED_OUT})
"""What a server says to a device that it does not, or no longer, let in."""

JOIN_S: Final = 2.0
"""How often a device that waits for the person's yes on another one looks for it."""


class Runner(Protocol):
    """Runs work with the app, wherever the app lives."""

    async def run(self, work: Callable[[App], _Result]) -> _Result:
        """Run ``work`` with the app and return what it returned."""
        ...


class InStep:
    """The connection of these pages with the home server.

    Attributes:
        phase: How this device stands to it now.
    """

    def __init__(
        self, far: Runner, clock: Clock, randomness: Randomness, news: News, connect: Connector
    ) -> None:
        """Take what is needed.

        Args:
            far: The thread that may wait for the server.
            clock: The clock.
            randomness: Chance.
            news: Rung with every change.
            connect: Opens connections with the home server.
        """
        self.phase: Phase = "alone"
        self._far = far
        self._clock = clock
        self._randomness = randomness
        self._news = news
        self._connect = connect

    async def run(self) -> None:
        """Stay in step until cancelled."""
        refused: str | None = None
        again_at = 0
        while True:
            heard = self._news.count
            credential = await self._far.run(_credential)
            stays_away = credential == refused and self._clock.monotonic_ms() < again_at
            if credential is None or stays_away:
                if credential is None and self.phase != "emptied":
                    self._tell("alone")
                may_join = await self._far.run(join)
                owes = await self._far.run(tell_servers)
                asks = owes or stays_away
                await self._news.after(heard, JOIN_S if may_join else ASK_S if asks else None)
                continue
            app = await self._far.run(lambda app: app)
            ended = await self._session(app)
            if ended.code is ErrorCode.SPACE_ERASED:
                if await self._far.run(obey):
                    self._tell("emptied")
                # What was noted besides is to be seen, too.
                self._news.ring()
            refused = credential if ended.retry != "later" else None
            again_at = self._clock.monotonic_ms() + int(AGAIN_S * 1000)

    async def _session(self, app: App) -> Ended:
        """Keep in step until coming back makes no sense.

        Of the app only what belongs to no thread is used: its folder and its keys.

        Returns:
            How it ended.
        """
        await self._far.run(lambda app: finish_connecting(app.file, app.identity))
        async with open_async(app) as database:
            ports = Ports(
                database=database,
                vault=app.vault,
                clock=self._clock,
                randomness=self._randomness,
            )
            replicator = Replicator(ports, self._connect, self._on_status)
            finishing = asyncio.create_task(self._finish())
            try:
                return await replicator.run()
            finally:
                finishing.cancel()
                await asyncio.gather(finishing, return_exceptions=True)

    def _on_status(self, status: Status) -> None:
        self._tell("shut_out" if status.code in _SHUT_OUT else status.phase)
        self._news.ring()

    def _tell(self, phase: Phase) -> None:
        if phase != self.phase:
            self.phase = phase
            self._news.ring()

    async def _finish(self) -> None:
        """Do what follows from news, a little after them; ask again what waits for somebody."""
        heard = -1
        while True:
            is_live, count = self.phase == "live", self._news.count
            if await self._far.run(lambda app, live=is_live: finish(app, is_live=live)):
                self._news.ring()
            heard = count
            await asyncio.sleep(FINISH_S)
            if self._news.count == heard and not await self._far.run(_is_waiting):
                await self._news.after(heard, ASK_S)


def _credential(app: App) -> str | None:
    identity = app.identity
    return None if identity.server is None else identity.credential


def join(app: App) -> bool:
    """Become one of the person's devices, if they have said yes on another one.

    Args:
        app: This device, in a thread that may wait for the server.

    Returns:
        Whether to look again soon; where the code has run out, the page says it when it is asked.
    """
    if app.identity.waiting is None:
        return False
    try:
        finish_joining(app)
    except RefusedError as refused:
        return refused.retry == "later"
    return True


def tell_servers(app: App) -> bool:
    """Ask servers that still have to erase what was erased here.

    Args:
        app: This device, in a thread that may wait for the server.

    Returns:
        Whether one of them has to be asked again.
    """
    if not app.erasure_file.read().waiting:
        return False
    return any(each.answered == "waiting" for each in ask_servers(app))


def obey(app: App) -> bool:
    """Empty this device where another one of the person proves that everything was erased.

    Args:
        app: This device, in a thread that may wait for the server.

    Returns:
        Whether it did; without that proof everything stays.
    """
    with suppress(RefusedError):
        obey_erasure(app)
        return True
    return False


def _is_waiting(app: App) -> bool:
    return app.read(is_waiting)


def finish(app: App, *, is_live: bool) -> bool:
    """Do what follows from what the server and other devices said, as far as it goes now.

    Args:
        app: This device, in a thread that may wait for the server.
        is_live: Everything is exchanged, so that what other devices wrote is known.

    Returns:
        Whether something was recorded.
    """
    for tell in (sign_out_removed, send_kept, _tell_links):
        with suppress(RefusedError, DomainError):
            tell(app)
    if not is_live:
        return False
    note_taken(app)
    has_followed = follow(app)
    # A part at a time: these pages wait for it.
    return settle_some(app) is not None or has_followed


def _tell_links(app: App) -> None:
    if app.read(waiting_links):
        settle_links(app)
