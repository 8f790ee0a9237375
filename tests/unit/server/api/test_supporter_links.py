"""A device tells of the links that it made: its own space's only, as often as it likes."""

from typing import Any

import httpx
import pytest

from tests.support.circles import SAM, TOKEN, World, supported
from tests.support.shared_lanes import Writer
from trailmark_server import credentials
from trailmark_shared import limits
from trailmark_shared.codes import link_token_hash
from trailmark_shared.ids import DeviceId, text_from_id

PHONE = DeviceId(b"p" * 16)
KIM = bytes([211]) * 16
PATH = f"/api/supporter-links/{text_from_id(SAM)}"
ASKING = {"Authorization": "Bearer credential", "Accept": "application/json"}
HASH = link_token_hash(TOKEN).hex()


@pytest.fixture
async def world() -> World:
    world = await supported()
    services, space = world.site.services, world.mira.space
    await services.accounts.write(
        lambda rows: credentials.admit_device(
            rows, space, PHONE, "phone", "credential", services.now()
        )
    )
    return world


def link(world: World, **changes: object) -> dict[str, object]:
    told: dict[str, object] = {
        "lane": world.mira.lane,
        "token_hash": "a" * 64,
        "age_ms": 0,
    }
    return told | changes


async def put(
    world: World, told: dict[str, object], path: str = PATH, headers: dict[str, str] = ASKING
) -> httpx.Response:
    async with world.browser() as http:
        return await http.put(path, json=told, headers=headers)


async def links(world: World) -> list[dict[str, Any]]:
    async with world.browser() as http:
        return (await http.get("/api/supporter-links", headers=ASKING)).json()["links"]


async def test_a_link_replaces_the_one_before(world: World) -> None:
    answer = await put(world, link(world))

    assert 200 == answer.status_code
    told = answer.json()
    assert (text_from_id(SAM), world.mira.lane, "a" * 64) == (
        told["member"],
        told["lane"],
        told["token_hash"],
    )
    assert told["expires_at"] == world.site.clock.ms + limits.SUPPORTER_LINK_TTL_MS
    assert told["opened_at"] is told["ended_at"] is told["ended_by"] is None
    before, present = sorted(await links(world), key=lambda each: each["token_hash"] != HASH)
    assert ("replaced", told) == (before["ended_by"], present)


async def test_one_made_before_another_devices_link_replaces_it_where_it_was_known(
    world: World,
) -> None:
    apart = await put(world, link(world, age_ms=1))
    known = await put(world, link(world, token_hash="b" * 64, age_ms=1, replaces=[HASH]))

    assert ["replaced", None] == [each.json()["ended_by"] for each in (apart, known)]
    opened = [each["token_hash"] for each in await links(world) if each["ended_by"] is None]
    assert ["b" * 64] == opened


async def test_telling_again_is_answered_the_same(world: World) -> None:
    first = await put(world, link(world))
    world.site.clock.advance(5)

    assert first.json() == (await put(world, link(world))).json()
    assert 2 == len(await links(world))


async def test_stopping_ends_it(world: World) -> None:
    async with world.browser() as http:
        stopped = await http.delete(PATH, headers=ASKING)
        again = await http.delete(PATH, headers=ASKING)
        opened = await http.post(f"/with/{TOKEN}")

    assert (204, 204, 403) == (stopped.status_code, again.status_code, opened.status_code)
    assert ["stopped"] == [each["ended_by"] for each in await links(world)]


async def test_a_link_needs_a_live_grant_of_a_supporter_in_that_lane(world: World) -> None:
    elsewhere = link(world, lane=Writer(30).lane)
    unknown = await put(world, link(world), f"/api/supporter-links/{text_from_id(KIM)}")
    wrong_lane = await put(world, elsewhere)
    await world.site.services.events.record_revocations(world.mira.space, [world.grant])
    over = await put(world, link(world))

    assert [404, 404, 404] == [each.status_code for each in (unknown, wrong_lane, over)]
    assert 1 == len(await links(world))


@pytest.mark.parametrize(
    "changes",
    [
        {"token_hash": "A" * 64},
        {"token_hash": "a" * 63},
        {"token_hash": "a" * 64 + "\n"},
        {"age_ms": 2**53},
        {"age_ms": -1},
        {"age_ms": "now"},
        {"replaces": ["A" * 64]},
        {"replaces": ["b" * 64] * (limits.SUPPORTER_LINK_REPLACES_MAX + 1)},
        {"lane": "x" * 34},
        {"more": 1},
    ],
)
async def test_strange_links_are_refused(world: World, changes: dict[str, object]) -> None:
    assert 400 == (await put(world, link(world, **changes))).status_code
    assert 1 == len(await links(world))


async def test_nobody_else_may_ask(world: World) -> None:
    stranger = {"Authorization": "Bearer other", "Accept": "application/json"}
    async with world.browser() as http:
        asked = await http.get("/api/supporter-links", headers=stranger)
        deleted = await http.delete(PATH, headers=stranger)
        put_by_nobody = await http.put(PATH, json=link(world))
    told = await put(world, link(world), headers=stranger)

    assert [401] * 4 == [each.status_code for each in (asked, deleted, put_by_nobody, told)]
