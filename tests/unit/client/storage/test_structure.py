"""A large file is looked through once a day, beside other work, and the look can be stopped."""

from pathlib import Path
from threading import Event, Thread

import pytest

from tests.support.devices import add_reflection, new_device
from trailmark_adapters.sqlite import Connection
from trailmark_client.app import DATABASE_NAME
from trailmark_client.storage.structure import (
    StructureCheck,
    beside,
    doubt_of,
    is_check_due,
    is_whole,
    note_checked,
)
from trailmark_shared import limits
from trailmark_shared.errors import StorageError


def damage(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[-4096:] = bytes(range(256)) * 16
    path.write_bytes(data)


def filled(folder: Path) -> Path:
    with new_device(folder) as app:
        for number in range(60):
            add_reflection(app, f"reflection {number} " + "x" * 300)
        app.file.checkpoint()
    return folder / DATABASE_NAME


def test_a_large_file_is_due_once_a_day(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with new_device(tmp_path) as app:
        now = app.clock.now_ms()
        assert not is_check_due(app.file, now)
        monkeypatch.setattr(limits, "CHECKED_AT_EVERY_START_BYTES_MAX", 0)
        assert is_check_due(app.file, now)

        note_checked(app.file, now)

        assert not is_check_due(app.file, now)
        assert not is_check_due(app.file, now + limits.STRUCTURE_CHECKED_MS - 1)
        assert is_check_due(app.file, now + limits.STRUCTURE_CHECKED_MS)
        assert is_check_due(app.file, now - 1)


def test_a_look_tells_a_sound_file_from_a_damaged_one(tmp_path: Path) -> None:
    path = filled(tmp_path)

    assert StructureCheck(path, None, is_whole).run() is True

    damage(path)
    assert StructureCheck(path, None, is_whole).run() is False

    path.write_bytes(b"no database " * 1000)
    assert StructureCheck(path, None, is_whole).run() is False


def test_a_look_is_stopped_before_it_began_and_in_the_middle(tmp_path: Path) -> None:
    path = filled(tmp_path)
    early = StructureCheck(path, None, is_whole)
    early.stop()
    assert early.run() is None

    began = Event()

    def endless(conn: Connection) -> bool:
        began.set()
        count = (
            "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT max(i) FROM n"
        )
        return conn.execute(count).fetchone() is not None

    late, found = StructureCheck(path, None, endless), list[bool | None]()
    thread = Thread(target=lambda: found.append(late.run()))
    thread.start()
    began.wait()
    while thread.is_alive():  # it may not have begun to count yet
        late.stop()
        thread.join(0.01)
    assert [None] == found


def test_a_look_beside_other_work_ends_with_it(tmp_path: Path) -> None:
    path = filled(tmp_path)
    began = Event()

    def endless(conn: Connection) -> bool:
        began.set()
        count = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i FROM n) SELECT max(i) FROM n"
        return conn.execute(count).fetchone() is not None

    with beside(StructureCheck(path, None, endless)) as looking:
        began.wait()

    assert looking.result() is None
    with beside(StructureCheck(path, None, is_whole)) as looking:
        assert looking.result() is True


def test_a_look_that_cannot_be_taken_says_so(tmp_path: Path) -> None:
    with pytest.raises(StorageError):
        StructureCheck(tmp_path / "absent.db", None, is_whole).run()


def test_an_app_notes_what_a_look_has_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "CHECKED_AT_EVERY_START_BYTES_MAX", 0)
    with new_device(tmp_path) as app:
        check = app.structure_check()
        assert check is not None
        assert check.run() is True
        app.note_structure(is_whole=True)
        assert app.structure_check() is None

        app.note_structure(is_whole=False)
        assert doubt_of(app.file.path).exists()
