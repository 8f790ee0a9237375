"""Web sessions: cookies, time-outs, and forms that belong to their session."""

from typing import Any

import pytest
from litestar import Request

from tests.support.stores import MemoryParts
from trailmark_server import accounts, sessions
from trailmark_server.storage.accounts import AccountRows, Therapist
from trailmark_shared import limits
from trailmark_shared.errors import ErrorCode, RefusedError

TOKEN = "cookie-token"


def request_with(cookie: str) -> "Request[Any, Any, Any]":
    scope: Any = {"type": "http", "headers": [(b"cookie", cookie.encode())]}
    return Request(scope)


@pytest.fixture
def parts() -> MemoryParts:
    return MemoryParts()


@pytest.fixture
async def therapist(parts: MemoryParts) -> Therapist:
    def work(rows: AccountRows) -> Therapist:
        now = parts.clock.now_ms()
        added = accounts.add_therapist(rows, b"m" * 16, "Dr Demo", "demo@example.org", now)
        sessions.open_web_session(rows, added, TOKEN, now)
        return added

    return await parts.accounts.write(work)


async def test_a_cookie_signs_in(parts: MemoryParts, therapist: Therapist) -> None:
    web, now = parts.services.web, parts.clock.now_ms()
    found = await web.require(request_with(f"trailmark={TOKEN}"), now)

    assert therapist == found.therapist
    for wrong in ("", "trailmark=", "trailmark=other", f"other={TOKEN}"):
        assert await web.find(request_with(wrong), now) is None
    with pytest.raises(RefusedError) as caught:
        await web.require(request_with(""), now)
    assert ErrorCode.NOT_SIGNED_IN == caught.value.code


@pytest.mark.usefixtures("therapist")
async def test_an_idle_browser_is_signed_out(parts: MemoryParts) -> None:
    parts.clock.advance(limits.WEB_SESSION_IDLE_MS)

    cookie = request_with(f"trailmark={TOKEN}")
    assert await parts.services.web.find(cookie, parts.clock.now_ms()) is None


@pytest.mark.usefixtures("therapist")
async def test_a_busy_browser_stays_until_the_absolute_end(parts: MemoryParts) -> None:
    cookie, step = request_with(f"trailmark={TOKEN}"), limits.WEB_SESSION_IDLE_MS // 2
    for _ in range(limits.WEB_SESSION_MAX_MS // step - 1):
        parts.clock.advance(step)
        assert await parts.services.web.find(cookie, parts.clock.now_ms()) is not None
    parts.clock.advance(step)

    assert await parts.services.web.find(cookie, parts.clock.now_ms()) is None


async def test_a_form_belongs_to_its_session(parts: MemoryParts, therapist: Therapist) -> None:
    found = await parts.services.web.require(
        request_with(f"trailmark={TOKEN}"), parts.clock.now_ms()
    )
    assert therapist == found.therapist

    sessions.check_form(found, sessions.form_token(TOKEN))
    for wrong in ("", "é", sessions.form_token("another")):
        with pytest.raises(RefusedError):
            sessions.check_form(found, wrong)


def test_cookies_are_locked_down_behind_tls() -> None:
    web = MemoryParts("https://trail.example.org").services.web
    cookie = web.cookie(TOKEN)

    assert "__Host-trailmark" == cookie.key
    assert (True, True, "lax", "/", None) == (
        cookie.secure,
        cookie.httponly,
        cookie.samesite,
        cookie.path,
        cookie.domain,
    )
    assert 0 == web.expired_cookie().max_age
    assert "trailmark" == MemoryParts().services.web.cookie_name


async def test_touching_an_ended_session_does_nothing(parts: MemoryParts) -> None:
    await parts.accounts.write(lambda rows: sessions.touch_web_session(rows, b"x" * 32, 1))

    assert await parts.accounts.read(lambda rows: rows.web_session(b"x" * 32)) is None
