"""Session after session: waits that are random and bounded, news at once, ends with advice."""

import asyncio
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Self

import msgspec
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
from tests.support.home import Home
from trailmark_client import replicator as replicator_module
from trailmark_client.app import App, open_async
from trailmark_client.live_session import Ports
from trailmark_client.replicator import Replicator
from trailmark_client.session_status import Ended, Status
from trailmark_client.storage.epochs import start_epoch
from trailmark_client.transport import Transport
from trailmark_shared import limits
from trailmark_shared.errors import ErrorCode
from trailmark_shared.events.access import AccessRevoked
from trailmark_shared.ids import SELF
from trailmark_shared.protocol import messages


@pytest.fixture
def app(tmp_path: Path) -> Iterator[App]:
    with new_device(tmp_path / "device") as device:
        yield device


@pytest.fixture
def home(app: App, monkeypatch: pytest.MonkeyPatch) -> Home:
    monkeypatch.setattr(replicator_module, "LOCAL_POLL_MS", 2)
    made = Home(app.identity.space)
    connect_to(app, made)
    return made


async def until(is_so: Callable[[], bool]) -> None:
    async with asyncio.timeout(5):
        while not is_so():  # noqa: ASYNC110  (what is waited for has no event of its own)
            await asyncio.sleep(0.001)


class Watching:
    """A replicator that runs, and what it said."""

    def __init__(self, app: App, home: Home) -> None:
        self.app = app
        self.home = home
        self.told: list[Status] = []

    async def __aenter__(self) -> Self:
        self.database = await open_async(self.app).__aenter__()
        ports = Ports(self.database, self.app.vault, self.app.clock, self.app.randomness)
        self.replicator = Replicator(ports, self.home.connect, self.told.append)
        self.task = asyncio.create_task(self.replicator.run())
        return self

    async def __aexit__(self, *_: object) -> None:
        self.replicator.stop()
        async with asyncio.timeout(5):
            self.ended = await self.task
        await self.database.__aexit__(None, None, None)

    async def phase(self, phase: str) -> None:
        await until(lambda: bool(self.told) and self.told[-1].phase == phase)


async def test_not_connected_is_told(app: App) -> None:
    ended = await sync(app, Home(app.identity.space))

    assert (ended.code, ended.retry) == (ErrorCode.NOT_CONNECTED, "after_sign_in")


async def test_a_device_from_a_backup_is_not_signed_in_rather_than_not_connected(
    app: App, home: Home
) -> None:
    app.vault.identity_file.update(lambda known: msgspec.structs.replace(known, credential=None))

    ended = await sync(app, home)

    assert (ended.code, ended.retry) == (ErrorCode.NOT_SIGNED_IN, "after_sign_in")


async def test_a_renewed_credential_that_the_server_does_not_know_gives_way_to_the_one_before(
    app: App, home: Home
) -> None:
    before = app.identity.credential
    home.credential_left_ms = limits.CREDENTIAL_TTL_MS - limits.CREDENTIAL_RENEW_MS - 1
    home.lies[messages.Renew] = lambda _: messages.Renewed(credential="tmd_wrong", expires_at=9)
    home.unknown = {"tmd_wrong"}
    add_reflection(app, "one")
    await sync(app, home)
    home.lies.clear()

    assert (await sync(app, home)).is_done
    assert "tmd_renewed" == app.identity.credential
    home.unknown = {"tmd_wrong", before or ""}
    assert (await sync(app, home)).is_done


async def test_the_credential_before_is_kept_until_the_renewed_one_has_opened_a_session(
    app: App, home: Home
) -> None:
    before = app.identity.credential
    home.credential_left_ms = limits.CREDENTIAL_TTL_MS - limits.CREDENTIAL_RENEW_MS - 1
    await sync(app, home)
    home.credential_left_ms = limits.CREDENTIAL_TTL_MS

    assert before == app.identity.credential_before
    home.is_away = True
    await sync(app, home)
    assert before == app.identity.credential_before
    home.is_away = False
    await sync(app, home)
    assert ("tmd_renewed", None) == (app.identity.credential, app.identity.credential_before)


async def test_an_unreachable_server_is_told_and_nothing_lost(app: App, home: Home) -> None:
    add_reflection(app, "one")
    home.is_away = True
    ended = await sync(app, home)
    home.is_away = False

    assert (ended.is_done, ended.code, ended.retry) == (False, ErrorCode.UNREACHABLE, "later")
    assert (await sync(app, home)).is_done


async def test_news_of_both_sides_travel_at_once(app: App, home: Home, tmp_path: Path) -> None:
    with new_device(tmp_path / "second", 2) as second:
        same_person(second, app)
        connect_to(second, home)
        async with Watching(app, home) as first, Watching(second, home) as other:
            await first.phase("live")
            await other.phase("live")
            add_reflection(app, "written by another process")
            await until(lambda: other.told[-1].received == 1)
            add_reflection(second, "and back")
            other.replicator.notify()
            await until(lambda: first.told[-1].received == 2)
    assert len(home.lane(SELF).rows) == 2


async def test_a_revocation_is_said_at_once(app: App, home: Home) -> None:
    async with Watching(app, home) as watching:
        await watching.phase("live")
        app.write(lambda conn: app.recorder.record(conn, CARE, b"g" * 16, AccessRevoked()))
        await until(lambda: home.revoked == [b"g" * 16])


async def test_a_new_epoch_of_another_process_begins_a_new_session(app: App, home: Home) -> None:
    async with Watching(app, home) as watching:
        await watching.phase("live")
        add_goal(app, "one")
        app.write(lambda conn: start_epoch(conn, app.identity_file, app.randomness))
        await until(lambda: len(home.lane(SELF).rows) >= 1 and watching.told[-1].phase == "live")
    assert {row.code for row in home.lane(SELF).rows} <= {None, "duplicate"}


async def test_a_lost_connection_comes_back(app: App, home: Home) -> None:
    async with Watching(app, home) as watching:
        await watching.phase("live")
        home.wires[0].lose()
        await until(lambda: any(each.phase == "waiting" for each in watching.told))
        add_reflection(app, "wakes it up")
        await until(lambda: len(home.lane(SELF).rows) == 1)
    assert watching.ended.code is None


async def test_being_signed_out_stops(app: App, home: Home) -> None:
    watching = Watching(app, home)
    async with watching:
        await watching.phase("live")
        home.wires[0].say(
            messages.Error(code="signed_out", retry="after_sign_in", message="signed out")
        )
        await watching.phase("stopped")
    assert watching.ended.code is ErrorCode.SIGNED_OUT


async def test_stop_ends_a_wait_too(app: App, home: Home) -> None:
    home.is_away = True
    async with Watching(app, home) as watching:
        await watching.phase("waiting")
    assert watching.ended.code is ErrorCode.UNREACHABLE


async def test_a_session_that_lived_long_enough_begins_the_waits_anew(app: App, home: Home) -> None:
    lives = [0, limits.HEALTHY_MS - 1, limits.HEALTHY_MS, 0]
    attempts: list[int] = []

    class Hurried(Replicator):
        def _pause_ms(self, ended: Ended, attempt: int) -> int:
            del ended
            attempts.append(attempt)
            if not lives:
                self.stop()
            return 0

    async def connect(url: str, credential: str) -> Transport:
        wire = await home.connect(url, credential)
        clock.advance(lives.pop(0) if lives else 0)
        wire.lose()
        return wire

    clock = FakeClock()
    async with open_async(app) as database:
        ports = Ports(database, app.vault, clock, app.randomness)
        async with asyncio.timeout(5):
            await Hurried(ports, connect).run()

    assert [1, 2, 0, 1] == attempts[:4]


async def test_waits_grow_up_to_a_ceiling_and_keep_what_the_server_asks(
    app: App, home: Home
) -> None:
    async with open_async(app) as database:
        pause = replicator(app, database, home)._pause_ms  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]
        waits = [max(pause(Ended(), attempt) for _ in range(200)) for attempt in (0, 3, 60)]
        spread = max(pause(Ended(wait_ms=100), 60) for _ in range(200))
        wide = max(pause(Ended(wait_ms=10**9), 0) for _ in range(200))

    assert waits[0] <= limits.BACKOFF_MIN_MS < waits[1] <= 8 * limits.BACKOFF_MIN_MS
    assert 8 * limits.BACKOFF_MIN_MS < waits[2] <= limits.BACKOFF_MAX_MS
    assert spread <= 100
    assert wide <= limits.SPREAD_MS_MAX
