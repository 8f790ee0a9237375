"""A line that lets only whole requests through: late, twice, cut short, their answers lost."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from random import Random
from typing import TYPE_CHECKING, Any, Final, TypeVar, cast

from trailmark_adapters.https import NoAnswerError, Sent
from trailmark_client.sync_requests import RequestTransport
from trailmark_server.http.problems import problem_bytes, problem_of
from trailmark_shared import limits
from trailmark_shared.errors import TrailmarkError
from trailmark_shared.protocol import messages
from trailmark_shared.protocol.frames import decode_client_frame, join_frames, split_frames

if TYPE_CHECKING:
    from tests.simulation.device import SimDevice
    from tests.simulation.world import World

Answer = tuple[int, bytes]

Result = TypeVar("Result")

_LATENCY_S: Final = 0.05
_STALL_S: Final = 60.0
_REPEATED_WITHIN_S: Final = 30.0


class RequestFaults:
    """How likely a request goes wrong; all 0 once the faults stop.

    Attributes:
        share: How many sessions find no WebSocket; stays as it is.
        lose: It never arrives, or its answer never does.
        stall: It, or its answer, takes long.
        repeat: Something on the way sends it twice, at once or some time later.
        shorten: The answer ends anywhere, and nobody is told.
    """

    def __init__(self, random: Random) -> None:
        self.share = random.choice((0.0,) * 8 + (0.5, 1.0))
        self.lose = random.choice((0.0, 0.05, 0.2))
        self.stall = random.choice((0.0, 0.0, 0.05))
        self.repeat = random.choice((0.0, 0.1, 0.3))
        self.shorten = random.choice((0.0, 0.0, 0.1))

    def stop(self) -> None:
        self.lose = self.stall = self.repeat = self.shorten = 0.0


class RequestLine:
    """What carries the requests of one session to the server's real handler.

    Attributes:
        is_dead: Its session is over.
    """

    def __init__(self, world: World, device: SimDevice) -> None:
        self.is_dead = False
        self._world = world
        self._device = device
        self._random = world.random
        self._lost: asyncio.Future[None] | None = None
        self._revoked: set[bytes] = set()

    def cut(self, *, linger: bool = False) -> None:
        """Lose what is under way; the next request may get through."""
        del linger
        if self._lost is not None and not self._lost.done():
            self._lost.set_result(None)

    async def exchange(self, sent: Sent) -> Answer:
        """Do what ``https.exchange`` does.

        Raises:
            NoAnswerError: There was none.
        """
        faults, dice = self._world.request_faults, self._random.random
        self._check_revoked(split_frames(sent.body or b""))
        self._lost = asyncio.get_running_loop().create_future()
        await self._travel()
        if dice() < faults.lose / 2:
            raise NoAnswerError("Lost")
        copies = [self._ask(sent)]
        if dice() < faults.repeat:
            if dice() < 0.5:
                copies.append(self._ask(sent))
            else:
                later = dice() * _REPEATED_WITHIN_S
                asyncio.get_running_loop().call_later(later, self._ask_again, sent)
        status, body = await self._heard(self._random.choice(copies))
        await self._travel()
        if dice() < faults.lose / 2:
            raise NoAnswerError("Lost")
        if dice() < faults.shorten:
            body = self._shortened(body)
        return status, body

    def _check_revoked(self, frames: Sequence[bytes]) -> None:
        """Each request names what its session has named: the server may be another day's by now."""
        for frame in frames:
            said = decode_client_frame(frame)
            if isinstance(said, messages.Hello):
                self._world.check_named(self._revoked, said)
                self._revoked.update(said.revoked)
            if isinstance(said, messages.Revoked):
                self._revoked.update(said.grants)

    async def _travel(self) -> None:
        delay = self._random.expovariate(1 / _LATENCY_S)
        if self._random.random() < self._world.request_faults.stall:
            delay += self._random.random() * _STALL_S
        assert self._lost is not None, "nothing is under way"
        await asyncio.wait({self._lost}, timeout=delay)
        if self._lost.done() or self._device.is_offline:
            raise NoAnswerError("Lost")

    def _shortened(self, body: bytes) -> bytes:
        """End an answer anywhere: in a frame, or between two of them."""
        if self._random.random() < 0.5:
            return body[: self._random.randrange(len(body) + 1)]
        frames = split_frames(body)
        return join_frames(frames[: self._random.randrange(len(frames) + 1)])

    def _ask(self, sent: Sent) -> asyncio.Task[Answer]:
        """Let the server work on a request; whoever sent it need not live any more.

        Raises:
            NoAnswerError: It is not there.
        """
        if not self._world.server.is_serving:
            raise NoAnswerError("Refused")
        return self._world.server.spawn(self._answered(sent))

    def _ask_again(self, sent: Sent) -> None:
        if self._world.server.is_serving:
            self._ask(sent)

    async def _answered(self, sent: Sent) -> Answer:
        frames = split_frames(sent.body or b"")
        self._world.ledger.counts["requests"] += 1
        watch = self._world.watched(self._device)
        for frame in frames:
            watch("server", frame)
        credential = sent.headers["Authorization"].removeprefix("Bearer ")
        try:
            answer = await self._world.server.post(frames, credential)
        except TrailmarkError as error:
            found = problem_of(error)
            return found.status, problem_bytes(found)
        for frame in answer:
            watch("client", frame)
        return 200, join_frames(answer)

    async def _heard(self, answer: asyncio.Task[Answer]) -> Answer:
        assert self._lost is not None, "nothing is under way"
        waited: set[asyncio.Future[Any]] = {answer, self._lost}
        await asyncio.wait(
            waited, timeout=limits.REQUEST_MS_MAX / 1000, return_when=asyncio.FIRST_COMPLETED
        )
        if self._lost.done() or not answer.done() or answer.cancelled():
            raise NoAnswerError("Lost")
        return answer.result()


class RequestEnd(RequestTransport):
    """The device's own transport over such a line."""

    def __init__(self, line: RequestLine, url: str, credential: str, device: SimDevice) -> None:
        super().__init__(url, credential, device.clock, cast("Any", line.exchange))
        self._line = line

    async def close(self, code: int, reason: str) -> None:
        """End nothing, and be counted no more."""
        await super().close(code, reason)
        self._line.is_dead = True


async def at_hand(work: Callable[[], Result]) -> Any:  # noqa: ANN401  (of whatever it is)
    """Stand in for ``in_daemon_thread``: the line of a simulation waits by itself."""
    return await cast("Awaitable[Any]", work())
