"""Bodies of requests: what is no UTF-8, or is broken off, is refused like what is no JSON."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from typing import Any

from litestar import Request
from litestar.exceptions import ClientException
from litestar.types import HTTPReceiveMessage, WebSocketReceiveMessage


class JsonRequest(Request[Any, Any, Any]):
    """A request whose body may hold anything; the framework's own errors would count as defects."""

    async def json(self) -> Any:  # noqa: ANN401  (whatever a body holds)
        """Return the decoded body.

        Raises:
            ClientException: It is no JSON in UTF-8.
        """
        try:
            return await super().json()
        except UnicodeDecodeError:
            raise ClientException from None

    async def stream(self) -> AsyncGenerator[bytes]:
        """Yield the body in pieces.

        Raises:
            ClientException: The sender went away before its end.
        """
        receive = self.receive

        async def receive_on() -> HTTPReceiveMessage | WebSocketReceiveMessage:
            message = await receive()
            if message["type"] == "http.disconnect":
                raise ClientException
            return message

        self.receive = receive_on
        async for part in super().stream():
            yield part
