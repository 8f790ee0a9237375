"""Therapists: who they are, their one-time sign-in links, and whom they know.

Plain functions over ``AccountRows``: one call is part of one transaction, so what is checked and
what is changed cannot drift apart. Times are milliseconds UTC by the server's clock; tokens come
in from the caller's randomness.
"""

from __future__ import annotations

import msgspec

from trailmark_server.labels import clean_text
from trailmark_server.lifetimes import lasts_until
from trailmark_server.storage.accounts import (
    AccountRows,
    Acquaintance,
    SignInLink,
    Therapist,
)
from trailmark_server.therapists.notices import add_notice
from trailmark_server.tokens import secret_hash
from trailmark_shared import limits
from trailmark_shared.errors import DomainError, ErrorCode, RefusedError
from trailmark_shared.ids import SpaceId
from trailmark_shared.words import gettext


def email_form(email: str) -> str:
    """Return the form in which an email names an account.

    Raises:
        DomainError: ``invalid_input``: it has no ``@`` or is no clean text.
    """
    form = clean_text(email, gettext("an email")).casefold()
    name, at, host = form.rpartition("@")
    if not (name and at and host) or " " in form or not form.isprintable():
        raise DomainError(ErrorCode.INVALID_INPUT, gettext("an email has the form name@host"))
    return form


def add_therapist(
    rows: AccountRows, therapist: bytes, name: str, email: str, now: int
) -> Therapist:
    """Add a therapist's account.

    Args:
        rows: The account tables.
        therapist: 16 random bytes; becomes the member id.
        name: What people will see.
        email: Names the account.
        now: Server clock.

    Returns:
        The account.

    Raises:
        DomainError: ``invalid_input``: name or email is not usable, or the email has an account.
    """
    form = email_form(email)
    if rows.therapist_by_email(form) is not None:
        raise DomainError(ErrorCode.INVALID_INPUT, gettext("this email already has an account"))
    row = Therapist(
        id=therapist, name=clean_text(name, gettext("a name")), email=form, created_at=now
    )
    rows.save_therapist(row)
    return row


def enabled_therapist(rows: AccountRows, email: str) -> Therapist:
    """Return the account of an email.

    Raises:
        DomainError: ``not_found``: no such account, or it is disabled.
    """
    row = rows.therapist_by_email(email_form(email))
    if row is None or row.disabled_at is not None:
        raise DomainError(ErrorCode.NOT_FOUND, gettext("no enabled therapist has this email"))
    return row


def set_disabled(rows: AccountRows, email: str, now: int, *, disabled: bool) -> Therapist:
    """Disable or enable an account; disabling ends its web sessions and unused links.

    Returns:
        The changed account.

    Raises:
        DomainError: ``not_found``: no such account.
    """
    row = rows.therapist_by_email(email_form(email))
    if row is None:
        raise DomainError(ErrorCode.NOT_FOUND, gettext("no therapist has this email"))
    changed = msgspec.structs.replace(row, disabled_at=now if disabled else None)
    rows.save_therapist(changed)
    if disabled:
        rows.drop_web_sessions(row.id)
        rows.drop_sign_in_links(row.id)
    add_notice(rows, row.id, "account_disabled" if disabled else "account_enabled", now)
    return changed


def forget_credentials(rows: AccountRows, therapist: Therapist, now: int) -> None:
    """Drop everything by which a therapist could sign in or is signed in: after a loss or theft.

    Args:
        rows: The account tables.
        therapist: Whose.
        now: Server clock.
    """
    rows.drop_password(therapist.id)
    for passkey in rows.passkeys(therapist.id):
        rows.drop_passkey(passkey.credential)
    rows.drop_web_sessions(therapist.id)
    rows.drop_sign_in_links(therapist.id)
    add_notice(rows, therapist.id, "credentials_forgotten", now)


def add_sign_in_link(rows: AccountRows, therapist: Therapist, token: str, now: int) -> None:
    """Keep a one-time sign-in link for ``limits.SIGN_IN_LINK_TTL_MS``."""
    rows.drop_expired(now - limits.SIGN_IN_LINK_TTL_MS)
    expires_at = now + limits.SIGN_IN_LINK_TTL_MS
    rows.save_sign_in_link(
        SignInLink(hash=secret_hash(token), therapist=therapist.id, expires_at=expires_at)
    )
    add_notice(rows, therapist.id, "link_made", now)


def use_sign_in_link(rows: AccountRows, token: str, now: int) -> Therapist:
    """Use a one-time link up.

    Returns:
        Whom it signs in.

    Raises:
        RefusedError: ``wrong_code``: unknown, used or expired link, or a disabled account; always
            with the same words.
    """
    link = rows.sign_in_link(secret_hash(token))
    therapist = rows.therapist(link.therapist) if link is not None else None
    if (
        link is None
        or link.used_at is not None
        or not lasts_until(link.expires_at, now, limits.SIGN_IN_LINK_TTL_MS)
        or therapist is None
        or therapist.disabled_at is not None
    ):
        raise RefusedError(
            ErrorCode.WRONG_CODE, gettext("this link is used, expired or wrong; ask for a new one")
        )
    rows.save_sign_in_link(msgspec.structs.replace(link, used_at=now))
    return therapist


def confirm_acquaintance(
    rows: AccountRows, therapist: bytes, space: SpaceId, now: int
) -> Acquaintance:
    """Note that the therapist compared the phrase with the person.

    Returns:
        The changed row.

    Raises:
        RefusedError: ``not_authorised``: this person never redeemed an invitation of this
            therapist.
    """
    row = rows.acquaintance(therapist, space)
    if row is None:
        raise RefusedError(ErrorCode.NOT_AUTHORISED, gettext("there is nobody to confirm"))
    if row.confirmed_at is None:
        row = msgspec.structs.replace(row, confirmed_at=now)
        rows.save_acquaintance(row)
    return row
