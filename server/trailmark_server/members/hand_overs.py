"""A therapist proposes to a person that a colleague goes on; the person alone decides."""

from __future__ import annotations

import msgspec

from trailmark_server import hand_overs
from trailmark_server.access import Right, Verb, authorize
from trailmark_server.hand_overs import Proposed
from trailmark_server.members.audience import (
    SharingEndedError,
    actor_of,
    find_audience,
    space_from_text,
)
from trailmark_server.members.visits import change_known, open_space
from trailmark_server.services import Services
from trailmark_server.sessions import SignedIn
from trailmark_shared.ids import SpaceId


class OpenHandOver(msgspec.Struct, frozen=True, kw_only=True):
    """A hand-over that has not run out, whatever the person answered.

    Attributes:
        colleague: Name of who is to go on.
        email: Names their account.
        made_at: When it was proposed, milliseconds UTC.
        expires_at: When it goes by itself.
    """

    colleague: str
    email: str
    made_at: int
    expires_at: int


async def find_hand_over(services: Services, signed_in: SignedIn, text: str) -> OpenHandOver | None:
    """Return what the therapist proposed to a person until it runs out, whatever they answered.

    Raises:
        NothingHereError: Never let in.
        SharingEndedError: Let in once, and no more.
    """
    space = (await open_space(services, signed_in, text)).space
    now, member = services.now(), signed_in.therapist.id
    right = _right(services, signed_in, space)
    found = await services.accounts.read(
        right.guard(lambda rows: hand_overs.proposed_by(rows, space, member, now))
    )
    return None if found is None else _open(found)


async def hand_over(services: Services, signed_in: SignedIn, text: str, email: str) -> OpenHandOver:
    """Propose a colleague to a person, in place of whoever was proposed before.

    Args:
        services: The server.
        signed_in: Who proposes.
        text: To whom: the id of their space.
        email: Names the colleague's account.

    Returns:
        What the person's devices show now.

    Raises:
        NothingHereError: Never let in.
        SharingEndedError: Let in once, and no more.
        DomainError: ``invalid_input``: no enabled account of somebody else has this email.
    """
    space = (await open_space(services, signed_in, text)).space
    now, therapist = services.now(), signed_in.therapist
    right = _right(services, signed_in, space)
    made = await services.accounts.write(
        right.guard(lambda rows: hand_overs.propose(rows, space, therapist, email, now))
    )
    try:  # A grant ends for good: one that is live still was live when this was written.
        await find_audience(services, signed_in, space)
    except SharingEndedError:
        await services.accounts.write(lambda rows: rows.drop_hand_over(space, therapist.id))
        raise
    return _open(made)


async def withdraw_hand_over(services: Services, signed_in: SignedIn, text: str) -> None:
    """Take back what was proposed to a person, if it still is.

    Raises:
        RefusedError: ``not_authorised``: nobody there knows this therapist; it is noted for the
            person.
    """
    space, member = space_from_text(text), signed_in.therapist.id
    await change_known(
        services, signed_in, space, Verb.HAND_OVER, lambda rows: rows.drop_hand_over(space, member)
    )


def _right(services: Services, signed_in: SignedIn, space: SpaceId) -> Right:
    return authorize(actor_of(signed_in), Verb.HAND_OVER, space, None, services.now())


def _open(found: Proposed) -> OpenHandOver:
    return OpenHandOver(
        colleague=found.colleague.name,
        email=found.colleague.email,
        made_at=found.row.made_at,
        expires_at=found.row.expires_at,
    )
