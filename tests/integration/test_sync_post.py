"""``POST /sync``: the same machine without sockets."""

import httpx
import pytest

from tests.support.server import RunningServer, WireDevice, add_device
from trailmark_shared import limits
from trailmark_shared.errors import ErrorCode
from trailmark_shared.ids import SELF, DeviceId, SpaceId, care_lane
from trailmark_shared.protocol import messages, pages
from trailmark_shared.protocol.frames import (
    decode_server_frame,
    encode_frame,
    join_frames,
    split_frames,
)

SPACE = SpaceId(b"s" * 16)
CARE = care_lane(b"c" * 16)


@pytest.fixture
async def phone(server: RunningServer) -> WireDevice:
    return await add_device(server.services, SPACE, DeviceId(b"p" * 16))


async def post(
    http: httpx.AsyncClient, device: WireDevice, *said: messages.ClientMessage
) -> list[messages.ServerMessage]:
    body = join_frames(encode_frame(message) for message in said)
    response = await http.post("/sync", content=body, headers=device.headers)
    assert 200 == response.status_code
    return [decode_server_frame(frame) for frame in split_frames(response.content)]


async def test_one_request_is_a_whole_session(http: httpx.AsyncClient, phone: WireDevice) -> None:
    events = [phone.record(bytes(200)) for _ in range(3)]
    answers = await post(http, phone, phone.hello(), pages.push_from_events(events))
    again = await post(http, phone, phone.hello())

    assert [messages.Welcome, messages.Pushed, messages.Events] == [type(each) for each in answers]
    assert [messages.Welcome, messages.Events] == [type(answer) for answer in again]


async def test_the_answer_is_bounded(http: httpx.AsyncClient, phone: WireDevice) -> None:
    for _ in range(10):
        events = [phone.record(bytes(60_000)) for _ in range(8)]
        await post(http, phone, phone.hello(), pages.push_from_events(events))
    body = join_frames([encode_frame(phone.hello())])
    response = await http.post("/sync", content=body, headers=phone.headers)

    assert len(response.content) <= limits.POST_BYTES_MAX
    answers = [decode_server_frame(frame) for frame in split_frames(response.content)]
    assert limits.PAGE_WINDOW == sum(isinstance(each, messages.Events) for each in answers)


async def test_reading_goes_on_from_the_cursor(http: httpx.AsyncClient, phone: WireDevice) -> None:
    events = [phone.record(bytes(60_000)) for _ in range(8)]
    await post(http, phone, phone.hello(), pages.push_from_events(events))
    first = (await post(http, phone, phone.hello()))[1]
    assert isinstance(first, messages.Events)
    here = messages.LaneHello(
        lane=SELF, cursor=first.signed_head.seq, cursor_hash=first.signed_head.hash, back=[]
    )

    rest = await post(http, phone, phone.hello([here]))

    assert all(not isinstance(each, messages.Events) or each.after == here.cursor for each in rest)


@pytest.mark.parametrize(
    ("headers", "status", "code"),
    [
        ({}, 200, ErrorCode.NOT_SIGNED_IN),
        ({"Authorization": "Bearer tmd_wrong"}, 401, ErrorCode.NOT_SIGNED_IN),
        ({"Authorization": "Basic x"}, 401, ErrorCode.NOT_SIGNED_IN),
        ({"Origin": "https://evil.example"}, 403, ErrorCode.NOT_AUTHORISED),
    ],
)
async def test_who_is_refused(
    http: httpx.AsyncClient,
    phone: WireDevice,
    headers: dict[str, str],
    status: int,
    code: ErrorCode,
) -> None:
    body = join_frames([encode_frame(phone.hello())])
    response = await http.post("/sync", content=body, headers=headers)

    assert status == response.status_code
    if status == 200:
        error = decode_server_frame(split_frames(response.content)[0])
        assert isinstance(error, messages.Error)
        assert code == error.code
    else:
        assert code == response.json()["code"]


async def test_cut_and_oversized_bodies_are_named(
    http: httpx.AsyncClient, phone: WireDevice
) -> None:
    cut = await http.post("/sync", content=b"\x00\x00\x00\x09abc", headers=phone.headers)
    long = await http.post("/sync", content=bytes(limits.POST_BYTES_MAX + 1), headers=phone.headers)
    huge = await http.post("/sync", content=b"\x7f\xff\xff\xff", headers=phone.headers)

    assert (400, ErrorCode.MALFORMED_FRAME) == (cut.status_code, cut.json()["code"])
    assert (413, ErrorCode.TOO_LARGE) == (long.status_code, long.json()["code"])
    assert (413, ErrorCode.TOO_LARGE) == (huge.status_code, huge.json()["code"])


async def test_what_was_said_to_a_log_that_is_gone_is_not_taken(
    http: httpx.AsyncClient, phone: WireDevice
) -> None:
    """A push would be refused for good where rows that are yet to be offered open its lane."""
    known = messages.LaneHello(lane=CARE, cursor=4, cursor_hash=b"h" * 32, back=[])
    push = pages.push_from_events([phone.record(b"words", CARE)])

    welcome, error = await post(http, phone, phone.hello([known]), push)

    assert isinstance(welcome, messages.Welcome)
    assert welcome.lanes[0].rewind is not None
    assert isinstance(error, messages.Error)
    assert (ErrorCode.BROKEN_PAGE, "later") == (error.code, error.retry)
    # Nothing of it is there; what is said from the point that was named is taken.
    [found] = await post(http, phone, phone.hello())
    assert isinstance(found, messages.Welcome)
    assert not found.lanes
    assert messages.Pushed in map(type, await post(http, phone, phone.hello(), push))


async def test_a_request_holds_so_many_frames_and_no_more(
    http: httpx.AsyncClient, phone: WireDevice
) -> None:
    pings = [encode_frame(messages.Ping(now=1))] * limits.POST_FRAMES_MAX
    hello, push = phone.hello(), pages.push_from_events([phone.record(b"words")])
    first = [encode_frame(hello), encode_frame(push)]

    taken = await http.post(
        "/sync", content=join_frames([first[0], *pings[1:]]), headers=phone.headers
    )
    refused = await http.post(
        "/sync", content=join_frames([*first, *pings[1:]]), headers=phone.headers
    )
    (welcome,) = await post(http, phone, hello)

    assert limits.POST_FRAMES_MAX == len(split_frames(taken.content))
    assert (413, ErrorCode.TOO_LARGE) == (refused.status_code, refused.json()["code"])
    assert isinstance(welcome, messages.Welcome)
    assert not any(each.head for each in welcome.lanes)
