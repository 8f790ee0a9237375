"""Where a request comes from: which pages may act here, and whose tries are counted.

Browsers name the page that a request comes from; programs name none. A named origin must equal
the server's own, character by character, so no look-alike, port or scheme slips through.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from litestar.connection import ASGIConnection

_DEFAULT_PORTS = {"http": 80, "https": 443}


def origin_of_url(url: str) -> str:
    """Return the origin of an http(s) URL as browsers write it: no default port, lower case."""
    parts = urlsplit(url)
    host = (parts.hostname or "").lower()
    if ":" in host:
        host = f"[{host}]"
    port = parts.port
    suffix = "" if port is None or port == _DEFAULT_PORTS.get(parts.scheme) else f":{port}"
    return f"{parts.scheme}://{host}{suffix}"


def is_own_origin(origin: str | None, own: frozenset[str]) -> bool:
    """Say whether a request with this ``Origin`` header may act here.

    Args:
        origin: The header, ``None`` where it is absent (programs, plain navigation).
        own: The server's own origins.

    Returns:
        Whether the header is absent or names one of them exactly.
    """
    return origin is None or origin in own


def address_of(connection: ASGIConnection[Any, Any, Any, Any]) -> str:
    """Return the address that tries are counted by; headers of proxies are not believed."""
    return connection.client.host if connection.client is not None else "unknown"
