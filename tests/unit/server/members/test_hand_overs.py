"""A therapist hands a person over: only with a live grant, and never over the person's head."""

import pytest

from tests.support.shared_lanes import Writer
from tests.support.web_site import OTHER, START, THERAPIST, Site, sharing_site
from trailmark_server.members.audience import NothingHereError, SharingEndedError
from trailmark_server.members.hand_overs import find_hand_over, hand_over, withdraw_hand_over
from trailmark_shared.ids import text_from_id

COLLEAGUE = OTHER.email


@pytest.fixture
async def site(mira: Writer) -> Site:
    site = await sharing_site(mira)
    await site.sign_in(OTHER, "other")
    return site


async def test_what_is_proposed_is_found_until_it_is_taken_back(site: Site, mira: Writer) -> None:
    space = text_from_id(mira.space)
    made = await hand_over(site.services, site.signed_in, space, COLLEAGUE)

    assert "Dr Other" == made.colleague
    assert made == await find_hand_over(site.services, site.signed_in, space)
    await withdraw_hand_over(site.services, site.signed_in, space)
    assert await find_hand_over(site.services, site.signed_in, space) is None


async def test_colleague_sees_nothing_by_it(site: Site, mira: Writer) -> None:
    await hand_over(site.services, site.signed_in, text_from_id(mira.space), COLLEAGUE)

    assert [] == await site.services.events.grants_of_member(OTHER.id)
    known = await site.services.accounts.read(lambda rows: rows.acquaintance(OTHER.id, mira.space))
    assert known is None


async def test_strangers_propose_nobody(site: Site) -> None:
    with pytest.raises(NothingHereError):
        await hand_over(site.services, site.signed_in, text_from_id(b"x" * 16), COLLEAGUE)


async def test_nobody_is_proposed_once_sharing_has_ended(site: Site, mira: Writer) -> None:
    mira.stop_sharing((await site.services.events.grants(mira.space))[0].grant, START + 1)
    await site.deliver(mira)

    with pytest.raises(SharingEndedError):
        await hand_over(site.services, site.signed_in, text_from_id(mira.space), COLLEAGUE)

    rows = await site.services.accounts.read(lambda rows: rows.hand_over(mira.space, THERAPIST.id))
    assert rows is None
