"""People over the API: the list, one person's terms, labels, confirmations."""

import pytest

from tests.support.members_api import members_api, person_path
from tests.support.shared_lanes import DAY_MS, Writer
from tests.support.web_site import START, THERAPIST, Site, sharing_site
from trailmark_server.members.audience import UNNAMED
from trailmark_shared import limits
from trailmark_shared.domain.consent import CONSENT_CLASSES, consent_sha256
from trailmark_shared.domain.looks import Look
from trailmark_shared.events.notes import WinNoted
from trailmark_shared.ids import SpaceId, text_from_id


@pytest.fixture
async def site(mira: Writer) -> Site:
    return await sharing_site(mira)


async def looks(site: Site, mira: Writer) -> list[str]:
    rows = await site.services.accounts.read(lambda rows: rows.access_entries(mira.space, 9))
    return [row.page for row in rows]


async def test_list_counts_what_is_new_and_says_so_to_the_person(site: Site, mira: Writer) -> None:
    mira.write(mira.new_id(), WinNoted(text="A win"), at=START + DAY_MS)
    await site.deliver(mira)

    async with members_api(site) as api:
        answer = (await api.get("people")).json()

    (person,) = answer["sharing"]
    assert [] == answer["waiting"]
    assert ("Mira (Tuesdays)", {"win": 1}, False, None) == (
        person["label"],
        person["news"],
        person["more_news"],
        person["ended"],
    )
    assert [Look.PEOPLE] == await looks(site, mira)


async def test_list_names_who_stopped_and_who_waits(site: Site, mira: Writer) -> None:
    (grant,) = await site.services.events.grants(mira.space)
    mira.stop_sharing(grant.grant, START + DAY_MS)
    await site.deliver(mira)
    await site.know(SpaceId(bytes([9]) * 16), "New", confirmed=False)

    async with members_api(site) as api:
        answer = (await api.get("people")).json()

    assert "Sharing ended on 30 Sep 2026" == answer["sharing"][0]["ended"]
    assert ("New", 4) == (
        answer["waiting"][0]["label"],
        len(answer["waiting"][0]["phrase"].split()),
    )


async def test_one_person_says_what_was_agreed(site: Site, mira: Writer) -> None:
    async with members_api(site) as api:
        answer = (await api.get(person_path(mira))).json()

    assert [mira.lane] == list(answer["lanes"])
    (grant,) = answer["grants"]
    assert (list(CONSENT_CLASSES), None, consent_sha256()) == (
        grant["classes"],
        grant["until"],
        grant["consent_sha256"],
    )
    assert [Look.SHARING] == await looks(site, mira)


@pytest.mark.parametrize(("label", "shown"), [("  Mira K.", "Mira K."), (" ", UNNAMED)])
async def test_label_is_the_therapists_own_word(
    site: Site, mira: Writer, label: str, shown: str
) -> None:
    async with members_api(site) as api:
        changed = await api.put(person_path(mira, "/label"), json={"label": label})
        answer = (await api.get(person_path(mira))).json()

    assert (204, shown) == (changed.status_code, answer["label"])


@pytest.mark.parametrize("label", ["x" * (limits.TITLE_CHARS_MAX + 1), "a\x00b", 7])
async def test_label_that_cannot_be_shown_is_refused(
    site: Site, mira: Writer, label: object
) -> None:
    async with members_api(site) as api:
        answer = await api.put(person_path(mira, "/label"), json={"label": label})

    assert (400, "invalid_input") == (answer.status_code, answer.json()["code"])


async def test_confirmation_is_kept_once(site: Site) -> None:
    space = SpaceId(bytes([9]) * 16)
    await site.know(space, "New", confirmed=False)

    async with members_api(site) as api:
        answers = [
            (await api.post(f"people/{text_from_id(space)}/confirmation")).status_code
            for _ in range(2)
        ]
        listed = (await api.get("people")).json()

    known = await site.services.accounts.read(lambda rows: rows.acquaintance(THERAPIST.id, space))
    assert known is not None
    assert ([204, 204], START) == (answers, known.confirmed_at)
    assert [None] == [each["phrase"] for each in listed["waiting"]]
