"""What carries whole frames to the home server and back, and what the end of it means."""

from __future__ import annotations

from typing import NoReturn, Protocol

from trailmark_client.http_api import problem_of
from trailmark_client.refusals import refusal_words
from trailmark_shared.errors import ErrorCode, RefusedError
from trailmark_shared.protocol.close_codes import (
    BY_ERROR,
    LOST,
    Closing,
    closing_from_code,
    closing_of,
)
from trailmark_shared.words import gettext


class TransportClosedError(RefusedError):
    """The connection is over; the close code says whether to come back."""


class NoUpgradeError(RefusedError):
    """Something answers at the address, and opens no session as it was asked to."""


class Transport(Protocol):
    """A connection that carries whole frames, in order, or ends."""

    @property
    def patience_ms(self) -> int:
        """How long it may bring nothing before its server counts as silent."""
        ...

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


def raise_refused(status: int, body: bytes) -> NoReturn:
    """Raise what an answer means that opened no session.

    Args:
        status: Of the answer; decides nothing.
        body: The server's problem, or whatever something else on the way says.

    Raises:
        RefusedError: What the server says.
        NoUpgradeError: It was not this server that answered, or it was asked for something else.
    """
    name = problem_of(body).code
    code = next((each for each in BY_ERROR if each == name), None)
    answered = gettext("the server answered {status}").format(status=status)
    if code is None:
        raise NoUpgradeError(ErrorCode.UNREACHABLE, answered, "later") from None
    raise RefusedError(code, refusal_words(code, answered), closing_of(code).retry) from None
