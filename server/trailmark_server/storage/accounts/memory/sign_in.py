"""In memory: passwords, passkeys and their challenges, security notices, failed tries."""

from __future__ import annotations

from collections.abc import Sequence

from trailmark_server.storage.accounts.sign_in import (
    FailedTries,
    Passkey,
    PasskeyChallenge,
    Password,
    SecurityNotice,
)


class MemorySignIn:
    """Dictionaries from key to row; see ``SignInRows``."""

    def __init__(self) -> None:
        self._passwords: dict[bytes, Password] = {}
        self._passkeys: dict[bytes, Passkey] = {}
        self._challenges: dict[bytes, PasskeyChallenge] = {}
        self._notices: dict[tuple[bytes, int], SecurityNotice] = {}
        self._failed: dict[bytes, FailedTries] = {}

    def password(self, therapist: bytes) -> Password | None:
        """Return a therapist's password."""
        return self._passwords.get(therapist)

    def save_password(self, row: Password) -> None:
        """Keep a password."""
        self._passwords[row.therapist] = row

    def drop_password(self, therapist: bytes) -> None:
        """Forget a therapist's password."""
        self._passwords.pop(therapist, None)

    def passkey(self, credential: bytes) -> Passkey | None:
        """Return the passkey with this id."""
        return self._passkeys.get(credential)

    def passkeys(self, therapist: bytes) -> Sequence[Passkey]:
        """Return a therapist's passkeys by the time they were added."""
        rows = [row for row in self._passkeys.values() if row.therapist == therapist]
        return sorted(rows, key=lambda row: (row.created_at, row.credential))

    def save_passkey(self, row: Passkey) -> None:
        """Keep a passkey."""
        self._passkeys[row.credential] = row

    def drop_passkey(self, credential: bytes) -> None:
        """Forget the passkey with this id."""
        self._passkeys.pop(credential, None)

    def challenge(self, hash_: bytes) -> PasskeyChallenge | None:
        """Return the challenge with this hash."""
        return self._challenges.get(hash_)

    def save_challenge(self, row: PasskeyChallenge) -> None:
        """Keep a challenge."""
        self._challenges[row.hash] = row

    def drop_challenge(self, hash_: bytes) -> None:
        """Forget the challenge with this hash."""
        self._challenges.pop(hash_, None)

    def drop_challenges(self, before: int, keep: int) -> None:
        """Forget challenges that expired before this time, and all but the ``keep`` latest ones."""
        live = [row for row in self._challenges.values() if row.expires_at >= before]
        latest = sorted(live, key=lambda row: (row.expires_at, row.hash), reverse=True)[:keep]
        self._challenges = {row.hash: row for row in latest}

    def notices(self, therapist: bytes) -> Sequence[SecurityNotice]:
        """Return what a therapist is told, the latest first."""
        rows = [row for row in self._notices.values() if row.therapist == therapist]
        return sorted(rows, key=lambda row: row.number, reverse=True)

    def save_notice(self, row: SecurityNotice) -> None:
        """Keep a notice."""
        self._notices[row.therapist, row.number] = row

    def drop_notices(self, therapist: bytes, upto: int) -> None:
        """Forget a therapist's notices up to this number."""
        kept = {
            key: row
            for key, row in self._notices.items()
            if row.therapist != therapist or row.number > upto
        }
        self._notices = kept

    def failed_tries(self, account: bytes) -> FailedTries | None:
        """Return the refused tries of an account."""
        return self._failed.get(account)

    def save_failed_tries(self, row: FailedTries) -> None:
        """Keep how many tries of an account were refused."""
        self._failed[row.account] = row
