"""A session over single requests (``POST /sync``), where the network lets no WebSocket through.

For the server each request is a whole session: it begins with ``hello`` and ends with the answer.
The device's session goes on over as many of them as it needs: each begins with its ``hello``, the
cursors moved to what it has acknowledged since. Nothing is live: now and then a request asks.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import partial
from typing import Final

import msgspec

from trailmark_adapters.clock import Clock
from trailmark_adapters.daemon_thread import in_daemon_thread
from trailmark_adapters.https import NoAnswerError, Sent, exchange
from trailmark_client.addresses import checked_url
from trailmark_client.transport import raise_closed, raise_refused
from trailmark_shared import chain, limits
from trailmark_shared.errors import TrailmarkError
from trailmark_shared.protocol.frames import (
    decode_client_frame,
    decode_server_frame,
    encode_frame,
    join_frames,
    split_frames,
)
from trailmark_shared.protocol.messages import Ack, Bye, Events, Hello, LaneHello, Welcome

FRAMES_TYPE: Final = "application/vnd.trailmark.frames"

_OK: Final = 200

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
        self._unsent = deque[bytes]()
        self._came = deque[bytes]()
        self._unacked = 0
        self._may_be_more = True
        self._is_welcome = False
        self._changed = asyncio.Event()

    async def send(self, frame: bytes) -> None:
        """Keep a frame for the next request."""
        message = decode_client_frame(frame)
        match message:
            case Hello():
                self._hello = message
            case Ack():
                self._unacked -= 1
                self._move(message.lane, message.upto, message.hash)
            case Bye():
                return  # each request says so by its end
            case _:
                self._unsent.append(frame)
        self._changed.set()

    async def receive(self) -> bytes:
        """Return the next frame of an answer, once there is one.

        Raises:
            TransportClosedError: The server cannot be reached, or began anew meanwhile.
            RefusedError: As the server says.
        """
        while not self._came:
            await self._until_due()
            self._take(await self._ask())
        return self._came.popleft()

    async def close(self, code: int, reason: str) -> None:
        """End nothing: there is no connection between two requests."""
        del code, reason

    async def _until_due(self) -> None:
        """Wait until all pages are stored, and then for something to ask or to say."""
        with suppress(TimeoutError):
            async with asyncio.timeout(limits.REQUEST_POLL_MS / 1000):
                while not (self._unsent or self._may_be_more):
                    self._changed.clear()
                    await self._changed.wait()
        while self._hello is None or self._unacked:
            self._changed.clear()
            await self._changed.wait()

    async def _ask(self) -> Sequence[bytes]:
        assert self._hello is not None, "a session begins with hello"
        hello = msgspec.structs.replace(self._hello, now=self._clock.now_ms())
        frames, size = [encode_frame(hello)], 0
        while self._unsent and (
            len(frames) == 1 or size + len(self._unsent[0]) <= limits.PAGE_BYTES_MAX
        ):
            size += len(self._unsent[0])
            frames.append(self._unsent.popleft())
        sent = Sent(
            method="POST",
            origin=self._origin,
            path="/sync",
            headers={"Authorization": f"Bearer {self._credential}", "Content-Type": FRAMES_TYPE},
            body=join_frames(frames),
            answer_bytes_max=limits.POST_BYTES_MAX,
        )
        try:
            status, body = await in_daemon_thread(partial(self._exchange, sent))
        except NoAnswerError:
            raise_closed(None)
        if status != _OK:
            raise_refused(status, body)
        try:
            return split_frames(body)
        except TrailmarkError:  # something on the way answered in its place
            raise_closed(None)

    def _take(self, frames: Sequence[bytes]) -> None:
        self._may_be_more = False
        for frame in frames:
            message = decode_server_frame(frame)
            match message:
                case Welcome():
                    self._rewind(message)
                    if self._is_welcome:
                        continue
                    self._is_welcome = True
                case Events():
                    self._unacked += 1
                    self._may_be_more = True
                case _:
                    pass
            self._came.append(frame)

    def _rewind(self, welcome: Welcome) -> None:
        """Begin from where the server knows the device, or end where it went back meanwhile."""
        for lane in welcome.lanes:
            if lane.rewind is None:
                continue
            if self._is_welcome:
                raise_closed(None)
            head = lane.rewind.signed_head
            hash_ = chain.GENESIS if head is None else head.hash
            self._move(lane.lane, lane.rewind.seq, hash_)

    def _move(self, lane: str, seq: int, hash_: bytes) -> None:
        """Begin the next request from here."""
        assert self._hello is not None, "a session begins with hello"
        known = {each.lane: each for each in self._hello.lanes}
        back = known[lane].back if lane in known else []
        known[lane] = LaneHello(
            lane=lane,
            cursor=seq,
            cursor_hash=hash_,
            back=[point for point in back if point[0] < seq],
        )
        self._hello = msgspec.structs.replace(self._hello, lanes=list(known.values()))
