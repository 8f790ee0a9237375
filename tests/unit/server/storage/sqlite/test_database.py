"""Group commit: who shares a commit fails alone, is told together, and never before the disk."""

import asyncio
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from trailmark_adapters.migrations import Migration
from trailmark_adapters.sqlite import Connection, SqliteFile
from trailmark_server.storage.sqlite.database import Database
from trailmark_shared import limits
from trailmark_shared.errors import ErrorCode, RefusedError, StorageError

SCHEMA = [Migration(1, "0001_t.sql", "CREATE TABLE t (x BLOB NOT NULL UNIQUE) STRICT;")]


def add(value: bytes) -> Callable[[Connection], int]:
    """Return a unit of work that inserts a value and returns how many there are."""

    def work(conn: Connection) -> int:
        conn.execute("INSERT INTO t (x) VALUES (?)", (value,))
        return count(conn)

    return work


def count(conn: Connection) -> int:
    found: int = conn.execute("SELECT count(*) FROM t").fetchone()[0]
    return found


class Gate:
    """A unit of work that keeps the writer busy until it is opened."""

    def __init__(self) -> None:
        self.entered = threading.Event()
        self.opened = threading.Event()

    def __call__(self, _conn: Connection) -> None:
        self.entered.set()
        assert self.opened.wait(10)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "t.db"


async def held_up(database: Database) -> tuple[Gate, "asyncio.Task[None]"]:
    gate = Gate()
    task = asyncio.create_task(database.write(gate))
    await asyncio.to_thread(gate.entered.wait, 10)
    return gate, task


async def test_what_waits_shares_one_commit(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    groups: list[int] = []
    write = SqliteFile.write

    def counted(file: SqliteFile, work: object) -> object:
        groups.append(1)
        return write(file, work)  # type: ignore[arg-type]

    monkeypatch.setattr(SqliteFile, "write", counted)
    database = Database(path, SCHEMA)
    gate, first = await held_up(database)
    tasks = [asyncio.create_task(database.write(add(bytes([n])))) for n in range(20)]
    await asyncio.sleep(0)
    gate.opened.set()
    assert list(range(1, 21)) == await asyncio.gather(*tasks)
    await first
    assert 2 == len(groups)
    await database.close()


async def test_a_group_is_bounded(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "COMMIT_GROUP_MAX", 3)
    database = Database(path, SCHEMA)
    gate, first = await held_up(database)
    tasks = [asyncio.create_task(database.write(add(bytes([n])))) for n in range(7)]
    await asyncio.sleep(0)
    gate.opened.set()
    await asyncio.gather(first, *tasks)
    assert 7 == await database.read(count)
    await database.close()


async def test_one_bad_unit_of_work_is_undone_alone(path: Path) -> None:
    def bad(conn: Connection) -> None:
        conn.execute("INSERT INTO t (x) VALUES (?)", (b"bad",))
        raise KeyError

    database = Database(path, SCHEMA)
    gate, first = await held_up(database)
    units = [add(b"a"), bad, add(b"b"), add(b"a"), add(b"c")]
    tasks = [asyncio.create_task(database.write(work)) for work in units]
    await asyncio.sleep(0)
    gate.opened.set()
    results = await asyncio.gather(*tasks, return_exceptions=True)
    await first
    assert [1, "KeyError", 2, "IntegrityError", 3] == [
        each if isinstance(each, int) else type(each).__name__ for each in results
    ]
    await database.close()


async def test_a_cancelled_caller_does_not_split_its_work(path: Path) -> None:
    database = Database(path, SCHEMA)
    gate, first = await held_up(database)
    task = asyncio.create_task(database.write(add(b"a")))
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    gate.opened.set()
    await first
    assert 2 == await database.write(add(b"b"))
    await database.close()


async def test_too_much_waiting_is_refused(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "WRITE_QUEUE_MAX", 2)
    database = Database(path, SCHEMA)
    gate, first = await held_up(database)
    tasks = [asyncio.create_task(database.write(add(bytes([n])))) for n in range(2)]
    await asyncio.sleep(0)
    with pytest.raises(RefusedError) as refused:
        await database.write(add(b"x"))
    assert (ErrorCode.OVERLOADED, "later") == (refused.value.code, refused.value.retry)
    gate.opened.set()
    await asyncio.gather(first, *tasks)
    assert 3 == await database.write(add(b"x"))
    await database.close()


async def test_a_full_disk_tells_everybody_and_reads_go_on(path: Path) -> None:
    database = Database(path, SCHEMA, pages_max=12)
    assert 1 == await database.write(add(b"small"))
    big = [add(bytes([n]) * 9000) for n in range(8)]
    results = await asyncio.gather(*map(database.write, big), return_exceptions=True)
    full = [each for each in results if isinstance(each, StorageError)]
    assert full
    assert {ErrorCode.DISK_FULL} == {each.code for each in full}
    saved = await database.read(count)
    assert 1 + len(results) - len(full) == saved
    await database.write(lambda conn: conn.execute("DELETE FROM t WHERE length(x) > 99").rowcount)
    assert 2 == await database.write(add(b"room"))
    await database.close()


async def test_a_closed_store_has_no_journal_and_keeps_everything(path: Path) -> None:
    database = Database(path, SCHEMA)
    tasks = [asyncio.create_task(database.write(add(bytes([n])))) for n in range(9)]
    await asyncio.sleep(0)
    await database.close()
    await asyncio.gather(*tasks)
    assert ["t.db", "t.db.lock"] == sorted(each.name for each in path.parent.iterdir())
    with pytest.raises(RefusedError):
        await database.write(add(b"late"))
    await database.close()
    again = Database(path, SCHEMA)
    assert 9 == await again.read(count)
    await again.close()


async def test_another_process_is_noticed(path: Path) -> None:
    database, other = Database(path, SCHEMA), Database(path, SCHEMA)
    version = await database.data_version()
    await database.write(add(b"own"))
    assert version == await database.data_version()
    await other.write(add(b"foreign"))
    assert version != await database.data_version()
    await other.close()
    await database.close()


async def test_what_cannot_be_opened_leaves_no_thread(path: Path) -> None:
    newer = [*SCHEMA, Migration(2, "0002_u.sql", "CREATE TABLE u (x BLOB) STRICT;")]
    await Database(path, newer).close()
    before = set(threading.enumerate())  # one of an earlier test may end meanwhile
    with pytest.raises(StorageError) as refused:
        Database(path, SCHEMA)
    assert ErrorCode.NEWER_SCHEMA == refused.value.code
    assert set(threading.enumerate()) <= before


async def test_reads_run_beside_a_write(path: Path) -> None:
    database = Database(path, SCHEMA)
    gate, first = await held_up(database)
    assert [0, 0] == await asyncio.gather(database.read(count), database.read(count))
    gate.opened.set()
    await first
    await database.forget()
    await database.close()


async def test_what_is_short_is_read_at_once_where_nothing_is_in_the_way(path: Path) -> None:
    database = Database(path, SCHEMA)
    here, refused = threading.get_ident(), list[int]()

    def where(conn: Connection) -> tuple[int, int]:
        return count(conn), threading.get_ident()

    def where_else(_conn: Connection) -> int:
        if threading.get_ident() == here:
            refused.append(here)
            raise StorageError(ErrorCode.STORAGE_UNAVAILABLE, "another holds the file")
        return threading.get_ident()

    await database.write(add(b"1"))
    gate, writing = await held_up(database)

    assert (1, here) == await database.read(where, is_short=True)
    assert here != (await database.read(where))[1]
    assert here != await database.read(where_else, is_short=True)
    assert [here] == refused
    gate.opened.set()
    await writing
    await database.write(add(b"2"))
    assert (2, here) == await database.read(where, is_short=True)
    assert await database.clean()
    assert (2, here) == await database.read(where, is_short=True)
    await database.close()
    assert not path.with_name("t.db-wal").exists()
