"""Transactions that are whole, files that are safe, errors that are named."""

import multiprocessing
import sqlite3
from pathlib import Path
from random import Random

import pytest

from trailmark_adapters.migrations import Migration
from trailmark_adapters.sqlite import Connection, SqliteFile, SqliteReader, storage_error
from trailmark_shared import limits
from trailmark_shared.errors import ErrorCode, IntegrityError, StorageError

SCHEMA = [Migration(1, "0001_schema.sql", "CREATE TABLE note (id INTEGER PRIMARY KEY, text);")]


def count(conn: Connection) -> int:
    return conn.execute("SELECT count(*) FROM note").fetchone()[0]


def insert(conn: Connection, text: str = "words") -> None:
    conn.execute("INSERT INTO note (text) VALUES (?)", (text,))


def pragma(file: SqliteFile, name: str) -> object:
    return file.write(lambda conn: conn.execute(f"PRAGMA {name}").fetchone()[0])


def test_what_was_written_is_read_by_another_opening(tmp_path: Path) -> None:
    file = SqliteFile(tmp_path / "db", SCHEMA)
    file.write(insert)
    file.close()

    again = SqliteFile(tmp_path / "db", SCHEMA)

    assert again.read(count) == 1
    again.close()


def test_work_that_raises_writes_nothing(tmp_path: Path) -> None:
    file = SqliteFile(tmp_path / "db", SCHEMA)

    def work(conn: Connection) -> None:
        insert(conn)
        raise KeyError

    with pytest.raises(KeyError):
        file.write(work)

    assert file.read(count) == 0
    file.write(insert)
    file.close()


def test_work_inside_work_is_refused(tmp_path: Path) -> None:
    file = SqliteFile(tmp_path / "db", SCHEMA)

    with pytest.raises(AssertionError):
        file.read(lambda _conn: file.read(count))

    file.close()


def test_reads_cannot_write(tmp_path: Path) -> None:
    file = SqliteFile(tmp_path / "db", SCHEMA)

    with pytest.raises(StorageError):
        file.read(insert)

    assert file.read(count) == 0
    file.close()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("journal_mode", "wal"),
        ("synchronous", 2),
        ("foreign_keys", 1),
        ("secure_delete", 1),
        ("cell_size_check", 1),
        ("trusted_schema", 0),
    ],
)
def test_the_writer_is_set_up_for_safety(tmp_path: Path, name: str, value: object) -> None:
    file = SqliteFile(tmp_path / "db", SCHEMA)

    assert pragma(file, name) == value
    file.close()


def test_a_full_disk_is_told_and_loses_nothing(tmp_path: Path) -> None:
    file = SqliteFile(tmp_path / "db", SCHEMA, pages_max=8)
    file.write(insert)

    with pytest.raises(StorageError) as raised:
        file.write(lambda conn: insert(conn, "x" * 100_000))

    assert raised.value.code is ErrorCode.DISK_FULL
    assert file.read(count) == 1
    file.write(insert)
    assert file.read(count) == 2
    file.close()


def test_a_disk_without_room_for_the_index_of_a_wal_is_full() -> None:
    error = sqlite3.OperationalError("disk I/O error")
    error.sqlite_errorcode = sqlite3.SQLITE_IOERR_SHMSIZE

    told = storage_error(error)

    assert isinstance(told, StorageError)
    assert told.code is ErrorCode.DISK_FULL


def test_a_file_that_is_no_database_is_told(tmp_path: Path) -> None:
    (tmp_path / "db").write_bytes(b"no database " * 1000)

    with pytest.raises(IntegrityError) as raised:
        SqliteFile(tmp_path / "db", SCHEMA)

    assert raised.value.code is ErrorCode.CORRUPT_LOG
    assert str(tmp_path / "db") in raised.value.message


def test_a_missing_file_cannot_be_read_and_is_named(tmp_path: Path) -> None:
    with pytest.raises(StorageError) as raised:
        SqliteReader(tmp_path / "db")

    assert raised.value.code is ErrorCode.STORAGE_UNAVAILABLE
    assert str(tmp_path / "db") in raised.value.message


def test_our_own_mistakes_stay_what_they_are(tmp_path: Path) -> None:
    file = SqliteFile(tmp_path / "db", SCHEMA)

    with pytest.raises(sqlite3.OperationalError):
        file.write(lambda conn: conn.execute("SELECT nothing"))

    file.close()


def test_the_data_version_tells_of_another_writer_only(tmp_path: Path) -> None:
    mine, other = SqliteFile(tmp_path / "db", SCHEMA), SqliteFile(tmp_path / "db", SCHEMA)
    before = mine.data_version()

    mine.write(insert)
    after_own = mine.data_version()
    other.write(insert)

    assert after_own == before
    assert mine.data_version() != before
    mine.close()
    other.close()


def test_a_checkpoint_empties_the_wal(tmp_path: Path) -> None:
    file = SqliteFile(tmp_path / "db", SCHEMA)
    file.write(insert)

    file.checkpoint()

    assert (tmp_path / "db-wal").stat().st_size == 0
    file.close()


def test_a_checkpoint_says_when_a_reader_still_needs_the_wal(tmp_path: Path) -> None:
    file, other = SqliteFile(tmp_path / "db", SCHEMA), SqliteFile(tmp_path / "db", SCHEMA)
    file.write(insert)
    cut: list[bool] = []

    def look(conn: Connection) -> None:
        conn.execute("SELECT text FROM note").fetchone()
        file.write(insert)
        file.write(lambda conn: conn.execute("PRAGMA busy_timeout=0").fetchone())
        cut.append(file.checkpoint())

    other.read(look)
    cut.append(file.checkpoint())

    assert cut == [False, True]
    file.close()
    other.close()


REMNANT = "REMNANT"


def grow(conn: Connection) -> None:
    """Let rows grow between others, so that SQLite moves those to other pages."""
    random = Random(0)
    for place in range(200):
        insert(conn, f"{place} {REMNANT}".ljust(random.randrange(60, 1500)))
    for _ in range(300):
        place = random.randrange(200)
        text = f"{place} {REMNANT}".ljust(random.randrange(60, 3000))
        conn.execute("UPDATE note SET text = ? WHERE id = ?", (text, place))


@pytest.mark.parametrize("in_memory_max", [0, limits.CLEAN_IN_MEMORY_BYTES_MAX])
def test_a_cleaned_file_holds_nothing_that_was_deleted(tmp_path: Path, in_memory_max: int) -> None:
    file = SqliteFile(tmp_path / "db", SCHEMA)
    file.write(grow)
    file.write(lambda conn: conn.execute("UPDATE note SET text = 'kept'").rowcount)
    file.checkpoint()
    left = REMNANT.encode() in (tmp_path / "db").read_bytes()

    is_cut = file.clean(in_memory_max)

    assert left, "nothing stays behind: is there anything to clean?"
    assert is_cut
    assert REMNANT.encode() not in (tmp_path / "db").read_bytes()
    assert (tmp_path / "db-wal").stat().st_size == 0
    kept = file.read(lambda conn: conn.execute("SELECT count(*) FROM note").fetchone())
    assert kept == (200,)
    file.close()


def test_a_file_that_cannot_be_cleaned_now_stays_as_it_is(tmp_path: Path) -> None:
    file = SqliteFile(tmp_path / "db", SCHEMA)
    file.write(insert)
    file.write(lambda conn: conn.execute("PRAGMA busy_timeout=0").fetchone())
    foreign = sqlite3.connect(tmp_path / "db", isolation_level=None)
    foreign.execute("BEGIN IMMEDIATE")

    with pytest.raises(StorageError) as raised:
        file.clean()

    foreign.close()
    assert raised.value.code == ErrorCode.STORAGE_UNAVAILABLE
    assert file.read(count) == 1
    assert pragma(file, "temp_store") == 2
    file.close()


def test_files_are_for_the_owner_only(tmp_path: Path) -> None:
    file = SqliteFile(tmp_path / "db", SCHEMA)
    file.write(insert)

    modes = {path.name: path.stat().st_mode & 0o777 for path in tmp_path.iterdir()}

    assert modes == dict.fromkeys(("db", "db-wal", "db-shm", "db.lock"), 0o600)
    file.close()


def increase(path: Path, times: int) -> None:
    """Read a number and write one more, which loses some if two processes come between."""
    file = SqliteFile(path, SCHEMA)

    def work(conn: Connection) -> None:
        (text,) = conn.execute("SELECT text FROM note").fetchone()
        conn.execute("UPDATE note SET text = ?", (int(text) + 1,))

    for _ in range(times):
        file.write(work)
    file.close()


def test_two_processes_write_in_turn(tmp_path: Path) -> None:
    file = SqliteFile(tmp_path / "db", SCHEMA)
    file.write(lambda conn: insert(conn, "0"))
    context = multiprocessing.get_context("spawn")
    others = [context.Process(target=increase, args=(tmp_path / "db", 20)) for _ in range(2)]

    for other in others:
        other.start()
    for other in others:
        other.join()

    assert file.read(lambda conn: conn.execute("SELECT text FROM note").fetchone()) == (40,)
    file.close()
