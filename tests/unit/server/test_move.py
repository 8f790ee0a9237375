"""Moving a server to PostgreSQL: the same history under the same keys, or nothing is switched."""

import socket
from collections.abc import AsyncGenerator
from contextlib import closing
from pathlib import Path

import pytest

from tests.support.fakes import FakeClock, SeededRandomness
from tests.support.filled_server import filled, seen, silent
from tests.support.lane_devices import CARE, NOW, LaneDevice, push, read_lane
from tests.support.postgres import PostgresServer
from trailmark_adapters.sqlite import SqliteFile
from trailmark_server.move import Moved, move
from trailmark_server.settings import Databases, note_listening
from trailmark_server.storage.postgres import moving
from trailmark_server.storage.sqlite.store import keys_migrations, main_migrations
from trailmark_server.stores import MOVED_FILE, RESTORING_FILE, open_stores, write_accounts
from trailmark_shared.errors import DomainError, ErrorCode, StorageError


class Stop(Exception):  # noqa: N818  (a kill)
    """The process ends here."""


@pytest.fixture
async def goal(postgres: PostgresServer) -> AsyncGenerator[Databases]:
    made = Databases(main=await postgres.create_empty(), keys=await postgres.create_empty())
    yield made
    await postgres.drop(made.main)
    await postgres.drop(made.keys)


async def test_everything_is_there_as_it_was(tmp_path: Path, goal: Databases) -> None:
    before = await filled(tmp_path)

    assert Moved(lanes=2, entries=61) == await move(tmp_path, goal, silent)
    assert before == await seen(tmp_path, goal)


async def test_new_rows_go_on_behind_the_moved_ones(tmp_path: Path, goal: Databases) -> None:
    await filled(tmp_path)
    await move(tmp_path, goal, silent)
    async with open_stores(tmp_path, FakeClock(NOW), SeededRandomness(2), goal) as stores:
        answer = await push(stores.events, [LaneDevice(CARE, seed=7).shares()])
        rows = await read_lane(stores.events, CARE)

        assert (1, 32) == (answer.upto, rows[-1].seq)
        assert [] == await stores.events.verify()


@pytest.mark.parametrize("steps", [1, 4, 11, 30])
async def test_an_interrupted_move_is_gone_on_with(
    tmp_path: Path, goal: Databases, steps: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(moving, "_CHUNK", 10)
    before = await filled(tmp_path)
    told: list[str] = []

    def interrupted(table: str, _done: int, _total: int) -> None:
        told.append(table)
        if len(told) == steps:
            raise Stop

    with pytest.raises(Stop):
        await move(tmp_path, goal, interrupted)
    for databases in (None, goal):  # neither half is opened meanwhile
        with pytest.raises(StorageError):
            await seen(tmp_path, databases)
    await move(tmp_path, goal, silent)

    assert before == await seen(tmp_path, goal)


async def test_databases_that_do_not_answer_leave_the_folder_as_it_was(tmp_path: Path) -> None:
    before = await filled(tmp_path)
    nobody = Databases(main="postgresql:///none?host=/nowhere", keys="postgresql:///no?host=/no")

    with pytest.raises(StorageError):
        await move(tmp_path, nobody, silent)

    assert before == await seen(tmp_path)


async def test_whoever_moves_once_more_is_told_that_it_was_moved(
    tmp_path: Path, goal: Databases
) -> None:
    """As whoever was interrupted at the very end does."""
    await filled(tmp_path)
    await move(tmp_path, goal, silent)

    for _ in range(2):
        with pytest.raises(DomainError, match="was moved before"):
            await move(tmp_path, goal, silent)


async def test_the_folder_is_not_used_any_more(tmp_path: Path, goal: Databases) -> None:
    await filled(tmp_path)
    await move(tmp_path, goal, silent)

    with pytest.raises(StorageError) as refused:
        write_accounts(tmp_path, lambda rows: rows.therapists())

    assert ErrorCode.STORAGE_UNAVAILABLE == refused.value.code


async def test_a_database_of_somebody_else_is_left_alone(tmp_path: Path, goal: Databases) -> None:
    before = await filled(tmp_path)
    async with open_stores(tmp_path, FakeClock(NOW), SeededRandomness(9), goal) as stores:
        other = await stores.keys.signing_keys()

    with pytest.raises(DomainError):
        await move(tmp_path, goal, silent)

    async with open_stores(tmp_path, FakeClock(NOW), SeededRandomness(9), goal) as stores:
        assert other == await stores.keys.signing_keys()
    assert before == await seen(tmp_path)  # nothing of the folder is anywhere else


async def test_where_only_the_log_is_of_somebody_else_no_keys_are_copied(
    tmp_path: Path, goal: Databases, postgres: PostgresServer
) -> None:
    before = await filled(tmp_path)
    keys = await postgres.create_empty()
    others = Databases(main=goal.main, keys=keys)
    async with open_stores(tmp_path, FakeClock(NOW), SeededRandomness(9), others):
        pass

    with pytest.raises(DomainError):
        await move(tmp_path, goal, silent)

    assert before == await seen(tmp_path)
    await move(tmp_path, Databases(main=await postgres.create_empty(), keys=goal.keys), silent)


async def test_a_move_that_was_given_up_is_not_gone_on_with(
    tmp_path: Path, goal: Databases
) -> None:
    """What it copied of the keys may lack what was revoked and erased since."""
    await filled(tmp_path)

    def interrupted(table: str, _done: int, _total: int) -> None:
        if table in moving.MAIN_TABLES and table not in moving.KEYS_TABLES:
            raise Stop

    with pytest.raises(Stop):
        await move(tmp_path, goal, interrupted)
    (tmp_path / MOVED_FILE).unlink()

    with pytest.raises(DomainError, match="name an empty one"):
        await move(tmp_path, goal, silent)

    assert [] == (await seen(tmp_path))["verified"]


async def test_what_is_half_restored_is_not_moved(tmp_path: Path, goal: Databases) -> None:
    """Its log would be of another day than its keys."""
    before = await filled(tmp_path)
    (tmp_path / RESTORING_FILE).touch()

    with pytest.raises(StorageError, match="was interrupted"):
        await move(tmp_path, goal, silent)

    (tmp_path / RESTORING_FILE).unlink()
    assert before == await seen(tmp_path)


async def test_a_server_that_runs_is_not_moved(tmp_path: Path, goal: Databases) -> None:
    await filled(tmp_path)
    with closing(socket.create_server(("127.0.0.1", 0))) as running:
        note_listening(tmp_path, f"http://127.0.0.1:{running.getsockname()[1]}")
        with pytest.raises(DomainError):
            await move(tmp_path, goal, silent)

    assert [] == (await seen(tmp_path, None))["verified"]


def test_no_table_is_forgotten(tmp_path: Path) -> None:
    for migrations, tables in (
        (main_migrations(), moving.MAIN_TABLES),
        (keys_migrations(), moving.KEYS_TABLES),
    ):
        with closing(SqliteFile(tmp_path / str(len(tables)), migrations)) as file:
            found = file.read(
                lambda conn: conn.execute(
                    "SELECT name FROM sqlite_master WHERE type = 'table'"
                ).fetchall()
            )

        assert {name for (name,) in found} - moving.LEFT_OUT == set(tables)
