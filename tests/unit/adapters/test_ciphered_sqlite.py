"""SQLite whose file is sealed: with its key like any other, without it noise."""

import os
import sys
from pathlib import Path

import pytest

from trailmark_adapters import ciphered_sqlite, sqlite_copy
from trailmark_adapters.sqlite import SqliteFile, SqliteReader, copy_file, storage_error
from trailmark_shared.errors import ErrorCode, IntegrityError, StorageError

KEY = bytes(range(32))
OTHER = bytes(32)


def written(path: Path, key: bytes | None) -> None:
    file = SqliteFile(path, key=key)
    file.write(lambda conn: conn.execute("CREATE TABLE word (id INTEGER PRIMARY KEY, text TEXT)"))
    file.write(lambda conn: conn.execute("INSERT INTO word VALUES (7, 'marzipan')"))
    file.close()


def words(path: Path, key: bytes | None) -> list[tuple[int, str]]:
    file = SqliteFile(path, key=key)
    try:
        return file.read(lambda conn: conn.execute("SELECT id, text FROM word").fetchall())
    finally:
        file.close()


def test_with_its_key_it_is_a_database_like_any_other(tmp_path: Path) -> None:
    path = tmp_path / "one.db"
    written(path, KEY)

    assert [(7, "marzipan")] == words(path, KEY)
    assert b"marzipan" not in path.read_bytes()
    assert b"SQLite format 3" not in path.read_bytes()


@pytest.mark.parametrize("key", [OTHER, None])
def test_with_another_key_it_counts_as_damaged(
    tmp_path: Path, key: bytes | None, capfd: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "one.db"
    written(path, KEY)

    with pytest.raises(IntegrityError) as raised:
        words(path, key)

    assert ErrorCode.CORRUPT_LOG == raised.value.code
    assert ("", "") == capfd.readouterr()


def test_errors_of_both_are_translated_alike(tmp_path: Path) -> None:
    path = tmp_path / "one.db"
    written(path, KEY)
    reader = SqliteReader(path, key=KEY)
    with pytest.raises(ciphered_sqlite.operational_errors()) as raised:
        reader.read(lambda conn: conn.execute("SELECT 1 FROM nowhere"))
    reader.close()

    assert isinstance(raised.value, ciphered_sqlite.errors())
    assert storage_error(raised.value) is raised.value
    full = SqliteFile(path, key=KEY, pages_max=3)
    with pytest.raises(StorageError) as refused:
        full.write(lambda c: c.execute("INSERT INTO word VALUES (8, zeroblob(100000))"))
    full.close()
    assert ErrorCode.DISK_FULL == refused.value.code


def test_a_copy_has_everything_under_its_own_key(tmp_path: Path) -> None:
    sources = {None: tmp_path / "open.db", KEY: tmp_path / "sealed.db"}
    for key, path in sources.items():
        written(path, key)
    for source_key, target_key in ((None, KEY), (KEY, None), (KEY, OTHER)):
        target = tmp_path / "target.db"
        target.unlink(missing_ok=True)
        target.touch()
        copy_file(sources[source_key], source_key, target, target_key)

        assert [(7, "marzipan")] == words(target, target_key)


def test_a_file_that_is_none_is_not_copied(tmp_path: Path) -> None:
    source, target = tmp_path / "one.db", tmp_path / "target.db"
    source.write_bytes(b"no database" * 1000)
    target.touch()

    with pytest.raises(IntegrityError):
        copy_file(source, None, target, KEY)


@pytest.mark.skipif(sys.platform in {"darwin", "win32"}, reason="their names are always text")
def test_a_folder_whose_name_is_no_text_holds_a_database_like_any_other(tmp_path: Path) -> None:
    folder = tmp_path / os.fsdecode(b"B\xfccher ?#%20")
    folder.mkdir()

    written(folder / "one.db", None)
    sqlite_copy.copy_file(folder / "one.db", folder / "copy.db", lambda _done, _all: None)

    assert [(7, "marzipan")] == words(folder / "copy.db", None)
