"""The list of people in a real browser: cards of one row, whatever stands in each."""

from typing import Final

import pytest

from tests.browser.chromium import opened, signed_in
from tests.support.shared_lanes import Writer
from tests.support.web_site import START, THERAPIST, new_site
from trailmark_server.members.meetings import NewMeeting, note_meeting

pytestmark = pytest.mark.browser

GAPS: Final = """() => [...document.querySelectorAll(".person")].map((card) => {
  const lines = [...card.children].map((each) => each.getBoundingClientRect());
  return lines.slice(1).map((each, at) => Math.round(each.top - lines[at].bottom));
})"""
"""For each card, how far its lines stand from each other, in pixels."""


async def test_lines_of_a_card_stand_together_beside_a_higher_one() -> None:
    site = await new_site()
    for number, label in ((1, "Mira"), (20, "A name of many words " * 8)):
        person = Writer(number)
        person.let_in(THERAPIST.id, THERAPIST.name, START)
        await site.know(person.space, label)
        await site.deliver(person)
        meeting = NewMeeting(at="2026-10-10T15:00", every_weeks=1, zone="Europe/Berlin")
        await note_meeting(site.services, site.signed_in, person.space, meeting)
    async with signed_in(site) as context:
        page = await opened(context, "/people")
        await page.set_viewport_size({"width": 1280, "height": 900})
        low, high = sorted(await page.evaluate(GAPS), key=lambda gaps: -gaps[-1])

    assert low[:-1] == high[:-1]
    assert low[-1] > high[-1]
