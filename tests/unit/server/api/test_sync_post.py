"""``POST /sync``: frames in, the machine run until idle, frames out."""

import asyncio
from collections.abc import Sequence

import pytest

from tests.support.http import http_over
from tests.support.server import WireDevice
from tests.support.session_steps import welcome_of
from tests.support.stores import MemoryParts
from trailmark_server import credentials
from trailmark_server.storage.ports import Check, Page
from trailmark_shared.errors import ErrorCode
from trailmark_shared.ids import DeviceId, Lane, SpaceId
from trailmark_shared.protocol import messages, pages
from trailmark_shared.protocol.effects import LaneState
from trailmark_shared.protocol.frames import (
    FRAMES_TYPE,
    decode_server_frame,
    encode_frame,
    join_frames,
    split_frames,
)

SPACE = SpaceId(b"s" * 16)
PHONE = DeviceId(b"p" * 16)


@pytest.fixture
def parts() -> MemoryParts:
    return MemoryParts()


@pytest.fixture
async def phone(parts: MemoryParts) -> WireDevice:
    credential = credentials.credential_text(b"c" * 32)
    await parts.accounts.write(
        lambda rows: credentials.admit_device(
            rows, SPACE, PHONE, "phone", credential, parts.clock.now_ms()
        )
    )
    return WireDevice(SPACE, PHONE, credential)


async def one_row(*_: object) -> list[LaneState]:
    """Say that the lane has a row."""
    return [LaneState(welcome=each, start=0) for each in welcome_of(head=1).lanes]


async def answers_to(
    parts: MemoryParts, phone: WireDevice, said: Sequence[messages.AnyMessage]
) -> list[messages.ServerMessage]:
    """Return what one request is answered, frame by frame."""
    content = join_frames(encode_frame(each) for each in said)
    async with http_over(parts) as http:
        response = await http.post("/sync", content=content, headers=phone.headers)
    assert FRAMES_TYPE == response.headers["content-type"]
    return [decode_server_frame(frame) for frame in split_frames(response.content)]


async def test_answers_come_as_frames(parts: MemoryParts, phone: WireDevice) -> None:
    said = [phone.hello(), pages.push_from_events([phone.record(b"x")])]

    answers = await answers_to(parts, phone, said)

    assert [messages.Welcome, messages.Pushed] == [type(each) for each in answers]


async def test_a_request_without_a_frame_is_told_so(parts: MemoryParts, phone: WireDevice) -> None:
    async with http_over(parts) as http:
        response = await http.post("/sync", content=b"", headers=phone.headers)

    assert (400, ErrorCode.MALFORMED_FRAME) == (response.status_code, response.json()["code"])


async def test_nothing_is_handed_out_once_the_right_is_gone(
    parts: MemoryParts, phone: WireDevice, monkeypatch: pytest.MonkeyPatch
) -> None:
    read_page = parts.log.read_page

    async def revoked_meanwhile(
        space: SpaceId, lane: Lane, after: int, check: Check | None = None, **how: bool
    ) -> Page:
        page = await read_page(space, lane, after, check, **how)
        await parts.accounts.write(
            lambda rows: credentials.revoke_device(rows, SPACE, PHONE, parts.clock.now_ms())
        )
        parts.services.bell.ring_access(SPACE)
        return page

    monkeypatch.setattr(parts.log, "open_lanes", one_row)
    monkeypatch.setattr(parts.log, "read_page", revoked_meanwhile)

    [answer] = await answers_to(parts, phone, [phone.hello()])

    assert isinstance(answer, messages.Error)
    assert ErrorCode.SIGNED_OUT == answer.code


async def test_many_small_frames_let_others_run(parts: MemoryParts, phone: WireDevice) -> None:
    said = [phone.hello(), *[messages.Ping(now=1)] * 500]
    async with http_over(parts) as http:
        asked = asyncio.create_task(
            http.post(
                "/sync",
                content=join_frames(encode_frame(each) for each in said),
                headers=phone.headers,
            )
        )
        turns = 0
        while not asked.done():
            turns += 1
            await asyncio.sleep(0)

    assert turns >= 500


async def test_a_session_that_ends_otherwise_says_so(
    parts: MemoryParts, phone: WireDevice, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without a close code, part of an answer would look like all of it."""

    async def broken(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(parts.log, "append", broken)

    answers = await answers_to(
        parts, phone, [phone.hello(), pages.push_from_events([phone.record(b"x")])]
    )

    assert isinstance(answers[0], messages.Welcome)
    assert (
        messages.Error(
            code=ErrorCode.INTERNAL, retry="later", message="something broke on the server"
        )
        == answers[-1]
    )
