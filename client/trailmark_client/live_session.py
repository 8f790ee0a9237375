"""One session over one transport: carrying out what the client session asks, effect by effect.

Every effect is executed, in order, before the next message is fed. Each that touches the store is
one transaction; what a kill leaves behind is always a state from which the next session goes on.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Iterable
from typing import Final, Literal

import msgspec

from trailmark_adapters.clock import Clock
from trailmark_adapters.database import Database
from trailmark_adapters.randomness import Randomness
from trailmark_adapters.sqlite import Connection
from trailmark_client.credentials import proven, renewed
from trailmark_client.identity import Identity
from trailmark_client.key_sharing import KeySharing
from trailmark_client.refusals import refusal_words
from trailmark_client.session_status import Ended, Status
from trailmark_client.session_store import SessionStore
from trailmark_client.storage.cleaning import clean_beside, cleaning_owed
from trailmark_client.storage.cursors import session_start
from trailmark_client.storage.event_log import lanes_to_send, unsent_count
from trailmark_client.storage.local_news import local_news
from trailmark_client.storage.page_store import StoredPage, store_page
from trailmark_client.storage.vault import Vault
from trailmark_client.transport import Transport
from trailmark_shared import limits
from trailmark_shared.errors import ErrorCode, ProtocolError, RefusedError, TrailmarkError
from trailmark_shared.ids import Lane
from trailmark_shared.protocol import effects
from trailmark_shared.protocol.client_session import ClientSession
from trailmark_shared.protocol.close_codes import closing_of
from trailmark_shared.protocol.frames import decode_server_frame, encode_for
from trailmark_shared.protocol.messages import Events, Ping, Pong, Throttle
from trailmark_shared.protocol.states import State
from trailmark_shared.words import gettext

News = bytes | TrailmarkError | Literal["changed", "resume", "stop"]
"""What a session waits for: a frame, the end of the transport, or something local."""

_RESUME_RETRY_MS: Final = 200


class Ports(msgspec.Struct, frozen=True):
    """What a session needs of the machine.

    Attributes:
        database: The device's store.
        vault: Cipher and identity.
        clock: Device clock.
        randomness: New epochs, and the jitter of waits.
    """

    database: Database
    vault: Vault
    clock: Clock
    randomness: Randomness


class _EndSession(Exception):  # noqa: N818  (a way out, not an error)
    """Carries the end of a session out of its loop."""

    def __init__(self, ended: Ended) -> None:
        super().__init__(ended.message)
        self.ended = ended


class LiveSession:
    """One session over one transport."""

    def __init__(
        self,
        ports: Ports,
        transport: Transport,
        inbox: asyncio.Queue[News],
        on_status: Callable[[Status], None],
        is_stopping: Callable[[], bool],
    ) -> None:
        """Take the ports.

        Args:
            ports: What the session needs of the machine.
            transport: An open connection to the home server.
            inbox: Fed by others with frames and local news.
            on_status: Called with every change of status.
            is_stopping: Says that the session shall end now.
        """
        self._ports = ports
        self._database = ports.database
        self._vault = ports.vault
        self._clock = ports.clock
        self._transport = transport
        self._inbox = inbox
        self._on_status = on_status
        self._is_stopping = is_stopping
        self._key_sharing = KeySharing(ports.vault, ports.clock, ports.randomness)
        self._has_keys = True
        self._duties: tuple[object, ...] = ()
        self._session = ClientSession()
        self._store = SessionStore(
            ports.database, ports.vault, ports.clock, ports.randomness, self._session
        )
        self._revoked: frozenset[bytes] = frozenset()
        self._received = 0
        self._refused = 0
        self._waiting = 0
        self._is_counted = False
        self._pause_ms = 0
        self._has_renewed = False
        self._is_renewing = False
        self._credential = ""
        self._is_proven = False
        self._has_settled = False
        self._owes_cleaning = False
        self._resuming: asyncio.TimerHandle | None = None
        self._silent_since: int | None = None

    async def run(self, credential: str, *, until_idle: bool) -> Ended:
        """Run to the end, whatever ends it.

        Args:
            credential: What the transport was opened with.
            until_idle: Say goodbye once everything is exchanged.

        Returns:
            How it ended.
        """
        self._credential = credential
        try:
            start = await self._database.read(self._begin)
            self._revoked = frozenset(start.revoked)
            await self._execute(self._session.start(start))
            while True:
                is_idle = await self._is_idle(until_idle=until_idle)
                if is_idle and self._owes_cleaning:
                    # Once for all pages that brought erasures.
                    self._owes_cleaning = False
                    await clean_beside(self._database, self._vault.identity_file.path.parent)
                self._report(is_idle=is_idle)
                if (is_idle and until_idle) or self._is_stopping():
                    await self._execute(self._session.bye())
                await self._take(await self._next_news(until_idle=until_idle))
        except _EndSession as end:
            ended = end.ended
        except ProtocolError as error:
            await self._transport.close(closing_of(error.code).code, error.message)
            words = refusal_words(error.code, error.message)
            ended = Ended(code=error.code, retry="later", message=words)
        except TrailmarkError as error:
            retry = error.retry if isinstance(error, RefusedError) else "later"
            ended = Ended(code=error.code, retry=retry, message=error.message)
        finally:
            self._resume_after(None)
        return msgspec.structs.replace(
            ended,
            is_done=ended.code is None
            and self._waiting == 0
            and self._session.state is State.CLOSED,
            received=self._received,
            refused=self._refused,
            waiting=self._waiting,
        )

    @property
    def _identity(self) -> Identity:
        return self._vault.identity_file.current

    def _begin(self, conn: Connection) -> effects.Start:
        self._waiting = unsent_count(conn, self._identity)
        return session_start(conn, self._identity, self._clock.now_ms())

    async def _is_idle(self, *, until_idle: bool) -> bool:
        if not self._session.is_idle or self._is_renewing:
            return False
        if until_idle or not self._is_counted:
            # Who stays hears of everything that is recorded beside this session, who goes does not.
            await self._count_waiting()
        if self._waiting == 0 and self._has_keys:
            await self._tend_keys()
        if not self._session.is_idle or self._waiting:
            return False
        if not self._has_settled:
            self._has_settled = True
            await self._store.end_doubts()
        return True

    async def _tend_keys(self) -> None:
        """Say what is to be said about devices and keys, now that everything was read."""
        self._has_keys = False
        has_spoken, owed = await self._database.write(
            lambda conn: (self._key_sharing.tend(conn), cleaning_owed(conn))
        )
        if has_spoken:
            lanes = await self._database.read(lanes_to_send)
            await self._execute(self._session.outbox_changed(lanes))
            await self._count_waiting()
        if owed is not None:
            await self._database.checkpoint()
            self._owes_cleaning = True

    async def _count_waiting(self) -> None:
        self._waiting = await self._database.read(lambda conn: unsent_count(conn, self._identity))
        self._is_counted = True

    def _report(self, *, is_idle: bool) -> None:
        self._on_status(
            Status(
                phase="live" if is_idle else "exchanging",
                received=self._received,
                waiting=self._waiting,
                refused=self._refused,
            )
        )

    async def _next_news(self, *, until_idle: bool) -> News:
        if not until_idle:
            return await self._inbox.get()
        now = self._clock.monotonic_ms()
        if self._silent_since is None:
            self._silent_since = now
        # A pause that the server asked for is no silence.
        patience = self._transport.patience_ms + self._pause_ms - (now - self._silent_since)
        try:
            async with asyncio.timeout(max(patience, 0) / 1000):
                # With a queue that is never empty no time-out would ever come.
                await asyncio.sleep(0)
                return await self._inbox.get()
        except TimeoutError:
            raise RefusedError(
                ErrorCode.UNREACHABLE, gettext("the server stopped answering"), "later"
            ) from None

    async def _take(self, news: News) -> None:
        match news:
            case bytes():
                message = decode_server_frame(news)
                await self._execute(self._session.receive(message, self._clock.now_ms()))
                if not isinstance(message, Ping | Pong | Throttle):
                    # Whoever says only that they are there answers nothing.
                    self._silent_since = None
                await self._tend_credential()
            case TrailmarkError():
                raise news
            case "changed":
                await self._take_local_changes()
            case "resume":
                self._pause_ms, self._silent_since = 0, None
                await self._execute(self._session.resume())
            case "stop":
                await self._execute(self._session.bye())

    async def _take_local_changes(self) -> None:
        if self._session.state is not State.OPEN:
            return
        if self._identity.epoch != self._session.epoch:
            # Another process began a new epoch: only a new hello can speak for it.
            raise _EndSession(Ended(message="this device began a new epoch"))
        news = await self._database.read(lambda conn: local_news(conn, self._identity))
        self._waiting, self._is_counted = news.waiting, True
        self._has_keys |= news.duties != self._duties
        self._duties = news.duties
        revoked = news.revoked - self._revoked
        self._revoked |= revoked
        if revoked:
            # Before anything else that waits: a revocation must not stand behind a backlog.
            await self._execute(self._session.revoke(sorted(revoked)))
        await self._execute(self._session.outbox_changed(news.lanes))

    async def _tend_credential(self) -> None:
        if self._session.state is not State.OPEN:
            return
        if not self._is_proven:
            self._is_proven = True
            if self._identity.credential_before is not None:
                await self._change_credential(lambda known: proven(known, self._credential))
        if self._has_renewed:
            return
        age_left = limits.CREDENTIAL_TTL_MS - limits.CREDENTIAL_RENEW_MS
        if self._session.credential_left_ms < age_left:
            self._has_renewed = self._is_renewing = True
            await self._execute(self._session.renew())

    async def _change_credential(self, change: Callable[[Identity], Identity]) -> None:
        await self._database.write(lambda _conn: self._vault.identity_file.update(change))

    async def _execute(self, asked: Iterable[effects.Effect]) -> None:
        waiting = deque(asked)
        while waiting:
            waiting.extend(await self._carry_out(waiting.popleft()))

    async def _carry_out(self, effect: effects.Effect) -> Iterable[effects.Effect]:
        match effect:
            case effects.Send(message=message):
                await self._transport.send(encode_for(message, self._session.version))
            case effects.Close():
                await self._transport.close(closing_of(effect.code).code, effect.message)
                raise _EndSession(
                    Ended(
                        code=effect.code,
                        retry=effect.retry,
                        message=refusal_words(effect.code, effect.message),
                        wait_ms=effect.wait_ms,
                    )
                )
            case effects.Pause(ms=ms):
                self._pause_ms = ms
                self._resume_after(ms)
            case effects.StorePage():
                return await self._store_page(effect)
            case effects.SaveCredential(credential=fresh, expires_at=until):
                await self._change_credential(
                    lambda known: renewed(known, self._credential, fresh, until)
                )
                self._is_renewing = False
            case effects.ReadOutbox():
                return await self._store.carry_out(effect)
            case _:
                self._is_counted = False
                return await self._store.carry_out(effect)
        return ()

    def _resume_after(self, ms: int | None) -> None:
        """Resume once, after the last pause that was asked for; ``None`` for never."""
        if self._resuming is not None:
            self._resuming.cancel()
        if ms is None:
            return

        def resume() -> None:
            if not self._inbox.full():
                self._inbox.put_nowait("resume")
                return
            self._resume_after(_RESUME_RETRY_MS)

        self._resuming = asyncio.get_running_loop().call_later(ms / 1000, resume)

    async def _store_page(self, effect: effects.StorePage) -> Iterable[effects.Effect]:
        page = effect.page
        try:
            stored, has_spoken = await self._database.write(
                lambda conn: self._keep_page(conn, page)
            )
        except ProtocolError as error:
            if error.code is ErrorCode.ALTERED_HISTORY:
                return self._session.altered([Lane(page.lane)])
            return self._session.page_broken()
        self._received += stored.fresh
        self._refused += stored.refused
        self._has_keys |= stored.has_keys
        # Rows confirm what waited, and may also show that some of it need not wait any more.
        self._is_counted &= not (has_spoken or self._waiting)
        self._waiting = max(0, self._waiting - stored.confirmed)
        asked = self._session.page_stored(page, stored.stood)
        if not has_spoken:
            return asked
        lanes = await self._database.read(lanes_to_send)
        return [*asked, *self._session.outbox_changed(lanes)]

    def _keep_page(self, conn: Connection, page: Events) -> tuple[StoredPage, bool]:
        stored = store_page(conn, self._vault, page)
        return stored, stored.has_keys and self._key_sharing.look(conn)
