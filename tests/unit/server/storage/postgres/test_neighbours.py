"""Two instances over one PostgreSQL hear of each other, whatever happens between them."""

import asyncio
from collections.abc import AsyncGenerator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, suppress

import pytest

from tests.support.postgres import PostgresServer, standing_still
from trailmark_server.bell import Bell, Heads, Subscription
from trailmark_server.storage.postgres import neighbours
from trailmark_server.storage.postgres.connection import PostgresConnection
from trailmark_server.storage.postgres.database import PostgresDatabase
from trailmark_server.storage.postgres.driver import connect
from trailmark_server.storage.postgres.neighbours import Neighbours
from trailmark_server.storage.postgres.store import open_main
from trailmark_shared import limits
from trailmark_shared.ids import SELF, Lane, SpaceId

SPACE = SpaceId(b"s" * 16)
OTHER = SpaceId(b"o" * 16)
CARE = Lane("care/" + "0" * 26)
NEVER = 3600.0


class Instance:
    """One server's bell, and somebody who waits for ``SPACE``."""

    def __init__(self, bell: Bell, subscription: Subscription, database: PostgresDatabase) -> None:
        self.bell = bell
        self.subscription = subscription
        self.database = database
        self.heads: Heads = {}
        self.seen: Heads = {}

    async def read_heads(self, spaces: Sequence[SpaceId]) -> Heads:
        self.seen = {place: head for place, head in self.heads.items() if place[0] in spaces}
        return self.seen

    async def hears_lane(self, lane: Lane) -> None:
        """Wait until the lane is heard."""
        while (SPACE, lane) not in (await self.subscription.wait()).lanes:
            pass

    async def hears_rights(self) -> None:
        """Wait until changed rights are heard."""
        while not (await self.subscription.wait()).access:
            pass

    async def settle(self) -> None:
        """Wait until the listener stands and its first look at everything is over."""
        await self.hears_rights()


@asynccontextmanager
async def instance(url: str, name: str) -> AsyncGenerator[Instance]:
    async with AsyncExitStack() as stack:
        database = await stack.enter_async_context(open_main(url))
        bell = Bell()
        subscription = stack.enter_context(bell.subscribe([SPACE]))
        made = Instance(bell, subscription, database)
        standing = Neighbours(bell, database, url, made.read_heads, name)
        task = asyncio.create_task(standing.run())
        try:
            yield made
        finally:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task


def only_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(neighbours, "ACCESS_LOOK_SECONDS", NEVER)
    monkeypatch.setattr(neighbours, "HEADS_LOOK_SECONDS", NEVER)


def close_space(conn: PostgresConnection) -> None:
    conn.execute("INSERT INTO closed_space (space) VALUES (?)", (SPACE,))


async def test_a_ring_is_heard_by_the_others_and_comes_not_back(
    url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    only_told(monkeypatch)
    async with instance(url, "a") as one, instance(url, "b") as two:
        await one.settle()
        await two.settle()
        one.bell.ring(SPACE, SELF)
        one.bell.ring(SPACE, CARE)

        await two.hears_lane(CARE)
        one.subscription.take()
        two.bell.ring_access(SPACE)
        await one.hears_rights()

        assert frozenset() == one.subscription.take().lanes


async def test_more_than_fits_into_a_notification_is_everything(
    url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    only_told(monkeypatch)
    monkeypatch.setattr(limits, "NOTIFY_BYTES_MAX", 60)
    async with instance(url, "a") as one, instance(url, "b") as two:
        await one.settle()
        await two.settle()
        two.heads = {(SPACE, CARE): 1}
        for number in range(5):
            one.bell.ring(OTHER, Lane(f"care/{number:026d}"))

        await two.hears_lane(CARE)


async def test_what_is_rung_soon_after_waits_to_be_told(
    url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    only_told(monkeypatch)
    monkeypatch.setattr(limits, "NOTIFY_PAUSE_MS", int(NEVER * 1000))
    heard: asyncio.Queue[str] = asyncio.Queue()
    conn = await connect(url)
    try:
        await conn.add_listener(neighbours.CHANNEL, lambda *told: heard.put_nowait(told[-1]))
        async with instance(url, "a") as one:
            await one.settle()
            one.bell.ring(SPACE, SELF)
            assert f"a\n{SPACE.hex()} {SELF}" == await heard.get()
            one.bell.ring(SPACE, CARE)
            for _ in range(3):  # as long as telling takes
                await conn.execute("SELECT pg_notify($1, 'later')", neighbours.CHANNEL)
                assert "later" == await heard.get()
    finally:
        await conn.close()


async def test_changed_rights_are_found_without_any_word(url: str) -> None:
    async with instance(url, "a") as one, open_main(url) as command:
        await one.settle()
        await command.write(close_space)

        await one.hears_rights()


async def test_a_commit_that_comes_late_is_found_by_the_next_look(url: str) -> None:
    """A number that was given before and is seen after a look would be missed for ever."""
    async with instance(url, "a") as one, open_main(url) as database:
        await one.settle()
        conn = await connect(url)
        try:
            await conn.execute("BEGIN")
            await conn.execute("INSERT INTO closed_space (space) VALUES ($1)", SPACE)
            await database.write(  # a later one, found at once
                lambda held: held.execute("INSERT INTO revoked_grant VALUES (?, ?)", (SPACE, SPACE))
            )
            await one.hears_rights()
            await conn.execute("COMMIT")
        finally:
            await conn.close()

        await one.hears_rights()


async def test_heads_are_looked_at_where_nothing_was_told(
    url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(neighbours, "HEADS_LOOK_SECONDS", 0.01)
    async with instance(url, "a") as one:
        await one.settle()
        one.heads = {(SPACE, CARE): 1}

        await one.hears_lane(CARE)


async def test_a_listener_that_dies_listens_again_and_misses_nothing(
    url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    only_told(monkeypatch)
    monkeypatch.setattr(neighbours, "ACCESS_LOOK_SECONDS", 0.05)
    async with instance(url, "a") as one, instance(url, "b") as two:
        await one.settle()
        await two.settle()
        conn = await connect(url)
        two.heads = {(SPACE, CARE): 1}
        try:
            await conn.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
        finally:
            await conn.close()

        await two.settle()  # it listens again, and looks at everything
        one.bell.ring(SPACE, SELF)
        await two.hears_lane(SELF)
        assert {(SPACE, CARE): 1} == two.seen


async def test_a_listener_that_stands_still_listens_again(
    postgres: PostgresServer, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    only_told(monkeypatch)
    monkeypatch.setattr(limits, "PING_INTERVAL_MS", 20)
    monkeypatch.setattr(limits, "DATABASE_ANSWER_MS_MAX", 200)
    async with instance(url, "a") as one:
        await one.settle()
        async with standing_still(postgres, url), instance(url, "b") as two:
            await two.settle()
            await one.settle()  # it listens again, and looks at everything
            two.bell.ring(SPACE, SELF)
            await one.hears_lane(SELF)
