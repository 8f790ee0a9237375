"""Own origin: equal character by character, or absent."""

import pytest

from trailmark_server.origins import is_own_origin, origin_of_url

OWN = frozenset({"https://trail.example.org"})


@pytest.mark.parametrize(
    ("url", "origin"),
    [
        ("https://Trail.Example.org/", "https://trail.example.org"),
        ("https://trail.example.org:443", "https://trail.example.org"),
        ("http://127.0.0.1:8740", "http://127.0.0.1:8740"),
        ("http://[::1]:8740/x", "http://[::1]:8740"),
    ],
)
def test_origins_are_written_as_browsers_do(url: str, origin: str) -> None:
    assert origin == origin_of_url(url)


@pytest.mark.parametrize(
    "origin",
    [
        "null",
        "",
        "http://trail.example.org",
        "https://trail.example.org.evil.example",
        "https://trail.example.org:444",
        "https://evil.example/https://trail.example.org",
        "https://TRAIL.example.org",
    ],
)
def test_others_are_refused(origin: str) -> None:
    assert not is_own_origin(origin, OWN)


def test_own_and_absent_ones_are_let_in() -> None:
    assert is_own_origin("https://trail.example.org", OWN)
    assert is_own_origin(None, OWN)
