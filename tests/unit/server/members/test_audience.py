"""What one therapist may see of one person."""

from typing import Literal

import pytest

from tests.support.shared_lanes import DAY_MS, Writer
from tests.support.web_site import START, THERAPIST, new_site, sharing_site
from trailmark_server.members.audience import (
    ENDED,
    UNNAMED,
    UNNAMED_ACTOR,
    NothingHereError,
    SharingEndedError,
    class_words,
    find_audience,
    labels,
    space_from_text,
)
from trailmark_server.storage.accounts import SpaceErasure
from trailmark_shared.domain.consent import CLASS_WORDS
from trailmark_shared.errors import EventDataError, RefusedError
from trailmark_shared.ids import DeviceId, Epoch, SpaceId, circle_lane, text_from_id
from trailmark_shared.protocol.messages import LaneHello


async def test_audience_names_the_lanes_and_people_of_live_grants() -> None:
    mira = Writer(1)
    site = await sharing_site(mira)

    audience = await site.audience(mira)

    assert [mira.lane] == list(audience.lanes)
    assert "Mira (Tuesdays)" == audience.names["person"]
    assert "You" == audience.names[audience.actor]
    assert [set(CLASS_WORDS)] == [
        set(each.granted.classes) for each in audience.terms if each.granted
    ]


async def test_what_the_reader_may_do_is_what_the_grants_of_each_lane_allow() -> None:
    mira, other = Writer(1), Writer(1)
    other.lane = Writer(70).lane
    for _ in range(2):  # the ids that the first lane uses
        other.new_id()
    site = await new_site()
    mira.let_in(THERAPIST.id, THERAPIST.name, START, actions=("view",))
    other.let_in(THERAPIST.id, THERAPIST.name, START, actions=("view", "propose"))
    await site.deliver(mira)
    await site.deliver(other)

    audience = await site.audience(mira)

    assert audience.allows("propose", other.lane)
    assert not audience.allows("propose", mira.lane)
    assert not audience.allows("view", Writer(9).lane)


async def test_a_grant_that_was_stopped_allows_nothing_beside_one_that_lives() -> None:
    """As where the person allows less from now on: one lane, the old terms and the new."""
    mira, site = Writer(1), await new_site()
    wider = mira.let_in(THERAPIST.id, THERAPIST.name, START, actions=("view", "propose"))
    mira.let_in(THERAPIST.id, THERAPIST.name, START, actions=("view",))
    mira.stop_sharing(wider, START)
    await site.deliver(mira)

    audience = await site.audience(mira)

    assert audience.allows("view", mira.lane)
    assert not audience.allows("propose", mira.lane)


async def test_a_grant_in_another_role_takes_nothing_away() -> None:
    """Another program let the therapist in as a supporter, or into a supporter's lane, too."""
    mira, other = Writer(1), Writer(2)
    site = await sharing_site(mira)
    lane = mira.lane
    mira.let_supporter_in(THERAPIST.id, THERAPIST.name, START)
    await site.deliver(mira)
    other.space, other.lane = mira.space, circle_lane(bytes(16))
    other.let_in(THERAPIST.id, THERAPIST.name, START)
    await site.deliver(other)

    assert [lane] == list((await site.audience(mira)).lanes)


async def test_person_without_a_label_is_called_the_person() -> None:
    mira = Writer(1)
    audience = await (await sharing_site(mira, labels=("",))).audience(mira)

    assert (UNNAMED, UNNAMED_ACTOR) == (audience.label, audience.names["person"])


async def test_space_without_a_grant_is_like_one_that_does_not_exist() -> None:
    with pytest.raises(NothingHereError):
        await (await new_site()).audience(Writer(1))


async def test_reader_of_an_audience_is_refused_once_signed_out() -> None:
    mira = Writer(1)
    site = await sharing_site(mira)
    audience = await site.audience(mira)
    await site.services.accounts.write(
        lambda rows: rows.drop_web_session(site.signed_in.session_hash)
    )

    with pytest.raises(RefusedError, match="signed out"):
        await site.services.events.documents(
            mira.space, mira.lane, reader=audience.reader(mira.lane)
        )


async def test_revoked_grant_names_its_last_day() -> None:
    mira = Writer(1)
    site = await new_site()
    mira.stop_sharing(mira.let_in(THERAPIST.id, THERAPIST.name, START), START + DAY_MS)
    await site.deliver(mira)

    with pytest.raises(SharingEndedError, match="Sharing ended on 30 Sep 2026"):
        await site.audience(mira)


async def test_the_day_on_which_sharing_ended_is_the_persons() -> None:
    aroha, site = Writer(1, zone="Pacific/Auckland"), await new_site()
    aroha.stop_sharing(aroha.let_in(THERAPIST.id, THERAPIST.name, START), START + DAY_MS)
    await site.deliver(aroha)

    with pytest.raises(SharingEndedError, match="Sharing ended on 1 Oct 2026"):
        await site.audience(aroha)


async def test_revocation_whose_record_is_still_behind_has_no_day_yet() -> None:
    mira = Writer(1)
    site = await new_site()
    grant = mira.let_in(THERAPIST.id, THERAPIST.name, START)
    await site.deliver(mira)
    await site.services.events.record_revocations(mira.space, [grant])

    with pytest.raises(SharingEndedError, match=f"^{ENDED}$"):
        await site.audience(mira)


async def test_expired_grant_ended_on_its_last_day() -> None:
    mira = Writer(1)
    site = await new_site()
    mira.let_in(THERAPIST.id, THERAPIST.name, START, until="2026-10-02")
    await site.deliver(mira)
    assert 1 == len((await site.audience(mira)).terms)
    site.clock.advance(9 * DAY_MS)
    await site.sign_in()

    with pytest.raises(SharingEndedError, match="Sharing ended on 2 Oct 2026"):
        await site.audience(mira)


async def test_space_closed_after_a_restore_waits_without_blame() -> None:
    mira, site = Writer(1), await new_site()
    mira.let_in(THERAPIST.id, THERAPIST.name, START, until="2026-12-24")
    await site.deliver(mira)
    unknown = LaneHello(lane=mira.lane, cursor=9, cursor_hash=bytes(32), back=[])
    await site.services.events.open_lanes(
        mira.space, DeviceId(bytes(16)), Epoch(bytes(8)), [unknown]
    )

    with pytest.raises(SharingEndedError, match="Nothing is lost"):
        await site.audience(mira)


@pytest.mark.parametrize(
    ("by", "words"),
    [("person", "They erased everything on"), ("operator", "Everything was erased on")],
)
async def test_what_was_erased_is_said_without_what_it_was(
    by: Literal["person", "operator"], words: str
) -> None:
    mira = Writer(1)
    site = await sharing_site(mira)
    now = site.services.now()
    erasure = SpaceErasure(space=mira.space, erased_at=now, erased_by=by)
    await site.services.accounts.write(lambda rows: rows.add_erasure(erasure))
    await site.services.events.erase_space(erasure)

    with pytest.raises(SharingEndedError, match=words):
        await site.audience(mira)


async def test_labels_are_those_of_this_therapist() -> None:
    mira = Writer(1)
    site = await sharing_site(mira)

    mine = await site.services.accounts.read(lambda rows: labels(rows, THERAPIST.id))
    others = await site.services.accounts.read(lambda rows: labels(rows, bytes(16)))

    assert ({mira.space}, {}) == (set(mine), others)


def test_class_of_a_newer_build_is_shown_by_its_code() -> None:
    assert [CLASS_WORDS["goals"], "sleep diary"] == class_words(["sleep_diary", "goals"])


def test_space_is_read_from_an_address() -> None:
    space = SpaceId(bytes(range(16)))

    assert space == space_from_text(text_from_id(space))
    with pytest.raises(EventDataError):
        space_from_text("nobody")


async def test_find_audience_is_for_the_one_who_is_signed_in() -> None:
    mira = Writer(1)
    site = await sharing_site(mira)

    audience = await find_audience(site.services, site.signed_in, mira.space)

    assert THERAPIST.id == audience.member
