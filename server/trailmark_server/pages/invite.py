"""``/people/invite``: a code for one person, to say aloud, to scan or to send.

A code is shown once, in the answer to the form that made it: what is stored does not tell it.
"""

from __future__ import annotations

from typing import Any, Final

from litestar import Request, Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect

from trailmark_adapters.qr import qr_picture
from trailmark_server.members.invitations import (
    MadeInvitation,
    OpenInvitation,
    list_invitations,
    make_invitation,
    take_back,
    until_words,
)
from trailmark_server.pages.replies import (
    as_sentence,
    page,
    signed_in_form,
)
from trailmark_server.pages.views import InvitationRow, NewInvitation
from trailmark_server.services import InjectedServices, Services
from trailmark_server.sessions import SignedIn
from trailmark_shared import limits
from trailmark_shared.errors import DomainError, ErrorCode, TrailmarkError
from trailmark_shared.ids import id_from_text
from trailmark_shared.words import gettext

INVITE_PATH: Final = "/people/invite"

_MINUTE_MS: Final = 60_000


@get(INVITE_PATH)
async def show_invite(request: Request[Any, Any, Any], services: InjectedServices) -> Response[str]:
    """Show the form, and what is open."""
    signed_in = await services.web.require(request, services.now())
    return await _page(services, signed_in)


@post(INVITE_PATH, status_code=201)
async def invite(request: Request[Any, Any, Any], services: InjectedServices) -> Response[str]:
    """Make a code and show it, or say what is wrong and give the label back."""
    signed_in, fields = await signed_in_form(request, services)
    label = fields.get("label", "")
    try:
        made = await make_invitation(services, signed_in, label)
    except TrailmarkError as error:
        return await _page(services, signed_in, status=_status(error), label=label, problem=error)
    return await _page(services, signed_in, status=201, made=made)


@post(f"{INVITE_PATH}/{{invitation:str}}/withdraw", status_code=303)
async def withdraw(
    request: Request[Any, Any, Any], services: InjectedServices, invitation: FromPath[str]
) -> Redirect:
    """Take an open invitation back."""
    signed_in, _ = await signed_in_form(request, services)
    await take_back(services, signed_in, id_from_text(invitation))
    return Redirect(INVITE_PATH, status_code=303)


def _status(error: TrailmarkError) -> int:
    """Return how a form is answered that can be mended; whatever else it is goes on.

    Raises:
        TrailmarkError: It is about something else than the form.
    """
    if isinstance(error, DomainError):
        return 422
    if error.code is ErrorCode.RATE_LIMITED:
        return 429
    raise error


async def _page(
    services: Services,
    signed_in: SignedIn,
    *,
    status: int = 200,
    made: MadeInvitation | None = None,
    label: str = "",
    problem: TrailmarkError | None = None,
) -> Response[str]:
    opened = await list_invitations(services, signed_in)
    own = "" if made is None else made.invitation.id
    return page(
        "invite.html",
        signed_in,
        status,
        made=None if made is None else _new(made),
        label=label,
        label_chars_max=limits.TITLE_CHARS_MAX,
        problem="" if problem is None else as_sentence(problem.message),
        opened=[_row(each) for each in opened if each.id != own],
        minutes=limits.INVITATION_TTL_MS // _MINUTE_MS,
    )


def _new(made: MadeInvitation) -> NewInvitation:
    return NewInvitation(
        row=_row(made.invitation),
        code=made.code,
        address=made.address,
        link=made.link,
        words=made.words,
        picture=qr_picture(made.link),
    )


def _row(invitation: OpenInvitation) -> InvitationRow:
    return InvitationRow(
        label=invitation.label or gettext("Somebody without a label"),
        until=until_words(invitation.expires_at),
        withdraw_url=f"{INVITE_PATH}/{invitation.id}/withdraw",
    )
