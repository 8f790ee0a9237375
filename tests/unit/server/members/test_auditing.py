"""The audit of a goal as a therapist may know it."""

import pytest

from tests.support.journey import Journey, tell
from tests.support.shared_lanes import DAY_MS, HOUR_MS, Writer
from tests.support.web_site import START, THERAPIST, Site, sharing_site
from trailmark_server.members.auditing import (
    at_instant,
    between,
    check_lane,
    read_audit,
    values_of,
)
from trailmark_server.members.visits import note_visit
from trailmark_shared.domain.looks import Look
from trailmark_shared.domain.targets import parse_target
from trailmark_shared.errors import RefusedError
from trailmark_shared.events.agreements import AgreementRecorded
from trailmark_shared.events.control import SubjectErased
from trailmark_shared.ids import text_from_id
from trailmark_shared.phrases import told_head_from_text


@pytest.fixture
async def story(mira: Writer) -> tuple[Site, Journey]:
    site = await sharing_site(mira)
    journey = tell(mira, START)
    mira.write(
        journey.goal,
        AgreementRecorded(answer="agree"),
        at=START + 2 * HOUR_MS,
        base=[journey.shared],
    )
    await site.deliver(mira)
    return site, journey


async def test_each_event_says_who_could_see_it_who_agreed_and_what_was_not_seen(
    mira: Writer, story: tuple[Site, Journey]
) -> None:
    site, journey = story
    audience = await site.audience(mira)
    await note_visit(site.services, mira.space, audience.member, Look.TIMELINE)

    audit = await read_audit(site.services, audience, mira.lane, journey.panic)
    joy = await read_audit(site.services, audience, mira.lane, journey.goal)

    shared, first, second = audit.events
    assert [THERAPIST.name] == [each.name for each in shared.could_see]
    assert site.clock.ms - shared.seen_at < DAY_MS if shared.seen_at else False
    assert [first.first.event] == list(second.not_seen)
    assert ["agree"] == [said.answer for each in joy.events for said in each.said]
    assert {"goal", "step"} == {each.kind for each in joy.events}
    assert 1 == len(joy.story.moves)
    assert [THERAPIST.name] == [each.name for each in joy.readings]
    assert joy.numberings
    assert not any(each.missing for each in joy.numberings)


async def test_a_goal_stands_as_it_was_known_then_and_as_it_is_known_now(
    mira: Writer, story: tuple[Site, Journey]
) -> None:
    site, journey = story
    audience = await site.audience(mira)
    audit = await read_audit(site.services, audience, mira.lane, journey.goal)
    worded_anew = START + 32 * DAY_MS

    state = at_instant(audit.entries, worded_anew + HOUR_MS)
    before = at_instant(audit.entries, START)
    found = between(audit.entries, START + 2 * HOUR_MS, worded_anew + HOUR_MS)

    assert "Do something I enjoy, for its own sake" == values_of(state.then)["title"]
    assert "Paint or walk, for its own sake" == values_of(state.now)["title"]
    assert {"title", "why"} == {each.field for each in state.learned}
    assert (None, None, ()) == (before.then, before.now, before.learned)
    assert {"target"} == {each.field for each in found}
    assert parse_target("at-least 2 enjoyable activities per week") == found[0].after


async def test_a_lane_is_recomputed_and_compared_with_words(
    mira: Writer, story: tuple[Site, Journey]
) -> None:
    site, _ = story
    audience = await site.audience(mira)

    alone = await check_lane(site.services, audience, mira.lane, None)
    same = await check_lane(site.services, audience, mira.lane, told_head_from_text(alone.words))

    assert (0, None, True) == (alone.misfits_in_all, alone.words_match, same.words_match)
    assert alone.entries == alone.verified_to


async def test_what_was_erased_is_told_and_not_what_it_was(
    mira: Writer, story: tuple[Site, Journey]
) -> None:
    site, journey = story
    gone = SubjectErased(events=(text_from_id(journey.shared),))
    mira.write(journey.goal, gone, at=journey.end + DAY_MS)
    await site.deliver(mira)

    audit = await read_audit(site.services, await site.audience(mira), mira.lane, journey.goal)

    assert [("person", 1)] == [(each.by, each.events) for each in audit.erasures]


async def test_nothing_is_told_once_sharing_has_ended(
    mira: Writer, story: tuple[Site, Journey]
) -> None:
    site, journey = story
    audience = await site.audience(mira)
    (grant,) = await site.services.events.grants(mira.space)
    mira.stop_sharing(grant.grant, journey.end + DAY_MS)
    await site.deliver(mira)

    with pytest.raises(RefusedError):
        await read_audit(site.services, audience, mira.lane, journey.goal)
