"""Pages that many want at once: read once, and each one's right asked for by itself."""

import asyncio

import pytest

from tests.support.server import WireDevice
from tests.support.session_steps import head_at
from tests.support.stores import MemoryParts
from trailmark_server import credentials
from trailmark_server.access import DeviceActor, Verb, authorize
from trailmark_server.page_reads import PageReads, SharedPage, frame_of
from trailmark_server.storage.accounts import AccountRows
from trailmark_server.storage.ports import Check, Page
from trailmark_shared.errors import ErrorCode, RefusedError
from trailmark_shared.events.envelope import Row
from trailmark_shared.ids import SELF, DeviceId, SpaceId, care_lane
from trailmark_shared.protocol import messages
from trailmark_shared.protocol.frames import decode_server_frame, encode_frame

SPACE = SpaceId(b"s" * 16)
PHONE = DeviceId(b"p" * 16)
LAPTOP = DeviceId(b"l" * 16)
PLACE = (SPACE, SELF, 0)


@pytest.fixture
def parts() -> MemoryParts:
    return MemoryParts()


def allow(_rows: AccountRows) -> None:
    """Everybody may."""


def refuse(_rows: AccountRows) -> None:
    raise RefusedError(ErrorCode.SIGNED_OUT, "signed out", "after_sign_in")


async def read(reads: PageReads, parts: MemoryParts, device: DeviceId, check: Check) -> SharedPage:
    """Ask and wait for what is told."""
    told = asyncio.get_running_loop().create_future()
    reads.ask(parts.log, PLACE, device, check, told.set_result, is_live=False)
    found: SharedPage | Exception = await told
    if isinstance(found, Exception):
        raise found
    return found


async def test_who_asks_at_the_same_moment_shares_one_reading(parts: MemoryParts) -> None:
    reads = PageReads()

    first, second = await asyncio.gather(
        read(reads, parts, PHONE, allow), read(reads, parts, LAPTOP, allow)
    )

    assert first is second
    assert ["read_page"] == parts.log.asked


async def test_who_asks_later_is_read_for_anew(parts: MemoryParts) -> None:
    reads = PageReads()
    await read(reads, parts, PHONE, allow)
    await read(reads, parts, PHONE, allow)

    assert ["read_page"] * 2 == parts.log.asked


async def test_who_has_no_right_is_refused_alone(parts: MemoryParts) -> None:
    reads = PageReads()

    first, second = await asyncio.gather(
        read(reads, parts, PHONE, allow),
        read(reads, parts, LAPTOP, refuse),
        return_exceptions=True,
    )

    assert isinstance(first, SharedPage)
    assert isinstance(second, RefusedError)


async def test_nothing_is_read_for_nobody(parts: MemoryParts) -> None:
    reads = PageReads()

    with pytest.raises(RefusedError, match="signed out"):
        await read(reads, parts, PHONE, refuse)


async def test_who_waits_for_a_reading_that_is_ended_is_told(
    parts: MemoryParts, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def ended(*_: object, **_how: object) -> Page:
        raise asyncio.CancelledError

    monkeypatch.setattr(parts.log, "read_page", ended)

    with pytest.raises(ConnectionAbortedError):
        await read(PageReads(), parts, PHONE, allow)


async def test_a_device_that_is_signed_out_meanwhile_gets_nothing(parts: MemoryParts) -> None:
    now = parts.clock.now_ms()
    phone = WireDevice(SPACE, PHONE, credentials.credential_text(b"c" * 32))
    await parts.accounts.write(
        lambda rows: credentials.admit_device(rows, SPACE, PHONE, "phone", phone.credential, now)
    )
    right = authorize(DeviceActor(space=SPACE, device=PHONE), Verb.SYNC, SPACE, None, now)
    unknown = authorize(DeviceActor(space=SPACE, device=LAPTOP), Verb.SYNC, SPACE, None, now)
    reads = PageReads()

    known, other = await asyncio.gather(
        read(reads, parts, PHONE, right.check),
        read(reads, parts, LAPTOP, unknown.check),
        return_exceptions=True,
    )

    assert isinstance(known, SharedPage)
    assert isinstance(other, RefusedError)
    assert ErrorCode.SIGNED_OUT == other.code


def test_what_nobody_shares_is_encoded_by_itself() -> None:
    empty = SharedPage(Page(rows=[], signed_head=None), PLACE)
    pong = messages.Pong(now=1)

    for shared in (empty, None):
        assert encode_frame(pong) == frame_of(pong, shared, messages.PROTOCOL_VERSION)
    assert empty.message is None


def test_a_shared_page_is_packed_for_those_who_know_how() -> None:
    phone, care = WireDevice(SPACE, PHONE, ""), care_lane(SPACE)
    rows = [
        Row(
            event=phone.record(b"x" * 400, care),
            seq=seq,
            received_at=1,
            offset=0,
            actor="person",
            code=None,
            lane_hash=bytes(32),
        )
        for seq in range(1, 21)
    ]
    shared = SharedPage(Page(rows=rows, signed_head=head_at(20)), (SPACE, care, 0))
    assert shared.message is not None

    old, new = (frame_of(shared.message, shared, version) for version in (1, 2))

    assert encode_frame(shared.message) == old
    assert len(new) < len(old)
    assert decode_server_frame(old) == decode_server_frame(new)
