"""What an update makes of a file that an older release wrote."""

from pathlib import Path

import pytest

from trailmark_adapters.migrations import migrations_from_folder
from trailmark_adapters.sqlite import Connection, SqliteFile
from trailmark_client.app import MIGRATIONS_FOLDER
from trailmark_client.storage.cleaning import cleaning_owed, owe_cleaning
from trailmark_client.storage.read_models import IN_LANE
from trailmark_shared.ids import SELF, care_lane

BEFORE_0012 = 11
WALK = bytes(15) + b"\x01"
STEP = bytes(15) + b"\x02"
CARE = care_lane(bytes(16))
ROWS = [
    (CARE, WALK, "goal", None, b'{"title":"Walk"}'),
    (SELF, STEP, "step", WALK, b'{"text":"Shoes on"}'),
    (SELF, WALK, "goal", None, b'{"title":"Walk"}'),
]


@pytest.mark.parametrize("owed", [0, 2])
def test_documents_are_kept_where_their_table_changes(tmp_path: Path, owed: int) -> None:
    def write(conn: Connection) -> None:
        conn.executemany("INSERT INTO document VALUES (?, ?, ?, ?, ?)", ROWS)
        for _ in range(owed):
            owe_cleaning(conn)

    migrations, path = migrations_from_folder(MIGRATIONS_FOLDER), tmp_path / "trailmark.db"
    older = SqliteFile(path, migrations[:BEFORE_0012])
    older.write(write)
    older.close()

    file = SqliteFile(path, migrations)

    rows = file.read(lambda conn: conn.execute("SELECT * FROM document ORDER BY rowid").fetchall())
    assert rows == ROWS
    assert file.read(cleaning_owed) == str(owed + 1)
    file.close()


def test_a_new_file_owes_no_cleaning(tmp_path: Path) -> None:
    file = SqliteFile(tmp_path / "trailmark.db", migrations_from_folder(MIGRATIONS_FOLDER))

    assert file.read(cleaning_owed) is None
    file.close()


@pytest.mark.parametrize(
    "asked",
    [
        f"document WHERE {IN_LANE}",
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
