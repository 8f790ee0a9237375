"""Backups are there whole or not at all, and old ones go when they are told to."""

from contextlib import suppress
from pathlib import Path

import pytest

from trailmark_server.backups import folders
from trailmark_shared.errors import ErrorCode, StorageError

DAY_MS = 24 * 3600 * 1000
NOW = 1_800_000_000_000


def put_at(folder: Path, kind: folders.Kind, at: int) -> Path:
    path = folder / folders.name_of(kind, at)
    with folders.unfinished(path) as part:
        part.write_bytes(b"whole")
        folders.put(part, path)
    return path


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
