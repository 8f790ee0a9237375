"""Read models, typed: what a lane knows of one subject, and of all of a kind."""

import pytest

from tests.support.entries import an_id
from tests.support.shared_lanes import Writer
from tests.support.web_site import START, Site, sharing_site
from trailmark_server.members.audience import NothingHereError
from trailmark_server.members.documents import document_there, documents_of_kind
from trailmark_shared.events.goals import GoalShared
from trailmark_shared.ids import care_lane, id_from_text, text_from_id
from trailmark_shared.projections.goal import GoalDocument
from trailmark_shared.projections.step import StepDocument


def share_goal(mira: Writer, title: str) -> bytes:
    goal = mira.new_id()
    mira.write(goal, GoalShared(title=title), at=START)
    return goal


@pytest.fixture
async def site(mira: Writer) -> Site:
    return await sharing_site(mira)


async def test_what_is_not_there_is_not_there(site: Site, mira: Writer) -> None:
    audience = await site.audience(mira)

    for lane in (mira.lane, care_lane(bytes(16))):
        with pytest.raises(NothingHereError):
            await document_there(site.services, audience, lane, an_id(9), "goal", GoalDocument)


async def test_a_subject_is_of_its_own_kind_only(site: Site, mira: Writer) -> None:
    goal = share_goal(mira, "Walk twice a week")
    await site.deliver(mira)
    audience = await site.audience(mira)
    there = await document_there(site.services, audience, mira.lane, goal, "goal", GoalDocument)

    assert "Walk twice a week" == there.title.value
    with pytest.raises(NothingHereError):
        await document_there(site.services, audience, mira.lane, goal, "step", StepDocument)


async def test_all_of_a_kind_are_told_with_their_subjects(site: Site, mira: Writer) -> None:
    goals = {text_from_id(share_goal(mira, title)): title for title in ("Walk", "Swim")}
    await site.deliver(mira)
    audience = await site.audience(mira)
    known = await documents_of_kind(site.services, audience, mira.lane, "goal", GoalDocument)
    below = await documents_of_kind(
        site.services, audience, mira.lane, "step", StepDocument, id_from_text(next(iter(goals)))
    )

    assert goals == {goal: document.title.value for goal, document in known}
    assert [] == below
