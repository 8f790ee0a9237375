"""Hand-overs: a therapist proposes to a person that a colleague goes on with them.

The proposal lets nobody in and tells the colleague nothing. The person's devices show it; where the
person takes it up, they come to know the colleague as by an invitation, and the colleague sees what
a new grant says, once both have confirmed. The therapist who proposed keeps what they have until
the person stops it.

Plain functions over ``AccountRows``; times are milliseconds UTC by the server's clock.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from trailmark_server.lifetimes import lasts_until
from trailmark_server.storage.accounts import AccountRows, HandOver, Therapist
from trailmark_server.therapists.accounts import email_form
from trailmark_shared import limits
from trailmark_shared.errors import DomainError, ErrorCode
from trailmark_shared.ids import SpaceId
from trailmark_shared.words import gettext


class Proposed(msgspec.Struct, frozen=True, kw_only=True):
    """A hand-over that a person can answer.

    Attributes:
        row: What was proposed.
        therapist: Who proposes it.
        colleague: Who is to go on.
    """

    row: HandOver
    therapist: Therapist
    colleague: Therapist


def propose(
    rows: AccountRows, space: SpaceId, therapist: Therapist, email: str, now: int
) -> Proposed:
    """Propose a colleague to a person, in place of whom the same therapist proposed before.

    Args:
        rows: The account tables, writable.
        space: To whom.
        therapist: Who proposes.
        email: Names the colleague's account.
        now: Server clock.

    Returns:
        What the person's devices show now.

    Raises:
        DomainError: ``invalid_input``: no enabled account of somebody else has this email.
    """
    colleague = rows.therapist_by_email(email_form(email))
    if colleague is None or colleague.disabled_at is not None:
        raise DomainError(
            ErrorCode.INVALID_INPUT, gettext("no colleague with this email has an account here")
        )
    if colleague.id == therapist.id:
        raise DomainError(ErrorCode.INVALID_INPUT, gettext("name a colleague, not yourself"))
    rows.drop_expired(now - limits.SIGN_IN_LINK_TTL_MS)
    row = HandOver(
        space=space,
        therapist=therapist.id,
        colleague=colleague.id,
        made_at=now,
        expires_at=now + limits.HAND_OVER_TTL_MS,
    )
    rows.save_hand_over(row)
    return Proposed(row=row, therapist=therapist, colleague=colleague)


def proposed_by(rows: AccountRows, space: SpaceId, therapist: bytes, now: int) -> Proposed | None:
    """Return what a therapist proposed to a person, while the colleague's account is enabled.

    Until it runs out it stays, whatever the person answered: who proposed it is not told.

    Args:
        rows: The account tables.
        space: To whom.
        therapist: Who proposes.
        now: Server clock.
    """
    row = rows.hand_over(space, therapist)
    if row is None or not lasts_until(row.expires_at, now, limits.HAND_OVER_TTL_MS):
        return None
    proposer, colleague = rows.therapist(row.therapist), rows.therapist(row.colleague)
    if proposer is None or colleague is None or colleague.disabled_at is not None:
        return None
    return Proposed(row=row, therapist=proposer, colleague=colleague)


def proposed_to(rows: AccountRows, space: SpaceId, now: int) -> Sequence[Proposed]:
    """Return what is proposed to a person and not declined, the oldest first.

    What they took up is among it, for an answer can be lost on the way.
    """
    found = [proposed_by(rows, space, each.therapist, now) for each in rows.hand_overs(space)]
    return [each for each in found if each is not None and each.row.declined_at is None]


def decline(rows: AccountRows, space: SpaceId, therapist: bytes, now: int) -> None:
    """Let a hand-over go; the colleague, if they have confirmed nothing yet, knows nobody any more.

    Args:
        rows: The account tables, writable.
        space: Who declines.
        therapist: Who proposed; they see no difference.
        now: Server clock.
    """
    row = rows.hand_over(space, therapist)
    if row is None:
        return
    rows.save_hand_over(msgspec.structs.replace(row, declined_at=now))
    known = rows.acquaintance(row.colleague, space)
    if known is None or known.confirmed_at is not None:
        return
    if row.taken_at is not None and known.joined_at >= row.taken_at:
        rows.drop_acquaintance(row.colleague, space)
