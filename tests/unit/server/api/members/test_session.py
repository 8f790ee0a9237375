"""The session over the API: who, what they opened, and signing out."""

from tests.support.members_api import members_api, person_path, stranger
from tests.support.shared_lanes import Writer
from tests.support.web_site import THERAPIST, sharing_site
from trailmark_server.storage.accounts import AccessEntry, AccountRows, Space
from trailmark_shared import limits
from trailmark_shared.domain.looks import Look
from trailmark_shared.ids import SpaceId, text_from_id


async def test_session_tells_the_token_that_writes_carry() -> None:
    site = await sharing_site(Writer(1))

    async with members_api(site) as api:
        answer = (await api.get("session")).json()

    assert {
        "id": text_from_id(THERAPIST.id),
        "name": THERAPIST.name,
        "form_token": site.signed_in.form_token,
    } == answer


async def test_signing_out_ends_the_session() -> None:
    site = await sharing_site(Writer(1))

    async with members_api(site) as api:
        with site.services.bell.subscribe([SpaceId(bytes(16))]) as page:
            gone = await api.delete("session")
            assert page.take().access
        after = await api.get("session")

    assert (204, 401) == (gone.status_code, after.status_code)
    assert 'trailmark=""' in gone.headers["set-cookie"]


async def test_own_looks_are_told_and_nobody_elses() -> None:
    mira = Writer(1)
    site = await sharing_site(mira)
    await site.services.accounts.write(
        lambda rows: rows.save_space(Space(space=mira.space, created_at=0))
    )
    async with members_api(site) as api:
        await api.get(person_path(mira, "/timeline"))
        mine = (await api.get("looks")).json()
    async with members_api(site, await stranger(site)) as api:
        await api.get(person_path(mira, "/timeline"))
        theirs = (await api.get("looks")).json()

    assert [(Look.TIMELINE, False)] == [(each["page"], each["refused"]) for each in mine["looks"]]
    assert [(Look.REFUSED_STRANGER, True)] == [
        (each["page"], each["refused"]) for each in theirs["looks"]
    ]


async def test_looks_come_in_pages() -> None:
    mira = Writer(1)
    site = await sharing_site(mira)

    def fill(rows: AccountRows) -> None:
        for at in range(limits.ACCESS_LOG_ENTRIES_MAX + 1):
            rows.add_access_entry(
                AccessEntry(
                    space=mira.space, window=at, member=THERAPIST.id, page="goal", first_at=at
                )
            )

    await site.services.accounts.write(fill)
    async with members_api(site) as api:
        first = (await api.get("looks")).json()
        rest = (await api.get("looks", params={"before": first["next"]})).json()
        odd = await api.get("looks", params={"before": "x"})

    assert (limits.ACCESS_LOG_ENTRIES_MAX, [0], None) == (
        len(first["looks"]),
        [each["at"] for each in rest["looks"]],
        rest["next"],
    )
    assert 400 == odd.status_code
