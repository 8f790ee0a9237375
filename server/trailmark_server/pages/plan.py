"""``/people/<space>/plan``: goals, objectives and how they go, in the form that records want."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import msgspec
from litestar import Request, Response, get
from litestar.params import FromPath

from trailmark_server.members.audience import Audience
from trailmark_server.members.dates import iso_day, moment_day, short_day
from trailmark_server.members.documents import documents_of_kind
from trailmark_server.members.marks import PLAIN_MARK, Mark
from trailmark_server.members.preparing import at_home
from trailmark_server.members.progress import read_sentences
from trailmark_server.members.surroundings import Goals, new_id, read_goals
from trailmark_server.members.together import together
from trailmark_server.members.visits import note_visit, open_space
from trailmark_server.pages.agreement_view import Side, sides_of
from trailmark_server.pages.goal_parts import read_rows
from trailmark_server.pages.goal_view import field_label, field_value, steps_of_goal
from trailmark_server.pages.joint import joint_rows, writing_lane
from trailmark_server.pages.joint_view import JointRow
from trailmark_server.pages.proposals import propose_url
from trailmark_server.pages.replies import page
from trailmark_server.pages.timeline import watched
from trailmark_server.pages.views import Step
from trailmark_server.services import InjectedServices, Services
from trailmark_shared.domain.looks import Look
from trailmark_shared.events.registry import Kind
from trailmark_shared.ids import Lane, id_from_text, text_from_id
from trailmark_shared.projections.goal import GoalDocument
from trailmark_shared.projections.step import StepDocument
from trailmark_shared.words import gettext

_TOGETHER: Final[tuple[Kind, ...]] = ("intervention", "expectation", "review", "contact")
_FIELDS: Final = (
    "area",
    "limits",
    "lifecycle",
    "achievement",
    "target",
    "baseline_tenths",
    "due",
    "priority",
)


class PlannedGoal(msgspec.Struct, frozen=True, kw_only=True):
    """A goal of the plan.

    Attributes:
        title: In the person's own words.
        why: Why it matters; empty for nothing.
        url: Address of its page.
        mark: Its mark.
        fields: Label and value of what is known about it.
        since: The day since which it is shared; when it was written down, only the person knows.
        stands: How it goes, in sentences.
        steps: Its steps: the objectives.
        sides: What both sides say to it.
    """

    title: str
    why: str
    url: str
    mark: Mark
    fields: Sequence[tuple[str, str]]
    since: str
    stands: Sequence[str]
    steps: Sequence[Step]
    sides: Sequence[Side]


class Together(msgspec.Struct, frozen=True, kw_only=True):
    """Entries of one kind that both sides write down together, and the id for another."""

    kind: str
    rows: Sequence[JointRow]
    event: str


@get("/people/{space:str}/plan")
async def show_plan(
    request: Request[Any, Any, Any], services: InjectedServices, space: FromPath[str]
) -> Response[str]:
    """Show the plan."""
    signed_in = await services.web.require(request, services.now())
    audience = await open_space(services, signed_in, space)
    person = await watched(services, audience)
    # A plan is printed for a record, in which "you" would be nobody.
    names = {**audience.names, audience.actor: signed_in.therapist.name}
    audience = msgspec.structs.replace(audience, names=names)
    goals = await read_goals(services, audience)
    homes = [(goal, home) for goal in goals.marks if (home := at_home(goals, goal)) is not None]
    planned = await together(
        [
            _goal(services, audience, goals, goal, *home)
            for goal, home in sorted(homes, key=lambda each: _order(each[1][1]))
        ]
    )
    proposals = [
        row for lane in audience.lanes for row in await read_rows(services, audience, lane)
    ]
    await note_visit(services, audience.space, audience.member, Look.PLAN)
    may_propose = any(audience.allows("propose", lane) for lane in audience.lanes)
    return page(
        "plan.html",
        signed_in,
        person=person,
        therapist=signed_in.therapist.name,
        made=moment_day(services.now()),
        goals=planned,
        proposals=[each for each in proposals if each.is_open],
        together=[
            Together(
                kind=kind,
                rows=await joint_rows(services, audience, kind, goals.titles),
                event=new_id(services),
            )
            for kind in _TOGETHER
        ],
        propose_lane=writing_lane(audience, "propose"),
        decided={goal: goals.titles[goal] for goal, _ in homes},
        propose_url=propose_url(text_from_id(audience.space), what="goal") if may_propose else "",
    )


def _order(document: GoalDocument) -> tuple[bool, bool, int, int]:
    is_over = document.lifecycle.value in {"completed", "cancelled", "entered-in-error", "rejected"}
    rank = document.rank.value
    return is_over, rank is None, rank or 0, document.created_at


def _shared_since(document: GoalDocument) -> str:
    shared = [each.shared_at for each in document.shares if each.withdrawn_at is None]
    return short_day(iso_day(min(shared, default=document.created_at)))


async def _goal(
    services: Services,
    audience: Audience,
    goals: Goals,
    goal: str,
    lane: Lane,
    document: GoalDocument,
) -> PlannedGoal:
    subject = id_from_text(goal)
    stands = await read_sentences(services, audience, lane, subject, services.now())
    steps = await documents_of_kind(services, audience, lane, "step", StepDocument, subject)
    values = [(name, getattr(document, name).value) for name in _FIELDS]
    return PlannedGoal(
        title=document.title.value or gettext("A goal"),
        why=document.why.value or "",
        url=f"/people/{text_from_id(audience.space)}/goals/{goal}",
        mark=goals.marks.get(goal, PLAIN_MARK),
        fields=[
            (field_label(name), field_value(name, value))
            for name, value in values
            if value is not None
        ],
        since=_shared_since(document),
        stands=stands,
        steps=steps_of_goal(steps),
        sides=sides_of(document, audience.names, audience.actor),
    )
