"""Web sessions of therapists: cookie, time-outs, and the token that forms carry.

A session is a random token in a cookie; the server keeps its SHA-256. It ends after
``limits.WEB_SESSION_IDLE_MS`` without a request, those that an open page makes by itself left out,
and after ``limits.WEB_SESSION_MAX_MS`` in any case. Whenever somebody proves who they are, at the
beginning or once more, and whenever they change how they do so, the token is a new one and the old
one is worth nothing.

A form is accepted only with the session's form token and the server's own origin; the cookie is
``SameSite=Lax`` besides, so that links in letters and calendars lead to where they should.
"""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final

import msgspec
from litestar.connection import ASGIConnection
from litestar.datastructures import Cookie

from trailmark_server.lifetimes import lasts
from trailmark_server.storage.accounts import AccountRows, AccountStore, Therapist, Way, WebSession
from trailmark_server.tokens import secret_hash, token_text
from trailmark_shared import limits
from trailmark_shared.errors import ErrorCode, RefusedError
from trailmark_shared.words import gettext

FORM_FIELD: Final = "form_token"
"""Name of the form field that carries the form token."""

GOODBYE: Final[Mapping[str, str]] = MappingProxyType({"Clear-Site-Data": '"cache"'})
"""Makes a browser forget what it may still hold of the pages.

Never ``"storage"``: at ``/app`` the same origin keeps all that a person wrote in this browser.
"""

_Connection = ASGIConnection[Any, Any, Any, Any]

BY_ITSELF_COOKIE: Final = "trailmark-by-itself"
"""Name of the cookie with which an open page says, for a few seconds and of its own address alone,
that it asks without anybody's doing: it opens nothing, and whoever sends it is signed out sooner.
"""

_SECURE_COOKIE: Final = "__Host-trailmark"
_PLAIN_COOKIE: Final = "trailmark"


class SignedIn(msgspec.Struct, frozen=True, kw_only=True):
    """A therapist at a browser.

    Attributes:
        therapist: Who.
        session_hash: Names the session without opening it.
        form_token: What every form of this session carries in ``FORM_FIELD``.
        way: How they last proved who they are.
        proved_at: When that was, milliseconds UTC.
        opened_at: When the session began, milliseconds UTC; a fresh token leaves it as it is.
    """

    therapist: Therapist
    session_hash: bytes
    form_token: str
    way: Way = "link"
    proved_at: int = 0
    opened_at: int = 0


def form_token(token: str) -> str:
    """Return the form token of the session with this cookie token."""
    return token_text(hmac.digest(token.encode(), b"trailmark-form/1", "sha256"))


def open_web_session(
    rows: AccountRows,
    therapist: Therapist,
    token: str,
    now: int,
    *,
    way: Way = "link",
    browser: str = "",
) -> None:
    """Keep a fresh session of ``therapist`` under ``token``.

    Sessions that have ended are forgotten, and beyond ``limits.WEB_SESSIONS_MAX`` the oldest ends.

    Args:
        rows: The account tables.
        therapist: Who.
        token: The cookie's.
        now: Server clock.
        way: How they proved who they are.
        browser: A few words about the browser.
    """
    present = list(rows.web_sessions(therapist.id))
    live = [each for each in present if not _is_over(each, now)]
    kept = live[max(0, len(live) + 1 - limits.WEB_SESSIONS_MAX) :]
    for each in present:
        if each not in kept:
            rows.drop_web_session(each.hash)
    rows.save_web_session(
        WebSession(
            hash=secret_hash(token),
            therapist=therapist.id,
            created_at=now,
            seen_at=now,
            way=way,
            proved_at=now,
            browser=browser,
        )
    )


def renew_web_session(
    rows: AccountRows, session: WebSession, token: str, now: int, *, way: Way | None = None
) -> None:
    """Put a session under a fresh token; its absolute time-out goes on.

    Args:
        rows: The account tables.
        session: As it was.
        token: The new cookie's.
        now: Server clock.
        way: How its therapist proved just now who they are, or ``None`` where they did not.
    """
    rows.drop_web_session(session.hash)
    proved = {} if way is None else {"way": way, "proved_at": now}
    rows.save_web_session(
        msgspec.structs.replace(session, hash=secret_hash(token), seen_at=now, **proved)
    )


def live_web_sessions(rows: AccountRows, therapist: bytes, now: int) -> list[WebSession]:
    """Return the sessions of a therapist that have not ended, the oldest first."""
    return [each for each in rows.web_sessions(therapist) if not _is_over(each, now)]


def therapist_of_session(rows: AccountRows, hash_: bytes, now: int) -> Therapist | None:
    """Return who is signed in by the session with this hash; ``None`` once it has ended.

    Live pages ask this again with every wake-up, so a sign-out or a disabled account ends them.
    """
    found = _look_up(rows, hash_, now)
    return None if found is None else found[0]


def _is_over(session: WebSession, now: int) -> bool:
    is_in_use = lasts(session.seen_at, now, limits.WEB_SESSION_IDLE_MS)
    return not is_in_use or not lasts(session.created_at, now, limits.WEB_SESSION_MAX_MS)


def _look_up(rows: AccountRows, hash_: bytes, now: int) -> tuple[Therapist, WebSession] | None:
    """Return who is signed in and how: two rows by their keys, in one read."""
    session = rows.web_session(hash_)
    if session is None or _is_over(session, now):
        return None
    therapist = rows.therapist(session.therapist)
    if therapist is None or therapist.disabled_at is not None:
        return None
    return therapist, session


def touch_web_session(rows: AccountRows, hash_: bytes, now: int) -> None:
    """Note that the browser is in use."""
    session = rows.web_session(hash_)
    if session is not None:
        rows.save_web_session(msgspec.structs.replace(session, seen_at=now))


class WebSessions:
    """Signs browsers in and out.

    Attributes:
        cookie_name: ``__Host-…`` behind TLS, a plain name on loopback.
    """

    def __init__(self, store: AccountStore, public_url: str) -> None:
        """Keep sessions in ``store`` for the site at ``public_url``."""
        self._store = store
        self._secure = public_url.startswith("https://")
        self.cookie_name = _SECURE_COOKIE if self._secure else _PLAIN_COOKIE

    def cookie(self, token: str) -> Cookie:
        """Return the cookie that carries ``token``."""
        return Cookie(
            key=self.cookie_name,
            value=token,
            max_age=limits.WEB_SESSION_MAX_MS // 1000,
            path="/",
            httponly=True,
            secure=self._secure,
            samesite="lax",
        )

    def expired_cookie(self) -> Cookie:
        """Return the cookie that makes a browser forget its session."""
        return Cookie(
            key=self.cookie_name,
            value="",
            max_age=0,
            path="/",
            httponly=True,
            secure=self._secure,
            samesite="lax",
        )

    def token_of(self, connection: _Connection) -> str:
        """Return the token of the cookie that a request brings, empty where there is none."""
        return connection.cookies.get(self.cookie_name, "")

    async def find(
        self, connection: _Connection, now: int, *, by_itself: bool = False
    ) -> SignedIn | None:
        """Return who is signed in at this request, or ``None``; arguments as ``require``."""
        token = self.token_of(connection)
        if not token:
            return None
        hash_ = secret_hash(token)
        found = await self._store.read(lambda rows: _look_up(rows, hash_, now))
        if found is None:
            return None
        therapist, session = found
        is_asked = not by_itself and BY_ITSELF_COOKIE not in connection.cookies
        if is_asked and now - session.seen_at >= limits.SEEN_MS:
            await self._store.write(lambda rows: touch_web_session(rows, hash_, now))
        return SignedIn(
            therapist=therapist,
            session_hash=hash_,
            form_token=form_token(token),
            way=session.way,
            proved_at=session.proved_at,
            opened_at=session.created_at,
        )

    async def require(
        self, connection: _Connection, now: int, *, by_itself: bool = False
    ) -> SignedIn:
        """Return who is signed in at this request.

        Args:
            connection: The request.
            now: Server clock, milliseconds UTC.
            by_itself: A page asks that nobody need look at: it does not prolong the session.

        Raises:
            RefusedError: ``not_signed_in``.
        """
        found = await self.find(connection, now, by_itself=by_itself)
        if found is None:
            raise RefusedError(ErrorCode.NOT_SIGNED_IN, gettext("sign in first"), "after_sign_in")
        return found


def check_form(signed_in: SignedIn, sent_token: str) -> None:
    """Check that a form was drawn for this very session.

    Args:
        signed_in: Whose session.
        sent_token: The form's field ``FORM_FIELD``.

    Raises:
        RefusedError: ``not_authorised``.
    """
    if not hmac.compare_digest(signed_in.form_token.encode(), sent_token.encode()):
        raise RefusedError(
            ErrorCode.NOT_AUTHORISED, gettext("this form is out of date; load the page again")
        )
