"""In SQL: passwords, passkeys and their challenges, security notices, failed tries."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from trailmark_server.storage.accounts.sign_in import (
    FailedTries,
    Passkey,
    PasskeyChallenge,
    Password,
    SecurityNotice,
)
from trailmark_server.storage.accounts.sql.table import Table
from trailmark_server.storage.sql.connection import Connection
from trailmark_server.storage.sql.statements import NO_LIMIT

_PASSWORDS: Final = Table("password", Password, "therapist")
_PASSKEYS: Final = Table("passkey", Passkey, "credential")
_CHALLENGES: Final = Table("passkey_challenge", PasskeyChallenge, "hash")
_NOTICES: Final = Table("security_notice", SecurityNotice, "therapist", "number")
_FAILED: Final = Table("failed_tries", FailedTries, "account")


class SqlSignIn:
    """Tables behind one connection, inside its transaction; see ``SignInRows``."""

    def __init__(self, conn: Connection) -> None:
        self._conn = conn

    def password(self, therapist: bytes) -> Password | None:
        """Return a therapist's password."""
        return _PASSWORDS.one(self._conn, "WHERE therapist = ?", therapist)

    def save_password(self, row: Password) -> None:
        """Keep a password."""
        self._conn.execute(_PASSWORDS.save, _PASSWORDS.values(row))

    def drop_password(self, therapist: bytes) -> None:
        """Forget a therapist's password."""
        self._conn.execute("DELETE FROM password WHERE therapist = ?", (therapist,))

    def passkey(self, credential: bytes) -> Passkey | None:
        """Return the passkey with this id."""
        return _PASSKEYS.one(self._conn, "WHERE credential = ?", credential)

    def passkeys(self, therapist: bytes) -> Sequence[Passkey]:
        """Return a therapist's passkeys by the time they were added."""
        return _PASSKEYS.find(
            self._conn, "WHERE therapist = ? ORDER BY created_at, credential", (therapist,)
        )

    def save_passkey(self, row: Passkey) -> None:
        """Keep a passkey."""
        self._conn.execute(_PASSKEYS.save, _PASSKEYS.values(row))

    def drop_passkey(self, credential: bytes) -> None:
        """Forget the passkey with this id."""
        self._conn.execute("DELETE FROM passkey WHERE credential = ?", (credential,))

    def challenge(self, hash_: bytes) -> PasskeyChallenge | None:
        """Return the challenge with this hash."""
        return _CHALLENGES.one(self._conn, "WHERE hash = ?", hash_)

    def save_challenge(self, row: PasskeyChallenge) -> None:
        """Keep a challenge."""
        self._conn.execute(_CHALLENGES.save, _CHALLENGES.values(row))

    def drop_challenge(self, hash_: bytes) -> None:
        """Forget the challenge with this hash."""
        self._conn.execute("DELETE FROM passkey_challenge WHERE hash = ?", (hash_,))

    def drop_challenges(self, before: int, keep: int) -> None:
        """Forget challenges that expired before this time, and all but the ``keep`` latest ones."""
        self._conn.execute("DELETE FROM passkey_challenge WHERE expires_at < ?", (before,))
        self._conn.execute(
            "DELETE FROM passkey_challenge WHERE hash IN (SELECT hash FROM passkey_challenge"
            " ORDER BY expires_at DESC, hash DESC LIMIT ? OFFSET ?)",
            (NO_LIMIT, keep),
        )

    def notices(self, therapist: bytes) -> Sequence[SecurityNotice]:
        """Return what a therapist is told, the latest first."""
        return _NOTICES.find(self._conn, "WHERE therapist = ? ORDER BY number DESC", (therapist,))

    def save_notice(self, row: SecurityNotice) -> None:
        """Keep a notice."""
        self._conn.execute(_NOTICES.save, _NOTICES.values(row))

    def drop_notices(self, therapist: bytes, upto: int) -> None:
        """Forget a therapist's notices up to this number."""
        self._conn.execute(
            "DELETE FROM security_notice WHERE therapist = ? AND number <= ?", (therapist, upto)
        )

    def failed_tries(self, account: bytes) -> FailedTries | None:
        """Return the refused tries of an account."""
        return _FAILED.one(self._conn, "WHERE account = ?", account)

    def save_failed_tries(self, row: FailedTries) -> None:
        """Keep how many tries of an account were refused."""
        self._conn.execute(_FAILED.save, _FAILED.values(row))
