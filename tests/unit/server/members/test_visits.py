"""When a therapist was here last, and what is new since then."""

import pytest
from msgspec.structs import replace

from tests.support.shared_lanes import DAY_MS, Writer
from tests.support.web_site import OTHER, START, THERAPIST, new_site, sharing_site
from trailmark_server.members.audience import NothingHereError, SharingEndedError
from trailmark_server.members.visits import (
    NEW_ROWS_MAX,
    change_counts,
    change_words,
    last_visit,
    new_arrivals,
    note_visit,
    open_space,
    require_lane,
)
from trailmark_server.storage.accounts import Space, SpaceErasure
from trailmark_server.tokens import secret_hash
from trailmark_shared import limits
from trailmark_shared.domain.looks import Look
from trailmark_shared.events.notes import WinNoted
from trailmark_shared.ids import SpaceId, text_from_id


async def test_last_visit_is_that_of_the_timeline() -> None:
    mira = Writer(1)
    site = await sharing_site(mira)
    accounts = site.services.accounts

    never = await accounts.read(lambda rows: last_visit(rows, mira.space, THERAPIST.id))
    await note_visit(site.services, mira.space, THERAPIST.id, Look.TIMELINE)
    seen = site.clock.ms
    site.clock.advance(DAY_MS)
    await note_visit(site.services, mira.space, THERAPIST.id, Look.GOAL)
    last = await accounts.read(lambda rows: last_visit(rows, mira.space, THERAPIST.id))

    assert (None, seen) == (never, last)


async def test_a_page_is_noted_once_in_a_stretch_of_time_and_an_export_each_minute() -> None:
    space = SpaceId(b"s" * 16)
    site = await new_site()
    long, short = limits.ACCESS_LOG_WINDOW_MS, limits.EXPORT_LOG_WINDOW_MS
    begin = site.clock.ms = START - START % long + long
    for page, after in (
        (Look.TIMELINE, 0),
        (Look.EXPORT, 0),
        (Look.TIMELINE, 1),
        (Look.GOAL, 2),
        (Look.EXPORT, short - 1),
        (Look.EXPORT, short),
        (Look.TIMELINE, long),
    ):
        site.clock.ms = begin + after
        await note_visit(site.services, space, THERAPIST.id, page)

    entries = await site.services.accounts.read(lambda rows: rows.access_entries(space, 9))
    assert {
        (Look.TIMELINE, 0),
        (Look.EXPORT, 0),
        (Look.GOAL, 2),
        (Look.EXPORT, short),
        (Look.TIMELINE, long),
    } == {(each.page, each.first_at - begin) for each in entries}
    assert 5 == len(entries)


async def test_nobody_is_left_to_read_who_looked_at_somebody_erased() -> None:
    space = SpaceId(b"s" * 16)
    site = await new_site()
    erasure = SpaceErasure(space=space, erased_at=START, erased_by="person")
    await site.services.accounts.write(lambda rows: rows.add_erasure(erasure))

    await note_visit(site.services, space, THERAPIST.id, Look.TIMELINE)

    assert [] == await site.services.accounts.read(lambda rows: rows.access_entries(space, 9))


async def test_attempt_after_sharing_ended_is_noted_for_the_person() -> None:
    mira = Writer(1)
    site = await new_site()
    await site.services.accounts.write(
        lambda rows: rows.save_space(Space(space=mira.space, created_at=START))
    )
    mira.stop_sharing(mira.let_in(THERAPIST.id, THERAPIST.name, START), START + DAY_MS)
    await site.deliver(mira)

    with pytest.raises(SharingEndedError):
        await open_space(site.services, site.signed_in, text_from_id(mira.space))

    entries = await site.services.accounts.read(lambda rows: rows.access_entries(mira.space, 9))
    assert [Look.REFUSED_ENDED] == [each.page for each in entries]


async def test_another_lane_of_the_same_person_is_refused_and_noted_as_what_it_was() -> None:
    """A form of a lane that ended under it is no stranger's."""
    mira = Writer(1)
    site = await sharing_site(mira)
    audience = await site.audience(mira)
    (grant,) = await site.services.events.grants(mira.space)
    elsewhere = replace(audience, lanes=[])

    assert mira.lane == await require_lane(site.services, audience, mira.lane)
    for lane in (mira.lane, Writer(9).lane):
        with pytest.raises(NothingHereError):
            await require_lane(site.services, elsewhere, lane)

    entries = await site.services.accounts.read(lambda rows: rows.access_entries(mira.space, 9))
    assert (mira.lane, THERAPIST.id) == (grant.lane, grant.member)
    assert {Look.REFUSED_ENDED, Look.REFUSED_STRANGER} == {each.page for each in entries}


async def test_attempt_of_a_stranger_is_noted_and_learns_nothing() -> None:
    """A space that exists and one that does not are answered alike; both write something."""
    mira, nobody = Writer(1), Writer(9)
    site = await sharing_site(mira)
    await site.sign_in(OTHER, "other")
    other = replace(site.signed_in, therapist=OTHER, session_hash=secret_hash("other"))
    await site.services.accounts.write(
        lambda rows: rows.save_space(Space(space=mira.space, created_at=START))
    )
    site.clock.advance(1000)

    said: set[str] = set()
    for space in (mira.space, nobody.space):
        with pytest.raises(NothingHereError) as refused:
            await open_space(site.services, other, text_from_id(space))
        said.add(f"{refused.value.code} {refused.value.message}")

    found = await site.services.accounts.read(
        lambda rows: [*rows.access_entries(mira.space, 9), *rows.access_entries(nobody.space, 9)]
    )
    session = await site.services.accounts.read(lambda rows: rows.web_session(other.session_hash))
    assert [(OTHER.id, Look.REFUSED_STRANGER)] == [(each.member, each.page) for each in found]
    assert 1 == len(said)
    assert session is not None
    assert site.clock.ms == session.seen_at


async def test_more_than_is_looked_at_is_said_so() -> None:
    mira = Writer(1)
    site = await sharing_site(mira)
    for number in range(NEW_ROWS_MAX):
        mira.write(mira.new_id(), WinNoted(text="win"), at=START + DAY_MS + number)
    await site.deliver(mira)

    rows, is_cut = await new_arrivals(site.services, await site.audience(mira), START)

    assert [f"{NEW_ROWS_MAX} wins", "and earlier ones"] == change_words(
        change_counts(rows, "member/x"), is_cut=is_cut
    )


async def test_readers_own_writing_is_not_new_to_them() -> None:
    mira = Writer(1)
    site = await sharing_site(mira)
    mira.write(mira.new_id(), WinNoted(text="win"), at=START + DAY_MS)
    await site.deliver(mira)

    rows, is_cut = await new_arrivals(site.services, await site.audience(mira), START)

    assert (False, {}) == (is_cut, change_counts(rows, "person"))
    assert ["1 win"] == change_words(change_counts(rows, "member/x"), is_cut=False)
