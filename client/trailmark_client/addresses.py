"""Addresses of home servers: what may be spoken to, and over what."""

from __future__ import annotations

import ipaddress
from urllib.parse import urlsplit

from trailmark_shared.errors import ErrorCode, RefusedError


def checked_url(url: str) -> str:
    """Return the address of a server without path, if words may travel there.

    Args:
        url: As typed or scanned.

    Returns:
        ``https://host[:port]``, or ``http://`` for this machine itself.

    Raises:
        RefusedError: ``insecure_address``: plain HTTP to another machine, or no address at all.
    """
    parts = urlsplit(url if "://" in url else f"https://{url}")
    host = parts.hostname or ""
    if not host or parts.username or parts.scheme not in {"https", "http"}:
        raise RefusedError(ErrorCode.INSECURE_ADDRESS, "this is not the address of a server")
    if parts.scheme == "http" and not is_loopback(host):
        raise RefusedError(
            ErrorCode.INSECURE_ADDRESS,
            "this address is not encrypted; ask for one that begins with https://",
        )
    return f"{parts.scheme}://{parts.netloc}"


def is_loopback(host: str) -> bool:
    """Say whether a host name means this machine itself."""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
