"""Small entries of the lanes that a therapist may read."""

from tests.support.shared_lanes import DAY_MS, Writer
from tests.support.web_site import START, sharing_site
from trailmark_server.members.cards import read_cards
from trailmark_shared.events.coping import BarrierIdentified
from trailmark_shared.ids import text_from_id


async def test_entries_of_a_goal_are_read_the_oldest_first() -> None:
    mira = Writer(1)
    site = await sharing_site(mira)
    goal = mira.new_id()
    named = text_from_id(goal)
    mira.write(mira.new_id(), BarrierIdentified(text="B", goal=named), at=START + 2 * DAY_MS)
    mira.write(mira.new_id(), BarrierIdentified(text="A", goal=named), at=START + DAY_MS)
    mira.write(mira.new_id(), BarrierIdentified(text="elsewhere"), at=START)
    await site.deliver(mira)
    audience = await site.audience(mira)

    of_goal = await read_cards(site.services, audience, "barrier", goal)
    every = await read_cards(site.services, audience, "barrier")

    assert ["A", "B"] == [
        each.document.said.value.text for each in of_goal if each.document.said.value
    ]
    assert 3 == len(every)
