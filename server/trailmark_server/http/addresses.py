"""Whose tries are counted: the peer's, or behind trusted proxies the one whom they name.

Anybody can write ``X-Forwarded-For``. It is believed only as far as it was written by proxies that
the operator named: from the right, up to the first address that is none of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import TYPE_CHECKING, Any, Final

from trailmark_shared import limits
from trailmark_shared.errors import DomainError, ErrorCode
from trailmark_shared.words import gettext

if TYPE_CHECKING:  # an operator's commands trust proxies by name and need no web framework
    from litestar.connection import ASGIConnection

_Address = IPv4Address | IPv6Address

UNKNOWN: Final = "unknown"
"""Counted together: peers without an address, which a proxy in front of a local socket has."""


class TrustedProxies:
    """The proxies whose ``X-Forwarded-For`` is believed."""

    def __init__(self, texts: Iterable[str] = ()) -> None:
        """Trust these addresses, or blocks in CIDR notation.

        Raises:
            DomainError: ``invalid_input``: a text is neither.
        """
        try:
            self._networks = tuple(ip_network(text.strip()) for text in texts)
        except ValueError:
            raise DomainError(
                ErrorCode.INVALID_INPUT,
                gettext("a trusted proxy is an address like 10.0.0.2 or a block like 10.0.0.0/24"),
            ) from None

    def address_of(self, connection: ASGIConnection[Any, Any, Any, Any]) -> str:
        """Return what the tries of a request or socket are counted by."""
        peer = None if connection.client is None else connection.client.host
        told = connection.headers.getall("x-forwarded-for", [])
        return counted_as(self._first_untrusted(peer, told))

    def _first_untrusted(self, peer: str | None, told: Sequence[str]) -> _Address | None:
        """Return the nearest address that is no trusted proxy.

        A word that is no address ends the walk at the proxy that wrote it: what stands left of it
        was written by somebody else.
        """
        nearest = _address(peer or "")
        hops = ",".join(told).rsplit(",", limits.PROXY_HOPS_MAX)[-limits.PROXY_HOPS_MAX :]
        for hop in reversed(hops):
            if nearest is None or not any(nearest in network for network in self._networks):
                break
            further = _address(hop)
            if further is None:
                break
            nearest = further
        return nearest


def _address(text: str) -> _Address | None:
    """Read an address; proxies may write a port behind it."""
    bare = text.strip()
    if bare.startswith("["):
        bare = bare[1:].partition("]")[0]
    elif bare.count(":") == 1:
        bare = bare.partition(":")[0]
    try:
        address = ip_address(bare)
    except ValueError:
        return None
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return mapped or address


def counted_as(address: _Address | None) -> str:
    """Return the name under which an address is counted.

    Whoever has one IPv6 address has a whole ``/64`` of them, so these count as one.
    """
    if address is None:
        return UNKNOWN
    if isinstance(address, IPv6Address):
        return str(ip_network((address, limits.COUNTED_IPV6_BITS), strict=False))
    return str(address)
