"""Rows backwards over several lanes: nothing missed, nothing doubled."""

import pytest

from tests.support.shared_lanes import DAY_MS, Writer
from tests.support.web_site import START, THERAPIST, Site, sharing_site
from trailmark_server.members.backwards import read_backwards
from trailmark_shared.events.notes import WinNoted
from trailmark_shared.ids import Lane, care_lane


@pytest.fixture
async def site() -> Site:
    """Mira shares two lanes; what she writes into them arrives in turns."""
    mira, other = Writer(1), Writer(1)
    site = await sharing_site(mira)
    other.lane = care_lane(bytes([99]) * 16)
    other.let_in(THERAPIST.id, THERAPIST.name, START)
    for number in range(5):
        for writer in (mira, other):
            at = START + number * DAY_MS + (writer is other)
            writer.write(writer.new_id(), WinNoted(text="A win"), at=at)
    await site.deliver(other)
    site.clock.ms = START
    await site.deliver(mira)
    return site


@pytest.mark.parametrize("limit", [1, 2, 3, 5, 50])
async def test_pages_hold_every_row_once(site: Site, limit: int) -> None:
    audience = await site.audience(Writer(1))
    before: dict[Lane, int] = {}
    seen: list[tuple[Lane, int]] = []
    for _ in range(30):
        stretch = await read_backwards(site.services, audience, before, limit)
        seen += [(row.event.lane, row.seq) for row in stretch.rows]
        if stretch.before is None:
            break
        before = dict(stretch.before)

    expected = {(lane, seq) for lane in audience.lanes for seq in range(1, 7)}
    assert 12 == len(seen)
    assert expected == set(seen)


async def test_the_newest_arrival_comes_first(site: Site) -> None:
    audience = await site.audience(Writer(1))

    stretch = await read_backwards(site.services, audience, {}, 50)

    arrivals = [row.received_at for row in stretch.rows]
    assert sorted(arrivals, reverse=True) == arrivals


async def test_what_arrives_meanwhile_does_not_shift_a_page(site: Site) -> None:
    mira = Writer(1)
    audience = await site.audience(mira)
    first = await read_backwards(site.services, audience, {}, 3)
    assert first.before is not None
    again = await read_backwards(site.services, audience, first.before, 3)
    assert {(row.event.lane, row.seq) for row in first.rows}.isdisjoint(
        {(row.event.lane, row.seq) for row in again.rows}
    )
