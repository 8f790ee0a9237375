"""``/api/hand-overs``: a person's devices see which colleague is proposed, and answer."""

from __future__ import annotations

from typing import Any

import msgspec
from litestar import Request, delete, get, post
from litestar.params import FromPath

from trailmark_server import credentials, hand_overs, joining
from trailmark_server.access import Verb
from trailmark_server.api.join import JoinOut, MemberOut, joined_out, member_out
from trailmark_server.services import InjectedServices
from trailmark_server.sign_in.device import asking_device
from trailmark_shared.ids import id_from_text


class ProposedOut(msgspec.Struct, frozen=True, kw_only=True):
    """A colleague whom a therapist proposes to the person; nobody is let in by it.

    Attributes:
        therapist: Who proposes; names the hand-over.
        colleague: Who is to go on.
        made_at: When it was proposed, milliseconds UTC.
        expires_at: When it goes by itself, milliseconds UTC.
        taken: A device of the person took it up.
    """

    therapist: MemberOut
    colleague: MemberOut
    made_at: int
    expires_at: int
    taken: bool


class ProposedListOut(msgspec.Struct, frozen=True, kw_only=True):
    """What is proposed to the person, the oldest first."""

    hand_overs: list[ProposedOut]


@get("/api/hand-overs")
async def list_hand_overs(
    request: Request[Any, Any, Any], services: InjectedServices
) -> ProposedListOut:
    """Return what is proposed to the person."""
    device, right = await asking_device(request, services, Verb.HAND_OVER)
    now = services.now()
    found = await services.accounts.read(
        right.guard(lambda rows: hand_overs.proposed_to(rows, device.space, now))
    )
    return ProposedListOut(
        hand_overs=[
            ProposedOut(
                therapist=member_out(each.therapist),
                colleague=member_out(each.colleague),
                made_at=each.row.made_at,
                expires_at=each.row.expires_at,
                taken=each.row.taken_at is not None,
            )
            for each in found
        ]
    )


@post("/api/hand-overs/{therapist_id:str}", status_code=200)
async def take_up_hand_over(
    request: Request[Any, Any, Any], services: InjectedServices, therapist_id: FromPath[str]
) -> JoinOut:
    """Come to know the colleague, as by an invitation: words first, the person's grant last."""
    device, right = await asking_device(request, services, Verb.HAND_OVER)
    key = (await services.signing_chain())[-1].key
    now, proposer = services.now(), id_from_text(therapist_id)
    acquaintance, colleague = await services.accounts.write(
        right.guard(lambda rows: joining.take_up_hand_over(rows, device, proposer, key, now))
    )
    credential = credentials.credential_from_header(request.headers.get("authorization")) or ""
    return await joined_out(services, device, credential, acquaintance, colleague)


@delete("/api/hand-overs/{therapist_id:str}", status_code=204)
async def decline_hand_over(
    request: Request[Any, Any, Any], services: InjectedServices, therapist_id: FromPath[str]
) -> None:
    """Let it go; who proposed it is not told whether it was declined or ran out."""
    device, right = await asking_device(request, services, Verb.HAND_OVER)
    now, proposer = services.now(), id_from_text(therapist_id)
    await services.accounts.write(
        right.guard(lambda rows: hand_overs.decline(rows, device.space, proposer, now))
    )
