"""Who looked: told to the person's own devices, the newest first, and to nobody else."""

from tests.support.http import http_over
from tests.support.stores import MemoryParts
from trailmark_server import credentials
from trailmark_server.storage.accounts import AccessEntry, AccountRows, Therapist
from trailmark_shared import limits
from trailmark_shared.ids import DeviceId, SpaceId, text_from_id

SPACE, OTHER = SpaceId(b"s" * 16), SpaceId(b"o" * 16)
THERAPIST = Therapist(id=b"t" * 16, name="Dr Demo", email="demo@example.org", created_at=0)
GONE = b"g" * 16


def look(at: int, page: str, member: bytes = THERAPIST.id, space: SpaceId = SPACE) -> AccessEntry:
    return AccessEntry(space=space, window=at, member=member, page=page, first_at=at)


async def let_in(parts: MemoryParts, *looks: AccessEntry) -> dict[str, str]:
    """Keep a device and these looks, and return the device's header."""
    credential = credentials.credential_text(b"c" * 32)

    def work(rows: AccountRows) -> None:
        credentials.admit_device(
            rows, SPACE, DeviceId(b"p" * 16), "phone", credential, parts.clock.now_ms()
        )
        rows.save_therapist(THERAPIST)
        for each in looks:
            rows.add_access_entry(each)

    await parts.accounts.write(work)
    return {"Authorization": f"Bearer {credential}"}


async def test_the_newest_look_comes_first_and_other_peoples_are_not_told() -> None:
    parts = MemoryParts()
    headers = await let_in(
        parts,
        look(1, "timeline"),
        look(3, "refused:ended", GONE),
        look(2, "goal"),
        look(4, "goal", space=OTHER),
    )
    async with http_over(parts) as http:
        answer = await http.get("/api/access-log", headers=headers)

    assert 200 == answer.status_code
    therapist, gone = text_from_id(THERAPIST.id), text_from_id(GONE)
    assert {
        "entries": [
            {"member": gone, "name": None, "page": "refused:ended", "at": 3},
            {"member": therapist, "name": "Dr Demo", "page": "goal", "at": 2},
            {"member": therapist, "name": "Dr Demo", "page": "timeline", "at": 1},
        ],
        "more": False,
        "next": None,
    } == answer.json()


async def test_more_than_fits_is_told_as_such() -> None:
    parts = MemoryParts()
    looks = [look(at, "timeline") for at in range(limits.ACCESS_LOG_ENTRIES_MAX + 1)]
    headers = await let_in(parts, *looks)
    async with http_over(parts) as http:
        answer = (await http.get("/api/access-log", headers=headers)).json()

    assert (limits.ACCESS_LOG_ENTRIES_MAX, True) == (len(answer["entries"]), answer["more"])
    assert (limits.ACCESS_LOG_ENTRIES_MAX, 1) == (
        answer["entries"][0]["at"],
        answer["entries"][-1]["at"],
    )


async def test_older_looks_are_told_from_where_a_page_ended() -> None:
    parts = MemoryParts()
    looks = [look(at, "timeline") for at in range(limits.ACCESS_LOG_ENTRIES_MAX + 2)]
    headers = await let_in(parts, *looks)
    async with http_over(parts) as http:
        newest = (await http.get("/api/access-log", headers=headers)).json()
        before = {"before": newest["next"]}
        older = (await http.get("/api/access-log", headers=headers, params=before)).json()
        odd = await http.get("/api/access-log", headers=headers, params={"before": "x"})

    assert ([1, 0], False, None) == (
        [each["at"] for each in older["entries"]],
        older["more"],
        older["next"],
    )
    assert (400, "invalid_input") == (odd.status_code, odd.json()["code"])


async def test_nobody_is_told_without_a_credential() -> None:
    async with http_over(MemoryParts()) as http:
        for headers in ({}, {"Authorization": f"Bearer {credentials.credential_text(b'x' * 32)}"}):
            answer = await http.get("/api/access-log", headers=headers)

            assert (401, "not_signed_in") == (answer.status_code, answer.json()["code"])
