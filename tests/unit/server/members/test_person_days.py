"""The zone of a person, from what they wrote."""

import pytest

from tests.support.shared_lanes import HOUR_MS, Writer
from tests.support.web_site import START, THERAPIST, new_site, sharing_site
from trailmark_adapters.clock import local_time
from trailmark_server.access import Verb
from trailmark_server.members.person_days import person_zone
from trailmark_server.members.surroundings import new_id
from trailmark_server.members.writing import Said, Sending, append_said
from trailmark_shared.events.body import Body
from trailmark_shared.events.comments import CommentAdded
from trailmark_shared.events.notes import WinNoted
from trailmark_shared.ids import text_from_id

AUCKLAND = "Pacific/Auckland"


def win(writer: Writer, zone: str, at: int) -> None:
    """Note a win somewhere else than everything before."""
    local = local_time(at, zone)
    body = Body(
        type="win_noted",
        ver=1,
        subject=writer.new_id(),
        occurred_at=local.isoformat(timespec="seconds"),
        zone=zone,
        day=local.date().isoformat(),
        recorded_at=at,
        data=WinNoted(text="A win"),
    )
    writer.write_body(body)


@pytest.mark.parametrize(
    ("zone", "known"),
    [(AUCKLAND, AUCKLAND), ("Moon/Sea_of_Tranquillity", "UTC")],
)
async def test_it_is_where_they_wrote_last(mira: Writer, zone: str, known: str) -> None:
    site = await sharing_site(mira)
    before = await person_zone(site.services, mira.space, mira.lane)
    win(mira, zone, START + HOUR_MS)
    await site.deliver(mira)

    assert "Europe/Berlin" == before
    assert known == await person_zone(site.services, mira.space, mira.lane)


async def test_behind_many_words_of_members_it_is_where_they_let_in() -> None:
    site, aroha = await new_site(), Writer(1, zone=AUCKLAND)
    aroha.let_in(THERAPIST.id, THERAPIST.name, START)
    await site.know(aroha.space, "Aroha")
    await site.deliver(aroha)
    right = (await site.audience(aroha)).right(Verb.COMMENT, aroha.lane)
    about = text_from_id(aroha.new_id())
    for _ in range(21):
        sending = Sending(id=new_id(site.services), lane=aroha.lane)
        said = Said(subject=None, data=CommentAdded(text="I read it", about=about))
        await append_said(site.services, aroha.space, right, sending, said)

    assert AUCKLAND == await person_zone(site.services, aroha.space, aroha.lane)


async def test_of_a_lane_without_anything_it_is_utc(mira: Writer) -> None:
    site = await new_site()

    assert "UTC" == await person_zone(site.services, mira.space, mira.lane)
