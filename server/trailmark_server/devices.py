"""Device sessions: drives the server's half of ``trailmark-sync/1`` over whatever carries frames.

``DeviceSession`` executes the effects of one ``ServerSession`` in order, over the storage ports; a
socket or one ``POST /sync`` brings it frames and takes its frames. ``LiveSessions`` knows the
sessions of each device, so that a revoked device, a rewind or one session too many ends the right
ones.

Order within ``hello``: credential, then revocations into the keys store, then the subscription to
the bell, then the lanes. Nothing that commits after the lanes were read can be missed.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict, deque
from collections.abc import Callable, Coroutine, Sequence
from contextlib import suppress
from typing import Any, Final, Protocol, Self

import msgspec

from trailmark_server import credentials
from trailmark_server.access import DeviceActor, Right, Verb, authorize
from trailmark_server.bell import Pauses, Subscription, Wake
from trailmark_server.device_sign_in import sign_in
from trailmark_server.logs import log_failure
from trailmark_server.page_reads import PageReads, SharedPage, frame_of
from trailmark_server.services import Services
from trailmark_server.throttle import Bucket
from trailmark_shared import limits
from trailmark_shared.errors import ErrorCode, RefusedError, Retry, TrailmarkError
from trailmark_shared.ids import DeviceId, Epoch, Lane, SpaceId
from trailmark_shared.protocol import effects, messages
from trailmark_shared.protocol.frames import decode_client_frame, encode_frame
from trailmark_shared.protocol.server_session import ServerSession
from trailmark_shared.words import gettext

_BUCKETS_MAX: Final = 10_000
_ERROR_CHARS_MAX: Final = 200
_RIGHT_KEPT_MS: Final = 1000


class Outlet(Protocol):
    """Takes the frames of a session."""

    @property
    def is_full(self) -> bool:
        """No further page fits; answers to what came in still do."""
        ...

    async def send(self, frame: bytes) -> None:
        """Send one frame, or raise when the peer takes none."""
        ...


class Ended(msgspec.Struct, frozen=True, kw_only=True):
    """Why a session is over.

    Attributes:
        code: The error, or ``None`` for a normal end.
        message: One ASCII sentence.
    """

    code: ErrorCode | None
    message: str


class LiveSessions:
    """The live sessions of this process, how fast each device pushes, ``pages`` for all of them."""

    def __init__(self) -> None:
        self.pages = PageReads()
        self._sessions: dict[tuple[SpaceId, DeviceId], list[DeviceSession]] = {}
        self._buckets: OrderedDict[tuple[SpaceId, DeviceId], Bucket] = OrderedDict()
        self._empty = asyncio.Event()
        self._empty.set()

    @property
    def count(self) -> int:
        """How many sessions are live."""
        return sum(len(sessions) for sessions in self._sessions.values())

    def add(self, actor: DeviceActor, session: DeviceSession) -> None:
        """Add a session; the device's oldest one ends when there are too many."""
        sessions = self._sessions.setdefault((actor.space, actor.device), [])
        sessions.append(session)
        self._empty.clear()
        for oldest in sessions[: -limits.SESSIONS_PER_DEVICE_MAX]:
            oldest.end(ErrorCode.RATE_LIMITED, "this device has too many sessions")

    def remove(self, actor: DeviceActor, session: DeviceSession) -> None:
        """Remove a session that has ended."""
        sessions = self._sessions.get((actor.space, actor.device), [])
        if session in sessions:
            sessions.remove(session)
        if not sessions:
            self._sessions.pop((actor.space, actor.device), None)
        if not self._sessions:
            self._empty.set()

    async def wait_until_empty(self) -> None:
        """Wait until no session is live."""
        await self._empty.wait()

    def end_others(self, actor: DeviceActor, session: DeviceSession) -> None:
        """End the device's other sessions: they still believe in rows that are gone."""
        for other in self._sessions.get((actor.space, actor.device), []):
            if other is not session:
                other.end(ErrorCode.BROKEN_PAGE, "the log was rewound; connect again")

    def bucket(self, actor: DeviceActor, now: int) -> Bucket:
        """Return the device's bucket of events; it outlives sessions."""
        key = (actor.space, actor.device)
        bucket = self._buckets.get(key)
        if bucket is None:
            bucket = Bucket(limits.SPACE_EVENTS_BURST, limits.SPACE_EVENTS_PER_SECOND, now)
            self._buckets[key] = bucket
            if len(self._buckets) > _BUCKETS_MAX:
                self._buckets.popitem(last=False)
        self._buckets.move_to_end(key)
        return bucket


def _nobody() -> None:
    """Nobody waits: one request carries the whole session."""


class DeviceSession:
    """One device's session over some carrier; use it as a context manager.

    Attributes:
        ended: Why the session is over, or ``None`` while it lives.
        wake: Called when the bell or an end waits for the carrier.
        own_pauses: How long rows that this session pushed may wait before they are sent back.
    """

    def __init__(
        self, services: Services, live: LiveSessions, outlet: Outlet, credential: str | None
    ) -> None:
        """Wait for ``hello``.

        Args:
            services: The server's parts.
            live: Where the session registers itself once it is open.
            outlet: Takes the frames.
            credential: From the ``Authorization`` header, or ``None`` when ``hello`` brings it.
        """
        self.ended: Ended | None = None
        self.wake: Callable[[], object] = _nobody
        self.own_pauses: Pauses | None = None
        self._services = services
        self._live = live
        self._outlet = outlet
        self._credential = credential
        self._session = ServerSession()
        self._actor: DeviceActor | None = None
        self._key = b""
        self._bell: Subscription | None = None
        self._is_live = False
        self._shared: SharedPage | None = None
        self._asks: tuple[int, Right | None] = (0, None)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        if self._actor is not None:
            self._live.remove(self._actor, self)
        if self._bell is not None:
            self._bell.stop()

    async def take_frame(self, frame: bytes) -> None:
        """Take one frame of the device and do all that follows from it.

        Errors end the session; see ``ended``.
        """
        await self._guard(self._receive(frame))

    @property
    def has_news(self) -> bool:
        """The bell told of something that was not sent yet."""
        return self.ended is None and self._bell is not None and self._bell.has_news

    async def take_bell(self) -> None:
        """Send what the bell told of: new rows, or the end of a right."""
        if self._bell is not None and self._bell.has_news:
            await self._guard(self._hear(self._bell.take()))

    async def go_away(self) -> None:
        """Say that this instance stops."""
        await self._guard(self._execute(self._session.go_away(limits.SPREAD_MS_MAX)))

    async def refuse(self, error: TrailmarkError) -> None:
        """Tell the device what is wrong and end."""
        await self._guard(self._fail(error))

    def end(self, code: ErrorCode, message: str) -> None:
        """End the session from outside; its carrier closes with ``code``."""
        if self.ended is None:
            self.ended = Ended(code=code, message=message)
        self.wake()

    async def _guard(self, work: Coroutine[Any, Any, None]) -> None:
        """Run ``work``; whatever it raises ends the session under a name of ours."""
        try:
            if self.ended is None:
                await work
        except TrailmarkError as error:
            await self._fail(error)
        except TimeoutError:
            self.end(ErrorCode.OVERLOADED, "the device took no bytes for too long")
        except OSError:
            self.end(ErrorCode.UNREACHABLE, "the connection was lost")
        except Exception as error:  # noqa: BLE001  (the last line: a bug must not close with 1006)
            log_failure("session", error)
            self.end(ErrorCode.INTERNAL, "something broke on the server")
        finally:
            work.close()

    async def _fail(self, error: TrailmarkError) -> None:
        if isinstance(error, RefusedError):
            retry: Retry = error.retry
        else:
            retry = "after_upgrade" if error.code is ErrorCode.PROTOCOL_VERSION else "later"
        message = error.message[:_ERROR_CHARS_MAX]
        self.end(error.code, message)
        answer = messages.Error(code=error.code, retry=retry, message=message)
        with suppress(OSError):  # a peer that went or takes nothing; TimeoutError is one too
            await self._outlet.send(encode_frame(answer))

    async def _receive(self, frame: bytes) -> None:
        message = decode_client_frame(frame)
        await self._execute(self._session.receive(message, self._services.now()))

    async def _hear(self, wake: Wake) -> None:
        if wake.access and self._actor is not None:
            await self._services.accounts.read(self._right().check)
            self._require_key()
        self._is_live = True
        await self._execute(self._session.lane_moved(sorted(lane for _, lane in wake.lanes)))
        self._is_live = False

    async def _execute(self, begun: Sequence[effects.Effect]) -> None:
        waiting = deque(begun)
        while waiting and self.ended is None:
            waiting.extend(await self._do(waiting.popleft()))

    async def _do(self, effect: effects.Effect) -> Sequence[effects.Effect]:
        """Execute one effect and return what follows from its result."""
        follow: Sequence[effects.Effect] = ()
        match effect:
            case effects.Send():
                shared, self._shared = self._shared, None  # an idle session keeps no page
                await self._outlet.send(frame_of(effect.message, shared, self._session.version))
            case effects.Close():
                self.ended = Ended(code=effect.code, message=effect.message)
            case effects.OpenSession():
                follow = await self._open(effect.hello)
            case effects.RecordRevocations():
                await self._record_revocations(effect.grants)
                follow = self._session.revocations_recorded(effect.grants)
            case effects.AppendBatch():
                follow = await self._append(effect)
            case effects.ReadPage():
                follow = await self._read_page(effect)
            case effects.TakeOffer():
                follow = await self._take_offer(effect)
            case effects.RenewCredential():
                follow = await self._renew()
            case _:
                raise AssertionError(f"a server session asked for {type(effect).__name__}")
        return follow

    def _right(self) -> Right:
        """Return what every transaction asks; made anew once a second, for the time in it."""
        assert self._actor is not None, "an effect before the session was opened"
        now = self._services.now()
        made_at, right = self._asks
        if right is None or not 0 <= now - made_at < _RIGHT_KEPT_MS:
            right = authorize(self._actor, Verb.SYNC, self._actor.space, None, now)
            self._asks = (now, right)
        return right

    async def _open(self, hello: messages.Hello) -> Sequence[effects.Effect]:
        services = self._services
        device = await sign_in(services, self._credential or hello.credential)
        if device.device != hello.device:
            raise RefusedError(
                ErrorCode.NOT_SIGNED_IN,
                gettext("this credential is another device's"),
                "after_sign_in",
            )
        self._actor = DeviceActor(space=device.space, device=device.device)
        if hello.revoked:
            await self._record_revocations(hello.revoked)
        self._bell = services.bell.subscribe([device.space], self.wake)
        self._bell.start()
        self._live.add(self._actor, self)
        keys = services.signer.chain
        self._key = keys[-1].key
        lanes = await services.events.open_lanes(
            device.space, device.device, Epoch(hello.epoch), hello.lanes, self._right().check
        )
        if any(lane.welcome.rewind is not None for lane in lanes):
            self._live.end_others(self._actor, self)
        opened = effects.Opened(
            space=device.space,
            now=services.now(),
            credential_expires_at=device.expires_at,
            lanes=lanes,
            keys=keys,
        )
        self._require_key()
        return self._session.opened(opened)

    def _require_key(self) -> None:
        """Ask whether the key that ``welcome`` names still signs: else its pages do not verify."""
        if self._services.signer.public_key != self._key:
            raise RefusedError(
                ErrorCode.GOING_AWAY,
                gettext("the server signs with a new key; connect again"),
                "later",
            )

    async def _record_revocations(self, grants: Sequence[bytes]) -> None:
        assert self._actor is not None, "an effect before the session was opened"
        await self._services.events.record_revocations(self._actor.space, grants)
        self._services.bell.ring_access(self._actor.space)

    async def _append(self, effect: effects.AppendBatch) -> Sequence[effects.Effect]:
        actor, right = self._actor, self._right()
        assert actor is not None, "a push before the session was opened"
        began = self._services.clock.monotonic_ms()
        appended = await self._services.events.append(
            actor.space, right.written_by, effect, right.check
        )
        self._services.bell.ring(actor.space, effect.lane, self._bell, self.own_pauses)
        follow = list(self._session.appended(appended))
        now = self._services.clock.monotonic_ms()
        self._services.metrics.push_seconds.observe((now - began) / 1000)
        self._services.metrics.appended(
            len(effect.events), [refusal.code for refusal in appended.refused]
        )
        wait_ms = self._live.bucket(actor, now).take(len(effect.events), now)
        if wait_ms > limits.THROTTLE_MS_MAX:
            raise RefusedError(ErrorCode.RATE_LIMITED, gettext("too many events at once"), "later")
        return [*follow, *self._session.throttle(wait_ms)] if wait_ms else follow

    async def _read_page(self, effect: effects.ReadPage) -> Sequence[effects.Effect]:
        if self._outlet.is_full:
            return ()
        place = (self._session.space, effect.lane, effect.after)
        self._shared = shared = await self._live.pages.read(
            self._services.events, place, self._session.device, self._right().check
        )
        self._require_key()
        found = shared.found
        if self._is_live and found.rows:
            late_ms = self._services.now() - found.rows[0].received_at
            self._services.metrics.lag_seconds.observe(max(late_ms, 0) / 1000)
        return self._session.page_read(effect.lane, found)

    async def _take_offer(self, effect: effects.TakeOffer) -> Sequence[effects.Effect]:
        space, lane = self._session.space, Lane(effect.offer.lane)
        taken = await self._services.events.take_offer(
            space, effect.offer, effect.rows, self._right().check
        )
        self._services.bell.ring(space, lane)
        return self._session.offer_taken(lane, taken.upto, taken.code)

    async def _renew(self) -> Sequence[effects.Effect]:
        actor, services = self._actor, self._services
        assert actor is not None, "renew before the session was opened"
        fresh = credentials.credential_text(services.randomness.token(limits.CREDENTIAL_BYTES))
        expires_at = await services.accounts.write(
            lambda rows: credentials.renew_credential(
                rows, actor.space, actor.device, fresh, services.now()
            )
        )
        return self._session.renewed(fresh, expires_at)
