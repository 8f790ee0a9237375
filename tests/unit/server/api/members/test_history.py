"""How a goal became what it is, over the API: changes, and rows that can be recomputed."""

import msgspec

from tests.support.journey import Journey
from tests.support.members_api import members_api, person_path
from tests.support.shared_lanes import Writer
from tests.support.web_site import Site
from trailmark_shared import chain, limits
from trailmark_shared.events.comments import CommentAdded
from trailmark_shared.ids import (
    PLAIN,
    DeviceId,
    Epoch,
    EventId,
    Lane,
    id_from_text,
    text_from_id,
)


async def test_changes_tell_from_what_to_what_and_why(
    site: Site, mira: Writer, journey: Journey
) -> None:
    async with members_api(site) as api:
        path = person_path(mira, f"/goals/{text_from_id(journey.goal)}/history")
        changes = (await api.get(path)).json()["changes"]

    reworded = next(each for each in changes if each["type"] == "goal_reworded")
    assert ("title", "Do something I enjoy, for its own sake") == (
        reworded["field"],
        reworded["before"],
    )
    assert reworded["reason"] is not None
    adjusted = next(each for each in changes if each["type"] == "goal_target_adjusted")
    assert adjusted["before"] != adjusted["after"]
    assert changes == sorted(changes, key=lambda each: each["seq"])


async def test_history_ends_where_it_is_asked_to(
    site: Site, mira: Writer, journey: Journey
) -> None:
    async with members_api(site) as api:
        path = person_path(mira, f"/goals/{text_from_id(journey.goal)}/history")
        whole = (await api.get(path)).json()["changes"]
        moment = whole[1]["received_at"]
        part = (await api.get(path, params={"received_by": moment})).json()["changes"]

    assert [each for each in whole if each["received_at"] <= moment] == part


async def test_rows_of_the_log_can_be_recomputed(
    site: Site, mira: Writer, journey: Journey
) -> None:
    """Salt and exact body give the commitment, header and prev the hash."""
    async with members_api(site) as api:
        path = person_path(mira, f"/goals/{text_from_id(journey.goal)}/audit")
        audit = (await api.get(path)).json()

    assert audit["rows"]
    for row in audit["rows"]:
        commit = chain.commitment(bytes.fromhex(row["salt"]), row["body"].encode())
        header = chain.header_bytes(
            EventId(id_from_text(row["id"])),
            mira.space,
            Lane(audit["lane"]),
            DeviceId(id_from_text(row["device"])),
            Epoch(bytes.fromhex(row["epoch"])),
            row["dseq"],
            PLAIN,
        )
        assert commit.hex() == row["commit"]
        assert chain.event_hash(bytes.fromhex(row["prev"]), header, commit).hex() == row["hash"]
        assert text_from_id(journey.goal) == msgspec.json.decode(row["body"])["subject"]


async def test_rows_come_in_pages(site: Site, mira: Writer, journey: Journey) -> None:
    async with members_api(site) as api:
        path = person_path(mira, f"/goals/{text_from_id(journey.goal)}/audit")
        whole = (await api.get(path)).json()["rows"]
        seen: list[int] = []
        after: int | None = 0
        while after is not None:
            answer = (await api.get(path, params={"after": after, "limit": 2})).json()
            seen += [each["seq"] for each in answer["rows"]]
            after = answer["next"]

    assert [each["seq"] for each in whole] == seen


async def test_a_page_is_as_long_as_asked_up_to_a_bound(
    site: Site, mira: Writer, journey: Journey
) -> None:
    for number in range(limits.API_PAGE + 1):
        comment = CommentAdded(text=f"{number}", about=text_from_id(journey.goal))
        mira.write(journey.goal, comment, at=journey.end + number)
    await site.deliver(mira)
    async with members_api(site) as api:
        for rest in (f"/goals/{text_from_id(journey.goal)}/audit", "/timeline"):
            path = person_path(mira, rest)
            unasked = (await api.get(path)).json()
            most = await api.get(path, params={"limit": limits.API_PAGE_MAX})
            too_many = await api.get(path, params={"limit": limits.API_PAGE_MAX + 1})

            assert limits.API_PAGE == len(unasked.get("rows") or unasked["entries"])
            assert unasked["next"] is not None
            assert (200, 400) == (most.status_code, too_many.status_code)
