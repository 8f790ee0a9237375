"""When a therapist was here last, and what is new since then."""

import pytest

from tests.support.shared_lanes import DAY_MS, Writer
from tests.support.web_site import START, THERAPIST, new_site, sharing_site
from trailmark_server.members.audience import SharingEndedError
from trailmark_server.members.visits import (
    GOAL_PAGE,
    NEW_ROWS_MAX,
    REFUSED_PAGE,
    TIMELINE_PAGE,
    change_words,
    last_visit,
    new_rows,
    note_visit,
    open_space,
)
from trailmark_shared.events.notes import WinNoted
from trailmark_shared.ids import text_from_id


async def test_last_visit_is_that_of_the_timeline() -> None:
    mira = Writer(1)
    site = await sharing_site(mira)
    accounts = site.services.accounts

    never = await accounts.read(lambda rows: last_visit(rows, mira.space, THERAPIST.id))
    await note_visit(site.services, mira.space, THERAPIST.id, TIMELINE_PAGE)
    seen = site.clock.ms
    site.clock.advance(DAY_MS)
    await note_visit(site.services, mira.space, THERAPIST.id, GOAL_PAGE)
    last = await accounts.read(lambda rows: last_visit(rows, mira.space, THERAPIST.id))

    assert (None, seen) == (never, last)


async def test_attempt_after_sharing_ended_is_noted_for_the_person() -> None:
    mira = Writer(1)
    site = await new_site()
    mira.stop_sharing(mira.let_in(THERAPIST.id, THERAPIST.name, START), START + DAY_MS)
    await site.deliver(mira)

    with pytest.raises(SharingEndedError):
        await open_space(site.services, site.signed_in, text_from_id(mira.space))

    entries = await site.services.accounts.read(lambda rows: rows.access_entries(mira.space))
    assert [REFUSED_PAGE] == [each.page for each in entries]


async def test_more_than_is_looked_at_is_said_so() -> None:
    mira = Writer(1)
    site = await sharing_site(mira)
    for number in range(NEW_ROWS_MAX):
        mira.write(mira.new_id(), WinNoted(text="win"), at=START + DAY_MS + number)
    await site.deliver(mira)

    rows, is_cut = await new_rows(site.services, await site.audience(mira), START)

    assert [f"{NEW_ROWS_MAX} wins", "and earlier ones"] == change_words(
        rows, "member/x", is_cut=is_cut
    )


async def test_readers_own_writing_is_not_new_to_them() -> None:
    mira = Writer(1)
    site = await sharing_site(mira)
    mira.write(mira.new_id(), WinNoted(text="win"), at=START + DAY_MS)
    await site.deliver(mira)

    rows, is_cut = await new_rows(site.services, await site.audience(mira), START)

    assert (False, []) == (is_cut, change_words(rows, "person", is_cut=False))
    assert ["1 win"] == change_words(rows, "member/x", is_cut=False)
