"""Which pages may act here: the rules about ``Origin`` and ``Sec-Fetch-Site``, in one place.

A browser names the page that a request comes from, programs name none. A cookie is sent along by
whichever page asks; so wherever a cookie could be the authority, the page must be the server's
own. A named origin must equal an own one character by character: no look-alike, port, scheme or
name before an ``@`` slips through.

Source: RFC 6454 section 7, WHATWG Fetch, W3C Fetch Metadata.
"""

from __future__ import annotations

from typing import Final
from urllib.parse import urlsplit

from litestar.datastructures import Headers

from trailmark_shared.errors import ErrorCode, RefusedError
from trailmark_shared.words import gettext

_DEFAULT_PORTS: Final = {"http": 80, "https": 443}
_SAME_ORIGIN: Final = "same-origin"


class ForeignOriginError(RefusedError):
    """A request that did not come from a page of this server; nothing was done."""

    def __init__(self) -> None:
        """Say what to do."""
        super().__init__(
            ErrorCode.NOT_AUTHORISED,
            gettext(
                "This did not come from a page of this server. Open the page here and send "
                "it again."
            ),
        )


def origin_of_url(url: str) -> str:
    """Return the origin of an http(s) URL as browsers write it: no default port, lower case."""
    parts = urlsplit(url)
    host = (parts.hostname or "").lower()
    if ":" in host:
        host = f"[{host}]"
    port = parts.port
    suffix = "" if port is None or port == _DEFAULT_PORTS.get(parts.scheme) else f":{port}"
    return f"{parts.scheme}://{host}{suffix}"


def origin_of(headers: Headers) -> str | None:
    """Return the ``Origin`` header, ``None`` where it is absent; several of them equal none."""
    named = headers.getall("origin", [])
    return ", ".join(named) if named else None


def may_act(origin: str | None, own: frozenset[str], *, is_program: bool) -> bool:
    """Say whether a request may change something, or open a socket.

    Args:
        origin: From ``origin_of``.
        own: The server's own origins.
        is_program: No cookie can be its authority: it brings a credential in a header that no
            other site's page can set, or the route looks at no cookie. Only then may ``origin``
            be absent.

    Returns:
        Whether the page that asks, if one does, is an own one.
    """
    return is_program if origin is None else origin in own


def may_read_along(origin: str | None, site: str | None, own: frozenset[str]) -> bool:
    """Say whether a page may hold a stream open that a cookie opens.

    Args:
        origin: From ``origin_of``; browsers leave it out of a page's own ``GET``.
        site: The header ``Sec-Fetch-Site``, which no page can set.
        own: The server's own origins.

    Returns:
        Whether an own page asks; what says nothing about itself is refused.
    """
    return site == _SAME_ORIGIN if origin is None else origin in own
