"""Invitations: a therapist's code for one person, made, listed and taken back.

A code is ten consonants in two halves of 21 bits. The first half finds the invitation, so that
wrong second halves can be counted against it. Spelling: ``XXXXX-XXXXX``; case, blanks and hyphens
do not matter. What is stored is a keyed hash, because 43 bits are soon tried by whoever has the
table: the key comes from the keys store, which no copy of the table holds.

Plain functions over ``AccountRows``; times are milliseconds UTC by the server's clock.
"""

from __future__ import annotations

import hmac
from collections.abc import Callable, Sequence
from typing import Final
from urllib.parse import urlsplit

import msgspec

from trailmark_server.labels import clean_text
from trailmark_server.lifetimes import lasts_until
from trailmark_server.storage.accounts import AccountRows, Invitation, Therapist
from trailmark_shared import limits
from trailmark_shared.codes import text_from_invitation
from trailmark_shared.errors import DomainError, ErrorCode, RefusedError
from trailmark_shared.sealing import derive_key
from trailmark_shared.words import gettext

CODE_ALPHABET: Final = "BCDFGHJKLMNPQRSTVWXZ"
"""Consonants that are hard to mistake and spell no word.

Source:
    RFC 8628 section 6.1.
"""

HALF_CHARS: Final = 5
CODE_RANDOM_BYTES: Final = 16
"""Random bytes that one code is made from; the bias is below 2**-80."""

_KEY_LABEL: Final = b"trailmark-invitation-code/1"
_ATTEMPTS: Final = 20


def code_key(secret: bytes) -> bytes:
    """Return the key under which codes are hashed, from a secret of the keys store."""
    return derive_key(secret, _KEY_LABEL)


class Code(msgspec.Struct, frozen=True, kw_only=True):
    """An invitation code, as it was typed, and the key under which it is looked up.

    Attributes:
        text: The code.
        key: From ``code_key``.
    """

    text: str
    key: bytes

    @property
    def lookup_hash(self) -> bytes:
        """Hash of its first half: finds the invitation."""
        return hmac.digest(self.key, self._letters[:HALF_CHARS].encode(), "sha256")

    @property
    def hash(self) -> bytes:
        """Hash of the whole."""
        return hmac.digest(self.key, self._letters.encode(), "sha256")

    @property
    def _letters(self) -> str:
        return "".join(char for char in self.text.upper() if char in CODE_ALPHABET)


def code_from_random(random: bytes) -> str:
    """Return a code in its spelling from ``CODE_RANDOM_BYTES`` random bytes."""
    number = int.from_bytes(random, "big")
    chars = ""
    for _ in range(2 * HALF_CHARS):
        number, digit = divmod(number, len(CODE_ALPHABET))
        chars += CODE_ALPHABET[digit]
    return f"{chars[:HALF_CHARS]}-{chars[HALF_CHARS:]}"


def invitation_link(public_url: str, code: str) -> str:
    """Return what a person's device takes as one argument, or scans."""
    return text_from_invitation(urlsplit(public_url).netloc, code)


def add_invitation(
    rows: AccountRows,
    therapist: Therapist,
    code: Code,
    now: int,
    *,
    label: str = "",
    confirmed: bool = False,
) -> Invitation | None:
    """Keep an invitation under ``code``.

    Args:
        rows: The account tables.
        therapist: Who invites.
        code: From ``code_from_random``.
        now: Server clock.
        label: What the therapist calls the person.
        confirmed: No confirmation by the therapist needed.

    Returns:
        The invitation, or ``None`` when a live one begins with the same half: take another code.

    Raises:
        DomainError: ``invalid_input``: the label is not usable.
        RefusedError: ``rate_limited``: ``limits.OPEN_INVITATIONS_MAX`` of this therapist are open.
    """
    rows.drop_expired(now - limits.SIGN_IN_LINK_TTL_MS)
    present = rows.invitation(code.lookup_hash)
    if present is not None and is_good(present, now):
        return None
    if len(open_invitations(rows, therapist.id, now)) >= limits.OPEN_INVITATIONS_MAX:
        raise RefusedError(
            ErrorCode.RATE_LIMITED,
            gettext("too many open invitations; withdraw one first"),
            "later",
        )
    row = Invitation(
        lookup_hash=code.lookup_hash,
        code_hash=code.hash,
        therapist=therapist.id,
        label=clean_text(label, gettext("a label")) if label.strip() else "",
        confirmed=confirmed,
        created_at=now,
        expires_at=now + limits.INVITATION_TTL_MS,
    )
    rows.save_invitation(row)
    return row


def invite(
    add: Callable[[Code], Invitation | None], key: bytes, random: Callable[[], bytes]
) -> tuple[str, Invitation]:
    """Return a code that is free, and the invitation kept under it.

    Args:
        add: Keeps an invitation under a code, as ``add_invitation`` does.
        key: From ``code_key``.
        random: Gives ``CODE_RANDOM_BYTES`` random bytes at each call.

    Raises:
        RefusedError: ``overloaded``: every code tried begins like a live one.
    """
    for _ in range(_ATTEMPTS):
        text = code_from_random(random())
        row = add(Code(text=text, key=key))
        if row is not None:
            return text, row
    raise RefusedError(
        ErrorCode.OVERLOADED, gettext("too many open invitations; try again"), "later"
    )


def open_invitations(rows: AccountRows, therapist: bytes, now: int) -> Sequence[Invitation]:
    """Return a therapist's invitations that somebody could still use, the oldest first."""
    return [
        each
        for each in rows.invitations_of_therapist(therapist)
        if each.used_at is None and is_good(each, now) and each.tries < limits.CODE_TRIES_MAX
    ]


def is_good(invitation: Invitation, now: int) -> bool:
    """Say whether the time of an invitation is not over."""
    return lasts_until(invitation.expires_at, now, limits.INVITATION_TTL_MS)


def invitation_id(invitation: Invitation) -> bytes:
    """Return what names an invitation without telling its code, 16 bytes."""
    return invitation.lookup_hash[: limits.ID_BYTES]


def withdraw_invitation(rows: AccountRows, therapist: bytes, invitation: bytes, now: int) -> None:
    """Take an open invitation back: from now on its code is wrong.

    Raises:
        DomainError: ``not_found``: the therapist has no such open invitation.
    """
    for each in open_invitations(rows, therapist, now):
        if invitation_id(each) == invitation:
            rows.drop_invitation(each.lookup_hash)
            return
    raise DomainError(ErrorCode.NOT_FOUND, gettext("there is no such open invitation"))
