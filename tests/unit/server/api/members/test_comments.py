"""Comments over the API: written once, taken back by their writer."""

import pytest

from tests.support.members_api import members_api, person_path
from tests.support.shared_lanes import DAY_MS, Writer
from tests.support.web_site import START, Site, sharing_site
from trailmark_shared import limits
from trailmark_shared.events.notes import WinNoted
from trailmark_shared.ids import care_lane, text_from_id


@pytest.fixture
async def site(mira: Writer) -> Site:
    return await sharing_site(mira)


@pytest.fixture
async def comment(site: Site, mira: Writer) -> dict[str, str]:
    win = mira.new_id()
    event = mira.write(win, WinNoted(text="A win"), at=START + DAY_MS)
    await site.deliver(mira)
    return {
        "lane": mira.lane,
        "about": text_from_id(win),
        "cause": text_from_id(event),
        "text": "Well\r\ndone",
    }


async def said(site: Site, mira: Writer) -> list[list[str | None]]:
    async with members_api(site) as api:
        entries = (await api.get(person_path(mira, "/timeline"))).json()["entries"]
    return [[each["text"] for each in entry["comments"]] for entry in entries if entry["comments"]]


async def test_comment_stands_under_what_it_answers(
    site: Site, mira: Writer, comment: dict[str, str]
) -> None:
    async with members_api(site) as api:
        answer = await api.post(person_path(mira, "/comments"), json=comment)

    assert 201 == answer.status_code
    assert [["Well\ndone"]] == await said(site, mira)


async def test_what_is_sent_twice_is_written_once(
    site: Site, mira: Writer, comment: dict[str, str]
) -> None:
    named = {**comment, "event": text_from_id(bytes(15) + b"\7")}
    async with members_api(site) as api:
        first, again = [
            (await api.post(person_path(mira, "/comments"), json=named)).json() for _ in range(2)
        ]

    assert first == again
    assert [["Well\ndone"]] == await said(site, mira)


async def test_other_words_under_the_same_id_are_refused_and_the_first_stand(
    site: Site, mira: Writer, comment: dict[str, str]
) -> None:
    named = {**comment, "event": text_from_id(bytes(15) + b"\7")}
    async with members_api(site) as api:
        await api.post(person_path(mira, "/comments"), json=named)
        again = await api.post(person_path(mira, "/comments"), json={**named, "text": "Other"})

    assert (409, "duplicate") == (again.status_code, again.json()["code"])
    assert [["Well\ndone"]] == await said(site, mira)


async def test_comment_taken_back_has_no_words(
    site: Site, mira: Writer, comment: dict[str, str]
) -> None:
    async with members_api(site) as api:
        made = (await api.post(person_path(mira, "/comments"), json=comment)).json()["id"]
        path = person_path(mira, f"/comments/{made}")
        gone = await api.delete(path, params={"lane": mira.lane})
        elsewhere = await api.delete(path, params={"lane": care_lane(bytes(16))})

    assert (204, 404) == (gone.status_code, elsewhere.status_code)
    assert [[None]] == await said(site, mira)


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"text": ""}, 400),
        ({"text": "   "}, 400),
        ({"text": "x" * (limits.TEXT_CHARS_MAX + 1)}, 400),
        ({"about": "nothing"}, 400),
        ({"lane": "self"}, 400),
        ({"more": 1}, 400),
        ({"cause": text_from_id(bytes(16))}, 404),
        ({"lane": care_lane(bytes(16))}, 404),
    ],
)
async def test_what_cannot_be_said_is_refused(
    site: Site, mira: Writer, comment: dict[str, str], change: dict[str, object], status: int
) -> None:
    async with members_api(site) as api:
        answer = await api.post(person_path(mira, "/comments"), json={**comment, **change})

    assert status == answer.status_code
    assert [] == await said(site, mira)
