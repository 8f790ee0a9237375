"""Invitations: made, listed, taken back. A code is told once, when it is made."""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated

import msgspec
from litestar import delete, get, post
from litestar.params import JSONBody, PathParameter

from trailmark_server.api.members.asking import Reading, Writing, refusals
from trailmark_server.api.members.shapes import ID_PATTERN
from trailmark_server.members import invitations
from trailmark_server.members.invitations import OpenInvitation
from trailmark_server.services import InjectedServices
from trailmark_shared import limits
from trailmark_shared.ids import id_from_text


class InvitationIn(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What you call the person; only you see it."""

    label: Annotated[str, msgspec.Meta(max_length=limits.TITLE_CHARS_MAX)] = ""


class InvitationOut(msgspec.Struct, frozen=True, kw_only=True):
    """An invitation that somebody could still use.

    Attributes:
        id: Names it, to take it back.
        label: What you call the person.
        created_at: When it was made, milliseconds UTC.
        expires_at: Until when it works, milliseconds UTC.
    """

    id: str
    label: str
    created_at: int
    expires_at: int


class InvitationsOut(msgspec.Struct, frozen=True, kw_only=True):
    """Your open invitations, the oldest first."""

    invitations: list[InvitationOut]


class NewInvitationOut(msgspec.Struct, frozen=True, kw_only=True):
    """A fresh invitation; its code is told here and never again.

    Attributes:
        id: Names it, to take it back.
        label: What you call the person.
        created_at: When it was made, milliseconds UTC.
        expires_at: Until when it works, milliseconds UTC.
        code: What the person types.
        address: Address of the server, typed before the code.
        link: Both in one piece, for `trailmark connect` or a camera.
        words: What you can send to the person.
    """

    id: str
    label: str
    created_at: int
    expires_at: int
    code: str
    address: str
    link: str
    words: str


InvitationPath = Annotated[
    str, PathParameter(description="Id of the invitation.", pattern=ID_PATTERN)
]


@get("/invitations", responses=refusals(), summary="Your open invitations")
async def list_invitations(services: InjectedServices, signed_in: Reading) -> InvitationsOut:
    """Return your invitations that somebody could still use, without their codes."""
    found = await invitations.list_invitations(services, signed_in)
    return InvitationsOut(invitations=[_out(each) for each in found])


@post(
    "/invitations",
    status_code=201,
    responses=refusals(HTTPStatus.TOO_MANY_REQUESTS, writes=True),
    summary="Invite a person",
)
async def add_invitation(
    services: InjectedServices, writer: Writing, data: JSONBody[InvitationIn]
) -> NewInvitationOut:
    """Make a code for one person; it works once, for ten minutes."""
    made = await invitations.make_invitation(services, writer, data.label)
    out = _out(made.invitation)
    return NewInvitationOut(
        id=out.id,
        label=out.label,
        created_at=out.created_at,
        expires_at=out.expires_at,
        code=made.code,
        address=made.address,
        link=made.link,
        words=made.words,
    )


@delete(
    "/invitations/{invitation:str}",
    status_code=204,
    responses=refusals(HTTPStatus.NOT_FOUND, writes=True),
    summary="Take an invitation back",
)
async def withdraw_invitation(
    services: InjectedServices, writer: Writing, invitation: InvitationPath
) -> None:
    """Take an open invitation back: from now on its code is wrong."""
    await invitations.take_back(services, writer, id_from_text(invitation))


def _out(invitation: OpenInvitation) -> InvitationOut:
    return InvitationOut(
        id=invitation.id,
        label=invitation.label,
        created_at=invitation.created_at,
        expires_at=invitation.expires_at,
    )
