"""Whatever a peer sends: no crash, a named end, a log that verifies, and nobody else is disturbed.

Well-formed messages with any content, well-formed ones that were damaged, and bytes of any kind.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.any_message import any_of
from tests.support.server import WireDevice
from tests.support.session_steps import SPACE, greet, opened_client, own_events
from tests.support.web_site import Site, new_site
from trailmark_server import credentials
from trailmark_server.devices import DeviceSession
from trailmark_shared.errors import ErrorCode, TrailmarkError
from trailmark_shared.ids import SELF, DeviceId
from trailmark_shared.protocol import messages, pages
from trailmark_shared.protocol.client_session import ClientSession
from trailmark_shared.protocol.frames import (
    decode_client_frame,
    decode_server_frame,
    encode_frame,
)
from trailmark_shared.protocol.states import CLIENT_MESSAGES, SERVER_MESSAGES, State

PHONE = DeviceId(b"p" * 16)

client_messages = cast(
    "st.SearchStrategy[messages.ClientMessage]",
    any_of([kind for kind in CLIENT_MESSAGES if kind is not messages.Hello]),
)
server_messages = cast("st.SearchStrategy[messages.ServerMessage]", any_of(SERVER_MESSAGES))


@st.composite
def damaged(draw: st.DrawFn, whole: st.SearchStrategy[messages.AnyMessage]) -> bytes:
    """Return a frame in which bytes were changed, lost, doubled or added."""
    frame = bytearray(encode_frame(draw(whole)))
    for _ in range(draw(st.integers(1, 3))):
        at = draw(st.integers(0, len(frame)))
        match draw(st.sampled_from(("change", "lose", "double", "add"))):
            case "change" if at < len(frame):
                frame[at] = draw(st.integers(0, 255))
            case "lose":
                del frame[at : at + draw(st.integers(1, 8))]
            case "double":
                frame[at:at] = frame[at : at + 8]
            case _:
                frame[at:at] = draw(st.binary(max_size=8))
    return bytes(frame)


def frames_of(whole: st.SearchStrategy[messages.AnyMessage]) -> st.SearchStrategy[list[bytes]]:
    """Return what a hostile peer says, frame by frame."""
    said = whole.map(encode_frame)
    return st.lists(st.one_of(said, said, damaged(whole), st.binary(max_size=64)), max_size=8)


class Outlet:
    """Keeps what a session sends."""

    def __init__(self) -> None:
        self.sent: list[messages.ServerMessage] = []
        self.is_full = False

    def put(self, frame: bytes) -> None:
        self.sent.append(decode_server_frame(frame))


async def let_in(site: Site) -> WireDevice:
    """Let a device of the space in."""
    credential = credentials.credential_text(b"c" * 32)
    now = site.clock.now_ms()
    await site.services.accounts.write(
        lambda rows: credentials.admit_device(rows, SPACE, PHONE, "phone", credential, now)
    )
    return WireDevice(SPACE, PHONE, credential)


async def heard(site: Site, device: WireDevice, frames: Sequence[bytes]) -> DeviceSession:
    """Let a device say ``frames`` behind its ``hello``."""
    outlet = Outlet()
    with DeviceSession(site.services, outlet, device.credential) as session:
        for frame in (encode_frame(device.hello()), *frames):
            session.take(frame)
            await session.settle()
    answers_alone = session.ended is None or session.ended.code is None
    assert answers_alone or isinstance(outlet.sent[-1], messages.Error)
    return session


@given(frames_of(client_messages))
@settings(max_examples=60)
def test_a_server_survives_any_device(frames: list[bytes]) -> None:
    async def run() -> None:
        site = await new_site()
        hostile = await let_in(site)
        session = await heard(site, hostile, frames)

        assert session.ended is None or session.ended.code is not ErrorCode.INTERNAL
        assert [] == await site.services.events.verify()
        # The same device goes on as if nothing had been, in a numbering of its own.
        push = pages.push_from_events([hostile.record(b"x" * 300)])
        assert (await heard(site, hostile, [encode_frame(push)])).ended is None

    asyncio.run(run())


@given(st.one_of(st.binary(max_size=200), damaged(client_messages), damaged(server_messages)))
@settings(max_examples=400)
def test_bytes_are_a_message_or_refused_by_name(frame: bytes) -> None:
    for decode in (decode_client_frame, decode_server_frame):
        try:
            message = decode(frame)
        except TrailmarkError:
            continue

        assert message == decode(encode_frame(message))


@given(st.lists(server_messages, max_size=6), st.booleans())
@settings(max_examples=300)
def test_a_device_survives_any_server(said: list[messages.ServerMessage], is_open: bool) -> None:  # noqa: FBT001  (drawn)
    session = opened_client() if is_open else ClientSession()
    if is_open:
        session.outbox_read(SELF, own_events(2))
    else:
        greet(session)
    for number, message in enumerate(said):
        try:
            session.receive(message, number)
        except TrailmarkError:
            break

    assert session.state in State


@pytest.mark.parametrize("depth", [20, 1_000, 100_000])
def test_deep_nesting_is_refused_by_name(depth: int) -> None:
    nested = b"\x91" * depth + b"\xc0"
    for frame in (nested, b"\x82\xa1t\xa5hello\xa5lanes" + nested):
        with pytest.raises(TrailmarkError) as caught:
            decode_client_frame(frame)

        assert caught.value.code in {ErrorCode.MALFORMED_FRAME, ErrorCode.TOO_DEEP}
