"""Web sessions of therapists: cookie, time-outs, and the token that forms carry.

A session is a random token in a cookie; the server keeps its SHA-256. It ends after
``limits.WEB_SESSION_IDLE_MS`` without a request and after ``limits.WEB_SESSION_MAX_MS`` in any
case. A form is accepted only with the session's form token and, where the browser names one, with
the server's own origin; the cookie is ``SameSite=Lax`` besides.
"""

from __future__ import annotations

import hmac
from typing import Any, Final

import msgspec
from litestar.connection import ASGIConnection
from litestar.datastructures import Cookie

from trailmark_server.accounts import secret_hash, token_text
from trailmark_server.storage.accounts import AccountRows, AccountStore, Therapist, WebSession
from trailmark_shared import limits
from trailmark_shared.errors import ErrorCode, RefusedError

FORM_FIELD: Final = "form_token"
"""Name of the form field that carries the form token."""

_Connection = ASGIConnection[Any, Any, Any, Any]

_SECURE_COOKIE: Final = "__Host-trailmark"
_PLAIN_COOKIE: Final = "trailmark"


class SignedIn(msgspec.Struct, frozen=True, kw_only=True):
    """A therapist at a browser.

    Attributes:
        therapist: Who.
        session_hash: Names the session without opening it.
        form_token: What every form of this session carries in ``FORM_FIELD``.
    """

    therapist: Therapist
    session_hash: bytes
    form_token: str


def form_token(token: str) -> str:
    """Return the form token of the session with this cookie token."""
    return token_text(hmac.digest(token.encode(), b"trailmark-form/1", "sha256"))


def open_web_session(rows: AccountRows, therapist: Therapist, token: str, now: int) -> None:
    """Keep a fresh session of ``therapist`` under ``token``."""
    rows.save_web_session(
        WebSession(hash=secret_hash(token), therapist=therapist.id, created_at=now, seen_at=now)
    )


def therapist_of_session(rows: AccountRows, hash_: bytes, now: int) -> Therapist | None:
    """Return who is signed in by the session with this hash; ``None`` once it has ended.

    Live pages ask this again with every wake-up, so a sign-out or a disabled account ends them.
    """
    session = rows.web_session(hash_)
    if (
        session is None
        or now - session.seen_at >= limits.WEB_SESSION_IDLE_MS
        or now - session.created_at >= limits.WEB_SESSION_MAX_MS
    ):
        return None
    therapist = rows.therapist(session.therapist)
    return None if therapist is None or therapist.disabled_at is not None else therapist


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

    async def find(self, connection: _Connection, now: int) -> SignedIn | None:
        """Return who is signed in at this request, or ``None``."""
        token = connection.cookies.get(self.cookie_name, "")
        if not token:
            return None
        hash_ = secret_hash(token)
        therapist, is_stale = await self._store.read(lambda rows: _look_up(rows, hash_, now))
        if therapist is None:
            return None
        if is_stale:
            await self._store.write(lambda rows: touch_web_session(rows, hash_, now))
        return SignedIn(therapist=therapist, session_hash=hash_, form_token=form_token(token))

    async def require(self, connection: _Connection, now: int) -> SignedIn:
        """Return who is signed in at this request.

        Raises:
            RefusedError: ``not_signed_in``.
        """
        found = await self.find(connection, now)
        if found is None:
            raise RefusedError(
                ErrorCode.NOT_SIGNED_IN, "sign in first; ask for a new link", "after_sign_in"
            )
        return found


def _look_up(rows: AccountRows, hash_: bytes, now: int) -> tuple[Therapist | None, bool]:
    therapist = therapist_of_session(rows, hash_, now)
    session = rows.web_session(hash_)
    is_stale = session is not None and now - session.seen_at >= limits.SEEN_MS
    return therapist, is_stale


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
            ErrorCode.NOT_AUTHORISED, "this form is out of date; load the page again"
        )
