"""HTTP against the application itself, without sockets."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any, cast

import httpx

from tests.support.stores import MemoryParts
from trailmark_server.app import create_app


@asynccontextmanager
async def http_over(parts: MemoryParts) -> AsyncGenerator[httpx.AsyncClient]:
    """Open a client of the application over ``parts``."""
    app = cast("Any", create_app(parts.services))
    transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8740") as client:
        yield client
