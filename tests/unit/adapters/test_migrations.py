"""Applied once, in order, whole or not at all."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from trailmark_adapters.migrations import Migration, migrations_from_folder, statements
from trailmark_adapters.sqlite import SqliteFile
from trailmark_shared.errors import ErrorCode, IntegrityError, StorageError

ONE = Migration(1, "0001_one.sql", "CREATE TABLE a (x); INSERT INTO a VALUES (1);")
TWO = Migration(2, "0002_two.sql", "CREATE TABLE b (y);\nINSERT INTO b SELECT x FROM a;\n")


def rows(file: SqliteFile, sql: str) -> list[tuple[int]]:
    return file.read(lambda conn: conn.execute(sql).fetchall())


def test_each_migration_is_applied_once(tmp_path: Path) -> None:
    SqliteFile(tmp_path / "db", [ONE]).close()

    file = SqliteFile(tmp_path / "db", [ONE, TWO])

    assert rows(file, "SELECT y FROM b") == [(1,)]
    assert rows(file, "SELECT x FROM a") == [(1,)]
    file.close()


def test_a_newer_schema_is_refused_untouched(tmp_path: Path) -> None:
    SqliteFile(tmp_path / "db", [ONE, TWO]).close()
    before = (tmp_path / "db").read_bytes()

    with pytest.raises(StorageError) as raised:
        SqliteFile(tmp_path / "db", [ONE])

    assert raised.value.code is ErrorCode.NEWER_SCHEMA
    assert (tmp_path / "db").read_bytes() == before


def test_a_changed_migration_is_refused(tmp_path: Path) -> None:
    SqliteFile(tmp_path / "db", [ONE]).close()

    with pytest.raises(StorageError) as raised:
        SqliteFile(tmp_path / "db", [Migration(1, ONE.name, "CREATE TABLE c (z);")])

    assert raised.value.code is ErrorCode.CHANGED_MIGRATION


def test_a_migration_that_fails_leaves_nothing(tmp_path: Path) -> None:
    broken = Migration(2, "0002_two.sql", "CREATE TABLE b (y); SELECT nothing FROM nowhere;")

    with pytest.raises(sqlite3.OperationalError):
        SqliteFile(tmp_path / "db", [ONE, broken])
    file = SqliteFile(tmp_path / "db", [ONE, TWO])

    assert rows(file, "SELECT y FROM b") == [(1,)]
    file.close()


def test_rows_that_break_what_kept_them_are_damage(tmp_path: Path) -> None:
    twice = Migration(1, "0001_twice.sql", "CREATE TABLE a (x); INSERT INTO a VALUES (1), (1);")
    once = Migration(2, "0002_once.sql", "CREATE TABLE b (y UNIQUE); INSERT INTO b SELECT x FROM a")

    with pytest.raises(IntegrityError) as raised:
        SqliteFile(tmp_path / "db", [twice, once])

    assert raised.value.code is ErrorCode.CORRUPT_LOG


def test_a_migration_that_was_applied_and_is_not_named_is_damage(tmp_path: Path) -> None:
    SqliteFile(tmp_path / "db", [ONE, TWO]).close()
    with closing(sqlite3.connect(tmp_path / "db")) as conn:
        conn.execute("UPDATE migration SET number = 65 WHERE number = 1")
        conn.commit()

    with pytest.raises(IntegrityError) as raised:
        SqliteFile(tmp_path / "db", [ONE, TWO])

    assert raised.value.code is ErrorCode.CORRUPT_LOG


def test_without_migrations_a_file_is_used_as_it_stands(tmp_path: Path) -> None:
    SqliteFile(tmp_path / "db", [ONE]).close()

    file = SqliteFile(tmp_path / "db")

    assert rows(file, "SELECT x FROM a") == [(1,)]
    assert rows(file, "PRAGMA user_version") == [(1,)]
    file.close()


def test_a_folder_is_read_in_order(tmp_path: Path) -> None:
    (tmp_path / "0002_two.sql").write_text(TWO.sql)
    (tmp_path / "0001_one.sql").write_text(ONE.sql)

    assert migrations_from_folder(tmp_path) == [ONE, TWO]


@pytest.mark.parametrize("name", ["0002_late.sql", "first.sql"])
def test_a_misnamed_file_is_refused(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text("SELECT 1;")

    with pytest.raises(ValueError, match="0001"):
        migrations_from_folder(tmp_path)


def test_a_trigger_is_one_statement() -> None:
    trigger = "CREATE TRIGGER t BEFORE DELETE ON a BEGIN\n  SELECT 1;\n  SELECT 2;\nEND;\n"

    assert list(statements(trigger + "SELECT 3;\n")) == [trigger.strip(), "SELECT 3;"]
