"""One HTTP exchange at a time, as this platform does it; the caller waits for the answer."""

from __future__ import annotations

import http.client
import io
import socket
import sys
from collections.abc import Mapping
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

import msgspec

from trailmark_adapters.clock import Clock, SystemClock
from trailmark_shared import limits

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

ANSWER_BYTES_MAX: Final = 1024 * 1024
"""Longest answer that is read to its end, where nothing else is said."""

TIMEOUT_S: Final = 10
"""A server that says nothing for this long counts as unreachable."""


class Sent(msgspec.Struct, frozen=True, kw_only=True):
    """What is sent.

    Attributes:
        method: The HTTP method.
        origin: ``http`` or ``https``, host and port: no path.
        path: Beginning with a slash.
        headers: By name.
        body: ``None`` for none.
        answer_bytes_max: A longer answer is not read to its end.
        answer_ms_max: An answer that has not ended by then, behind the request, counts as none.
    """

    method: str
    origin: str
    path: str
    headers: Mapping[str, str]
    body: bytes | None = None
    answer_bytes_max: int = ANSWER_BYTES_MAX
    answer_ms_max: int = limits.ANSWER_MS_MAX


class NoAnswerError(OSError):
    """There was no answer; the message names the kind of failure, nothing else."""


class _Timed(io.RawIOBase):
    """What a server says until ``ends_at``; one that goes on byte by byte is not heard to its end.

    The standard library bounds each wait and not their sum.
    """

    def __init__(self, line: socket.socket, clock: Clock, ends_at: int) -> None:
        """Take the connection, and when its time is over on the monotonic clock."""
        self._line = line
        self._raw = line.makefile("rb", buffering=0)
        self._clock = clock
        self._ends_at = ends_at

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: WriteableBuffer) -> int | None:
        left_ms = self._ends_at - self._clock.monotonic_ms()
        if left_ms <= 0:
            raise TimeoutError
        self._line.settimeout(min(left_ms / 1000, TIMEOUT_S))
        return self._raw.readinto(buffer)

    def close(self) -> None:
        self._raw.close()
        super().close()


def _timed_response(clock: Clock, answer_ms_max: int) -> type[http.client.HTTPResponse]:
    class TimedResponse(http.client.HTTPResponse):
        def __init__(
            self,
            sock: socket.socket,
            debuglevel: int = 0,
            method: str | None = None,
            url: str | None = None,
        ) -> None:
            super().__init__(sock, debuglevel, method, url)
            self.fp.close()
            ends_at = clock.monotonic_ms() + answer_ms_max
            self.fp = io.BufferedReader(_Timed(sock, clock, ends_at))

    return TimedResponse


def exchange(sent: Sent, clock: Clock | None = None) -> tuple[int, bytes]:
    """Send a request; redirects are not followed.

    Args:
        sent: What is asked.
        clock: Measures how long an answer takes, the machine's own by default.

    Returns:
        Status and body of the answer.

    Raises:
        NoAnswerError: The server cannot be reached, what answers does not speak HTTP, or its answer
            breaks off, or has not ended after ``Sent.answer_ms_max``.
    """
    if sys.platform == "emscripten":
        from trailmark_adapters.fetching import exchange_in_browser  # noqa: PLC0415

        return exchange_in_browser(sent)
    parts = urlsplit(sent.origin)
    kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    try:
        connection = kind(parts.netloc, timeout=TIMEOUT_S)
        connection.response_class = _timed_response(clock or SystemClock(), sent.answer_ms_max)
        try:
            _say(connection, sent)
            response = connection.getresponse()
            return response.status, _heard(response, sent.answer_bytes_max)
        finally:
            connection.close()
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise NoAnswerError(type(error).__name__) from None


def _heard(response: http.client.HTTPResponse, bytes_max: int) -> bytes:
    """Return the body; where it breaks off, the library takes what there was for all of it.

    Raises:
        http.client.IncompleteRead: It broke off.
    """
    body = response.read(bytes_max)
    if response.length and len(body) < bytes_max:
        raise http.client.IncompleteRead(body)
    return body


def _say(connection: http.client.HTTPConnection, sent: Sent) -> None:
    """Send the request, a long body piece by piece: each may take ``TIMEOUT_S``, not all of it."""
    headers = dict(sent.headers)
    if sent.body is None:
        connection.request(sent.method, sent.path, None, headers)
        return
    headers["Content-Length"] = str(len(sent.body))
    connection.request(sent.method, sent.path, io.BytesIO(sent.body), headers)
