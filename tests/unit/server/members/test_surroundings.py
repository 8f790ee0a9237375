"""What rows are shown with, read as the therapist and bounded by the page."""

from collections.abc import Collection, Mapping

import pytest
from msgspec.structs import replace

from tests.support.entries import a_body, a_text, an_entry
from tests.support.journey import tell
from tests.support.shared_lanes import DAY_MS, Writer
from tests.support.web_site import START, Site, sharing_site
from trailmark_server.members.audience import NothingHereError
from trailmark_server.members.entries import entries_from_rows
from trailmark_server.members.marks import mark_of_place
from trailmark_server.members.surroundings import (
    Goals,
    goal_of,
    home_of,
    new_id,
    read_comments,
    read_goals,
    read_surroundings,
)
from trailmark_server.storage.ports import Window
from trailmark_shared.events.agreements import AgreementRecorded
from trailmark_shared.events.body import UnknownData
from trailmark_shared.events.comments import CommentAdded, CommentWithdrawn
from trailmark_shared.events.coping import BarrierIdentified
from trailmark_shared.events.goals import GoalPutOnHold, GoalShared
from trailmark_shared.events.journal import EntryPutBack, EntryTakenBack
from trailmark_shared.events.notes import WinNoted
from trailmark_shared.events.proposals import ProposalMade, ProposalWithdrawn, ProposedValues
from trailmark_shared.events.sharing import ExcerptShared
from trailmark_shared.events.steps import StepReached
from trailmark_shared.ids import care_lane, is_canonical_id, text_from_id

GOAL = a_text(100)


async def withdrawn(site: Site, writer: Writer) -> Collection[str]:
    audience = await site.audience(writer)
    rows = await site.services.events.timeline(writer.space, writer.lane, Window(limit=100))
    goals = await read_goals(site.services, audience)
    entries = entries_from_rows(rows)
    around = await read_surroundings(site.services, audience, goals, writer.lane, entries)
    return around.withdrawn


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


async def test_an_excerpt_under_the_id_of_something_else_is_passed_over() -> None:
    """A page that is not shown because of one entry would hide all the others."""
    mira = Writer(1)
    site = await sharing_site(mira)
    subject = mira.new_id()
    for data in (WinNoted(text="Walked home"), ExcerptShared(text="under the same id")):
        mira.write(subject, data, at=START)
    await site.deliver(mira)
    audience = await site.audience(mira)
    goals = await read_goals(site.services, audience)
    rows = await site.services.events.timeline(mira.space, mira.lane, Window(limit=100))

    around = await read_surroundings(
        site.services, audience, goals, mira.lane, entries_from_rows(rows)
    )

    assert {} == around.excerpts


async def test_comments_under_something_without_goal_are_found_by_it() -> None:
    mira = Writer(1)
    site = await sharing_site(mira)
    journey = tell(mira, START)
    await site.deliver(mira)

    found = await read_comments(
        site.services, await site.audience(mira), mira.lane, [journey.excerpt]
    )

    assert ["I would like to talk about this one."] == [each.text for _, each in found]


async def test_proposal_that_was_taken_back_is_known_as_such() -> None:
    mira = Writer(1)
    site = await sharing_site(mira)
    made = ProposalMade(what="goal", values=ProposedValues(title="Rest"))
    kept, taken_back = mira.new_id(), mira.new_id()
    for subject in (kept, taken_back):
        await site.say(mira, subject, a_body(made))
    await site.say(mira, taken_back, a_body(ProposalWithdrawn()))
    audience = await site.audience(mira)
    rows = await site.services.events.timeline(mira.space, mira.lane, Window(limit=100))
    goals = await read_goals(site.services, audience)

    around = await read_surroundings(
        site.services, audience, goals, mira.lane, entries_from_rows(rows)
    )

    assert {text_from_id(taken_back)} == around.withdrawn


async def test_comment_that_was_taken_back_is_known_as_such() -> None:
    mira = Writer(1)
    site = await sharing_site(mira)
    win, kept, taken_back = mira.new_id(), mira.new_id(), mira.new_id()
    mira.write(win, WinNoted(text="Walked home"), at=START)
    for subject in (kept, taken_back):
        mira.write(subject, CommentAdded(text="In the rain", about=text_from_id(win)), at=START)
    mira.write(taken_back, CommentWithdrawn(), at=START)
    await site.deliver(mira)

    assert {text_from_id(taken_back)} == await withdrawn(site, mira)


async def test_copy_that_was_taken_back_is_known_as_such_until_it_is_put_back() -> None:
    """What was shared by itself shows no words any more; what only counts no more keeps them."""
    mira = Writer(1)
    site = await sharing_site(mira)
    barrier, win = mira.new_id(), mira.new_id()
    said = mira.write(barrier, BarrierIdentified(text="The crowd"), at=START)
    noted = mira.write(win, WinNoted(text="Walked home"), at=START)
    told = (text_from_id(said),)
    mira.write(barrier, EntryTakenBack(events=told), at=START)
    mira.write(win, EntryTakenBack(events=(text_from_id(noted),)), at=START)
    await site.deliver(mira)
    assert {text_from_id(barrier)} == await withdrawn(site, mira)

    mira.write(barrier, EntryPutBack(events=told), at=START + DAY_MS)
    await site.deliver(mira)
    assert set[str]() == await withdrawn(site, mira)


async def test_what_counts_no_more_is_known_by_its_event() -> None:
    mira = Writer(1)
    site = await sharing_site(mira)
    win, kept = mira.new_id(), mira.new_id()
    said = mira.write(win, WinNoted(text="Walked home"), at=START)
    mira.write(kept, WinNoted(text="Called Noor"), at=START)
    told = (text_from_id(said),)
    await site.deliver(mira)
    assert {} == await taken_back(site, mira)

    mira.write(win, EntryTakenBack(events=told), at=START + DAY_MS)
    await site.deliver(mira)
    assert {told[0]: START + DAY_MS} == await taken_back(site, mira)

    mira.write(win, EntryPutBack(events=told), at=START + 2 * DAY_MS)
    await site.deliver(mira)
    assert {} == await taken_back(site, mira)


async def test_a_mark_of_a_later_version_keeps_no_page_from_being_shown() -> None:
    mira = Writer(1)
    site = await sharing_site(mira)
    win = mira.new_id()
    said = mira.write(win, WinNoted(text="Walked home"), at=START)
    await site.deliver(mira)
    known = a_body(EntryTakenBack(events=(text_from_id(said),)))
    mira.write_body(replace(known, subject=win, ver=99, data=UnknownData(b"{}")))
    await site.deliver(mira)

    assert {} == await taken_back(site, mira)


async def test_nobody_takes_back_what_another_said() -> None:
    mira = Writer(1)
    site = await sharing_site(mira)
    proposal = mira.new_id()
    made = ProposalMade(what="goal", values=ProposedValues(title="Rest"))
    await site.say(mira, proposal, a_body(made))
    rows = await site.services.events.timeline(mira.space, mira.lane, Window(limit=100))
    everything = tuple(text_from_id(row.event.id) for row in rows)
    mira.write(proposal, EntryTakenBack(events=everything), at=START)
    await site.deliver(mira)

    assert {} == await taken_back(site, mira)


async def taken_back(site: Site, mira: Writer) -> Mapping[str, int]:
    audience = await site.audience(mira)
    rows = await site.services.events.timeline(mira.space, mira.lane, Window(limit=100))
    goals = await read_goals(site.services, audience)
    around = await read_surroundings(
        site.services, audience, goals, mira.lane, entries_from_rows(rows)
    )
    return around.taken_back


async def test_goal_without_words_is_called_a_goal() -> None:
    mira = Writer(1)
    site = await sharing_site(mira)

    goals = await read_goals(site.services, await site.audience(mira))

    assert {} == goals.titles


async def test_new_ids_are_ids() -> None:
    site = await sharing_site(Writer(1))

    assert is_canonical_id(new_id(site.services))
    assert new_id(site.services) != new_id(site.services)


async def test_goal_is_shown_from_where_it_is_at_home() -> None:
    mira = Writer(1)
    site = await sharing_site(mira)
    goal = mira.new_id()
    mira.write(goal, GoalShared(title="Paint"), at=START + DAY_MS)
    await site.deliver(mira)
    goals = await read_goals(site.services, await site.audience(mira))
    text = text_from_id(goal)
    copy = {text: goals.by_lane[mira.lane][text]}
    other = care_lane(bytes(16))
    both = Goals(by_lane={other: copy, mira.lane: goals.by_lane[mira.lane]}, marks={})

    assert other == home_of(both, text)[0]
    with pytest.raises(NothingHereError):
        home_of(both, text_from_id(bytes(16)))


def test_goal_of_an_event_is_itself_or_named_or_its_parent() -> None:
    assert GOAL == goal_of(an_entry(1, GoalPutOnHold()), {})
    assert GOAL == goal_of(an_entry(1, AgreementRecorded(answer="agree")), {})
    assert GOAL == goal_of(an_entry(1, WinNoted(text="a", goal=GOAL), subject=7), {})
    assert GOAL == goal_of(an_entry(1, StepReached(), subject=7), {a_text(7): GOAL})
    assert goal_of(an_entry(1, WinNoted(text="a"), subject=7), {}) is None
