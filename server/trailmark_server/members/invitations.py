"""What a therapist gives to a person: a code, the same as one piece to scan, and words to send."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from trailmark_server import invitations
from trailmark_server.access import Verb, authorize
from trailmark_server.members.audience import actor_of
from trailmark_server.members.dates import moment
from trailmark_server.services import Services
from trailmark_server.sessions import SignedIn
from trailmark_server.storage.accounts import AccountRows, Invitation
from trailmark_shared.ids import text_from_id
from trailmark_shared.words import gettext


class OpenInvitation(msgspec.Struct, frozen=True, kw_only=True):
    """An invitation that somebody could still use; its code is told once, when it is made.

    Attributes:
        id: Names it, to take it back.
        label: What the therapist calls the person.
        created_at: When it was made, milliseconds UTC.
        expires_at: Until when it works.
    """

    id: str
    label: str
    created_at: int
    expires_at: int


class MadeInvitation(msgspec.Struct, frozen=True, kw_only=True):
    """A fresh invitation with its code.

    Attributes:
        invitation: The invitation.
        code: What the person types.
        address: Address of the server, typed before the code.
        link: Both in one piece, for ``trailmark connect`` or a camera.
        words: What can be sent to the person.
    """

    invitation: OpenInvitation
    code: str
    address: str
    link: str
    words: str


async def make_invitation(services: Services, signed_in: SignedIn, label: str) -> MadeInvitation:
    """Make an invitation; whoever uses it is to be confirmed by comparing four words.

    Returns:
        The invitation with its code, which is told here and kept nowhere.

    Raises:
        DomainError: ``invalid_input``: the label is not usable.
        RefusedError: ``rate_limited``: too many are open; ``not_signed_in``.
    """
    now, key = services.now(), await services.code_key()
    therapist, randomness = signed_in.therapist, services.randomness
    right = authorize(actor_of(signed_in), Verb.INVITE, None, None, now)

    def work(rows: AccountRows) -> tuple[str, Invitation]:
        return invitations.invite(
            lambda code: invitations.add_invitation(rows, therapist, code, now, label=label),
            key,
            lambda: randomness.token(invitations.CODE_RANDOM_BYTES),
        )

    code, row = await services.accounts.write(right.guard(work))
    url = services.settings.public_url
    link = invitations.invitation_link(url, code)
    return MadeInvitation(
        invitation=_open(row),
        code=code,
        address=url,
        link=link,
        words=invitation_words(link, row.expires_at),
    )


async def list_invitations(services: Services, signed_in: SignedIn) -> Sequence[OpenInvitation]:
    """Return what could still be used, the oldest first."""
    now, member = services.now(), signed_in.therapist.id
    right = authorize(actor_of(signed_in), Verb.INVITE, None, None, now)
    found = await services.accounts.read(
        right.guard(lambda rows: invitations.open_invitations(rows, member, now))
    )
    return [_open(each) for each in found]


async def take_back(services: Services, signed_in: SignedIn, invitation: bytes) -> None:
    """Take an invitation back.

    Raises:
        DomainError: ``not_found``: the therapist has no such open invitation.
    """
    now, member = services.now(), signed_in.therapist.id
    right = authorize(actor_of(signed_in), Verb.INVITE, None, None, now)
    await services.accounts.write(
        right.guard(lambda rows: invitations.withdraw_invitation(rows, member, invitation, now))
    )


def _open(row: Invitation) -> OpenInvitation:
    return OpenInvitation(
        id=text_from_id(invitations.invitation_id(row)),
        label=row.label,
        created_at=row.created_at,
        expires_at=row.expires_at,
    )


def until_words(at: int) -> str:
    """Return the end of an invitation as ``14:32 UTC``: it is too near to need a day."""
    return f"{moment(at):%H:%M} UTC"


def invitation_words(link: str, expires_at: int) -> str:
    """Return words that a therapist can send to the person, who decides what comes of them."""
    return gettext(
        "I would like to invite you to Trailmark. It keeps your goals and "
        "reflections on your own phone or computer. You decide what I can see, one "
        "thing at a time, and you can stop at any time. Nobody watches it between "
        "sessions.\n\n"
        "When you have it, paste this message there under “Sharing”, “I have an invitation”. "
        "Or type:\n"
        "trailmark connect '{link}'\n\n"
        "This works once, until {until}."
    ).format(link=link, until=until_words(expires_at))
