"""Whose tries are counted: headers are believed from trusted proxies only, from the right."""

from ipaddress import IPv6Address
from typing import Any

import pytest
from litestar import Request

from trailmark_server.http.addresses import UNKNOWN, TrustedProxies, counted_as
from trailmark_shared import limits
from trailmark_shared.errors import DomainError, ErrorCode

PROXIES = TrustedProxies(["10.0.0.0/24", "2001:db8:1::7"])


def request_from(peer: str | None, *forwarded: str) -> "Request[Any, Any, Any]":
    scope: Any = {
        "type": "http",
        "client": None if peer is None else (peer, 1),
        "headers": [(b"x-forwarded-for", each.encode()) for each in forwarded],
    }
    return Request(scope)


@pytest.mark.parametrize(
    ("peer", "forwarded", "counted"),
    [
        ("192.0.2.1", [], "192.0.2.1"),
        ("192.0.2.1", ["198.51.100.9"], "192.0.2.1"),
        ("10.0.0.2", [], "10.0.0.2"),
        ("10.0.0.2", ["198.51.100.9"], "198.51.100.9"),
        ("10.0.0.2", ["203.0.113.5, 198.51.100.9"], "198.51.100.9"),
        ("10.0.0.2", ["203.0.113.5", "198.51.100.9"], "198.51.100.9"),
        ("10.0.0.2", ["203.0.113.5, 198.51.100.9, 10.0.0.3"], "198.51.100.9"),
        ("10.0.0.2", ["198.51.100.9:4711"], "198.51.100.9"),
        ("10.0.0.2", ["[2001:db8:5::1]:4711"], "2001:db8:5::/64"),
        ("10.0.0.2", ["203.0.113.5, unknown"], "10.0.0.2"),
        ("10.0.0.2", ["203.0.113.5, , 10.0.0.3"], "10.0.0.3"),
        ("10.0.0.2", [""], "10.0.0.2"),
        ("::ffff:10.0.0.2", ["198.51.100.9"], "198.51.100.9"),
        ("2001:db8:1::7", ["198.51.100.9"], "198.51.100.9"),
        ("2001:db8:1::8", ["198.51.100.9"], "2001:db8:1::/64"),
        (None, ["198.51.100.9"], UNKNOWN),
        ("not an address", ["198.51.100.9"], UNKNOWN),
    ],
)
def test_whose_tries_are_counted(peer: str | None, forwarded: list[str], counted: str) -> None:
    assert counted == PROXIES.address_of(request_from(peer, *forwarded))


def test_without_trusted_proxies_no_header_is_believed() -> None:
    assert "10.0.0.2" == TrustedProxies().address_of(request_from("10.0.0.2", "198.51.100.9"))


def test_a_long_chain_is_followed_to_a_bound() -> None:
    inner = [f"10.0.0.{number}" for number in range(limits.PROXY_HOPS_MAX)]
    followed = request_from("10.0.0.200", ", ".join(["198.51.100.9", *inner[1:]]))
    longer = request_from("10.0.0.200", ", ".join(["198.51.100.9", *inner]))

    assert "198.51.100.9" == PROXIES.address_of(followed)
    assert "10.0.0.0" == PROXIES.address_of(longer)


def test_a_whole_line_of_ipv6_is_counted_as_one() -> None:
    first, second, other = (
        TrustedProxies().address_of(request_from(peer))
        for peer in ("2001:db8::1", "2001:db8::2", "2001:db9::1")
    )

    assert first == second
    assert first != other
    assert UNKNOWN == counted_as(None)


def test_the_counted_bits_are_those_of_the_limits() -> None:
    here = IPv6Address("2001:db8::")
    behind, before = (
        IPv6Address(int(here) | 1 << (128 - bits))
        for bits in (limits.COUNTED_IPV6_BITS + 1, limits.COUNTED_IPV6_BITS)
    )

    assert counted_as(here) == counted_as(behind)
    assert counted_as(here) != counted_as(before)


@pytest.mark.parametrize("text", ["", "proxy", "10.0.0.1/33", "10.0.0.1/24"])
def test_what_is_no_network_is_refused(text: str) -> None:
    with pytest.raises(DomainError) as caught:
        TrustedProxies([text])

    assert ErrorCode.INVALID_INPUT == caught.value.code
