"""Invitations over the API."""

import pytest

from tests.support.members_api import members_api, stranger
from tests.support.web_site import Site, new_site
from trailmark_shared import limits


@pytest.fixture
async def site() -> Site:
    return await new_site()


async def test_code_is_told_once(site: Site) -> None:
    async with members_api(site) as api:
        made = await api.post("invitations", json={"label": "Jonas"})
        listed = (await api.get("invitations")).json()["invitations"]

    assert 201 == made.status_code
    assert made.json()["link"] == f"trailmark://127.0.0.1:8740/{made.json()['code']}"
    named = {name: made.json()[name] for name in ("id", "label", "created_at", "expires_at")}
    assert [named] == listed


async def test_one_is_taken_back_by_its_maker_alone(site: Site) -> None:
    async with members_api(site) as api:
        made = (await api.post("invitations", json={})).json()["id"]
    async with members_api(site, await stranger(site)) as api:
        others = await api.delete(f"invitations/{made}")
    async with members_api(site) as api:
        first = await api.delete(f"invitations/{made}")
        again = await api.delete(f"invitations/{made}")

    assert [404, 204, 404] == [each.status_code for each in (others, first, again)]


async def test_only_so_many_are_open_at_once(site: Site) -> None:
    async with members_api(site) as api:
        answers = [
            await api.post("invitations", json={}) for _ in range(limits.OPEN_INVITATIONS_MAX + 1)
        ]

    assert (429, "rate_limited") == (answers[-1].status_code, answers[-1].json()["code"])
    assert {201} == {each.status_code for each in answers[:-1]}
