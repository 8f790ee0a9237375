"""Backups are there whole or not at all, and old ones go when they are told to."""

from contextlib import closing, suppress
from functools import partial
from pathlib import Path

import pytest

from trailmark_adapters.migrations import Migration
from trailmark_adapters.nacl import NaclSigner
from trailmark_adapters.sqlite import Connection, SqliteFile
from trailmark_adapters.sqlite_copy import make_lone
from trailmark_server.backups import folders
from trailmark_server.storage.sqlite.store import keys_migrations, main_migrations
from trailmark_shared.errors import ErrorCode, StorageError, TrailmarkError

DAY_MS = 24 * 3600 * 1000
NOW = 1_800_000_000_000
MIGRATIONS: dict[folders.Kind, list[Migration]] = {
    "log": main_migrations(),
    "keys": keys_migrations(),
}


SEED = b"s" * 32
OTHER_SEED = b"o" * 32


def put_at(folder: Path, kind: folders.Kind, at: int, seed: bytes | None = SEED) -> Path:
    path = folder / folders.name_of(kind, at)
    with folders.unfinished(path) as part:
        with closing(SqliteFile(part, MIGRATIONS[kind])) as file:
            if seed is not None:
                file.write(partial(sign_by, kind=kind, seed=seed))
        make_lone(part)
        folders.date(part, at)
        folders.put(part, path)
    return path


def sign_by(conn: Connection, *, kind: folders.Kind, seed: bytes) -> None:
    public = NaclSigner(seed).public_key
    if kind == "log":
        conn.execute("INSERT INTO known_signing_key (key) VALUES (?)", (public,))
    else:
        conn.execute("INSERT INTO succession (number, seed, since) VALUES (1, ?, 0)", (seed,))


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

    assert [old] == folders.forget_old(kept[-1], "keys", 7, NOW).removed
    assert kept == [path for _, path in folders.found(tmp_path, "keys")]


@pytest.mark.parametrize("ahead", [8, 30, 1500])
def test_clock_that_is_ahead_removes_no_more_than_the_right_one(tmp_path: Path, ahead: int) -> None:
    """It does not know that it is: the last backups before it stay until later ones are as old."""
    old, *good = (put_at(tmp_path, "log", NOW - days * DAY_MS) for days in (9, 7, 4, 1))
    wrong = NOW + ahead * DAY_MS
    first = put_at(tmp_path, "log", wrong)
    second = put_at(tmp_path, "log", wrong + 7 * DAY_MS)

    assert [old] == folders.forget_old(first, "log", 7, wrong).removed
    assert folders.Forgotten([], good) == folders.forget_old(second, "log", 7, wrong + 7 * DAY_MS)
    assert folders.Forgotten([*good, first], []) == folders.forget_old(
        second, "log", 7, wrong + 8 * DAY_MS - 1
    )


def test_clock_that_was_ahead_once_keeps_nothing_afterwards(tmp_path: Path) -> None:
    ahead = put_at(tmp_path, "log", NOW + 1500 * DAY_MS)
    old, young, own = (put_at(tmp_path, "log", NOW - days * DAY_MS) for days in (9, 2, 0))

    assert folders.Forgotten([old], [ahead]) == folders.forget_old(own, "log", 7, NOW)
    assert [young, own, ahead] == sole(tmp_path)


def test_who_backs_up_seldom_keeps_the_one_before(tmp_path: Path) -> None:
    older, old, own = (put_at(tmp_path, "log", NOW - days * DAY_MS) for days in (60, 30, 0))

    assert folders.Forgotten([older], [old]) == folders.forget_old(own, "log", 7, NOW)
    assert [old, own] == sole(tmp_path)


@pytest.mark.parametrize("away", [-30, 1500])
def test_keys_of_who_was_erased_since_stay_no_longer_than_that(tmp_path: Path, away: int) -> None:
    """The new one knows all that the others know: no clock is a reason to keep these."""
    for each in (away, -8):
        put_at(tmp_path, "keys", NOW + each * DAY_MS)
    young, own = (put_at(tmp_path, "keys", NOW - days * DAY_MS) for days in (1, 0))

    folders.forget_old(own, "keys", 7, NOW)
    assert [young, own] == sole(tmp_path)


@pytest.mark.parametrize("kind", ["log", "keys"])
def test_backups_of_another_server_stay(tmp_path: Path, kind: folders.Kind) -> None:
    """Those of an old release tell of no server."""
    other = put_at(tmp_path, kind, NOW - 8 * DAY_MS, OTHER_SEED)
    old = put_at(tmp_path, kind, NOW - 9 * DAY_MS)
    older = put_at(tmp_path, kind, NOW - 10 * DAY_MS, None)
    young = put_at(tmp_path, kind, NOW - 6 * DAY_MS)
    own = put_at(tmp_path, kind, NOW)

    assert [older, old] == folders.forget_old(own, kind, 7, NOW).removed
    assert [other, young, own] == [path for _, path in folders.found(tmp_path, kind)]


def test_keys_that_followed_each_other_are_of_one_server(tmp_path: Path) -> None:
    old, own = put_at(tmp_path, "keys", NOW - 8 * DAY_MS), put_at(tmp_path, "keys", NOW)
    put_at(tmp_path, "keys", NOW - 6 * DAY_MS)
    with closing(SqliteFile(own, MIGRATIONS["keys"])) as file:
        file.write(
            lambda conn: conn.execute(
                "UPDATE succession SET key = ?, seed = NULL", (NaclSigner(SEED).public_key,)
            )
        )
    make_lone(own)

    assert [old] == folders.forget_old(own, "keys", 7, NOW).removed


@pytest.mark.parametrize("name_at", [NOW - 90 * DAY_MS, NOW])
def test_renamed_backup_is_as_old_as_its_file_and_stays(tmp_path: Path, name_at: int) -> None:
    made = put_at(tmp_path, "log", NOW - DAY_MS)
    renamed = made.rename(tmp_path / folders.name_of("log", name_at))

    assert [(min(name_at, NOW - DAY_MS), renamed)] == folders.found(tmp_path, "log")
    assert [] == folders.forget_old(renamed, "log", 7, NOW).removed


def test_backup_renamed_to_a_later_day_is_not_forgotten_before_that(tmp_path: Path) -> None:
    made = put_at(tmp_path, "log", NOW - 90 * DAY_MS)
    renamed = made.rename(tmp_path / folders.name_of("log", NOW))

    assert [] == folders.forget_old(renamed, "log", 7, NOW).removed


def test_keys_that_were_renamed_to_a_day_to_come_stay(tmp_path: Path) -> None:
    """Somebody put them aside: what the file itself says is not old."""
    made, own = put_at(tmp_path, "keys", NOW - DAY_MS), put_at(tmp_path, "keys", NOW)
    renamed = made.rename(tmp_path / folders.name_of("keys", NOW + 9 * DAY_MS))

    assert folders.Forgotten([], []) == folders.forget_old(own, "keys", 7, NOW)
    assert [renamed, own] == sole(tmp_path)


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
    own = put_at(tmp_path / "own", "log", NOW).rename(tmp_path / "own.db")
    assert [] == folders.forget_old(own, "log", 7, NOW).removed
    own.unlink()
    (tmp_path / "own").rmdir()
    assert sorted(names) == sorted(path.name for path in tmp_path.iterdir())


def test_half_of_a_backup_is_told_from_what_is_none(tmp_path: Path) -> None:
    whole, none = put_at(tmp_path, "log", NOW), tmp_path / "letter.db"
    half = tmp_path / "half.db"
    half.write_bytes(whole.read_bytes()[: whole.stat().st_size // 2])
    none.write_bytes(b"no database" * 1000)
    told = list[ErrorCode]()
    for path in (half, none):
        with pytest.raises(TrailmarkError) as refused:
            folders.require_kind(path, "log")
        told.append(refused.value.code)

    assert [ErrorCode.CORRUPT_LOG, ErrorCode.INVALID_INPUT] == told


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


def test_what_another_process_writes_is_not_cleared_away(tmp_path: Path) -> None:
    path = tmp_path / folders.name_of("log", NOW)
    with folders.unfinished(path) as part:
        part.unlink()  # as a copy begins
        part.write_bytes(b"half")
        folders.clear(tmp_path)

        assert folders.is_taken(path)
        assert b"half" == part.read_bytes()
        with pytest.raises(StorageError), folders.unfinished(path):
            pytest.fail("it was written twice")
    assert not folders.is_taken(path)


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
