"""A copy is one state of the file, whatever is written meanwhile."""

from contextlib import closing
from pathlib import Path

import pytest

from trailmark_adapters.migrations import Migration
from trailmark_adapters.sqlite import Connection, SqliteFile
from trailmark_adapters.sqlite_copy import copy_file, make_lone, tables_in
from trailmark_shared.errors import ErrorCode, IntegrityError, StorageError

TABLE = [Migration(1, "0001_a.sql", "CREATE TABLE a (n INTEGER PRIMARY KEY, filling BLOB) STRICT;")]
ROWS = 3000


def write_rows(file: SqliteFile, count: int = ROWS) -> None:
    def work(conn: Connection) -> None:
        conn.executemany(
            "INSERT INTO a (filling) VALUES (?)", ((bytes(2000),) for _ in range(count))
        )

    file.write(work)


def count_rows(path: Path) -> int:
    with closing(SqliteFile(path, TABLE)) as file:
        return file.read(lambda conn: conn.execute("SELECT count(*) FROM a").fetchone()[0])


def test_what_is_written_meanwhile_neither_stops_it_nor_is_half_in_it(tmp_path: Path) -> None:
    told: list[tuple[int, int]] = []
    with closing(SqliteFile(tmp_path / "source.db", TABLE)) as file:
        write_rows(file)

        def show(done: int, total: int) -> None:
            told.append((done, total))
            write_rows(file, 10)

        copy_file(tmp_path / "source.db", tmp_path / "goal.db", show)

    assert ROWS == count_rows(tmp_path / "goal.db")
    assert 1 < len(told)
    assert told[-1][0] == told[-1][1]
    assert 0o600 == (tmp_path / "goal.db").stat().st_mode & 0o777


def test_what_stands_in_the_journal_only_is_copied_too(tmp_path: Path) -> None:
    with closing(SqliteFile(tmp_path / "source.db", TABLE)) as file:
        write_rows(file, 3)
        copy_file(tmp_path / "source.db", tmp_path / "goal.db", lambda _done, _total: None)

    assert 3 == count_rows(tmp_path / "goal.db")


def test_what_is_no_database_is_named(tmp_path: Path) -> None:
    (tmp_path / "source.db").write_bytes(b"nothing of the kind " * 100)
    with pytest.raises(IntegrityError) as damaged:
        copy_file(tmp_path / "source.db", tmp_path / "goal.db", lambda _done, _total: None)
    with pytest.raises(StorageError) as absent:
        copy_file(tmp_path / "none.db", tmp_path / "goal.db", lambda _done, _total: None)

    assert ErrorCode.CORRUPT_LOG == damaged.value.code
    assert ErrorCode.STORAGE_UNAVAILABLE == absent.value.code


def test_tables_are_named_without_a_change(tmp_path: Path) -> None:
    with closing(SqliteFile(tmp_path / "source.db", TABLE)) as file:
        write_rows(file, 1)
    make_lone(tmp_path / "source.db")
    before = (tmp_path / "source.db").read_bytes()
    (tmp_path / "other.db").write_bytes(b"nothing of the kind " * 100)

    assert {"migration", "a"} == tables_in(tmp_path / "source.db")
    assert before == (tmp_path / "source.db").read_bytes()
    assert frozenset() == tables_in(tmp_path / "other.db") == tables_in(tmp_path / "none.db")


def test_a_lone_file_is_read_where_nothing_may_be_written(tmp_path: Path) -> None:
    with closing(SqliteFile(tmp_path / "source.db", TABLE)) as file:
        write_rows(file, 3)
    make_lone(tmp_path / "source.db")
    copy_file(tmp_path / "source.db", tmp_path / "goal.db", lambda _done, _total: None)

    assert {"source.db", "source.db.lock", "goal.db"} == {path.name for path in tmp_path.iterdir()}
    assert 3 == count_rows(tmp_path / "goal.db")
