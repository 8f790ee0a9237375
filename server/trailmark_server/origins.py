"""Own origin: which pages may open a socket here or post a form.

Browsers name the page that a request comes from; programs name none. A named origin must equal
the server's own, character by character, so no look-alike, port or scheme slips through.
"""

from __future__ import annotations

from urllib.parse import urlsplit

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
