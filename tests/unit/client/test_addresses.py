"""Which servers may be spoken to."""

import pytest

from trailmark_client.addresses import checked_url, invited_to, is_loopback
from trailmark_shared.errors import DomainError, ErrorCode, RefusedError


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


@pytest.mark.parametrize(
    ("text", "code", "told"),
    [
        ("trailmark://Care.example/BCDFG-HJKLM", None, ("https://Care.example", "BCDFG-HJKLM")),
        (" TRAILMARK://h.example:8443/B ", None, ("https://h.example:8443", "B")),
        ("trailmark://127.0.0.1:8740/B", None, ("http://127.0.0.1:8740", "B")),
        ("trailmark://[::1]:8740/B", None, ("http://[::1]:8740", "B")),
        ("care.example", "B", ("care.example", "B")),
    ],
)
def test_an_invitation_is_one_piece_or_two(text: str, code: str | None, told: object) -> None:
    assert told == invited_to(text, code)


@pytest.mark.parametrize(
    ("text", "code"), [("care.example", None), ("trailmark://h/B", "C"), ("trailmark://h", None)]
)
def test_a_part_too_few_or_too_many_is_named(text: str, code: str | None) -> None:
    with pytest.raises(DomainError, match="trailmark connect ADDRESS CODE"):
        invited_to(text, code)


def test_a_host_that_is_none_is_refused() -> None:
    with pytest.raises(RefusedError):
        invited_to("trailmark://[::1/B", None)
