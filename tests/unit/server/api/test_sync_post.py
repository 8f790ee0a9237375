"""``POST /sync``: frames in, the machine run until idle, frames out."""

import asyncio

from tests.support.http import http_over
from tests.support.server import WireDevice
from tests.support.stores import MemoryParts
from trailmark_server import credentials
from trailmark_server.api.sync_post import FRAMES_TYPE
from trailmark_shared.ids import DeviceId, SpaceId
from trailmark_shared.protocol import messages, pages
from trailmark_shared.protocol.frames import (
    decode_server_frame,
    encode_frame,
    join_frames,
    split_frames,
)

SPACE = SpaceId(b"s" * 16)
PHONE = DeviceId(b"p" * 16)


async def test_answers_come_as_frames() -> None:
    parts = MemoryParts()
    credential = credentials.credential_text(b"c" * 32)
    await parts.accounts.write(
        lambda rows: credentials.admit_device(
            rows, SPACE, PHONE, "phone", credential, parts.clock.now_ms()
        )
    )
    phone = WireDevice(SPACE, PHONE, credential)
    said = [phone.hello(), pages.push_from_events([phone.record(b"x")])]
    async with http_over(parts) as http:
        response = await http.post(
            "/sync",
            content=join_frames(encode_frame(each) for each in said),
            headers=phone.headers,
        )

    answers = [decode_server_frame(frame) for frame in split_frames(response.content)]
    assert FRAMES_TYPE == response.headers["content-type"]
    assert [messages.Welcome, messages.Pushed] == [type(each) for each in answers]


async def test_many_small_frames_let_others_run() -> None:
    parts = MemoryParts()
    credential = credentials.credential_text(b"c" * 32)
    await parts.accounts.write(
        lambda rows: credentials.admit_device(
            rows, SPACE, PHONE, "phone", credential, parts.clock.now_ms()
        )
    )
    phone = WireDevice(SPACE, PHONE, credential)
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
