"""Known browsers: a cookie that says so, for one account, and opens nothing."""

import pytest

from trailmark_server.therapists.known_browsers import MARK_BYTES, KnownBrowsers
from trailmark_shared import limits

URL = "https://trail.example.org"
WHO, OTHER = b"m" * 16, b"n" * 16
MARK = bytes(range(MARK_BYTES))


@pytest.fixture
def known() -> KnownBrowsers:
    return KnownBrowsers(b"secret", URL)


def test_a_known_browser_is_known_after_a_restart(known: KnownBrowsers) -> None:
    value = known.cookie(WHO, MARK).value or ""

    assert MARK.hex() == KnownBrowsers(b"secret", URL).mark_of(WHO, value)
    assert KnownBrowsers(b"another", URL).mark_of(WHO, value) is None


def test_it_is_known_for_one_account(known: KnownBrowsers) -> None:
    assert known.mark_of(OTHER, known.cookie(WHO, MARK).value or "") is None


def test_nothing_else_is_known(known: KnownBrowsers) -> None:
    value = known.cookie(WHO, MARK).value or ""
    forged = ("", "x", value[:-4], value + "AAAA", "B" + value[1:], "é", "\x00", "-" * 9, value[1:])

    assert [None] * len(forged) == [known.mark_of(WHO, each) for each in forged]


def test_its_cookie_is_locked_down(known: KnownBrowsers) -> None:
    cookie = known.cookie(WHO, MARK)

    assert ("__Host-trailmark-known", True, True, "strict", "/", None) == (
        cookie.key,
        cookie.secure,
        cookie.httponly,
        cookie.samesite,
        cookie.path,
        cookie.domain,
    )
    assert limits.KNOWN_BROWSER_MS // 1000 == cookie.max_age
    assert "trailmark-known" == KnownBrowsers(b"x", "http://127.0.0.1:1").cookie_name
