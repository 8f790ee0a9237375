"""Every route and every frame for everybody who may try: who gets in, and what the others are told.

A route or a client frame that is missing in the tables fails the test: whoever adds one says what
it answers to whom. Nobody but its readers is ever sent a word of what a person shares.
"""

from collections.abc import Mapping
from typing import Final, get_args

import pytest
from litestar.routes import HTTPRoute

from tests.support.matrix_rows import MATRIX
from tests.support.matrix_world import (
    ACTORS,
    CANARY,
    CIRCLE_CANARY,
    ENTER_TOKEN,
    LINK_TOKEN,
    SUPPORTER,
    THERAPISTS,
    MatrixWorld,
    matrix_world,
)
from tests.support.web_site import THERAPIST, new_site
from trailmark_server.app import routed_app
from trailmark_shared.domain.looks import Look, is_refused
from trailmark_shared.events.envelope import write_event
from trailmark_shared.ids import PLAIN, DeviceId, Epoch, EventId, care_lane, text_from_id
from trailmark_shared.protocol import messages, pages
from trailmark_shared.protocol.frames import (
    decode_server_frame,
    encode_frame,
    join_frames,
    split_frames,
)

REFUSED: Final = 400
CLOSED: Final = frozenset({403, 404, 410})
"""How a place answers to whoever is signed in and may not see it."""


def address(path: str, world: MatrixWorld) -> str:
    """Return a route with what is the owner's in place of its parameters."""
    token = ENTER_TOKEN if path.startswith("/enter") else LINK_TOKEN
    for name, value in {
        "{space:str}": world.space,
        "{goal:str}": text_from_id(world.goal),
        "{invitation:str}": text_from_id(world.invitation),
        "{comment:str}": text_from_id(world.comment),
        "{entry:str}": text_from_id(bytes(16)),
        "{proposal:str}": text_from_id(bytes(16)),
        "{device_id:str}": text_from_id(b"l" * 16),
        "{therapist_id:str}": text_from_id(THERAPIST.id),
        "{member_id:str}": text_from_id(SUPPORTER),
        "{token:str}": token,
        "/{file_path:path}": "/trailmark.css",
        "{name:str}": "nothing.js",
    }.items():
        path = path.replace(name, value)
    return path


async def told_of(world: MatrixWorld, actor: str) -> set[str]:
    """Return what the owner is told that a therapist looked at, or was refused."""
    space, member = world.mira.space, THERAPISTS[actor].id
    found = await world.site.services.accounts.read(lambda rows: rows.access_entries(space, 100))
    return {each.page for each in found if each.member == member}


async def test_every_route_is_in_the_matrix() -> None:
    app = routed_app((await new_site()).services)
    routes = {
        (method, route.path)
        for route in app.routes
        if isinstance(route, HTTPRoute)
        for method in route.methods - {"OPTIONS"}
    }

    assert set(MATRIX) == routes
    assert {"/sync"} == {each.path for each in app.routes if not isinstance(each, HTTPRoute)}


def in_turn(expected: Mapping[str, int]) -> list[str]:
    """Return everybody, those whom nothing is open to first: they find what is there to be had."""
    return sorted(ACTORS, key=lambda actor: expected[actor] < REFUSED)


def may_change(method: str, path: str, actor: str, status: int) -> bool:
    """Say whether what is the person's may be otherwise after a request."""
    is_elsewhere = actor == "other_device" and path.startswith("/api/")
    return method not in {"GET", "HEAD"} and status < REFUSED and not is_elsewhere


@pytest.mark.parametrize(("method", "path"), MATRIX, ids=[" ".join(each) for each in MATRIX])
async def test_everybody_gets_what_the_matrix_says(method: str, path: str) -> None:
    row, got, world = MATRIX[method, path], dict[str, int](), await matrix_world()
    for actor in in_turn(row.expected):
        before = await world.standing()
        await world.offer_link()
        async with world.client(actor) as client:
            sent = row.sends(world, actor)
            answer = await client.request(method, address(path, world), **sent)
        got[actor] = answer.status_code
        if actor not in row.readers:
            assert CANARY not in answer.text, actor
            assert CIRCLE_CANARY not in answer.text, actor
        if not may_change(method, path, actor, answer.status_code):
            assert before == await world.standing(), actor
        if "{space:str}" in path and answer.status_code in CLOSED and actor != "linked":
            told = await told_of(world, actor)
            assert told, actor
            assert all(map(is_refused, told)), actor

    assert dict(row.expected) == got


async def test_readers_are_sent_what_they_may_read() -> None:
    """Else a matrix of empty answers would pass."""
    world = await matrix_world()
    for (method, path), row in MATRIX.items():
        for actor in row.readers:
            async with world.client(actor) as client:
                sent = row.sends(world, actor)
                answer = await client.request(method, address(path, world), **sent)
            words = CIRCLE_CANARY if actor == "supporter" else CANARY
            assert words in answer.text, path


READ_BY_THERAPISTS: Final = [place for place, row in MATRIX.items() if "linked" in row.readers]


@pytest.mark.parametrize(("method", "path"), READ_BY_THERAPISTS)
async def test_the_person_is_told_of_every_look(method: str, path: str) -> None:
    world = await matrix_world()
    sent = MATRIX[method, path].sends(world, "linked")
    async with world.client("linked") as client:
        await client.request(method, address(path, world), **sent)

    told = await told_of(world, "linked")
    assert told
    assert not any(map(is_refused, told))


@pytest.mark.parametrize("path", ["comments", "proposals", "together", "export"])
async def test_the_person_is_told_who_tried_another_lane_of_theirs(path: str) -> None:
    """Who is let in somewhere is refused elsewhere like a stranger."""
    world = await matrix_world()
    other = care_lane(b"x" * 16)
    async with world.client("linked") as client:
        if path == "export":
            url = f"/api/members/people/{world.space}/export"
            answer = await client.get(url, params={"lane": other})
        else:
            route = f"/people/{{space:str}}/{path}"
            sent = MATRIX["POST", route].sends(world, "linked")
            sent["data"]["lane"] = other
            answer = await client.post(address(route, world), **sent)

    assert answer.status_code in CLOSED
    assert Look.REFUSED_STRANGER in await told_of(world, "linked")


# --- the frames of a session --------------------------------------------------------------------


def hello(world: MatrixWorld) -> messages.Hello:
    """Begin with the owner's lane, as whoever has no credential can as well."""
    lane = messages.LaneHello(lane=world.care, cursor=0, cursor_hash=bytes(32), back=[])
    return messages.Hello(
        protocol=(1, 1),
        app="test",
        device=b"p" * 16,
        epoch=b"e" * 8,
        now=world.site.clock.ms,
        lanes=[lane],
        revoked=[],
    )


def pushed(world: MatrixWorld) -> messages.Push:
    event = write_event(
        event_id=EventId(b"n" * 16),
        space=world.mira.space,
        lane=world.care,
        device=DeviceId(b"p" * 16),
        epoch=Epoch(b"e" * 8),
        dseq=1,
        key=PLAIN,
        prev=bytes(32),
        salt=bytes(16),
        body=b"{}",
    )
    return pages.push_from_events([event])


async def offered(world: MatrixWorld) -> messages.Offer:
    page = await world.site.services.events.read_page(world.mira.space, world.care, 0)
    assert page.signed_head is not None
    runs = pages.runs_from_rows(page.rows)
    return messages.Offer(
        lane=world.care, after=0, after_hash=bytes(32), runs=runs, signed_head=page.signed_head
    )


async def said(world: MatrixWorld, kind: type[messages.ClientMessage]) -> messages.ClientMessage:
    """Return a frame of a kind that is about what is the owner's."""
    if kind is messages.Push:
        return pushed(world)
    if kind is messages.Offer:
        return await offered(world)
    plain: dict[type, messages.ClientMessage] = {
        messages.Hello: hello(world),
        messages.Revoked: messages.Revoked(grants=[world.grants["linked"]]),
        messages.Ack: messages.Ack(lane=world.care, upto=1, hash=bytes(32)),
        messages.Renew: messages.Renew(),
        messages.Ping: messages.Ping(now=0),
        messages.Pong: messages.Pong(now=0),
        messages.Bye: messages.Bye(),
    }
    return plain[kind]


@pytest.mark.parametrize("kind", get_args(messages.ClientMessage), ids=lambda kind: kind.__name__)
async def test_every_frame_is_about_the_persons_own_space_alone(
    kind: type[messages.ClientMessage],
) -> None:
    """The owner's device is heard; another one finds nothing; who is no device is told so."""
    world = await matrix_world()
    for actor in (*ACTORS[1:], ACTORS[0]):
        before, frame = await world.standing(), await said(world, kind)
        frames = [frame] if kind is messages.Hello else [hello(world), frame]
        async with world.client(actor) as client:
            body = join_frames(encode_frame(each) for each in frames)
            answer = await client.post("/sync", content=body)
        told = [decode_server_frame(each) for each in split_frames(answer.content)]
        if actor == "owner":
            assert isinstance(told[0], messages.Welcome)
            assert CANARY.encode() in answer.content
            continue
        assert CANARY.encode() not in answer.content, actor
        assert before == await world.standing(), actor
        if actor != "other_device":
            assert ["not_signed_in"] == [
                each.code for each in told if isinstance(each, messages.Error)
            ]
            assert 1 == len(told)
