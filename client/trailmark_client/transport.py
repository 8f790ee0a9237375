"""What carries whole frames to the home server and back, and what the end of it means."""

from __future__ import annotations

from typing import NoReturn, Protocol

from trailmark_client.refusals import refusal_words
from trailmark_shared.errors import ErrorCode, RefusedError
from trailmark_shared.protocol.close_codes import BY_ERROR, LOST, Closing, closing_from_code
from trailmark_shared.words import gettext


class TransportClosedError(RefusedError):
    """The connection is over; the close code says whether to come back."""


class Transport(Protocol):
    """A connection that carries whole frames, in order, or ends."""

    async def send(self, frame: bytes) -> None:
        """Hand a frame over; that it was stored is another message's to say.

        Raises:
            TransportClosedError: The connection is over.
        """
        ...

    async def receive(self) -> bytes:
        """Return the next frame.

        Raises:
            TransportClosedError: The connection is over.
        """
        ...

    async def close(self, code: int, reason: str) -> None:
        """End the connection; a second call does nothing.

        Args:
            code: WebSocket close code.
            reason: One sentence for logs.
        """
        ...


class Connector(Protocol):
    """Opens transports."""

    async def __call__(self, url: str, credential: str) -> Transport:
        """Return an open transport.

        Args:
            url: The home server's address.
            credential: What opens a session there.

        Raises:
            RefusedError: ``unreachable`` and the like, with advice.
        """
        ...


def raise_closed(code: int | None) -> NoReturn:
    """Raise what a WebSocket close code means.

    Args:
        code: As the server sent it; ``None`` where the connection ended without one.

    Raises:
        TransportClosedError: Always.
    """
    closing = closing_from_code(LOST.code if code is None else code)
    error = _error_of(closing)
    said = gettext("the connection was lost") if error is ErrorCode.UNREACHABLE else ""
    words = refusal_words(error, said) or closing.meaning
    raise TransportClosedError(error, words, closing.retry) from None


def _error_of(closing: Closing) -> ErrorCode:
    for error, known in BY_ERROR.items():
        if known == closing:
            return error
    return ErrorCode.UNREACHABLE
