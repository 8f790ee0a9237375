"""What an update makes of a file that an older release wrote."""

import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from tests.support.devices import add_reflection, new_device
from tests.support.rotted import put_past_the_schema
from trailmark_adapters.migrations import migrations_from_folder
from trailmark_adapters.sqlite import SqliteFile
from trailmark_client import app
from trailmark_client.app import DATABASE_NAME, MIGRATIONS_FOLDER
from trailmark_client.storage.rescue import DAMAGED_SUFFIX
from trailmark_client.storage.state_hashes import IN_LANE, IN_LANES
from trailmark_shared.ids import SELF, care_lane

BEFORE_0012 = 11
PAGE = 4096
WALK = bytes(15) + b"\x01"
STEP = bytes(15) + b"\x02"
CARE = care_lane(bytes(16))
ROWS = [
    (CARE, WALK, "goal", None, b'{"title":"Walk"}'),
    (SELF, STEP, "step", WALK, b'{"text":"Shoes on"}'),
    (SELF, WALK, "goal", None, b'{"title":"Walk"}'),
]


def test_documents_are_kept_where_their_table_changes(tmp_path: Path) -> None:
    migrations, path = migrations_from_folder(MIGRATIONS_FOLDER), tmp_path / "trailmark.db"
    older = SqliteFile(path, migrations[:BEFORE_0012])
    insert = "INSERT INTO document VALUES (?, ?, ?, ?, ?)"
    older.write(lambda conn: conn.executemany(insert, ROWS))
    older.close()

    file = SqliteFile(path, migrations)

    rows = file.read(lambda conn: conn.execute("SELECT * FROM document ORDER BY rowid").fetchall())
    assert rows == ROWS
    file.close()


COUNT = 60


@pytest.fixture
def older(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The store of an older release, with things that were not sent yet."""
    files = sorted(MIGRATIONS_FOLDER.glob("*.sql"))[:BEFORE_0012]
    (tmp_path / "sql").mkdir()
    for each in files:
        shutil.copy(each, tmp_path / "sql")
    with monkeypatch.context() as before:
        before.setattr(app, "MIGRATIONS_FOLDER", tmp_path / "sql")
        with new_device(tmp_path / "home") as device:
            for number in range(COUNT):
                add_reflection(device, f"reflection {number} " + "x" * 300)
            device.file.checkpoint()
    return tmp_path / "home" / DATABASE_NAME


def overwrite(path: Path, value: str) -> None:
    """Overwrite the page in which a value stands."""
    with closing(sqlite3.connect(path)) as conn:
        (found,) = conn.execute(f"SELECT {value}").fetchone()
    data = bytearray(path.read_bytes())
    page = data.index(found) // PAGE * PAGE
    data[page : page + PAGE] = bytes(range(256)) * (PAGE // 256)
    path.write_bytes(data)


def overwrite_documents(path: Path) -> None:
    overwrite(path, "json FROM document WHERE rowid = 30")


def put_words_where_bytes_belong(path: Path) -> None:
    put_past_the_schema(path, "document", "json", "x", "rowid = 7")


@pytest.mark.parametrize("damage", [overwrite_documents, put_words_where_bytes_belong])
def test_an_older_file_with_damaged_documents_loses_nothing_that_was_not_sent(
    older: Path, damage: Callable[[Path], None]
) -> None:
    damage(older)

    with app.open_app(older.parent) as again:
        assert again.rescue is not None
        assert (again.rescue.kept, again.rescue.unreadable) == (COUNT, 0)
        assert again.rescue.moved_to.exists()
    with app.open_app(older.parent) as third:
        assert third.rescue is None


def test_an_update_deletes_no_file_that_was_moved_aside(older: Path) -> None:
    """What could not be read out of it may still be."""
    before = older.with_name(f"{older.name}{DAMAGED_SUFFIX}1")
    before.write_bytes(b"what somebody may still read")
    overwrite(older, "hash FROM event WHERE pos = 30")

    with app.open_app(older.parent) as again:
        assert again.rescue is not None
        assert 0 < again.rescue.kept < COUNT
        assert again.rescue.moved_to.exists()
    assert before.exists()


@pytest.mark.parametrize(
    "asked",
    [
        f"document WHERE {IN_LANE}",
        f"document WHERE {IN_LANES}",
        "document WHERE subject = ?1",
        "document WHERE lane = ?1 AND subject = ?2",
        "document WHERE parent = ?1",
        "document WHERE kind = ?1",
    ],
)
def test_no_question_for_documents_reads_all_of_them(tmp_path: Path, asked: str) -> None:
    file = SqliteFile(tmp_path / "trailmark.db", migrations_from_folder(MIGRATIONS_FOLDER))
    given = ("x", "y")[: 2 if "?2" in asked else 1]

    sql = f"EXPLAIN QUERY PLAN SELECT * FROM {asked}"  # noqa: S608  (texts of this file)

    plan = file.read(lambda conn: conn.execute(sql, given).fetchall())

    assert any("SEARCH document" in row[3] for row in plan), plan
    file.close()
