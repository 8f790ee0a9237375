"""The live sessions of a process: few for each device, and one bucket for all of them."""

import pytest

from trailmark_server.access import DeviceActor
from trailmark_server.live_sessions import LiveSessions
from trailmark_shared import limits
from trailmark_shared.errors import ErrorCode
from trailmark_shared.ids import DeviceId, SpaceId

PHONE = DeviceActor(space=SpaceId(b"s" * 16), device=DeviceId(b"p" * 16))
LAPTOP = DeviceActor(space=SpaceId(b"s" * 16), device=DeviceId(b"l" * 16))


class Session:
    """Remembers that it was ended."""

    def __init__(self) -> None:
        self.ended: ErrorCode | None = None

    def end(self, code: ErrorCode, message: str) -> None:
        assert message
        self.ended = code


@pytest.fixture
def live() -> LiveSessions:
    return LiveSessions()


async def test_the_oldest_session_ends_when_there_are_too_many(live: LiveSessions) -> None:
    sessions = [Session() for _ in range(limits.SESSIONS_PER_DEVICE_MAX + 1)]
    for each in sessions:
        live.add(PHONE, each)

    oldest, *others = [each.ended for each in sessions]
    assert ErrorCode.RATE_LIMITED == oldest
    assert {None} == set(others)


async def test_a_server_that_stops_waits_for_the_last_one(live: LiveSessions) -> None:
    first, second = Session(), Session()
    live.add(PHONE, first)
    live.add(LAPTOP, second)
    assert 2 == live.count

    for actor, each in ((PHONE, first), (LAPTOP, second), (LAPTOP, second)):
        live.remove(actor, each)

    await live.wait_until_empty()
    assert 0 == live.count


async def test_a_rewind_ends_the_devices_other_sessions_alone(live: LiveSessions) -> None:
    rewinding, other, elsewhere = Session(), Session(), Session()
    for actor, each in ((PHONE, rewinding), (PHONE, other), (LAPTOP, elsewhere)):
        live.add(actor, each)

    live.end_others(PHONE, rewinding)

    assert [None, ErrorCode.BROKEN_PAGE, None] == [
        each.ended for each in (rewinding, other, elsewhere)
    ]


def bucket_is_full(live: LiveSessions, actor: DeviceActor) -> bool:
    return live.charge(actor, limits.DEVICE_EVENTS_BURST, 0) == 0


async def test_a_bucket_outlives_sessions_and_is_the_devices_own(live: LiveSessions) -> None:
    assert bucket_is_full(live, PHONE)

    assert not bucket_is_full(live, PHONE)
    assert bucket_is_full(live, LAPTOP)
