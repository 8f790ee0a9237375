"""Backups are there whole or not at all, and old ones go when they are told to."""

from contextlib import suppress
from pathlib import Path

import pytest

from trailmark_adapters.migrations import Migration
from trailmark_adapters.sqlite import SqliteFile
from trailmark_adapters.sqlite_copy import make_lone
from trailmark_server.backups import folders
from trailmark_server.storage.sqlite.store import keys_migrations, main_migrations
from trailmark_shared.errors import ErrorCode, StorageError

DAY_MS = 24 * 3600 * 1000
NOW = 1_800_000_000_000
MIGRATIONS: dict[folders.Kind, list[Migration]] = {
    "log": main_migrations(),
    "keys": keys_migrations(),
}


def put_at(folder: Path, kind: folders.Kind, at: int) -> Path:
    path = folder / folders.name_of(kind, at)
    with folders.unfinished(path) as part:
        SqliteFile(part, MIGRATIONS[kind]).close()
        make_lone(part)
        folders.date(part, at)
        folders.put(part, path)
    return path


def sole(folder: Path) -> list[Path]:
    return [path for kind in MIGRATIONS for _, path in folders.found(folder, kind)]


def test_names_say_what_and_when() -> None:
    assert "trailmark-log-20270115T080000Z.db" == folders.name_of("log", NOW)


def test_backups_are_found_by_kind_and_time(tmp_path: Path) -> None:
    (tmp_path / "trailmark-log-of-somebody.db").touch()
    newer, older = put_at(tmp_path, "log", NOW), put_at(tmp_path, "log", NOW - DAY_MS)
    put_at(tmp_path, "keys", NOW)

    assert [(NOW - DAY_MS, older), (NOW, newer)] == folders.found(tmp_path, "log")


def test_only_what_is_older_is_forgotten(tmp_path: Path) -> None:
    kept = [put_at(tmp_path, "keys", NOW - 7 * DAY_MS), put_at(tmp_path, "keys", NOW)]
    old = put_at(tmp_path, "keys", NOW - 8 * DAY_MS)

    assert [old] == folders.forget_old(tmp_path, "keys", 7, NOW)
    assert kept == [path for _, path in folders.found(tmp_path, "keys")]


@pytest.mark.parametrize("name_at", [NOW - 90 * DAY_MS, NOW])
def test_renamed_backup_is_as_old_as_its_file_and_stays(tmp_path: Path, name_at: int) -> None:
    made = put_at(tmp_path, "log", NOW - DAY_MS)
    renamed = made.rename(tmp_path / folders.name_of("log", name_at))

    assert [(min(name_at, NOW - DAY_MS), renamed)] == folders.found(tmp_path, "log")
    assert [] == folders.forget_old(tmp_path, "log", 7, NOW)


def test_backup_renamed_to_a_later_day_is_not_forgotten_before_that(tmp_path: Path) -> None:
    made = put_at(tmp_path, "log", NOW - 90 * DAY_MS)
    made.rename(tmp_path / folders.name_of("log", NOW))

    assert [] == folders.forget_old(tmp_path, "log", 7, NOW)


def test_what_only_has_the_name_of_a_backup_is_none_and_stays(tmp_path: Path) -> None:
    long_ago = NOW - 90 * DAY_MS
    names = [folders.name_of("log", long_ago + DAY_MS * number) for number in range(4)]
    (tmp_path / names[0]).write_bytes(b"a list of somebody")
    (tmp_path / names[1]).mkdir()
    (tmp_path / names[2]).touch()
    put_at(tmp_path, "keys", long_ago).rename(tmp_path / names[3])
    for name in names:
        folders.date(tmp_path / name, long_ago)

    assert [] == sole(tmp_path)
    assert [] == folders.forget_old(tmp_path, "log", 7, NOW)
    assert sorted(names) == sorted(path.name for path in tmp_path.iterdir())


def interrupted(path: Path) -> Path:
    """Begin to write, and be stopped."""
    with suppress(KeyboardInterrupt), folders.unfinished(path) as part:
        part.write_bytes(b"half")
        part.with_name(f"{part.name}-wal").touch()
        raise KeyboardInterrupt
    return part


def test_what_was_interrupted_leaves_nothing(tmp_path: Path) -> None:
    path = tmp_path / "new" / folders.name_of("log", NOW)
    part = interrupted(path)
    assert part.name.startswith(path.name)

    assert [] == list(path.parent.iterdir())


def test_what_was_killed_is_cleared_away(tmp_path: Path) -> None:
    (tmp_path / "trailmark-log-20270115T080000Z.db.part-wal").touch()
    whole = put_at(tmp_path, "log", NOW)
    folders.clear(tmp_path)

    assert [whole] == list(tmp_path.iterdir())


def test_backups_are_their_owners_alone(tmp_path: Path) -> None:
    path = put_at(tmp_path / "new", "keys", NOW)

    assert (0o600, 0o700) == (path.stat().st_mode & 0o777, path.parent.stat().st_mode & 0o777)


def test_a_folder_that_cannot_be_used_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    path = tmp_path / "file" / folders.name_of("log", NOW)

    with pytest.raises(StorageError) as refused, folders.unfinished(path):
        pytest.fail("it was used")

    assert ErrorCode.STORAGE_UNAVAILABLE == refused.value.code
    assert str(tmp_path / "file") in refused.value.message
