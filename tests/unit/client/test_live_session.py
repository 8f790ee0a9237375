"""One session: every effect carried out, every end named, nothing lost at any cut."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.devices import (
    CARE,
    add_goal,
    add_reflection,
    connect_to,
    new_device,
    replicator,
    same_person,
    sync,
)
from tests.support.fakes import FakeClock
from tests.support.home import Home, Lie, Wire
from trailmark_client.app import App, open_async
from trailmark_client.storage.event_log import unsent_count
from trailmark_client.storage.state_hashes import state_hash
from trailmark_client.storage.verification import verify_all
from trailmark_shared import limits
from trailmark_shared.errors import ErrorCode, StorageError
from trailmark_shared.events.access import AccessRevoked
from trailmark_shared.ids import SELF, care_lane
from trailmark_shared.protocol import messages

YEAR_MS = 365 * 24 * 3600 * 1000


@pytest.fixture
def app(tmp_path: Path) -> Iterator[App]:
    with new_device(tmp_path / "device") as device:
        yield device


@pytest.fixture
def home(app: App) -> Home:
    made = Home(app.identity.space)
    connect_to(app, made)
    return made


def unsent(app: App) -> int:
    return app.read(lambda conn: unsent_count(conn, app.identity))


async def test_everything_is_exchanged(app: App, home: Home) -> None:
    for number in range(3):
        add_reflection(app, f"reflection {number}")
    add_goal(app, "Walk", CARE)

    ended = await sync(app, home)

    assert (ended.is_done, ended.waiting, ended.received) == (True, 0, 4)
    assert {lane: len(log.rows) for lane, log in home.lanes.items()} == {SELF: 3, CARE: 1}


async def test_more_lanes_than_a_hello_names_are_exchanged_too(
    app: App, home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "LANES_PER_SESSION_MAX", 2)
    monkeypatch.setattr(limits, "SEND_TIMEOUT_MS", 500)
    for number in range(5):
        add_goal(app, "Walk", care_lane(bytes([number]) * 16))

    first = await sync(app, home)
    second = await sync(app, home)

    assert (first.is_done, first.received, first.waiting) == (True, 5, 0)
    assert (second.is_done, second.received) == (True, 0)
    assert app.read(lambda conn: verify_all(conn, app.vault)) == []


async def test_nothing_private_leaves_without_the_answer_yes(app: App, home: Home) -> None:
    connect_to(app, home, private_copy=False)
    add_reflection(app, "mine alone")
    add_goal(app, "Walk", CARE)

    ended = await sync(app, home)

    assert ended.is_done
    assert home.lane(SELF).rows == []
    assert len(home.lane(CARE).rows) == 1


async def test_small_pages_and_many_events(app: App, home: Home, tmp_path: Path) -> None:
    home.page_events = 7
    for number in range(40):
        add_reflection(app, f"reflection {number}")
    await sync(app, home)
    with new_device(tmp_path / "second", 2) as second:
        same_person(second, app)
        connect_to(second, home)
        assert (await sync(second, home)).received == 40
        assert second.read(lambda conn: state_hash(conn, SELF)) == app.read(
            lambda conn: state_hash(conn, SELF)
        )


async def test_a_cut_after_any_frame_loses_nothing(app: App, home: Home) -> None:
    for cut_after in range(8):
        add_reflection(app, f"reflection {cut_after}")
        home.cut_after = cut_after
        ended = await sync(app, home)
        assert ended.is_done or ended.code is ErrorCode.UNREACHABLE
    home.cut_after = None

    assert (await sync(app, home)).is_done
    assert len(home.lane(SELF).rows) == 8
    assert app.read(lambda conn: verify_all(conn, app.vault)) == []


async def test_what_is_still_to_come_is_known_when_a_session_is_cut(
    app: App, home: Home, tmp_path: Path
) -> None:
    for number in range(3):
        add_reflection(app, f"reflection {number}")
    await sync(app, home)
    with new_device(tmp_path / "second", 2) as second:
        connect_to(second, home)
        same_person(second, app)
        home.page_events, home.cut_after = 2, 1

        await sync(second, home)

        places = "SELECT lane, seq, head FROM cursor"
        assert second.read(lambda conn: conn.execute(places).fetchall()) == [(SELF, 2, 3)]


async def test_a_server_that_lost_the_order_is_asked_again(app: App, home: Home) -> None:
    """A gap that the outbox can fill is filled, without a new epoch."""
    add_reflection(app, "one")
    await sync(app, home)
    epoch = app.identity.epoch
    add_reflection(app, "two")

    async with open_async(app) as database:
        task = asyncio.create_task(replicator(app, database, home).sync_once())
        ended = await task

    assert ended.is_done
    assert app.identity.epoch == epoch


async def test_a_malformed_frame_ends_the_session_by_name(app: App, home: Home) -> None:
    class Babbling(Wire):
        """Answers with noise."""

        async def send(self, frame: bytes) -> None:
            self._frames.put_nowait(b"\xc1" + frame)

    wire = Babbling(home, None)

    async def connect(url: str, credential: str) -> Wire:
        assert url
        assert credential
        return wire

    home.connect = connect  # pyright: ignore[reportAttributeAccessIssue]
    ended = await sync(app, home)

    assert (ended.is_done, ended.code) == (False, ErrorCode.MALFORMED_FRAME)
    assert wire.closed_with is not None
    assert 4400 == wire.closed_with[0]


async def test_a_page_that_does_not_verify_ends_the_session_by_name(app: App, home: Home) -> None:
    add_reflection(app, "one")
    await sync(app, home)
    other = Home(app.identity.space)
    other.signer = type(other.signer)(b"z" * 32)
    add_reflection(app, "two")

    home.signer = other.signer
    ended = await sync(app, home)

    assert (ended.is_done, ended.code) == (False, ErrorCode.BROKEN_PAGE)
    assert unsent(app) == 1


async def test_a_full_disk_ends_the_session_by_name(
    app: App, home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    add_reflection(app, "one")

    def full(*_: object) -> None:
        raise StorageError(ErrorCode.DISK_FULL, "the disk is full")

    monkeypatch.setattr("trailmark_client.live_session.store_page", full)
    ended = await sync(app, home)
    monkeypatch.undo()

    assert ended.code is ErrorCode.DISK_FULL
    assert unsent(app) == 1
    assert (await sync(app, home)).is_done


async def test_a_silent_server_is_unreachable(
    app: App, home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "SEND_TIMEOUT_MS", 20)

    class Silent(Wire):
        """Swallows everything."""

        async def send(self, frame: bytes) -> None:
            assert frame

    async def connect(url: str, credential: str) -> Wire:
        assert url
        assert credential
        return Silent(home, None)

    home.connect = connect  # pyright: ignore[reportAttributeAccessIssue]
    ended = await sync(app, home)

    assert (ended.code, ended.retry) == (ErrorCode.UNREACHABLE, "later")


@pytest.mark.parametrize("years_off", [-10, 0, 10])
async def test_an_old_credential_is_renewed_whatever_the_device_clock_says(
    app: App, home: Home, years_off: int
) -> None:
    home.clock.ms = app.clock.now_ms() + years_off * YEAR_MS
    home.credential_left_ms = limits.CREDENTIAL_TTL_MS - limits.CREDENTIAL_RENEW_MS - 1

    add_reflection(app, "one")
    await sync(app, home)

    assert app.identity.credential == "tmd_renewed"
    assert app.identity.credential_expires_at == limits.CREDENTIAL_TTL_MS


@pytest.mark.parametrize("years_off", [-10, 0, 10])
async def test_a_young_credential_stays(app: App, home: Home, years_off: int) -> None:
    home.clock.ms = app.clock.now_ms() + years_off * YEAR_MS

    add_reflection(app, "one")
    await sync(app, home)

    assert app.identity.credential != "tmd_renewed"


async def test_revocations_are_said_first_and_in_every_hello(app: App, home: Home) -> None:
    grant = b"g" * 16
    app.write(lambda conn: app.recorder.record(conn, CARE, grant, AccessRevoked()))

    await sync(app, home)
    await sync(app, home)

    assert home.revoked == [grant, grant]


async def test_throttle_pauses_and_goes_on(
    app: App, home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "SEND_TIMEOUT_MS", 500)

    class Throttling(Wire):
        """Asks for a pause before anything else."""

        async def send(self, frame: bytes) -> None:
            await super().send(frame)
            if isinstance(self.sent[-1], messages.Hello):
                self.say(messages.Throttle(ms=600))

    async def connect(url: str, credential: str) -> Wire:
        assert url
        assert credential
        wire = Throttling(home, None)
        home.wires.append(wire)
        return wire

    home.connect = connect  # pyright: ignore[reportAttributeAccessIssue]
    add_reflection(app, "one")

    assert (await sync(app, home)).is_done


def again(message: messages.Push) -> messages.Gap:
    return messages.Gap(lane=message.lane, epoch=message.epoch, wanted=message.first)


def another_gap(message: messages.Push) -> messages.Gap:
    return messages.Gap(lane=message.lane, epoch=message.epoch, wanted=9_999)


def fork(message: messages.Push) -> messages.Fork:
    return messages.Fork(
        lane=message.lane, epoch=message.epoch, dseq=message.first, hash=bytes(limits.HASH_BYTES)
    )


@pytest.mark.parametrize("answer", [again, another_gap, fork])
async def test_a_server_that_asks_for_the_same_without_end_is_left(
    app: App, home: Home, answer: Lie
) -> None:
    add_reflection(app, "one")
    home.lies[messages.Push] = answer

    ended = await sync(app, home)

    sent = [each for each in home.heard if isinstance(each, messages.Push)]
    assert (ended.code, ended.retry) == (ErrorCode.UNEXPECTED_MESSAGE, "later")
    assert limits.PUSH_SETBACKS_MAX + 1 == len(sent)
    assert unsent(app) == 1
    home.lies.clear()
    assert (await sync(app, home)).is_done


async def test_a_credential_that_nobody_asked_for_is_not_kept(app: App, home: Home) -> None:
    before = app.identity.credential
    renewed = messages.Renewed(credential="tmd_of_nobody", expires_at=9)
    add_reflection(app, "one")
    home.lies[messages.Push] = lambda _push: renewed

    ended = await sync(app, home)

    assert ErrorCode.UNEXPECTED_MESSAGE is ended.code
    assert app.identity.credential == before
    home.lies.clear()
    assert (await sync(app, home)).is_done


async def test_who_only_says_that_they_are_there_is_unreachable(
    app: App, home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "SEND_TIMEOUT_MS", 20)
    clock = app.clock
    assert isinstance(clock, FakeClock)

    def ping(_said: object) -> messages.Ping:
        clock.advance(1)
        return messages.Ping(now=0)

    home.lies.update({messages.Hello: ping, messages.Pong: ping})

    ended = await sync(app, home)

    assert ErrorCode.UNREACHABLE is ended.code
    assert limits.SEND_TIMEOUT_MS == sum(isinstance(each, messages.Pong) for each in home.heard)


async def test_of_many_pauses_the_last_one_counts(
    app: App, home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "THROTTLE_MS_MAX", 100)
    monkeypatch.setattr(limits, "PAGE_EVENTS_MAX", 1)
    home.page_events = 1
    happened: list[str] = []

    class Throttling(Wire):
        """Asks for no pause, then for a long one."""

        async def send(self, frame: bytes) -> None:
            await super().send(frame)
            said = self.sent[-1]
            happened.append(type(said).__name__)
            if isinstance(said, messages.Hello):
                for ms in (0, 2**53 - 1):
                    self.say(messages.Throttle(ms=ms))
                asyncio.get_running_loop().call_later(0.05, happened.append, "halfway")

    async def connect(url: str, credential: str) -> Wire:
        assert url
        assert credential
        wire = Throttling(home, None)
        home.wires.append(wire)
        return wire

    home.connect = connect  # pyright: ignore[reportAttributeAccessIssue]
    for number in range(limits.PUSH_WINDOW + 1):
        add_reflection(app, f"reflection {number}")

    assert (await sync(app, home)).is_done
    pushes = [at for at, name in enumerate(happened) if name == "Push"]
    assert limits.PUSH_WINDOW + 1 == len(pushes)
    assert pushes[-2] < happened.index("halfway") < pushes[-1]
