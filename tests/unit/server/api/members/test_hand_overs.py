"""Handing a person over, over the API."""

from tests.support.members_api import members_api, person_path, stranger
from tests.support.shared_lanes import Writer
from tests.support.web_site import OTHER, sharing_site


async def test_colleague_is_proposed_shown_and_taken_back() -> None:
    mira = Writer(1)
    site = await sharing_site(mira)
    await stranger(site)
    address = person_path(mira, "/hand-over")

    async with members_api(site) as api:
        before = await api.get(address)
        made = await api.put(address, json={"email": OTHER.email})
        shown = await api.get(address)
        gone = await api.delete(address)
        after = await api.get(address)

    assert [200, 200, 200, 204] == [each.status_code for each in (before, made, shown, gone)]
    assert {"hand_over": None} == before.json() == after.json()
    assert ("Dr Other", OTHER.email) == (made.json()["colleague"], made.json()["email"])
    assert made.json() == shown.json()["hand_over"]


async def test_email_of_nobody_is_refused() -> None:
    mira = Writer(1)
    site = await sharing_site(mira)

    async with members_api(site) as api:
        answer = await api.put(person_path(mira, "/hand-over"), json={"email": "no@example.org"})

    assert (400, "invalid_input") == (answer.status_code, answer.json()["code"])
