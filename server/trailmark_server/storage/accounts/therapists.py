"""Rows of the account tables: therapists, their sign-in links and web sessions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, Protocol

import msgspec


class Therapist(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody who signs in on the web and is let into lanes as a member.

    Attributes:
        id: 16 bytes; also the member id in grants and actors.
        name: What people see.
        email: In the form of ``accounts.email_form``; names the account.
        created_at: When the operator added it.
        disabled_at: Since when it may do nothing, or ``None``.
    """

    id: bytes
    name: str
    email: str
    created_at: int
    disabled_at: int | None = None


class SignInLink(msgspec.Struct, frozen=True, kw_only=True):
    """A one-time sign-in link.

    Attributes:
        hash: SHA-256 of its token.
        therapist: Whom it signs in.
        expires_at: When it stops to work.
        used_at: When it was used, or ``None``.
    """

    hash: bytes
    therapist: bytes
    expires_at: int
    used_at: int | None = None


Way = Literal["link", "passkey", "password"]
"""How a therapist proves who they are."""


class WebSession(msgspec.Struct, frozen=True, kw_only=True):
    """A therapist's signed-in browser.

    Attributes:
        hash: SHA-256 of the cookie's token.
        therapist: Who is signed in.
        created_at: Start of the absolute time-out.
        seen_at: Start of the idle time-out.
        way: How the therapist last proved at this browser who they are.
        proved_at: When that was.
        browser: A few words about the browser.
    """

    hash: bytes
    therapist: bytes
    created_at: int
    seen_at: int
    way: Way = "link"
    proved_at: int = 0
    browser: str = ""


class TherapistRows(Protocol):
    """Tables of therapists, their sign-in links and web sessions; part of ``AccountRows``."""

    def therapist(self, therapist: bytes) -> Therapist | None:
        """Return the therapist with this id."""
        ...

    def therapist_by_email(self, email: str) -> Therapist | None:
        """Return the therapist with this email, in the form of ``accounts.email_form``."""
        ...

    def therapists(self) -> Sequence[Therapist]:
        """Return all therapists by email."""
        ...

    def save_therapist(self, row: Therapist) -> None:
        """Keep a therapist."""
        ...

    def sign_in_link(self, hash_: bytes) -> SignInLink | None:
        """Return the link whose token has this hash."""
        ...

    def save_sign_in_link(self, row: SignInLink) -> None:
        """Keep a link."""
        ...

    def drop_sign_in_links(self, therapist: bytes) -> None:
        """Forget all links of a therapist."""
        ...

    def web_session(self, hash_: bytes) -> WebSession | None:
        """Return the session whose token has this hash."""
        ...

    def web_sessions(self, therapist: bytes) -> Sequence[WebSession]:
        """Return the sessions of a therapist by the time they were opened, ended ones included."""
        ...

    def save_web_session(self, row: WebSession) -> None:
        """Keep a session."""
        ...

    def drop_web_session(self, hash_: bytes) -> None:
        """Forget the session whose token has this hash."""
        ...

    def drop_web_sessions(self, therapist: bytes) -> None:
        """Forget all sessions of a therapist."""
        ...
