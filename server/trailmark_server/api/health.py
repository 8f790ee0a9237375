"""``GET /health…``: whether the server works, for proxies, operators and what restarts it."""

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
        status: ``ok``, ``stopping``, or ``degraded`` (it runs, one of its stores does not answer).
        version: Of this program.
        sqlite: Of the library that is linked.
    """

    status: str
    version: str
    sqlite: str


@get("/health/live")
async def live() -> Health:
    """Return that the process answers: nobody needs to restart it, whatever its store does."""
    return _shown("ok")


@get(["/health", "/health/ready"])
async def health(services: InjectedServices) -> Response[Health]:
    """Return how the server is; 503 when it stops or one of its stores does not answer."""
    if services.stopping.is_set():
        return Response(_shown("stopping"), status_code=503)
    status = "ok"
    try:
        async with asyncio.timeout(_ANSWER_SECONDS):
            await services.events.heads([])
            await services.keys.signing_keys()
    except (TrailmarkError, TimeoutError) as error:
        log_failure("health", error)
        status = "degraded"
    return Response(_shown(status), status_code=200 if status == "ok" else 503)


def _shown(status: str) -> Health:
    return Health(status=status, version=version("trailmark"), sqlite=SQLITE_VERSION)
