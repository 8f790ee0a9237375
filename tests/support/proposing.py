"""What a therapist's forms send about the goals of a journey, drawn as the pages draw them."""

import msgspec

from tests.support.journey import Journey
from tests.support.shared_lanes import Writer
from tests.support.web_site import Site
from trailmark_server.members.audience import Audience
from trailmark_server.members.proposals import ShownProposal, read_proposals, seen_of
from trailmark_server.members.proposing import NewProposal
from trailmark_server.members.surroundings import new_id
from trailmark_server.members.writing import Sending
from trailmark_shared.events.body import Reason
from trailmark_shared.events.proposals import ProposedValues
from trailmark_shared.ids import text_from_id
from trailmark_shared.projections.goal import GoalDocument
from trailmark_shared.projections.step import StepDocument

WHY = Reason(code="too-easy", text="Twice happens by itself.")


async def goal_of(site: Site, mira: Writer, goal: bytes) -> GoalDocument:
    stored = await site.services.events.document(mira.space, mira.lane, goal)
    assert stored is not None
    return msgspec.json.decode(stored.json, type=GoalDocument)


async def a_step(site: Site, mira: Writer, journey: Journey) -> tuple[bytes, StepDocument]:
    stored = await site.services.events.documents(
        mira.space, mira.lane, "step", parent=journey.goal
    )
    document = msgspec.json.decode(stored[-1].json, type=StepDocument)
    return stored[-1].subject, document


def sending(site: Site, mira: Writer) -> Sending:
    return Sending(id=new_id(site.services), lane=mira.lane)


async def a_change(
    site: Site, mira: Writer, journey: Journey, values: ProposedValues
) -> NewProposal:
    """Return what a form for a change of the journey's goal sends, drawn now."""
    return NewProposal(
        sending=sending(site, mira),
        what="goal_change",
        goal=text_from_id(journey.goal),
        values=values,
        reason=WHY,
        seen=seen_of(await goal_of(site, mira, journey.goal)),
    )


async def only(site: Site, audience: Audience, goal: bytes | None = None) -> ShownProposal:
    (found,) = await read_proposals(site.services, audience, audience.lanes[0], goal)
    return found
