"""``GET /health``: whether the server works, for proxies and operators."""

from __future__ import annotations

import asyncio
from importlib.metadata import version

import msgspec
from litestar import Response, get

from trailmark_adapters.sqlite import SQLITE_VERSION
from trailmark_server.logs import log_failure
from trailmark_server.services import InjectedServices
from trailmark_shared.errors import TrailmarkError

_ANSWER_SECONDS = 2


class Health(msgspec.Struct, frozen=True, kw_only=True):
    """How the server is.

    Attributes:
        status: ``ok`` or ``degraded`` (it runs, its store does not answer).
        version: Of this program.
        sqlite: Of the library that is linked.
    """

    status: str
    version: str
    sqlite: str


@get("/health")
async def health(services: InjectedServices) -> Response[Health]:
    """Return how the server is; 503 when its store does not answer."""
    status = "ok"
    try:
        async with asyncio.timeout(_ANSWER_SECONDS):
            await services.events.heads([])
    except (TrailmarkError, TimeoutError) as error:
        log_failure("health", error)
        status = "degraded"
    shown = Health(status=status, version=version("trailmark"), sqlite=SQLITE_VERSION)
    return Response(shown, status_code=200 if status == "ok" else 503)
