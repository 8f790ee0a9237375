"""The file of a lane over the API: it proves itself, and the person is told."""

import pytest

from tests.support.exports import check
from tests.support.members_api import members_api, person_path, stranger
from tests.support.shared_lanes import Writer
from tests.support.web_site import START, Site, sharing_site
from trailmark_shared.domain.looks import Look
from trailmark_shared.events.notes import WinNoted
from trailmark_shared.exports.format import header_from_line
from trailmark_shared.ids import care_lane
from trailmark_shared.phrases import told_head_from_text


@pytest.fixture
async def site(mira: Writer) -> Site:
    mira.write(mira.new_id(), WinNoted(text="slept through"), at=START + 1)
    return await sharing_site(mira)


async def looks(site: Site, mira: Writer) -> list[str]:
    entries = await site.services.accounts.read(lambda rows: rows.access_entries(mira.space, 9))
    return [each.page for each in entries]


async def test_the_file_fits_and_the_person_is_told(site: Site, mira: Writer) -> None:
    async with members_api(site) as api:
        answer = await api.get(person_path(mira, "/export"), params={"lane": mira.lane})

    lines = answer.content.splitlines(keepends=True)
    found = check(lines, told_head_from_text(header_from_line(lines[0]).words))
    assert (2, (), True) == (found.entries, found.misfits, found.words_match)
    assert [Look.EXPORT] == await looks(site, mira)


async def test_it_is_a_file_to_keep_that_nobody_else_keeps(site: Site, mira: Writer) -> None:
    async with members_api(site) as api:
        answer = await api.get(person_path(mira, "/export"), params={"lane": mira.lane})

    assert "application/jsonl" == answer.headers["Content-Type"]
    assert "no-store" == answer.headers["Cache-Control"]
    disposition = answer.headers["Content-Disposition"]
    assert 'attachment; filename="trailmark-lane.jsonl"' == disposition


async def test_a_lane_without_a_grant_is_not_there_and_who_tried_is_told(
    site: Site, mira: Writer
) -> None:
    async with members_api(site) as api:
        answer = await api.get(person_path(mira, "/export"), params={"lane": care_lane(b"d" * 16)})

    assert 404 == answer.status_code
    assert [Look.REFUSED_STRANGER] == await looks(site, mira)


async def test_who_was_never_let_in_gets_nothing(site: Site, mira: Writer) -> None:
    async with members_api(site, await stranger(site)) as api:
        answer = await api.get(person_path(mira, "/export"), params={"lane": mira.lane})

    assert (404, False) == (answer.status_code, b"slept" in answer.content)


async def test_another_sites_page_takes_nothing(site: Site, mira: Writer) -> None:
    async with members_api(site) as api:
        answer = await api.get(
            person_path(mira, "/export"),
            params={"lane": mira.lane},
            headers={"Origin": "https://evil.example"},
        )

    assert 403 == answer.status_code
    assert [] == await looks(site, mira)
