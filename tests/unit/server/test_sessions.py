"""Web sessions: cookies, time-outs, and forms that belong to their session."""

from collections.abc import Callable
from typing import Any, cast

import msgspec
import pytest
from litestar import Request

from tests.support.stores import MemoryParts
from trailmark_server import sessions
from trailmark_server.storage.accounts import AccountRows, Therapist, Way
from trailmark_server.therapists import accounts
from trailmark_server.tokens import secret_hash
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


async def test_a_session_that_came_back_with_a_backup_opens_no_disabled_account(
    parts: MemoryParts, therapist: Therapist
) -> None:
    """Disabling ends sessions; one that stands all the same is no way in."""
    now = parts.clock.now_ms()
    disabled = msgspec.structs.replace(therapist, disabled_at=now)
    await parts.accounts.write(lambda rows: rows.save_therapist(disabled))

    def signed_in(rows: AccountRows) -> Therapist | None:
        return sessions.therapist_of_session(rows, secret_hash(TOKEN), now)

    assert await parts.services.web.find(request_with(f"trailmark={TOKEN}"), now) is None
    assert await parts.accounts.read(signed_in) is None


@pytest.mark.usefixtures("therapist")
async def test_an_idle_browser_is_signed_out(parts: MemoryParts) -> None:
    parts.clock.advance(limits.WEB_SESSION_IDLE_MS)

    cookie = request_with(f"trailmark={TOKEN}")
    assert await parts.services.web.find(cookie, parts.clock.now_ms()) is None


@pytest.mark.usefixtures("therapist")
@pytest.mark.parametrize("step", [limits.WEB_SESSION_IDLE_MS, limits.WEB_SESSION_MAX_MS])
async def test_a_browser_that_signed_in_by_a_clock_far_ahead_is_signed_out(
    parts: MemoryParts, step: int
) -> None:
    """It would be signed in, untouched, until that day comes."""
    cookie, now = request_with(f"trailmark={TOKEN}"), parts.clock.now_ms()

    assert await parts.services.web.find(cookie, now - 5_000) is not None
    assert await parts.services.web.find(cookie, now - step) is None


@pytest.mark.usefixtures("therapist")
@pytest.mark.parametrize("is_asked", [True, False])
async def test_what_a_page_asks_by_itself_is_no_sign_of_anybody(
    parts: MemoryParts, *, is_asked: bool
) -> None:
    web = parts.services.web
    cookies = f"trailmark={TOKEN}" + ("" if is_asked else f"; {sessions.BY_ITSELF_COOKIE}=1")
    found: list[bool] = []
    for _ in range(2):
        parts.clock.advance(limits.WEB_SESSION_IDLE_MS // 2)
        found.append(await web.find(request_with(cookies), parts.clock.now_ms()) is not None)

    assert [True, is_asked] == found


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


async def test_looking_up_a_session_is_one_read_of_two_rows(
    parts: MemoryParts, therapist: Therapist
) -> None:
    asked: list[str] = []

    class Watched:
        def __init__(self, rows: AccountRows) -> None:
            self._rows = rows

        def __getattr__(self, name: str) -> object:
            asked.append(name)
            return getattr(self._rows, name)

    read = parts.accounts.read

    async def watched(work: Callable[[AccountRows], Any]) -> object:
        asked.append("read")
        return await read(lambda rows: work(cast("AccountRows", Watched(rows))))

    parts.accounts.read = watched
    found = await parts.services.web.find(request_with(f"trailmark={TOKEN}"), parts.clock.now_ms())

    assert ["read", "web_session", "therapist"] == asked
    assert found is not None
    assert (therapist, "link", parts.clock.now_ms()) == (
        found.therapist,
        found.way,
        found.proved_at,
    )


async def test_a_renewed_session_has_another_token_and_the_same_end(
    parts: MemoryParts, therapist: Therapist
) -> None:
    begun = parts.clock.now_ms()
    step = limits.WEB_SESSION_IDLE_MS - 1

    def renew(rows: AccountRows, token: str, following: str, way: Way | None) -> None:
        kept = rows.web_session(secret_hash(token))
        assert kept is not None
        sessions.renew_web_session(rows, kept, following, parts.clock.now_ms(), way=way)

    parts.clock.advance(step)
    await parts.accounts.write(lambda rows: renew(rows, TOKEN, "second", None))
    assert await parts.services.web.find(request_with(f"trailmark={TOKEN}"), begun) is None
    second = await parts.services.web.require(
        request_with("trailmark=second"), parts.clock.now_ms()
    )
    await parts.accounts.write(lambda rows: renew(rows, "second", "third", "passkey"))
    third = await parts.services.web.require(request_with("trailmark=third"), parts.clock.now_ms())
    late: sessions.SignedIn | None = third
    for _ in range(limits.WEB_SESSION_MAX_MS // step):
        parts.clock.advance(step)
        late = await parts.services.web.find(request_with("trailmark=third"), parts.clock.now_ms())

    assert (therapist, "link", begun) == (second.therapist, second.way, second.proved_at)
    assert ("passkey", begun + step) == (third.way, third.proved_at)
    assert late is None


async def test_a_further_browser_ends_the_oldest_and_forgets_what_has_ended(
    parts: MemoryParts, therapist: Therapist
) -> None:
    def work(rows: AccountRows) -> list[bytes]:
        now = parts.clock.now_ms()
        for number in range(limits.WEB_SESSIONS_MAX):
            sessions.open_web_session(rows, therapist, f"token {number}", now + number + 1)
        return [each.hash for each in rows.web_sessions(therapist.id)]

    kept = await parts.accounts.write(work)
    parts.clock.advance(limits.WEB_SESSION_IDLE_MS + limits.WEB_SESSIONS_MAX + 1)
    later = parts.clock.now_ms()
    await parts.accounts.write(lambda rows: sessions.open_web_session(rows, therapist, "x", later))
    left = await parts.accounts.read(lambda rows: rows.web_sessions(therapist.id))

    assert limits.WEB_SESSIONS_MAX == len(kept)
    assert secret_hash(TOKEN) not in kept
    assert [secret_hash("x")] == [each.hash for each in left]
