"""Device sessions: drives the server's half of ``trailmark-sync/1`` over whatever carries frames.

``DeviceSession`` executes the effects of one ``ServerSession`` in order, over the storage ports; a
socket or one ``POST /sync`` brings it frames and takes its frames. Most of what a live session does
takes no time (a page that was read for many, an acknowledgement), and is done without a task.

Order within ``hello``: credential, then revocations into the keys store, then the subscription to
the bell, then the lanes. Nothing that commits after the lanes were read can be missed.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from contextlib import suppress
from functools import partial
from typing import Any, Final, Self

import msgspec

from trailmark_server import credentials
from trailmark_server.access import DeviceActor, Right, Verb, authorize
from trailmark_server.bell import Pauses, Subscription, Wake
from trailmark_server.http.problems import error_frame
from trailmark_server.logs import log_failure
from trailmark_server.outlets import Outlet
from trailmark_server.page_reads import SharedPage, frame_of
from trailmark_server.services import Services
from trailmark_server.session_end import Ended
from trailmark_server.sign_in.device import sign_in
from trailmark_shared import limits
from trailmark_shared.errors import ErrorCode, RefusedError, TrailmarkError
from trailmark_shared.ids import Epoch, Lane
from trailmark_shared.protocol import effects, messages
from trailmark_shared.protocol.frames import decode_client_frame
from trailmark_shared.protocol.server_session import ServerSession
from trailmark_shared.words import gettext

_NO_LANES: Final = frozenset[Lane]()
_RIGHT_KEPT_MS: Final = 1000


def _nobody() -> None:
    """Nobody waits: one request carries the whole session."""


class _AskAgain(msgspec.Struct, frozen=True):
    """Ask whether the device still has its right: the bell told that rights may have changed."""


_Effect = effects.Effect | _AskAgain
_Found = tuple[effects.ReadPage, SharedPage | Exception]


class DeviceSession:
    """One device's session over some carrier; use it as a context manager.

    The carrier brings frames by ``take``, and after each of them, and whenever ``wake`` is called,
    lets the session ``advance``. What cannot be done at once is awaited with ``take_time``, by one
    task at a time.

    Attributes:
        ended: Why the session is over, or ``None`` while it lives.
        wake: Called when there is something to do for a session that was not asked to do it.
        own_pauses: How long rows that this session pushed may wait before they are sent back.
        is_rewound: The device knew rows that are not in the log: ``welcome`` said where to go back.
    """

    def __init__(self, services: Services, outlet: Outlet, credential: str | None) -> None:
        """Wait for ``hello``.

        Args:
            services: The server's parts.
            outlet: Takes the frames.
            credential: From the ``Authorization`` header, or ``None`` when ``hello`` brings it.
        """
        self.ended: Ended | None = None
        self.wake: Callable[[], object] = _nobody
        self.own_pauses: Pauses | None = None
        self.is_rewound = False
        self._services = services
        self._outlet = outlet
        self._credential = credential
        self._session = ServerSession()
        self._actor: DeviceActor | None = None
        self._key = b""
        self._bell: Subscription | None = None
        self._inbox: list[bytes] = []
        self._waiting: list[_Effect] = []
        self._to_read: list[effects.ReadPage] = []
        self._reads = 0
        self._found: list[_Found] = []
        self._live_lanes = _NO_LANES
        self._shared: SharedPage | None = None
        self._unsent: Coroutine[Any, Any, None] | None = None
        self._failure: Exception | None = None
        self._is_leaving = False
        self._asks: tuple[int, Right | None] = (0, None)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self.wake = _nobody
        if self._actor is not None:
            self._services.live.remove(self._actor, self)
        if self._bell is not None:
            self._bell.stop()
        if self._unsent is not None:
            self._unsent.close()
        self._failure = None  # its traceback holds this session

    @property
    def backlog(self) -> int:
        """How many frames wait for their turn."""
        return len(self._inbox)

    def take(self, frame: bytes) -> None:
        """Take one frame of the device, for its turn."""
        self._inbox.append(frame)

    def advance(self, *, hears: bool = True) -> bool:
        """Do what can be done at once, in order.

        Args:
            hears: Also what the bell told.

        Returns:
            Whether that was all; else ``take_time`` does what is next.
        """
        try:
            while self.ended is None and self._failure is None and self._unsent is None:
                if self._waiting:
                    if not self._do_at_once(self._waiting[0]):
                        return False
                    self._waiting.pop(0)
                elif self._is_leaving:
                    self._is_leaving = False
                    self._waiting += self._session.go_away(limits.SPREAD_MS_MAX)
                elif hears and self._bell is not None and self._bell.has_news:
                    self._hear(self._bell.take())  # first: a right may be gone
                elif self._found:
                    self._reads -= 1
                    self._waiting += self._page_found(*self._found.pop(0))
                elif self._to_read and self._reads < limits.PAGES_READ_AT_ONCE:
                    self._ask_page(self._to_read.pop(0))
                elif self._inbox:  # last: frames may flood
                    message = decode_client_frame(self._inbox.pop(0))
                    self._waiting += self._session.receive(message, self._services.now())
                else:
                    return True
        except Exception as error:  # noqa: BLE001  (named by ``take_time``)
            self._failure = error
        return self.ended is not None

    async def take_time(self) -> None:
        """Do the next thing that takes time; what it raises ends the session, see ``ended``."""
        try:
            await self._do_next()
        except TrailmarkError as error:
            await self.refuse(error)
        except TimeoutError:
            self.end(ErrorCode.OVERLOADED, "the device took no bytes for too long")
        except OSError:
            self.end(ErrorCode.UNREACHABLE, "the connection was lost")
        except Exception as error:  # noqa: BLE001  (the last line: a bug must not close with 1006)
            log_failure("session", error)
            self.end(ErrorCode.INTERNAL, "something broke on the server")

    async def _do_next(self) -> None:
        if self._failure is not None:
            raise self._failure
        unsent, self._unsent = self._unsent, None
        if unsent is not None:
            await unsent
        else:
            self._waiting += await self._do(self._waiting.pop(0))

    async def settle(self, *, hears: bool = True) -> None:
        """Work until there is nothing to do and nothing to wait for: without a live part.

        Args:
            hears: Also what the bell told.
        """
        woken, wake = asyncio.Event(), self.wake
        self.wake = woken.set
        while self.ended is None:
            if not self.advance(hears=hears):
                await self.take_time()
            elif self._reads:
                await woken.wait()
                woken.clear()
            else:
                break
        self.wake = wake

    def go_away(self) -> None:
        """Say that this instance stops, once what was begun is done."""
        self._is_leaving = True

    async def refuse(self, error: TrailmarkError) -> None:
        """Tell the device what is wrong and end."""
        if self.ended is not None:
            return
        self.end(error.code, error.message)
        with suppress(OSError):  # a peer that went or takes nothing; TimeoutError is one too
            unsent = self._outlet.put(error_frame(error))
            if unsent is not None:
                await unsent

    def end(self, code: ErrorCode, message: str) -> None:
        """End the session from outside; its carrier closes with ``code``."""
        if self.ended is None:
            self.ended = Ended(code=code, message=message)
        self.wake()

    def _hear(self, wake: Wake) -> None:
        if wake.access:
            self._waiting.append(_AskAgain())
        if wake.lanes:
            follow = self._session.lane_moved(sorted([lane for _, lane in wake.lanes]))
            self._live_lanes |= {each.lane for each in follow if isinstance(each, effects.ReadPage)}
            self._waiting += follow

    def _do_at_once(self, effect: _Effect) -> bool:
        """Execute an effect that takes no time; say whether it was one."""
        match effect:
            case effects.Send():
                shared, self._shared = self._shared, None  # an idle session keeps no page
                frame = frame_of(effect.message, shared, self._session.version)
                self._unsent = self._outlet.put(frame)
            case effects.ReadPage():
                self._to_read.append(effect)
            case effects.Close():
                self.ended = Ended(code=effect.code, message=effect.message)
            case _:
                return False
        return True

    async def _do(self, effect: _Effect) -> Sequence[effects.Effect]:
        """Execute one effect and return what follows from its result."""
        follow: Sequence[effects.Effect] = ()
        match effect:
            case _AskAgain():
                await self._services.accounts.read(self._right().check)
                self._require_key()
            case effects.OpenSession():
                follow = await self._open(effect.hello)
            case effects.RecordRevocations():
                wait = await self._record_revocations(effect.grants)
                follow = [*self._session.revocations_recorded(effect.grants), *wait]
            case effects.AppendBatch():
                follow = await self._append(self._with_next_pushes(effect))
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
        self._bell = services.bell.subscribe([device.space], lambda: self.wake())  # noqa: PLW0108  (it is set anew)
        self._bell.start()
        self._services.live.add(self._actor, self)
        keys = services.signer.chain
        self._key = keys[-1].key
        lanes = await services.events.open_lanes(
            device.space, device.device, Epoch(hello.epoch), hello.lanes, self._right().check
        )
        self.is_rewound = any(lane.welcome.rewind is not None for lane in lanes)
        if self.is_rewound:
            self._services.live.end_others(self._actor, self)
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

    async def _record_revocations(self, grants: Sequence[bytes]) -> Sequence[effects.Effect]:
        actor = self._actor
        assert actor is not None, "an effect before the session was opened"
        if not await self._services.events.record_revocations(actor.space, grants):
            return ()
        self._services.bell.ring_access(actor.space)
        return self._charge(actor, len(grants))  # behind it: nothing keeps a revocation waiting

    def _charge(self, actor: DeviceActor, count: int) -> Sequence[effects.Effect]:
        services = self._services
        wait_ms = services.live.charge(actor, count, services.clock.monotonic_ms())
        return self._session.throttle(wait_ms) if wait_ms else ()

    def _with_next_pushes(self, batch: effects.AppendBatch) -> effects.AppendBatch:
        """Return a batch with the short pushes that wait behind it: one transaction takes all."""
        with suppress(TrailmarkError):  # refused in its turn, behind what is good
            while self._inbox and len(self._inbox[0]) < limits.PACKED_FROM_BYTES:
                joined = self._session.joined(batch, decode_client_frame(self._inbox[0]))
                if joined is None:
                    break
                batch = joined
                del self._inbox[0]
        return batch

    async def _append(self, effect: effects.AppendBatch) -> Sequence[effects.Effect]:
        actor, right, services = self._actor, self._right(), self._services
        assert actor is not None, "a push before the session was opened"
        began = services.clock.monotonic_ms()
        appended = await services.events.append(actor.space, right.written_by, effect, right.check)
        services.bell.ring(actor.space, effect.lane, self._bell, self.own_pauses)
        follow = self._session.appended(appended)
        services.metrics.push_seconds.observe((services.clock.monotonic_ms() - began) / 1000)
        services.metrics.appended(len(effect.events), [each.code for each in appended.refused])
        return [*follow, *self._charge(actor, len(effect.events))]

    def _ask_page(self, effect: effects.ReadPage) -> None:
        if self._outlet.is_full:
            return
        self._reads += 1
        self._services.live.pages.ask(
            self._services.events,
            (self._session.space, effect.lane, effect.after),
            self._session.device,
            self._right().check,
            partial(self._page_came, effect),
            is_live=effect.lane in self._live_lanes,
        )

    def _page_came(self, effect: effects.ReadPage, found: SharedPage | Exception) -> None:
        self._found.append((effect, found))
        self.wake()

    def _page_found(
        self, effect: effects.ReadPage, shared: SharedPage | Exception
    ) -> Sequence[effects.Effect]:
        if isinstance(shared, Exception):
            raise shared
        self._require_key()
        if self._outlet.is_full:  # others came first; the next request begins at its cursor
            return ()
        found = shared.found
        if found.rows:
            self._shared = shared
            if effect.lane in self._live_lanes:
                late_ms = self._services.now() - found.rows[0].received_at
                self._services.metrics.lag_seconds.observe(max(late_ms, 0) / 1000)
        self._live_lanes = self._live_lanes - {effect.lane} or _NO_LANES
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
