"""What rows are shown with, read as the therapist and bounded by the page."""

from tests.support.journey import tell
from tests.support.shared_lanes import Writer
from tests.support.web_site import START, sharing_site
from trailmark_server.pages.entries import entries_from_rows
from trailmark_server.pages.marks import mark_of_place
from trailmark_server.pages.surroundings import (
    new_id,
    read_comments,
    read_goals,
    read_surroundings,
)
from trailmark_server.storage.ports import Window
from trailmark_shared.ids import is_canonical_id, text_from_id


async def test_surroundings_of_a_journey() -> None:
    mira = Writer(1)
    site = await sharing_site(mira)
    journey = tell(mira, START)
    await site.deliver(mira)
    audience = await site.audience(mira)
    goals = await read_goals(site.services, audience)
    rows = await site.services.events.timeline(mira.space, mira.lane, Window(limit=100))
    entries = entries_from_rows(rows)

    around = await read_surroundings(site.services, audience, goals, mira.lane, entries)

    goal = text_from_id(journey.goal)
    assert "Paint or walk, for its own sake" == around.goals[goal]
    assert mark_of_place(0) == around.marks[goal]
    reached = next(each for each in entries if each.body.type == "step_reached")
    assert goal == around.parents[text_from_id(reached.body.subject)]
    adjusted = next(each for each in entries if each.body.type == "goal_target_adjusted")
    assert ["target"] == [each.field for each in around.changes[text_from_id(adjusted.id)]]
    shared = next(each for each in entries if each.body.subject == journey.excerpt)
    ((_, comment),) = around.comments[text_from_id(shared.id)]
    assert "I would like to talk about this one." == comment.text
    withdrawn = [each.withdrawn_at is not None for each in around.excerpts.values()]
    assert [False, True] == sorted(withdrawn)


async def test_comments_under_something_without_goal_are_found_by_it() -> None:
    mira = Writer(1)
    site = await sharing_site(mira)
    journey = tell(mira, START)
    await site.deliver(mira)

    found = await read_comments(
        site.services, await site.audience(mira), mira.lane, journey.excerpt
    )

    assert ["I would like to talk about this one."] == [each.text for _, each in found]


async def test_goal_without_words_is_called_a_goal() -> None:
    mira = Writer(1)
    site = await sharing_site(mira)

    goals = await read_goals(site.services, await site.audience(mira))

    assert {} == goals.titles


async def test_new_ids_are_ids() -> None:
    site = await sharing_site(Writer(1))

    assert is_canonical_id(new_id(site.services))
    assert new_id(site.services) != new_id(site.services)
