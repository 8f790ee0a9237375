"""What is worth a look before a session."""

from tests.support.journey import tell
from tests.support.shared_lanes import DAY_MS, Writer
from tests.support.web_site import START, sharing_site
from trailmark_server.members.meetings import NewMeeting, note_meeting
from trailmark_server.members.preparing import kind_of, read_preparation
from trailmark_server.members.surroundings import read_goals
from trailmark_shared.ids import text_from_id


async def test_goals_being_worked_on_stand_there_with_their_charts() -> None:
    mira = Writer(1)
    site = await sharing_site(mira)
    journey = tell(mira, START)
    await site.deliver(mira)
    audience = await site.audience(mira)

    found = await read_preparation(
        site.services, audience, await read_goals(site.services, audience)
    )

    assert {text_from_id(journey.goal), text_from_id(journey.panic)} == {
        each.id for each in found.goals
    }
    assert all(each.chart is not None for each in found.goals)
    assert 1 == found.resting
    assert site.clock.ms - 14 * DAY_MS == found.since


async def test_new_is_what_arrived_since_the_last_session() -> None:
    mira = Writer(1)
    site = await sharing_site(mira)
    journey = tell(mira, START)
    await site.deliver(mira)
    meeting = NewMeeting(at="2026-10-27T17:00", every_weeks=1, zone="UTC")
    await note_meeting(site.services, site.signed_in, mira.space, meeting)
    site.clock.ms = journey.end + DAY_MS
    await site.sign_in()
    audience = await site.audience(mira)

    found = await read_preparation(
        site.services, audience, await read_goals(site.services, audience)
    )

    assert found.meetings.last == found.since
    [news] = found.news
    assert {"goal", "excerpt", "win", "setback", "comment", "check_in"} >= {
        kind_of(e) for e in news.entries
    }
    assert all((each.received_at or 0) > found.since for each in news.entries)
