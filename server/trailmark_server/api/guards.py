"""Guard of every HTTP route: a browser's write must come from one of the server's own pages."""

from __future__ import annotations

from typing import Any, Final

from litestar.connection import ASGIConnection, Request
from litestar.handlers import BaseRouteHandler

from trailmark_server.origins import is_own_origin
from trailmark_server.services import Services
from trailmark_shared.errors import ErrorCode, RefusedError

_READING: Final = frozenset({"GET", "HEAD", "OPTIONS"})


def refuse_foreign_origin(
    connection: ASGIConnection[Any, Any, Any, Any], _: BaseRouteHandler
) -> None:
    """Refuse a write that names another origin; sockets check theirs by themselves.

    Raises:
        RefusedError: ``not_authorised``.
    """
    if not isinstance(connection, Request) or connection.method in _READING:
        return
    services: Services = connection.app.state.services
    if not is_own_origin(connection.headers.get("origin"), services.own_origins):
        raise RefusedError(ErrorCode.NOT_AUTHORISED, "another site's page may not do this")
