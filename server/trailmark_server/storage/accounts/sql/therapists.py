"""In SQL: therapists, their sign-in links and web sessions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from trailmark_server.storage.accounts.sql.table import Table
from trailmark_server.storage.accounts.therapists import SignInLink, Therapist, WebSession
from trailmark_server.storage.sql.connection import Connection

_THERAPISTS: Final = Table("therapist", Therapist, "id")
_LINKS: Final = Table("sign_in_link", SignInLink, "hash")
_SESSIONS: Final = Table("web_session", WebSession, "hash")


class SqlTherapists:
    """Tables behind one connection, inside its transaction; see ``TherapistRows``."""

    def __init__(self, conn: Connection) -> None:
        self._conn = conn

    def therapist(self, therapist: bytes) -> Therapist | None:
        """Return the therapist with this id."""
        return _THERAPISTS.one(self._conn, "WHERE id = ?", therapist)

    def therapist_by_email(self, email: str) -> Therapist | None:
        """Return the therapist with this email."""
        return _THERAPISTS.one(self._conn, "WHERE email = ?", email)

    def therapists(self) -> Sequence[Therapist]:
        """Return all therapists by email."""
        return _THERAPISTS.find(self._conn, "ORDER BY email", ())

    def save_therapist(self, row: Therapist) -> None:
        """Keep a therapist."""
        self._conn.execute(_THERAPISTS.save, _THERAPISTS.values(row))

    def sign_in_link(self, hash_: bytes) -> SignInLink | None:
        """Return the link whose token has this hash."""
        return _LINKS.one(self._conn, "WHERE hash = ?", hash_)

    def save_sign_in_link(self, row: SignInLink) -> None:
        """Keep a link."""
        self._conn.execute(_LINKS.save, _LINKS.values(row))

    def drop_sign_in_links(self, therapist: bytes) -> None:
        """Forget all links of a therapist."""
        self._conn.execute("DELETE FROM sign_in_link WHERE therapist = ?", (therapist,))

    def web_session(self, hash_: bytes) -> WebSession | None:
        """Return the session whose token has this hash."""
        return _SESSIONS.one(self._conn, "WHERE hash = ?", hash_)

    def web_sessions(self, therapist: bytes) -> Sequence[WebSession]:
        """Return the sessions of a therapist by the time they were opened."""
        return _SESSIONS.find(
            self._conn, "WHERE therapist = ? ORDER BY created_at, hash", (therapist,)
        )

    def save_web_session(self, row: WebSession) -> None:
        """Keep a session."""
        self._conn.execute(_SESSIONS.save, _SESSIONS.values(row))

    def drop_web_session(self, hash_: bytes) -> None:
        """Forget the session whose token has this hash."""
        self._conn.execute("DELETE FROM web_session WHERE hash = ?", (hash_,))

    def drop_web_sessions(self, therapist: bytes) -> None:
        """Forget all sessions of a therapist."""
        self._conn.execute("DELETE FROM web_session WHERE therapist = ?", (therapist,))

    def drop_expired(self, before: int) -> None:
        """Forget what expired before this time, milliseconds UTC."""
        self._conn.execute("DELETE FROM sign_in_link WHERE expires_at < ?", (before,))
