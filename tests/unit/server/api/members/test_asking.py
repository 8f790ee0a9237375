"""Who may ask, what a write carries, and that refusals say nothing."""

import httpx
import pytest

from tests.support.members_api import members_api, person_path, stranger
from tests.support.shared_lanes import DAY_MS, Writer
from tests.support.web_site import START, THERAPIST, Site, new_site, sharing_site
from trailmark_server.http.problems import PROBLEM_TYPE
from trailmark_shared.ids import text_from_id


@pytest.fixture
async def site(mira: Writer) -> Site:
    return await sharing_site(mira)


def refusal(answer: httpx.Response) -> tuple[int, str, str]:
    assert PROBLEM_TYPE == answer.headers["content-type"]
    return answer.status_code, answer.json()["code"], answer.json()["detail"]


async def test_nobody_reads_without_a_session(site: Site, mira: Writer) -> None:
    async with members_api(site, "no-session") as api:
        answer = await api.get(person_path(mira, "/timeline"))

    assert (401, "not_signed_in") == refusal(answer)[:2]
    assert 'Cookie cookie-name="trailmark"' == answer.headers["www-authenticate"]


async def test_what_is_closed_and_what_does_not_exist_are_answered_alike(
    site: Site, mira: Writer
) -> None:
    token = await stranger(site)
    said: set[tuple[int, str, str]] = set()
    async with members_api(site, token) as api:
        for rest in ("", "/timeline", "/goals", f"/goals/{'0' * 26}"):
            for person in (mira, Writer(77)):
                said.add(refusal(await api.get(person_path(person, rest))))
        said.add(refusal(await api.put(person_path(mira, "/label"), json={"label": "x"})))
        said.add(refusal(await api.post(person_path(mira, "/confirmation"))))

    assert {(404, "not_found", "there is nothing here")} == said


async def test_who_was_let_in_once_is_told_that_it_ended(mira: Writer) -> None:
    site = await new_site()
    mira.stop_sharing(mira.let_in(THERAPIST.id, THERAPIST.name, START), START + DAY_MS)
    await site.deliver(mira)

    async with members_api(site) as api:
        answer = await api.get(person_path(mira))

    assert (410, "not_shared", "Sharing ended on 30 Sep 2026") == refusal(answer)


@pytest.mark.parametrize("token", ["", "stolen"])
async def test_a_write_without_the_form_token_writes_nothing(
    site: Site, mira: Writer, token: str
) -> None:
    async with members_api(site) as api:
        answer = await api.put(
            person_path(mira, "/label"), json={"label": "x"}, headers={"X-Form-Token": token}
        )

    assert (403, "not_authorised") == refusal(answer)[:2]
    assert "X-Form-Token" in answer.json()["detail"]
    known = await site.services.accounts.read(
        lambda rows: rows.acquaintance(THERAPIST.id, mira.space)
    )
    assert known is not None
    assert "Mira (Tuesdays)" == known.label


@pytest.mark.parametrize("origin", ["https://evil.example", "null", None])
async def test_a_write_from_elsewhere_writes_nothing(
    site: Site, mira: Writer, origin: str | None
) -> None:
    async with members_api(site) as api:
        del api.headers["origin"]
        headers = {} if origin is None else {"Origin": origin}
        answer = await api.put(person_path(mira, "/label"), json={"label": "x"}, headers=headers)

    assert (403, "not_authorised") == refusal(answer)[:2]


@pytest.mark.parametrize(
    "path",
    [
        "people/nobody",
        f"people/{'0' * 26}/timeline?limit=0",
        f"people/{'0' * 26}/timeline?kind=news",
        f"people/{'0' * 26}/goals/short",
    ],
)
async def test_what_an_address_does_not_take_is_named_as_such(site: Site, path: str) -> None:
    async with members_api(site) as api:
        answer = await api.get(path)

    assert (400, "invalid_input") == refusal(answer)[:2]


@pytest.mark.parametrize(
    ("path", "fields"),
    [
        ("people/nobody", [{"place": "path", "name": "space"}]),
        (
            f"people/{'0' * 26}/timeline?limit=x&kind=news",
            [{"place": "query", "name": "limit"}, {"place": "query", "name": "kind"}],
        ),
    ],
)
async def test_what_is_wrong_in_an_address_is_named(
    site: Site, path: str, fields: list[dict[str, str]]
) -> None:
    async with members_api(site) as api:
        answer = await api.get(path)

    assert fields == answer.json()["fields"]


@pytest.mark.parametrize(
    ("body", "names"),
    [
        (b'{"label": 1}', ["label"]),
        (b"{}", ["label"]),
        (b'{"label": "x", "lable": "y"}', ["lable"]),
        (b'{"label": "x", "My dear Maya": "y"}', [""]),
        (b"[]", [""]),
        (b"", [""]),
    ],
)
async def test_what_is_wrong_in_a_body_is_named_and_nothing_quoted(
    site: Site, mira: Writer, body: bytes, names: list[str]
) -> None:
    async with members_api(site) as api:
        answer = await api.put(person_path(mira, "/label"), content=body)

    assert [{"place": "body", "name": name} for name in names] == answer.json()["fields"]
    assert "Maya" not in answer.text


async def test_errors_of_the_framework_have_the_same_shape(site: Site, mira: Writer) -> None:
    async with members_api(site) as api:
        unknown = await api.get("nothing")
        wrong = await api.patch(person_path(mira))
        broken = await api.put(person_path(mira, "/label"), content=b"{")

    assert all("fields" not in each.json() for each in (unknown, wrong, broken))
    assert [404, 405, 400] == [refusal(each)[0] for each in (unknown, wrong, broken)]
    assert text_from_id(mira.space) not in wrong.text
