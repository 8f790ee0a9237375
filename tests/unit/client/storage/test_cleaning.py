"""What was erased leaves every file of the device, at the latest with the next start."""

from pathlib import Path

from tests.support.devices import add_reflection, ids_of_subject, new_device
from trailmark_adapters.sqlite import Connection
from trailmark_client.app import DATABASE_NAME, App, open_app, open_async
from trailmark_client.storage.cleaning import (
    clean_beside,
    cleaning_owed,
    damaged_files,
    note_cleaned,
    owe_cleaning,
)
from trailmark_client.storage.erasure import erase_events
from trailmark_shared import limits
from trailmark_shared.ids import SELF

WORDS = b"quillomar"
PAGE = 4096
LARGE = limits.CHECKED_AT_EVERY_START_BYTES_MAX + 1
DAMAGED = (f"{DATABASE_NAME}.damaged-17", f"{DATABASE_NAME}.damaged-17-wal")


def put_damaged(folder: Path) -> None:
    for name in DAMAGED:
        (folder / name).write_bytes(WORDS)


def erase_one(app: App) -> None:
    subject = add_reflection(app, "gone")
    ids = app.read(lambda conn: ids_of_subject(conn, SELF, subject))
    app.write(lambda conn: erase_events(conn, SELF, ids))


def test_erasing_owes_a_cleaning_and_cleaning_pays_it(tmp_path: Path) -> None:
    put_damaged(tmp_path)
    with new_device(tmp_path) as app:
        before = app.read(cleaning_owed)
        erase_one(app)
        owed = app.read(cleaning_owed)

        assert app.clean()

        assert (None, "1") == (before, owed)
        assert app.read(cleaning_owed) is None
    assert [] == damaged_files(tmp_path)


def test_what_a_kill_left_is_cleaned_by_the_next_start(tmp_path: Path) -> None:
    with new_device(tmp_path) as app:
        erase_one(app)
    put_damaged(tmp_path)

    with open_app(tmp_path) as again:
        assert again.read(cleaning_owed) is None
    assert [] == damaged_files(tmp_path)


def test_damaged_files_stay_where_nothing_was_erased(tmp_path: Path) -> None:
    with new_device(tmp_path) as app:
        add_reflection(app, "kept")
        put_damaged(tmp_path)

        assert app.clean()

    assert DAMAGED == tuple(each.name for each in damaged_files(tmp_path))


def test_what_is_erased_during_a_cleaning_stays_owed(tmp_path: Path) -> None:
    with new_device(tmp_path) as app:
        app.write(owe_cleaning)
        owed = app.read(cleaning_owed)
        app.write(owe_cleaning)

        app.write(lambda conn: note_cleaned(conn, owed))

        assert "2" == app.read(cleaning_owed)


def test_what_somebody_still_reads_stays_owed(tmp_path: Path) -> None:
    with new_device(tmp_path) as app, open_app(tmp_path) as other:
        erase_one(app)
        told: list[bool] = []

        def look(conn: Connection) -> None:
            conn.execute("SELECT count(*) FROM event").fetchone()
            app.write(lambda c: c.execute("PRAGMA busy_timeout=0").fetchone())
            told.append(app.clean())

        other.read(look)

        assert [False] == told
        assert app.read(cleaning_owed) is not None


def test_damage_that_a_cleaning_meets_keeps_no_store_from_opening(tmp_path: Path) -> None:
    """A large file is not looked through at each start: writing it anew may meet damage first."""
    large = "INSERT INTO draft VALUES ('large', printf('%.*c', ?, 'x'), 1)"
    with new_device(tmp_path) as app:
        add_reflection(app, "not sent")
        app.write(lambda conn: conn.execute(large, (LARGE,)))
        app.write(owe_cleaning)
        app.file.checkpoint()
        path = app.file.path
    data = bytearray(path.read_bytes())
    page = LARGE // 2 // PAGE * PAGE
    data[page : page + PAGE] = bytes(range(256)) * (PAGE // 256)
    path.write_bytes(data)

    with open_app(tmp_path) as met:
        assert met.rescue is None
        assert not met.clean()

    with open_app(tmp_path) as again:
        assert again.rescue is not None
        assert (1, None) == (again.rescue.kept, again.read(cleaning_owed))


async def test_a_store_that_serves_an_event_loop_is_cleaned_too(tmp_path: Path) -> None:
    put_damaged(tmp_path)
    with new_device(tmp_path) as app:
        async with open_async(app) as database:
            await clean_beside(database, tmp_path)
            assert DAMAGED == tuple(each.name for each in damaged_files(tmp_path))
            erase_one(app)

            await clean_beside(database, tmp_path)

        assert app.read(cleaning_owed) is None
    assert [] == damaged_files(tmp_path)
