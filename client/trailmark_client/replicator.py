"""Keeping in step with the home server: session after session, with waits in between.

``live_session`` carries out one session; here is when the next one begins. The loop is our own: the
one of the WebSocket library reconnects without a pause when a server accepts and closes at once.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Final, Literal

import msgspec

from trailmark_adapters.randomness import below
from trailmark_client.credentials import refused
from trailmark_client.identity import Identity
from trailmark_client.live_session import LiveSession, News, Ports
from trailmark_client.refusals import refusal_words
from trailmark_client.session_status import Ended, Status
from trailmark_client.transport import Connector, Transport
from trailmark_shared import limits
from trailmark_shared.errors import ErrorCode, RefusedError, TrailmarkError
from trailmark_shared.protocol.close_codes import closing_of
from trailmark_shared.words import gettext

LOCAL_POLL_MS: Final = 200
"""How often a live session looks whether another process wrote something."""

_INBOX_MAX: Final = 16


class Replicator:
    """Keeps this device and its home server in step."""

    def __init__(
        self,
        ports: Ports,
        connect: Connector,
        on_status: Callable[[Status], None] = lambda _status: None,
    ) -> None:
        """Take the ports.

        Args:
            ports: Store, keys, clock and chance.
            connect: Opens transports.
            on_status: Called with every change of status.
        """
        self._ports = ports
        self._connect = connect
        self._on_status = on_status
        self._inbox: asyncio.Queue[News] = asyncio.Queue(_INBOX_MAX)
        self._is_stopping = False

    async def sync_once(self) -> Ended:
        """Exchange everything there is, then say goodbye.

        Returns:
            How it ended: ``is_done`` when all own events have rows and all lanes were read to
            their heads; else the code says what was in the way. Nothing is lost either way.
        """
        ended = await self._session(until_idle=True)
        self._tell(ended, "stopped")
        return ended

    async def run(self) -> Ended:
        """Keep in step until ``stop`` or until coming back makes no sense.

        Waits between sessions are random up to a ceiling that doubles, so that many devices do
        not come back at once; a new local event ends the wait.

        Returns:
            How the last session ended.
        """
        attempt = 0
        while True:
            ended = await self._session(until_idle=False)
            if self._is_stopping or ended.retry != "later":
                self._tell(ended, "stopped")
                return ended
            attempt = 0 if ended.lived_ms >= limits.HEALTHY_MS else attempt + 1
            self._tell(ended, "waiting")
            await self._wait(self._pause_ms(ended, attempt))

    def notify(self) -> None:
        """Tell that this process has recorded something: it is sent now, not at the next look."""
        if not self._inbox.full():
            self._inbox.put_nowait("changed")

    def stop(self) -> None:
        """Ask ``run`` to say goodbye and return."""
        self._is_stopping = True
        if not self._inbox.full():
            self._inbox.put_nowait("stop")

    def _pause_ms(self, ended: Ended, attempt: int) -> int:
        if ended.wait_ms:
            return below(self._ports.randomness, min(ended.wait_ms, limits.SPREAD_MS_MAX) + 1)
        ceiling = min(limits.BACKOFF_MAX_MS, limits.BACKOFF_MIN_MS * 2 ** min(attempt, 16))
        return below(self._ports.randomness, ceiling + 1)

    async def _wait(self, pause_ms: int) -> None:
        self._inbox = asyncio.Queue(_INBOX_MAX)
        poller = asyncio.create_task(self._poll())
        try:
            async with asyncio.timeout(pause_ms / 1000):
                while await self._inbox.get() not in ("changed", "stop"):
                    pass
        except TimeoutError:
            pass
        finally:
            await _cancelled(poller)

    def _tell(self, ended: Ended, phase: Literal["waiting", "stopped"]) -> None:
        self._on_status(
            Status(
                phase=phase,
                received=ended.received,
                waiting=ended.waiting,
                refused=ended.refused,
                code=ended.code,
                message=ended.message,
            )
        )

    async def _session(self, *, until_idle: bool) -> Ended:
        self._on_status(Status(phase="connecting"))
        file = self._ports.vault.identity_file
        known = file.current
        ended = await self._session_of(known, until_idle=until_idle)
        if ended.code is not ErrorCode.NOT_SIGNED_IN or known.credential_before is None:
            return ended
        before = await self._ports.database.write(
            lambda _conn: file.update(lambda current: refused(current, known.credential))
        )
        return await self._session_of(before, until_idle=until_idle)

    async def _session_of(self, identity: Identity, *, until_idle: bool) -> Ended:
        if identity.server is None:
            return Ended(
                code=ErrorCode.NOT_CONNECTED,
                retry="after_sign_in",
                message=gettext(
                    "this device is not connected to a therapist yet; "
                    "with an invitation of theirs: trailmark connect"
                ),
            )
        if identity.credential is None:
            # It came back from a backup, which holds none: the server would say the same.
            return Ended(
                code=ErrorCode.NOT_SIGNED_IN,
                retry="after_sign_in",
                message=refusal_words(ErrorCode.NOT_SIGNED_IN, ""),
            )
        began = self._ports.clock.monotonic_ms()
        try:
            transport = await self._connect(identity.server.url, identity.credential)
        except RefusedError as error:
            return Ended(code=error.code, retry=error.retry, message=error.message)
        self._inbox = asyncio.Queue(_INBOX_MAX)
        live = LiveSession(
            self._ports, transport, self._inbox, self._on_status, lambda: self._is_stopping
        )
        tasks = [
            asyncio.create_task(_pump_frames(transport, self._inbox)),
            asyncio.create_task(self._poll()),
        ]
        try:
            ended = await live.run(identity.credential, until_idle=until_idle)
        finally:
            for task in tasks:
                await _cancelled(task)
            await transport.close(closing_of(None).code, "")
        return msgspec.structs.replace(ended, lived_ms=self._ports.clock.monotonic_ms() - began)

    async def _poll(self) -> None:
        """Put news into the inbox whenever another process has written."""
        seen = await self._ports.database.data_version()
        while True:
            await asyncio.sleep(LOCAL_POLL_MS / 1000)
            version = await self._ports.database.data_version()
            if version != seen:
                seen = version
                await self._inbox.put("changed")


async def _pump_frames(transport: Transport, inbox: asyncio.Queue[News]) -> None:
    """Move frames into the inbox until the transport ends; the end is news too."""
    try:
        while True:
            await inbox.put(await transport.receive())
    except TrailmarkError as ended:
        await inbox.put(ended)


async def _cancelled(task: asyncio.Task[None]) -> None:
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
