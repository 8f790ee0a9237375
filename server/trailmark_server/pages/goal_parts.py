"""What a goal's page shows beside the goal: how it goes, what both sides say, what is proposed."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from trailmark_server.members.audience import Audience
from trailmark_server.members.cards import read_cards
from trailmark_server.members.progress import charts_of_goal, read_check_ins
from trailmark_server.members.proposals import read_proposals, seen_of
from trailmark_server.members.surroundings import new_id
from trailmark_server.pages.agreement_view import (
    AgreementForm,
    Side,
    answer_choices,
    sides_of,
    view_choices,
)
from trailmark_server.pages.joint_view import BarrierRow, barrier_rows
from trailmark_server.pages.proposal_view import ProposalRow, open_first, proposal_row
from trailmark_server.pages.proposals import propose_url
from trailmark_server.services import Services
from trailmark_shared.ids import Lane, text_from_id
from trailmark_shared.projections.chart import Chart
from trailmark_shared.projections.entries import Entry
from trailmark_shared.projections.goal import GoalDocument, fold_goal, is_shown


class GoalParts(msgspec.Struct, frozen=True, kw_only=True):
    """Parts of a goal's page.

    Attributes:
        charts: How it goes.
        sides: What everybody says to it.
        agreement: What the reader can say; ``None`` where they cannot.
        proposals: What was proposed about it and its steps, open ones in front.
        change_url: Address of the form for a change; empty where none can be proposed.
        step_url: Address of the form for a step.
        barriers: What stands in the way, with what may help, where that is shared.
    """

    charts: Sequence[Chart] = ()
    sides: Sequence[Side] = ()
    agreement: AgreementForm | None = None
    proposals: Sequence[ProposalRow] = ()
    change_url: str = ""
    step_url: str = ""
    barriers: Sequence[BarrierRow] = ()


async def read_parts(
    services: Services,
    audience: Audience,
    lane: Lane,
    goal: bytes,
    entries: Sequence[Entry],
    upto: int | None,
) -> GoalParts:
    """Return the parts of a goal's page.

    Args:
        services: The server.
        audience: Who reads.
        lane: The lane that the goal is read from.
        goal: The goal.
        entries: What is shown of it, at least one.
        upto: Only what had reached the server by then, milliseconds UTC; ``None`` for now.
    """
    document, space = fold_goal(entries), text_from_id(audience.space)
    check_ins = await read_check_ins(services, audience, lane, goal)
    at = services.now() if upto is None else upto
    parts = GoalParts(
        charts=charts_of_goal(entries, check_ins, at, upto),
        sides=sides_of(document, audience.names, audience.actor),
    )
    if upto is not None:
        return parts
    text, is_open = text_from_id(goal), is_shown(document) and not document.frozen
    may_propose = is_open and audience.allows("propose", lane)
    return msgspec.structs.replace(
        parts,
        agreement=_form(services, audience, document, lane, text)
        if is_open and audience.allows("comment", lane)
        else None,
        proposals=await read_rows(services, audience, lane, goal),
        barriers=barrier_rows(
            await read_cards(services, audience, "barrier", goal),
            await read_cards(services, audience, "coping", goal),
        ),
        change_url=propose_url(space, what="goal_change", goal=text) if may_propose else "",
        step_url=propose_url(space, what="step", goal=text) if may_propose else "",
    )


async def read_rows(
    services: Services, audience: Audience, lane: Lane, goal: bytes | None = None
) -> list[ProposalRow]:
    """Return the proposals of a lane, or those about one goal, open ones in front."""
    space = text_from_id(audience.space)
    found = await read_proposals(services, audience, lane, goal)
    return open_first(
        proposal_row(
            each,
            audience.names,
            lane,
            withdraw=(f"/people/{space}/proposals/{each.id}/withdraw", new_id(services))
            if each.standing == "open" and each.document.made_by == audience.actor
            else None,
        )
        for each in found
    )


def _form(
    services: Services, audience: Audience, document: GoalDocument, lane: Lane, goal: str
) -> AgreementForm:
    url = f"/people/{text_from_id(audience.space)}/goals/{goal}"
    mine = [each for each in document.agreements if each.by == audience.actor]
    views = [each for each in document.assessments if each.by == audience.actor]
    return AgreementForm(
        agree_url=f"{url}/agreement",
        assess_url=f"{url}/assessment",
        agree_id=new_id(services),
        assess_id=new_id(services),
        lane=lane,
        seen=" ".join(seen_of(document)),
        answers=answer_choices(),
        views=view_choices(),
        answer=mine[0].answer if mine else "",
        view=views[0].achievement if views else "",
        note=(views[0].note or "") if views else "",
    )
