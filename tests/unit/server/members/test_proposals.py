"""Proposals beside what they are about: what they were written for, and what stands there now."""

from msgspec.structs import replace

from tests.support.entries import a_body
from tests.support.journey import Journey
from tests.support.proposing import WHY, a_change, a_step, goal_of, only, sending
from tests.support.shared_lanes import DAY_MS, Writer
from tests.support.web_site import Site
from trailmark_server.members.audience import Audience
from trailmark_server.members.proposals import seen_of
from trailmark_server.members.proposing import NewProposal, propose
from trailmark_shared.events.agreements import AgreementRecorded
from trailmark_shared.events.goals import GoalReworded
from trailmark_shared.events.proposals import (
    ProposedValues,
)
from trailmark_shared.events.steps import StepReworded
from trailmark_shared.ids import id_from_text, text_from_id


async def test_a_proposal_that_was_drawn_before_a_change_shows_both(
    site: Site, mira: Writer, journey: Journey, audience: Audience
) -> None:
    proposal = await a_change(site, mira, journey, ProposedValues(title="Walk"))
    seen = (await goal_of(site, mira, journey.goal)).title
    mira.write(
        journey.goal,
        GoalReworded(title="Sing"),
        at=site.clock.ms + DAY_MS,
        base=[id_from_text(each.event) for each in seen.values],
    )
    await site.deliver(mira)
    await propose(site.services, await site.audience(mira), proposal)

    (compared,) = (await only(site, audience)).compared
    assert (seen.value, "Sing", True) == (
        compared.written_for,
        compared.now,
        compared.has_moved,
    )


async def test_a_change_of_a_step_stands_beside_the_step(
    site: Site, mira: Writer, journey: Journey, audience: Audience
) -> None:
    step, document = await a_step(site, mira, journey)
    proposal = NewProposal(
        sending=sending(site, mira),
        what="step_change",
        goal=text_from_id(journey.goal),
        step=text_from_id(step),
        values=ProposedValues(text="Ask Noor"),
        reason=WHY,
        seen=seen_of(document),
    )
    await propose(site.services, audience, proposal)
    mira.write(step, StepReworded(text="Ask Sam"), at=site.clock.ms + DAY_MS)
    await site.deliver(mira)

    (compared,) = (await only(site, audience)).compared
    assert document.text.value == compared.written_for
    assert ("Ask Noor", True) == (compared.proposed, compared.has_moved)


async def test_a_form_carries_everything_that_was_shown(
    site: Site, mira: Writer, journey: Journey
) -> None:
    """Agreements too: the next one of the same side takes its place."""
    goal = await goal_of(site, mira, journey.goal)
    body = replace(a_body(AgreementRecorded(answer="agree")), base=())
    await site.say(mira, journey.goal, body)
    after = await goal_of(site, mira, journey.goal)

    assert {each.event for each in goal.title.values} <= set(seen_of(goal))
    assert [after.agreements[0].event] == [
        each for each in seen_of(after) if each not in seen_of(goal)
    ]
