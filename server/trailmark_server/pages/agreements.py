"""What a therapist says to a goal as it stands: whether they agree, and how they see it go."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from litestar import Request, post
from litestar.params import FromPath
from litestar.response import Redirect

from trailmark_server.members.agreements import NewAgreement, NewAssessment, agree, assess
from trailmark_server.members.visits import open_space
from trailmark_server.pages.replies import sending_of, signed_in_form
from trailmark_server.services import InjectedServices
from trailmark_shared.domain.proposals import Acceptance
from trailmark_shared.domain.statuses import ACHIEVEMENT_WORDS, Achievement
from trailmark_shared.errors import DomainError, ErrorCode
from trailmark_shared.events.body import Reason
from trailmark_shared.ids import id_from_text, text_from_id
from trailmark_shared.words import gettext

_ANSWERS: Final[Mapping[str, Acceptance]] = {
    "agree": "agree",
    "disagree": "disagree",
    "pending": "pending",
}
_VIEWS: Final[Mapping[str, Achievement]] = {each: each for each in ACHIEVEMENT_WORDS}


@post("/people/{space:str}/goals/{goal:str}/agreement", status_code=303)
async def say_agreement(
    request: Request[Any, Any, Any],
    services: InjectedServices,
    space: FromPath[str],
    goal: FromPath[str],
) -> Redirect:
    """Record whether the therapist agrees with the goal as the page showed it."""
    signed_in, fields = await signed_in_form(request, services)
    audience = await open_space(services, signed_in, space)
    answer = _ANSWERS.get(fields.get("answer", ""))
    if answer is None:
        raise DomainError(ErrorCode.INVALID_INPUT, gettext("choose one of the answers"))
    text = fields.get("reason_text", "").strip()
    sent = NewAgreement(
        sending=sending_of(fields),
        goal=goal,
        answer=answer,
        seen=fields.get("seen", "").split(),
        reason=Reason(code="other", text=text) if text else None,
    )
    await agree(services, audience, sent)
    return _back(audience.space, goal)


@post("/people/{space:str}/goals/{goal:str}/assessment", status_code=303)
async def say_assessment(
    request: Request[Any, Any, Any],
    services: InjectedServices,
    space: FromPath[str],
    goal: FromPath[str],
) -> Redirect:
    """Record how the goal goes in the therapist's view, beside the person's own word."""
    signed_in, fields = await signed_in_form(request, services)
    audience = await open_space(services, signed_in, space)
    sent = NewAssessment(
        sending=sending_of(fields),
        goal=goal,
        achievement=_VIEWS.get(fields.get("view", "")),
        note=fields.get("note", ""),
        seen=fields.get("seen", "").split(),
    )
    await assess(services, audience, sent)
    return _back(audience.space, goal)


def _back(space: bytes, goal: str) -> Redirect:
    address = f"/people/{text_from_id(space)}/goals/{text_from_id(id_from_text(goal))}"
    return Redirect(f"{address}#agreement", status_code=303)
