"""One HTTP exchange at a time, as this platform does it; the caller waits for the answer."""

from __future__ import annotations

import http.client
import sys
from collections.abc import Mapping
from typing import Final
from urllib.parse import urlsplit

import msgspec

ANSWER_BYTES_MAX: Final = 1024 * 1024
"""A longer answer is not read to its end."""

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
    """

    method: str
    origin: str
    path: str
    headers: Mapping[str, str]
    body: bytes | None = None


class NoAnswerError(OSError):
    """There was no answer; the message names the kind of failure, nothing else."""


def exchange(sent: Sent) -> tuple[int, bytes]:
    """Send a request; redirects are not followed.

    Returns:
        Status and body of the answer.

    Raises:
        NoAnswerError: The server cannot be reached, or what answers does not speak HTTP.
    """
    if sys.platform == "emscripten":
        from trailmark_adapters.fetching import exchange_in_browser  # noqa: PLC0415

        return exchange_in_browser(sent)
    parts = urlsplit(sent.origin)
    kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    try:
        connection = kind(parts.netloc, timeout=TIMEOUT_S)
        try:
            connection.request(sent.method, sent.path, sent.body, dict(sent.headers))
            response = connection.getresponse()
            return response.status, response.read(ANSWER_BYTES_MAX)
        finally:
            connection.close()
    except (OSError, http.client.HTTPException) as error:
        raise NoAnswerError(type(error).__name__) from None
