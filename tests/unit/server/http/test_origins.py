"""Whose page may act: the own origin, character by character; absent only for programs."""

from typing import Any

import pytest
from litestar import Request

from tests.support.origins import LOOK_ALIKES, look_alike
from trailmark_server.http.origins import may_act, may_read_along, origin_of, origin_of_url

OWN = "https://trail.example.org:8443"


def allowed(origin: str | None, *, is_program: bool = False) -> bool:
    return may_act(origin, frozenset({OWN}), is_program=is_program)


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


@pytest.mark.parametrize("kind", LOOK_ALIKES)
@pytest.mark.parametrize("is_program", [True, False])
def test_look_alikes_may_do_nothing(kind: str, is_program: bool) -> None:  # noqa: FBT001
    named = look_alike(kind, OWN)

    assert not allowed(named, is_program=is_program)
    assert not may_read_along(named, "same-origin", frozenset({OWN}))


def test_own_pages_may_act_and_programs_name_none() -> None:
    assert allowed(OWN)
    assert allowed(OWN, is_program=True)
    assert allowed(None, is_program=True)
    assert not allowed(None)


@pytest.mark.parametrize("site", ["cross-site", "same-site", "none", "", None])
def test_streams_are_for_own_pages(site: str | None) -> None:
    own = frozenset({OWN})

    assert not may_read_along(None, site, own)
    assert may_read_along(None, "same-origin", own)
    assert may_read_along(OWN, site, own)


def test_several_origins_are_none_of_ours() -> None:
    headers = [(b"origin", OWN.encode()), (b"origin", b"https://evil.example")]
    several: Any = {"type": "http", "headers": headers}
    absent: Any = {"type": "http", "headers": []}

    assert not allowed(origin_of(Request(several).headers), is_program=True)
    assert origin_of(Request(absent).headers) is None
