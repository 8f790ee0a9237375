"""In memory: therapists, their sign-in links and web sessions."""

from __future__ import annotations

from collections.abc import Sequence

from trailmark_server.storage.accounts.therapists import SignInLink, Therapist, WebSession


class MemoryTherapists:
    """Dictionaries from key to row; see ``TherapistRows``."""

    def __init__(self) -> None:
        self._therapists: dict[bytes, Therapist] = {}
        self._links: dict[bytes, SignInLink] = {}
        self._sessions: dict[bytes, WebSession] = {}

    def therapist(self, therapist: bytes) -> Therapist | None:
        """Return the therapist with this id."""
        return self._therapists.get(therapist)

    def therapist_by_email(self, email: str) -> Therapist | None:
        """Return the therapist with this email."""
        return next((row for row in self._therapists.values() if row.email == email), None)

    def therapists(self) -> Sequence[Therapist]:
        """Return all therapists by email."""
        return sorted(self._therapists.values(), key=lambda row: row.email)

    def save_therapist(self, row: Therapist) -> None:
        """Keep a therapist."""
        self._therapists[row.id] = row

    def sign_in_link(self, hash_: bytes) -> SignInLink | None:
        """Return the link whose token has this hash."""
        return self._links.get(hash_)

    def save_sign_in_link(self, row: SignInLink) -> None:
        """Keep a link."""
        self._links[row.hash] = row

    def drop_sign_in_links(self, therapist: bytes) -> None:
        """Forget all links of a therapist."""
        kept = {key: row for key, row in self._links.items() if row.therapist != therapist}
        self._links = kept

    def web_session(self, hash_: bytes) -> WebSession | None:
        """Return the session whose token has this hash."""
        return self._sessions.get(hash_)

    def web_sessions(self, therapist: bytes) -> Sequence[WebSession]:
        """Return the sessions of a therapist by the time they were opened."""
        rows = [row for row in self._sessions.values() if row.therapist == therapist]
        return sorted(rows, key=lambda row: (row.created_at, row.hash))

    def save_web_session(self, row: WebSession) -> None:
        """Keep a session."""
        self._sessions[row.hash] = row

    def drop_web_session(self, hash_: bytes) -> None:
        """Forget the session whose token has this hash."""
        self._sessions.pop(hash_, None)

    def drop_web_sessions(self, therapist: bytes) -> None:
        """Forget all sessions of a therapist."""
        kept = {key: row for key, row in self._sessions.items() if row.therapist != therapist}
        self._sessions = kept

    def drop_expired(self, before: int) -> None:
        """Forget what expired before this time, milliseconds UTC."""
        kept = {key: row for key, row in self._links.items() if row.expires_at >= before}
        self._links = kept
