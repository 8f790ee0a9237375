"""What therapists are told about the security of their account, and tries that were refused."""

from __future__ import annotations

from msgspec.structs import replace

from trailmark_server.storage.accounts import (
    AccountRows,
    FailedTries,
    NoticeKind,
    SecurityNotice,
)
from trailmark_shared import limits


def add_notice(
    rows: AccountRows, therapist: bytes, kind: NoticeKind, now: int, detail: str = ""
) -> None:
    """Tell a therapist something; beyond ``limits.NOTICES_MAX`` the oldest is forgotten.

    Args:
        rows: The account tables.
        therapist: Whom.
        kind: What happened.
        now: Server clock.
        detail: A passkey's name, a browser, a number.
    """
    latest = next(iter(rows.notices(therapist)), None)
    number = 1 if latest is None else latest.number + 1
    rows.save_notice(
        SecurityNotice(therapist=therapist, number=number, kind=kind, detail=detail, at=now)
    )
    rows.drop_notices(therapist, number - limits.NOTICES_MAX)


def note_failed_try(rows: AccountRows, account: bytes, now: int) -> None:
    """Count a refused try to sign in.

    Args:
        rows: The account tables.
        account: A therapist's id, or ``NOBODY``.
        now: Server clock.
    """
    known = rows.failed_tries(account) or FailedTries(account=account, count=0, last_at=now)
    rows.save_failed_tries(replace(known, count=known.count + 1, last_at=now))


def settle_failed_tries(rows: AccountRows, therapist: bytes) -> None:
    """Turn refused tries into a notice, once the therapist has signed in, and begin anew."""
    known = rows.failed_tries(therapist)
    if known is None or known.count == 0:
        return
    add_notice(rows, therapist, "failed_tries", known.last_at, str(known.count))
    rows.save_failed_tries(replace(known, count=0))
