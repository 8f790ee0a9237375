"""Rows of the account tables: how therapists prove who they are, and what they are told of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, Literal, Protocol

import msgspec

Purpose = Literal["sign_in", "prove", "add"]
"""What a passkey is asked for: to sign in, to prove it once more, or to become one."""

NoticeKind = Literal[
    "signed_in",
    "failed_tries",
    "password_set",
    "password_changed",
    "passkey_added",
    "passkey_renamed",
    "passkey_removed",
    "session_ended",
    "signed_out_everywhere",
    "link_made",
    "credentials_forgotten",
    "account_disabled",
    "account_enabled",
]
"""What a therapist is told about the security of the account."""


class Password(msgspec.Struct, frozen=True, kw_only=True):
    """A therapist's password.

    Attributes:
        therapist: Whose.
        hash: Argon2id with its parameters and salt, as a PHC string.
        changed_at: When it was set.
    """

    therapist: bytes
    hash: str
    changed_at: int


class Passkey(msgspec.Struct, frozen=True, kw_only=True):
    """A passkey of a therapist.

    Attributes:
        credential: Its id, as its authenticator chose it.
        therapist: Whose.
        public_key: Its public half, COSE.
        sign_count: How often its authenticator says that it was used; 0 where it does not count.
        name: What the therapist calls it.
        created_at: When it was added.
        used_at: When it last proved something, or ``None``.
    """

    credential: bytes
    therapist: bytes
    public_key: bytes
    sign_count: int
    name: str
    created_at: int
    used_at: int | None = None


class PasskeyChallenge(msgspec.Struct, frozen=True, kw_only=True):
    """What a passkey is to sign, once.

    Attributes:
        hash: SHA-256 of the challenge.
        purpose: What for.
        session: Hash of the web session that asked, ``None`` for signing in.
        expires_at: When it stops to work.
    """

    hash: bytes
    purpose: Purpose
    session: bytes | None
    expires_at: int


class SecurityNotice(msgspec.Struct, frozen=True, kw_only=True):
    """Something that concerns the security of a therapist's account.

    Attributes:
        therapist: Who is told.
        number: Place in the order, from 1.
        kind: What happened.
        detail: A passkey's name, a browser, a number; empty where there is none.
        at: When.
    """

    therapist: bytes
    number: int
    kind: NoticeKind
    detail: str
    at: int


class FailedTries(msgspec.Struct, frozen=True, kw_only=True):
    """Refused tries to sign in since the last one that was right.

    Attributes:
        account: A therapist's id, or ``NOBODY`` for all accounts that do not exist.
        count: How many.
        last_at: The last of them.
    """

    account: bytes
    count: int
    last_at: int


NOBODY: Final = bytes(16)
"""Under this id tries for accounts that do not exist are counted, so that they cost the same."""


class SignInRows(Protocol):
    """Tables of passwords, passkeys, challenges, notices, tries; part of ``AccountRows``."""

    def password(self, therapist: bytes) -> Password | None:
        """Return a therapist's password."""
        ...

    def save_password(self, row: Password) -> None:
        """Keep a password."""
        ...

    def drop_password(self, therapist: bytes) -> None:
        """Forget a therapist's password."""
        ...

    def passkey(self, credential: bytes) -> Passkey | None:
        """Return the passkey with this id."""
        ...

    def passkeys(self, therapist: bytes) -> Sequence[Passkey]:
        """Return a therapist's passkeys by the time they were added."""
        ...

    def save_passkey(self, row: Passkey) -> None:
        """Keep a passkey."""
        ...

    def drop_passkey(self, credential: bytes) -> None:
        """Forget the passkey with this id."""
        ...

    def challenge(self, hash_: bytes) -> PasskeyChallenge | None:
        """Return the challenge with this hash."""
        ...

    def save_challenge(self, row: PasskeyChallenge) -> None:
        """Keep a challenge."""
        ...

    def drop_challenge(self, hash_: bytes) -> None:
        """Forget the challenge with this hash."""
        ...

    def drop_challenges(self, before: int, keep: int) -> None:
        """Forget challenges that expired before this time, and all but the ``keep`` latest ones."""
        ...

    def notices(self, therapist: bytes) -> Sequence[SecurityNotice]:
        """Return what a therapist is told, the latest first."""
        ...

    def save_notice(self, row: SecurityNotice) -> None:
        """Keep a notice."""
        ...

    def drop_notices(self, therapist: bytes, upto: int) -> None:
        """Forget a therapist's notices up to this number."""
        ...

    def failed_tries(self, account: bytes) -> FailedTries | None:
        """Return the refused tries of an account."""
        ...

    def save_failed_tries(self, row: FailedTries) -> None:
        """Keep how many tries of an account were refused."""
        ...
