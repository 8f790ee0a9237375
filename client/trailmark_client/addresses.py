"""Addresses of home servers: what may be spoken to, and over what."""

from __future__ import annotations

import ipaddress
from typing import NoReturn
from urllib.parse import urlsplit

from trailmark_shared.codes import invitation_from_text
from trailmark_shared.errors import DomainError, ErrorCode, RefusedError
from trailmark_shared.words import gettext


def checked_url(url: str) -> str:
    """Return the address of a server without path, if words may travel there.

    Args:
        url: As typed or scanned.

    Returns:
        ``https://host[:port]``, or ``http://`` for this machine itself.

    Raises:
        RefusedError: ``insecure_address``: plain HTTP to another machine, or no address at all.
    """
    try:
        parts = urlsplit(url.strip() if "://" in url else f"https://{url.strip()}")
        host = parts.hostname or ""
        # A resolver would raise this for such a name.
        host.encode("idna")
        is_address = bool(host) and parts.port != 0 and "@" not in parts.netloc
    except ValueError:
        _raise_no_address()
    if not is_address or parts.scheme not in {"https", "http"}:
        _raise_no_address()
    if parts.scheme == "http" and not is_loopback(host):
        raise RefusedError(
            ErrorCode.INSECURE_ADDRESS,
            gettext("this address is not encrypted; ask for one that begins with https://"),
        )
    return f"{parts.scheme}://{parts.netloc.lower()}"


def invited_to(text: str, code: str | None) -> tuple[str, str]:
    """Return server and code of an invitation; words travel encrypted, except on this machine.

    Args:
        text: The address, or ``trailmark://HOST[:PORT]/CODE``, which is all of it.
        code: The code beside an address.

    Raises:
        DomainError: ``invalid_input``: a part is missing, or there is one too many.
        RefusedError: ``insecure_address``: no address at all.
    """
    whole = invitation_from_text(text)
    if whole is None and code is not None:
        return text, code
    if whole is None or code is not None:
        raise DomainError(
            ErrorCode.INVALID_INPUT,
            gettext("say trailmark connect ADDRESS CODE, or the invitation alone: trailmark://…"),
        )
    host, code = whole
    try:
        name = urlsplit(f"//{host}").hostname or ""
    except ValueError:
        _raise_no_address()
    return f"{'http' if is_loopback(name) else 'https'}://{host}", code


def _raise_no_address() -> NoReturn:
    raise RefusedError(
        ErrorCode.INSECURE_ADDRESS, gettext("this is not the address of a server")
    ) from None


def is_loopback(host: str) -> bool:
    """Say whether a host name means this machine itself."""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
