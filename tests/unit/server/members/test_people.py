"""The people a therapist knows, and what is changed about them."""

import pytest

from tests.support.shared_lanes import DAY_MS, Writer
from tests.support.web_site import OTHER, START, THERAPIST, Site, new_site, sharing_site
from trailmark_server.members.people import (
    PEOPLE_PER_PAGE,
    Part,
    confirm_person,
    label_person,
    read_people,
)
from trailmark_server.storage.accounts import AccountRows, Space
from trailmark_shared.domain.looks import Look
from trailmark_shared.errors import DomainError, ErrorCode, RefusedError
from trailmark_shared.events.notes import WinNoted
from trailmark_shared.ids import SpaceId

NEW = SpaceId(bytes([9]) * 16)


async def test_people_stand_in_the_order_of_letting_in() -> None:
    first, second = Writer(1), Writer(5)
    site = await sharing_site(second, first, labels=("Second", "First"))
    await site.know(second.space, "Second", joined_at=START + 1)

    known = await read_people(site.services, site.signed_in)

    assert ["First", "Second"] == [each.label for each in known.sharing]


async def test_a_long_list_has_pages_and_can_be_searched() -> None:
    writers = [Writer(number, "UTC") for number in range(1, 100, 2)]
    labels = [f"Person {number}" for number in range(len(writers))]
    site = await sharing_site(*writers, labels=labels)

    first = await read_people(site.services, site.signed_in, Part())
    second = await read_people(site.services, site.signed_in, Part(page=2))
    found = await read_people(site.services, site.signed_in, Part(words="person 49"))

    assert (PEOPLE_PER_PAGE, 10) == (len(first.sharing), len(second.sharing))
    assert len(writers) == first.found
    assert ["Person 49"] == [each.label for each in found.sharing]


async def test_news_are_counted_since_the_last_visit() -> None:
    mira = Writer(1)
    site = await sharing_site(mira)
    mira.write(mira.new_id(), WinNoted(text="A win"), at=START + DAY_MS)
    await site.deliver(mira)

    (person,) = (await read_people(site.services, site.signed_in)).sharing

    assert ({"win": 1}, False, None) == (person.news, person.is_cut, person.visited_at)


async def test_who_used_a_code_waits_with_words_until_confirmed() -> None:
    site = await new_site()
    await site.know(NEW, "New", confirmed=False)
    before = (await read_people(site.services, site.signed_in)).waiting

    await confirm_person(site.services, site.signed_in, NEW)

    after = (await read_people(site.services, site.signed_in)).waiting
    assert [4, 0] == [len(each.phrase.split()) for (each,) in (before, after)]


async def test_label_is_changed_and_taken_away() -> None:
    site = await new_site()
    await site.know(NEW, "New")

    shown: list[str] = []
    for label in (" Mira K. ", ""):
        await label_person(site.services, site.signed_in, NEW, label)
        row = await site.services.accounts.read(lambda rows: rows.acquaintance(THERAPIST.id, NEW))
        assert row is not None
        shown.append(row.label)

    assert ["Mira K.", ""] == shown
    with pytest.raises(DomainError):
        await label_person(site.services, site.signed_in, NEW, "a\x00b")


async def noted(site: Site) -> list[str]:
    rows = await site.services.accounts.read(lambda rows: rows.access_entries(NEW, 9))
    return [row.page for row in rows]


async def test_a_stranger_changes_nothing_and_is_shown_to_the_person() -> None:
    site = await new_site()

    def work(rows: AccountRows) -> None:
        rows.save_space(Space(space=NEW, created_at=START))
        rows.save_therapist(OTHER)

    await site.services.accounts.write(work)
    for change in (
        confirm_person(site.services, site.signed_in, NEW),
        label_person(site.services, site.signed_in, NEW, "Mine"),
    ):
        with pytest.raises(RefusedError) as refused:
            await change
        assert ErrorCode.NOT_AUTHORISED == refused.value.code

    assert [Look.REFUSED_STRANGER] == await noted(site)


async def test_who_is_signed_out_changes_nothing_and_is_no_stranger() -> None:
    site = await new_site()
    await site.know(NEW, "New")
    await site.services.accounts.write(
        lambda rows: rows.drop_web_session(site.signed_in.session_hash)
    )

    with pytest.raises(RefusedError) as refused:
        await label_person(site.services, site.signed_in, NEW, "Mine")

    assert ErrorCode.NOT_SIGNED_IN == refused.value.code
    assert [] == await noted(site)
