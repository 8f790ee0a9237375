"""Which servers may be spoken to."""

import pytest

from trailmark_client.addresses import checked_url, is_loopback
from trailmark_shared.errors import ErrorCode, RefusedError


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("https://home.example", "https://home.example"),
        ("https://home.example:8443/join?code=x", "https://home.example:8443"),
        ("home.example", "https://home.example"),
        (" HTTPS://Home.Example ", "https://home.example"),
        ("http://127.0.0.1:8000", "http://127.0.0.1:8000"),
        ("http://localhost:8000/", "http://localhost:8000"),
        ("http://a.localhost:1", "http://a.localhost:1"),
        ("http://[::1]:8000", "http://[::1]:8000"),
    ],
)
def test_addresses_that_may_be_spoken_to(typed: str, expected: str) -> None:
    assert checked_url(typed) == expected


@pytest.mark.parametrize(
    "typed",
    [
        "http://home.example",
        "http://10.0.0.1",
        "ftp://home",
        "https://",
        "https://me@home",
        "https://:secret@home",
        "https://[home",
        "https://home..example",
        f"https://{'x' * 64}.example",
        "https://home:port",
        "",
    ],
)
def test_addresses_that_may_not(typed: str) -> None:
    with pytest.raises(RefusedError) as raised:
        checked_url(typed)

    assert raised.value.code is ErrorCode.INSECURE_ADDRESS


def test_loopback_is_this_machine_only() -> None:
    assert is_loopback("127.0.0.2")
    assert not is_loopback("localhost.example")
    assert not is_loopback("192.168.0.1")
