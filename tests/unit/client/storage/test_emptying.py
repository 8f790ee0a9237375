"""An emptied device is as new, whenever it was killed and whatever state its database was in."""

import os
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import msgspec
import pytest

from tests.support.devices import CARE, add_goal, add_reflection, new_device
from trailmark_adapters.sqlite import Connection, SqliteFile
from trailmark_client.app import DATABASE_NAME, App, open_app
from trailmark_client.identity import FILE_NAME as IDENTITY_NAME
from trailmark_client.storage import emptying
from trailmark_client.storage.cleaning import cleaning_owed
from trailmark_client.storage.emptying import (
    FILE_NAME,
    ErasedThere,
    Erasure,
    ErasureFile,
    ServerErasure,
    finish_emptying,
)
from trailmark_client.storage.search_index import put_in
from trailmark_client.storage.settings import set_setting
from trailmark_client.storage.shredding import blank
from trailmark_shared.errors import ErrorCode, IntegrityError, StorageError
from trailmark_shared.ids import EventId, SpaceId, text_from_id

WORDS = "quillomar brindlewick"
ASKED = ServerErasure(
    url="http://127.0.0.1:1",
    credential="tmd_test",
    space=SpaceId(b"s" * 16),
    event=EventId(b"e" * 16),
    statements=(b"{}",),
)


class Killed(BaseException):
    """The process ends here."""


def used(folder: Path) -> App:
    """Return a device that holds words in its tables and beside them."""
    app = new_device(folder)
    add_goal(app, WORDS, CARE)
    add_reflection(app, WORDS)
    app.write(put_in)
    app.write(lambda conn: set_setting(conn, "pending_grant", WORDS))
    (folder / f"{DATABASE_NAME}.damaged-17").write_text(WORDS)
    (folder / "identity.tmp").write_text(WORDS)
    return app


def note(app: App) -> None:
    app.erasure_file.save(Erasure(emptying=app.identity.space, waiting=(ASKED,)))


def left(folder: Path) -> list[str]:
    """Return the files with words, or with an old key, in them."""
    return sorted(each.name for each in folder.iterdir() if WORDS.encode() in each.read_bytes())


def is_as_new(app: App, before: bytes) -> bool:
    tables = ("event", "document", "chain_head", "cursor", "erased")
    counts = app.read(
        lambda conn: [
            conn.execute(f"SELECT count(*) FROM {table}").fetchone()[0]  # noqa: S608
            for table in tables
        ]
    )
    return counts == [0] * len(tables) and app.identity.space != before


def test_nothing_of_the_person_is_left(tmp_path: Path) -> None:
    with used(tmp_path) as app:
        space, keys = app.identity.space, app.identity.vault_keys
        assert left(tmp_path)
        note(app)

        app.empty()

        assert is_as_new(app, space)
        assert [] == left(tmp_path)
        assert not {each.id for each in keys} & {each.id for each in app.identity.vault_keys}
        assert Erasure(waiting=(ASKED,)) == app.erasure_file.read()
        assert app.read(cleaning_owed) is None
        add_reflection(app, "a new beginning")
    expected = {DATABASE_NAME, f"{DATABASE_NAME}.lock", IDENTITY_NAME, FILE_NAME}
    assert expected <= {each.name for each in tmp_path.iterdir()}


def test_every_table_is_empty(tmp_path: Path) -> None:
    """A table that comes later is emptied too, or this fails."""
    with used(tmp_path) as app:
        note(app)
        app.empty()
    with closing(sqlite3.connect(tmp_path / DATABASE_NAME)) as conn:
        tables = [
            name
            for (name,) in conn.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
            if name not in {"migration", "setting"} and not name.startswith("sqlite_")
            # What the search index keeps of itself; its words are looked for below.
            if name not in {"search_config", "search_data"}
        ]
        filled = [
            table
            for table in tables
            if conn.execute(f'SELECT 1 FROM "{table}" LIMIT 1').fetchone()  # noqa: S608
        ]
        settings = [name for (name,) in conn.execute("SELECT name FROM setting")]
        conn.execute("CREATE VIRTUAL TABLE temp.term USING fts5vocab('main', 'search', 'row')")
        terms = conn.execute("SELECT term FROM temp.term").fetchall()
    assert [] == filled
    assert [] == settings
    assert [] == terms


def test_the_old_keys_are_overwritten(tmp_path: Path) -> None:
    with used(tmp_path) as app:
        os.link(tmp_path / IDENTITY_NAME, tmp_path / "old")
        note(app)

        size = (tmp_path / "old").stat().st_size
        app.empty()

    assert bytes(size) == (tmp_path / "old").read_bytes()


@pytest.mark.parametrize(
    "step", ["remove_leftovers", "_delete_all", "owe_cleaning", "_replace", "blank"]
)
def test_a_kill_at_any_step_is_finished_by_the_next_start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    def kill(*_: object) -> None:
        raise Killed

    with used(tmp_path) as app:
        space = app.identity.space
        note(app)
        monkeypatch.setattr(emptying, step, kill)
        with pytest.raises(Killed):
            app.empty()
        monkeypatch.undo()

    with open_app(tmp_path) as again:
        assert is_as_new(again, space)
        assert [] == left(tmp_path)
        assert Erasure(waiting=(ASKED,)) == again.erasure_file.read()
        kept = add_reflection(again, "a new beginning")
    with open_app(tmp_path) as third:
        assert kept in third.read(subjects)


def subjects(conn: Connection) -> list[bytes]:
    return [subject for (subject,) in conn.execute("SELECT subject FROM event")]


def test_a_waiting_damaged_database_is_not_rescued_into_the_new_one(tmp_path: Path) -> None:
    with used(tmp_path) as app:
        space = app.identity.space
        app.file.checkpoint()
        copy = (tmp_path / DATABASE_NAME).read_bytes()
        note(app)
    (tmp_path / f"{DATABASE_NAME}.waiting-18").write_bytes(copy)

    with open_app(tmp_path) as again:
        assert is_as_new(again, space)
        assert again.rescue is None
    assert [] == left(tmp_path)


def spoil(path: Path) -> None:
    path.write_bytes(WORDS.encode() * 1000)


def spoil_pages(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[4096:] = bytes(range(256)) * (len(data[4096:]) // 256)
    path.write_bytes(data)


@pytest.mark.parametrize("damage", [spoil, spoil_pages])
def test_a_damaged_database_is_shredded(tmp_path: Path, damage: Callable[[Path], None]) -> None:
    with used(tmp_path) as app:
        space = app.identity.space
        note(app)
    damage(tmp_path / DATABASE_NAME)

    with open_app(tmp_path) as again:
        assert is_as_new(again, space)
        add_reflection(again, "a new beginning")
    assert [] == left(tmp_path)


def test_a_database_that_cannot_be_opened_is_shredded(tmp_path: Path) -> None:
    """On a full disk, say, where emptying by statements would need room."""
    with used(tmp_path) as app:
        path, file, fresh = tmp_path / DATABASE_NAME, app.identity_file, new_device(tmp_path / "o")

    def refuse() -> SqliteFile:
        raise StorageError(ErrorCode.DISK_FULL, "the disk is full")

    finish_emptying(path, refuse, file, fresh.identity)

    fresh.close()
    assert [] == [each.name for each in tmp_path.glob(f"{DATABASE_NAME}*") if each.suffix == ".db"]
    assert fresh.identity == file.current


def test_a_note_about_another_space_empties_nothing(tmp_path: Path) -> None:
    with used(tmp_path) as app:
        app.erasure_file.save(Erasure(emptying=SpaceId(b"o" * 16)))
    with open_app(tmp_path) as again:
        assert 2 == len(again.read(subjects))
        assert Erasure() == again.erasure_file.read()


def test_the_file_says_what_was_saved_and_goes_when_nothing_is_to_be_done(tmp_path: Path) -> None:
    file = ErasureFile(tmp_path / FILE_NAME)
    said = Erasure(emptying=SpaceId(b"s" * 16), waiting=(ASKED,))
    before = file.read()
    file.save(said)

    assert (Erasure(), said) == (before, file.read())
    assert 0o600 == file.path.stat().st_mode & 0o777
    file.save(Erasure())
    assert [] == list(tmp_path.iterdir())


def test_what_a_server_erased_counts_for_that_space_only(tmp_path: Path) -> None:
    file = ErasureFile(tmp_path / FILE_NAME)
    space, other = SpaceId(b"s" * 16), SpaceId(b"o" * 16)
    there = ErasedThere(space=text_from_id(space), erased_at=7, learned_at=9)
    before = file.erased_there(space)
    file.save(Erasure(there=there))

    assert (None, there, None) == (before, file.erased_there(space), file.erased_there(other))


def test_a_kill_between_blanking_and_removing_the_file_is_no_damage(tmp_path: Path) -> None:
    file = ErasureFile(tmp_path / FILE_NAME)
    file.save(Erasure(emptying=SpaceId(b"s" * 16), waiting=(ASKED,)))
    with file.path.open("r+b") as opened:
        blank(opened.fileno())

    assert Erasure() == file.read()
    file.save(Erasure())
    assert [] == list(tmp_path.iterdir())


@pytest.mark.parametrize("place", [20, -60])
def test_a_flipped_bit_empties_nothing(tmp_path: Path, place: int) -> None:
    with used(tmp_path) as app:
        note(app)
    path = tmp_path / FILE_NAME
    data = bytearray(path.read_bytes())
    data[place] ^= 1
    path.write_bytes(data)

    with pytest.raises(IntegrityError) as raised:
        open_app(tmp_path)

    assert ErrorCode.CORRUPT_IDENTITY == raised.value.code
    path.unlink()
    with open_app(tmp_path) as again:
        assert 2 == len(again.read(subjects))


def test_a_request_is_kept_as_it_was() -> None:
    assert ASKED == msgspec.json.decode(msgspec.json.encode(ASKED), type=ServerErasure)
