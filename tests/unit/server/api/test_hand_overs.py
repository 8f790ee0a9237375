"""A person's device sees whom their therapist proposes, and answers; nobody is let in by it."""

from typing import Any

import httpx
import pytest

from tests.support.shared_lanes import Writer
from tests.support.web_site import OTHER, THERAPIST, Site, sharing_site
from trailmark_server import credentials
from trailmark_server.hand_overs import propose
from trailmark_server.members.people import confirm_person, read_people
from trailmark_server.sessions import SignedIn, form_token
from trailmark_server.storage.accounts import AccountRows
from trailmark_server.tokens import secret_hash
from trailmark_shared.ids import DeviceId, text_from_id

MIRA = Writer(1)
PATH = "/api/hand-overs"
MINE = f"{PATH}/{text_from_id(THERAPIST.id)}"
COLLEAGUE = SignedIn(
    therapist=OTHER,
    session_hash=secret_hash("other"),
    form_token=form_token("other"),
)


@pytest.fixture
async def site() -> Site:
    site = await sharing_site(Writer(1))
    await site.sign_in(OTHER, "other")
    now = site.services.now()

    def fill(rows: AccountRows) -> None:
        for space, name in ((MIRA.space, "phone"), (Writer(2).space, "stranger")):
            device = DeviceId(b"p" * 16)
            credentials.admit_device(rows, space, device, name, credential(name), now)
        propose(rows, MIRA.space, THERAPIST, OTHER.email, now)

    await site.services.accounts.write(fill)
    return site


def credential(name: str) -> str:
    return credentials.credential_text(secret_hash(name))


async def ask(site: Site, method: str, path: str = PATH, name: str = "phone") -> httpx.Response:
    headers = {"Authorization": f"Bearer {credential(name)}", "Accept": "application/json"}
    async with site.browser() as http:
        http.cookies.clear()
        return await http.request(method, path, headers=headers)


async def listed(site: Site, name: str = "phone") -> list[dict[str, Any]]:
    return (await ask(site, "GET", name=name)).json()["hand_overs"]


async def test_device_shows_who_proposes_whom(site: Site) -> None:
    [shown] = await listed(site)

    assert ("Dr Demo", "Dr Other") == (shown["therapist"]["name"], shown["colleague"]["name"])
    assert not shown["taken"]
    assert [] == await listed(site, "stranger")


async def test_taking_up_comes_to_know_and_lets_nobody_in(site: Site) -> None:
    answer = await ask(site, "POST", MINE)

    waiting = (await read_people(site.services, COLLEAGUE)).waiting
    assert 200 == answer.status_code
    assert text_from_id(OTHER.id) == answer.json()["member"]["id"]
    assert not answer.json()["confirmed"]
    assert [answer.json()["phrase"]] == [each.phrase for each in waiting]
    assert ["Mira (Tuesdays)"] != [each.label for each in waiting]
    assert [] == await site.services.events.grants_of_member(OTHER.id)


async def test_answer_that_was_lost_is_given_again(site: Site) -> None:
    first = await ask(site, "POST", MINE)
    await confirm_person(site.services, COLLEAGUE, MIRA.space)
    again = await ask(site, "POST", MINE)

    assert [True] == [each["taken"] for each in await listed(site)]
    assert first.json() | {"confirmed": True} == again.json()


async def test_former_therapist_keeps_what_they_have(site: Site) -> None:
    await ask(site, "POST", MINE)

    [grant] = await site.services.events.grants_of_member(THERAPIST.id)
    assert grant.is_live


async def test_declining_leaves_nothing(site: Site) -> None:
    declined = await ask(site, "DELETE", MINE)

    assert 204 == declined.status_code
    assert [] == await listed(site)
    assert 404 == (await ask(site, "POST", MINE)).status_code


async def test_declining_after_yes_leaves_the_colleague_nothing(site: Site) -> None:
    await ask(site, "POST", MINE)
    await ask(site, "DELETE", MINE)

    assert [] == list((await read_people(site.services, COLLEAGUE)).waiting)


async def test_nobody_answers_for_somebody_else(site: Site) -> None:
    answers = [await ask(site, method, MINE, "stranger") for method in ("POST", "DELETE")]

    assert [404, 204] == [each.status_code for each in answers]
    assert 1 == len(await listed(site))
