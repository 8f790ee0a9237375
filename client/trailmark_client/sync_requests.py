"""A session over single requests (``POST /sync``), where the network lets no WebSocket through.

For the server each request is a whole session: it begins with ``hello`` and ends with the answer.
The device's session goes on over as many of them as it needs: each begins with its ``hello``, the
cursors moved to what it has acknowledged since. Nothing is live: now and then a request asks.

Whatever is not as one session would have it ends this one: the next begins as after any lost
connection, and says what is wrong by the session's own rules.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Sequence
from functools import partial
from typing import Final, NoReturn

import msgspec

from trailmark_adapters.clock import Clock
from trailmark_adapters.daemon_thread import in_daemon_thread
from trailmark_adapters.https import NoAnswerError, Sent, exchange
from trailmark_client.addresses import checked_url
from trailmark_client.transport import raise_closed, raise_refused
from trailmark_shared import chain, limits
from trailmark_shared.errors import ErrorCode, RefusedError, TrailmarkError
from trailmark_shared.protocol.frames import (
    FRAMES_TYPE,
    decode_client_frame,
    decode_server_frame,
    encode_frame,
    join_frames,
    split_frames,
)
from trailmark_shared.protocol.messages import (
    Ack,
    Bye,
    ClientMessage,
    Error,
    Events,
    Fork,
    Gap,
    GoingAway,
    Hello,
    LaneHello,
    Offer,
    Offered,
    Pong,
    Push,
    Pushed,
    Renew,
    Renewed,
    Revoked,
    ServerMessage,
    Welcome,
)

_OK: Final = 200

_ASKS: Final = (Push, Offer, Renew)
_ANSWERS: Final = (Pushed, Fork, Gap, Offered, Renewed)
_ENDS: Final = (Error, GoingAway, Bye)

Exchange = Callable[[Sent], tuple[int, bytes]]
"""Sends a request and returns status and body of the answer; ``https.exchange``."""


class RequestTransport:
    """A transport over requests, one at a time; the first ``hello`` begins each of them."""

    def __init__(
        self, url: str, credential: str, clock: Clock, exchange_: Exchange = exchange
    ) -> None:
        """Ask nothing yet.

        Args:
            url: The server's address.
            credential: Goes into the ``Authorization`` header, never into an address.
            clock: Device clock: each request says what time it is here.
            exchange_: What sends a request; runs in a thread, since it waits.

        Raises:
            RefusedError: ``insecure_address``.
        """
        self._origin = checked_url(url)
        self._credential = credential
        self._clock = clock
        self._exchange = exchange_
        self._hello: Hello | None = None
        self._welcome: Welcome | None = None
        self._unsent: list[ClientMessage] = []
        self._came = deque[bytes]()
        self._unacked = 0
        self._polls = 0
        self._may_be_more = True
        self._beyond = set[str]()
        self._changed = asyncio.Event()

    @property
    def patience_ms(self) -> int:
        """See ``transport.Transport``: an answer comes as a whole or not at all."""
        return limits.REQUEST_MS_MAX + limits.SEND_TIMEOUT_MS

    async def send(self, frame: bytes) -> None:
        """Keep a frame for the next request, a revocation before everything else."""
        message = decode_client_frame(frame)
        match message:
            case Hello():
                self._hello = message
            case Ack():
                self._unacked -= 1
                self._move(message.lane, message.upto, message.hash)
            case Bye() | Pong():
                return  # each request says so by its end, or by being there
            case Revoked():
                before = sum(isinstance(each, Revoked) for each in self._unsent)
                self._unsent.insert(before, message)
                self._name_revoked(message.grants)
            case _:
                self._unsent.append(message)
        self._changed.set()

    async def receive(self) -> bytes:
        """Return the next frame of an answer, once there is one.

        Raises:
            TransportClosedError: The server cannot be reached, answered in part, is not as it was
                at the first request, or a WebSocket is worth another try.
            RefusedError: As the server says.
        """
        while not self._came:
            await self._until_due()
            asked = self._next()
            self._take(asked, await self._answer(asked))
        return self._came.popleft()

    async def close(self, code: int, reason: str) -> None:
        """End nothing: there is no connection between two requests."""
        del code, reason

    async def _until_due(self) -> None:
        """Wait until all pages are stored, and then for something to ask or to say."""
        try:
            async with asyncio.timeout(limits.REQUEST_POLL_MS / 1000):
                while not (self._unsent or self._may_be_more):
                    self._changed.clear()
                    await self._changed.wait()
            self._polls = 0
        except TimeoutError:
            self._polls += 1
            if self._polls > limits.REQUEST_POLLS_MAX:
                raise_closed(None)
        while self._hello is None or self._unacked:
            self._changed.clear()
            await self._changed.wait()

    def _next(self) -> Sequence[ClientMessage]:
        """Return what the next request says behind ``hello``: all there is, if it is not much."""
        count, size = 0, 0
        for message in self._unsent[: limits.POST_FRAMES_MAX - 1]:
            size += len(encode_frame(message))
            if count and size > limits.PAGE_BYTES_MAX:
                break
            count += 1
        asked, self._unsent = self._unsent[:count], self._unsent[count:]
        return asked

    async def _answer(self, asked: Sequence[ClientMessage]) -> Sequence[bytes]:
        assert self._hello is not None, "a session begins with hello"
        hello = msgspec.structs.replace(self._hello, now=self._clock.now_ms())
        sent = Sent(
            method="POST",
            origin=self._origin,
            path="/sync",
            headers={"Authorization": f"Bearer {self._credential}", "Content-Type": FRAMES_TYPE},
            # As they are: between two requests the server may be one that unpacks nothing.
            body=join_frames(map(encode_frame, (hello, *asked))),
            answer_bytes_max=limits.POST_BYTES_MAX,
            answer_ms_max=limits.REQUEST_MS_MAX,
        )
        try:
            status, body = await in_daemon_thread(partial(self._exchange, sent))
        except NoAnswerError:
            raise_closed(None)
        if status != _OK:
            self._refuse(status, body)
        try:
            return split_frames(body)
        except TrailmarkError:  # something on the way answered in its place
            raise_closed(None)

    def _refuse(self, status: int, body: bytes) -> NoReturn:
        try:
            raise_refused(status, body)
        except RefusedError as refused:
            if self._welcome is None or refused.code is not ErrorCode.NOT_SIGNED_IN:
                raise
        raise_closed(None)  # a renewed credential may be in use: the next session brings it

    def _take(self, asked: Sequence[ClientMessage], frames: Sequence[bytes]) -> None:
        answer = [(frame, decode_server_frame(frame)) for frame in frames]
        if not _is_whole(asked, [message for _, message in answer]):
            raise_closed(None)
        self._may_be_more = False
        for frame, message in answer:
            match message:
                case Welcome():
                    if self._welcome is not None:
                        self._compare(message)
                        continue
                    self._begin(message)
                case Events():
                    if self._has_room(message.lane):
                        self._may_be_more = True
                    elif message.lane in self._beyond:
                        continue
                    else:
                        self._beyond.add(message.lane)
                    self._unacked += 1
                case _:
                    pass
            self._came.append(frame)

    def _name_revoked(self, grants: Sequence[bytes]) -> None:
        """Name these with every request: until the next one the server may be put back."""
        if self._hello is not None:
            named = [*self._hello.revoked, *grants][: limits.REVOKED_GRANTS_MAX]
            self._hello = msgspec.structs.replace(self._hello, revoked=named)

    def _begin(self, welcome: Welcome) -> None:
        """Begin from where the server knows the device."""
        self._welcome = welcome
        for lane in welcome.lanes:
            if lane.rewind is not None:
                head = lane.rewind.signed_head
                hash_ = chain.GENESIS if head is None else head.hash
                self._move(lane.lane, lane.rewind.seq, hash_)

    def _compare(self, welcome: Welcome) -> None:
        """End where the server signs with another key, or has not what it had."""
        assert self._welcome is not None, "another one came before"
        assert self._hello is not None, "a session begins with hello"
        stands = {lane.lane: lane for lane in welcome.lanes}
        for mine in self._hello.lanes:
            lane = stands.get(mine.lane)
            if (
                lane is None
                or lane.rewind is not None
                or lane.head < mine.cursor
                or (lane.head == mine.cursor and lane.head_hash != mine.cursor_hash)
            ):
                raise_closed(None)
        if welcome.keys != self._welcome.keys or welcome.protocol != self._welcome.protocol:
            raise_closed(None)

    def _has_room(self, lane: str) -> bool:
        """Say whether ``hello`` can name a lane; what it cannot name is sent with every answer."""
        assert self._hello is not None, "a session begins with hello"
        is_named = any(each.lane == lane for each in self._hello.lanes)
        return is_named or len(self._hello.lanes) < limits.LANES_PER_SESSION_MAX

    def _move(self, lane: str, seq: int, hash_: bytes) -> None:
        """Begin the next request from here."""
        assert self._hello is not None, "a session begins with hello"
        if not self._has_room(lane):
            return
        known = {each.lane: each for each in self._hello.lanes}
        back = known[lane].back if lane in known else []
        known[lane] = LaneHello(
            lane=lane,
            cursor=seq,
            cursor_hash=hash_,
            back=[point for point in back if point[0] < seq],
        )
        self._hello = msgspec.structs.replace(self._hello, lanes=list(known.values()))


def _is_whole(asked: Sequence[ClientMessage], answer: Sequence[ServerMessage]) -> bool:
    """Say whether an answer begins and ends as one does: a cut one may look like a short one."""
    if any(isinstance(message, _ENDS) for message in answer):
        return True
    wanted = sum(isinstance(message, _ASKS) for message in asked)
    answered = sum(isinstance(message, _ANSWERS) for message in answer)
    return bool(answer) and isinstance(answer[0], Welcome) and answered >= wanted
