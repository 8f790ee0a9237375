"""Guards of the HTTP routes: whatever a cookie could allow must come from the server's own pages.

``refuse_foreign_origin`` stands before every route. A route whose authority is never a cookie says
so with ``opt=TAKES_NO_COOKIE``; every other write needs the server's own ``Origin``, unless it
brings a device's credential, which no other site's page can make a browser send.

They wait for nothing, and are coroutines all the same: for a plain function the framework would
wake a thread, at each request.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final

from litestar.connection import ASGIConnection, Request
from litestar.handlers import BaseRouteHandler

from trailmark_server.credentials import credential_from_header
from trailmark_server.http.origins import ForeignOriginError, may_act, may_read_along, origin_of
from trailmark_server.services import Services

_READING: Final = frozenset({"GET", "HEAD", "OPTIONS"})
_NO_COOKIE: Final = "takes_no_cookie"

TAKES_NO_COOKIE: Final[Mapping[str, bool]] = MappingProxyType({_NO_COOKIE: True})
"""For ``opt=``: this route's authority is a code, or a credential in header or body."""

_Connection = ASGIConnection[Any, Any, Any, Any]


async def refuse_foreign_origin(connection: _Connection, handler: BaseRouteHandler) -> None:
    """Refuse a write that another site's page may have sent; sockets check theirs by themselves.

    Raises:
        ForeignOriginError: It names another origin, or none where a cookie could be its authority.
    """
    if not isinstance(connection, Request) or connection.method in _READING:
        return
    services: Services = connection.app.state.services
    credential = credential_from_header(connection.headers.get("authorization"))
    is_program = credential is not None or bool(handler.opt.get(_NO_COOKIE))
    if not may_act(origin_of(connection.headers), services.own_origins, is_program=is_program):
        raise ForeignOriginError


async def refuse_foreign_reader(connection: _Connection, _: BaseRouteHandler) -> None:
    """Refuse a stream that another site's page may have asked for; for ``guards=`` of its route.

    Raises:
        ForeignOriginError: Neither ``Origin`` nor ``Sec-Fetch-Site`` says that a page of ours asks.
    """
    services: Services = connection.app.state.services
    site = connection.headers.get("sec-fetch-site")
    if not may_read_along(origin_of(connection.headers), site, services.own_origins):
        raise ForeignOriginError
