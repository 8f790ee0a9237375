"""Bodies of requests: what is no UTF-8 is refused like what is no JSON."""

from __future__ import annotations

from typing import Any

from litestar import Request
from litestar.exceptions import ClientException


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
