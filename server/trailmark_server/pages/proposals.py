"""``/people/<space>/proposals``: what a therapist proposes; the person decides, offline or not."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import urlencode

import msgspec
from litestar import Request, Response, get, post
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect

from trailmark_server.members.audience import Audience, NothingHereError
from trailmark_server.members.documents import document_there
from trailmark_server.members.proposals import seen_of
from trailmark_server.members.proposing import NewProposal, propose, withdraw_proposal
from trailmark_server.members.surroundings import home_of, new_id, read_goals
from trailmark_server.members.visits import note_visit, open_space
from trailmark_server.members.writing import SentBeforeError
from trailmark_server.pages.proposal_form import values_from_fields
from trailmark_server.pages.proposal_view import (
    HEADINGS,
    ProposalForm,
    form_fields,
    reason_choices,
    sentence,
    target_choices,
)
from trailmark_server.pages.replies import page, sending_of, signed_in_form
from trailmark_server.pages.timeline import watched
from trailmark_server.services import InjectedServices, Services
from trailmark_server.sessions import SignedIn
from trailmark_shared.domain.looks import Look
from trailmark_shared.domain.proposals import ProposalKind
from trailmark_shared.errors import DomainError, LimitExceededError
from trailmark_shared.events.body import Reason
from trailmark_shared.ids import Lane, id_from_text, text_from_id
from trailmark_shared.projections.goal import GoalDocument
from trailmark_shared.projections.step import StepDocument
from trailmark_shared.words import gettext, marked

_TOO_MANY: Final = marked(
    "So many proposals wait for an answer. Take one back first; your words are here."
)
_SENT_BEFORE: Final = marked(
    "A proposal was sent from here already, in other words, and it stands. To send this one as "
    "well, send it once more."
)
_KINDS: Final[Mapping[str, ProposalKind]] = {each: each for each in HEADINGS}


class About(msgspec.Struct, frozen=True, kw_only=True):
    """What a proposal is about, as an address or a form names it: texts, empty for none."""

    what: str = "goal"
    goal: str = ""
    step: str = ""


class Drawn(msgspec.Struct, frozen=True, kw_only=True):
    """What a form is drawn from.

    Attributes:
        what: What is proposed.
        lane: The lane it is written into.
        goal: The goal, where it is about one.
        document: What would change; ``None`` for a new goal or step.
    """

    what: ProposalKind
    lane: Lane
    goal: GoalDocument | None
    document: GoalDocument | StepDocument | None


@get("/people/{space:str}/proposals/new")
async def show_form(
    request: Request[Any, Any, Any],
    services: InjectedServices,
    space: FromPath[str],
    what: FromQuery[str] = "goal",
    goal: FromQuery[str] = "",
    step: FromQuery[str] = "",
) -> Response[str]:
    """Show an empty proposal beside what it is about."""
    signed_in = await services.web.require(request, services.now())
    audience = await open_space(services, signed_in, space)
    about = About(what=what, goal=goal, step=step)
    return await _page(services, signed_in, audience, about)


@post("/people/{space:str}/proposals", status_code=303)
async def send(
    request: Request[Any, Any, Any], services: InjectedServices, space: FromPath[str]
) -> Response[Any]:
    """Propose, or say what is wrong and give the words back."""
    signed_in, fields = await signed_in_form(request, services)
    audience = await open_space(services, signed_in, space)
    about = About(**{name: fields.get(name, "") for name in About.__struct_fields__})
    try:
        await propose(services, audience, _proposal(fields, about))
    except LimitExceededError:
        problem = gettext(_TOO_MANY)
    except SentBeforeError:
        problem = gettext(_SENT_BEFORE)
        fields["event"] = ""  # sent again, it is another
    except DomainError as error:
        problem = sentence(error.message)
    else:
        return Redirect(_way_back(text_from_id(audience.space), about.goal), status_code=303)
    return await _page(services, signed_in, audience, about, typed=fields, problem=problem)


@post("/people/{space:str}/proposals/{proposal:str}/withdraw", status_code=303)
async def withdraw(
    request: Request[Any, Any, Any],
    services: InjectedServices,
    space: FromPath[str],
    proposal: FromPath[str],
) -> Redirect:
    """Take a proposal back that was not answered."""
    signed_in, fields = await signed_in_form(request, services)
    audience = await open_space(services, signed_in, space)
    sending = sending_of(fields)
    await withdraw_proposal(services, audience, sending, id_from_text(proposal))
    return Redirect(
        _way_back(text_from_id(audience.space), fields.get("goal", "")), status_code=303
    )


def _way_back(space: str, goal: str) -> str:
    if goal:
        return f"/people/{space}/goals/{text_from_id(id_from_text(goal))}#proposals"
    return f"/people/{space}/plan#proposals"


def _proposal(fields: Mapping[str, str], about: About) -> NewProposal:
    what = _kind(about)
    return NewProposal(
        sending=sending_of(fields),
        what=what,
        goal=about.goal or None,
        step=about.step or None,
        values=values_from_fields(what, fields),
        reason=Reason(code=fields.get("reason", ""), text=fields.get("reason_text") or None),
        seen=fields.get("seen", "").split(),
    )


def _kind(about: About) -> ProposalKind:
    if about.what not in _KINDS:
        raise NothingHereError
    return _KINDS[about.what]


async def _drawn(services: Services, audience: Audience, about: About) -> Drawn:
    what = _kind(about)
    if what == "goal":
        lanes = [lane for lane in audience.lanes if audience.allows("propose", lane)]
        return Drawn(what=what, lane=(lanes or [*audience.lanes])[0], goal=None, document=None)
    lane, goal = home_of(await read_goals(services, audience), about.goal)
    document: GoalDocument | StepDocument | None = goal if what == "goal_change" else None
    if what == "step_change":
        step = id_from_text(about.step)
        document = await document_there(services, audience, lane, step, "step", StepDocument)
        if document.goal != about.goal:
            raise NothingHereError
    return Drawn(what=what, lane=lane, goal=goal, document=document)


async def _page(
    services: Services,
    signed_in: SignedIn,
    audience: Audience,
    about: About,
    *,
    typed: Mapping[str, str] | None = None,
    problem: str = "",
) -> Response[str]:
    person = await watched(services, audience)
    drawn = await _drawn(services, audience, about)
    seen = Look.PLAN if drawn.goal is None else Look.GOAL
    await note_visit(services, audience.space, audience.member, seen)
    sent, space = typed or {}, text_from_id(audience.space)
    document = drawn.document
    form = ProposalForm(
        url=f"/people/{space}/proposals",
        id=sent.get("event") or new_id(services),
        heading=gettext(HEADINGS[drawn.what]),
        what=drawn.what,
        goal=about.goal,
        step=about.step,
        lane=drawn.lane,
        seen=sent.get("seen") or " ".join([] if document is None else seen_of(document)),
        fields=form_fields(drawn.what, document, typed),
        target_kinds=target_choices(),
        reasons=reason_choices(),
        reason=sent.get("reason", "therapist-suggestion"),
        reason_text=sent.get("reason_text", ""),
        problem=problem,
        has_now=document is not None,
    )
    return page(
        "propose.html",
        signed_in,
        422 if problem else 200,
        person=person,
        form=form,
        goal_title=(drawn.goal.title.value or gettext("A goal")) if drawn.goal else "",
        goal_url=f"/people/{space}/goals/{about.goal}" if drawn.goal else "",
        may_propose=audience.allows("propose", drawn.lane),
    )


def propose_url(space: str, **about: str) -> str:
    """Return the address of the form for a proposal: ``what``, ``goal``, ``step``."""
    return f"/people/{space}/proposals/new?{urlencode(about)}"
