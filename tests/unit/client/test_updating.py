"""A large store of an older release is known before it is opened."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support.person import Person
from trailmark_adapters.migrations import migrations_from_folder
from trailmark_adapters.sqlite import Connection
from trailmark_client.app import DATABASE_NAME, MIGRATIONS_FOLDER
from trailmark_client.updating import is_long_update_due

SCHEMA = len(migrations_from_folder(MIGRATIONS_FOLDER))


def schema(number: int) -> Callable[[Connection], object]:
    return lambda conn: conn.execute(f"PRAGMA user_version={number:d}")


def older_folds(conn: Connection) -> object:
    return conn.execute("UPDATE setting SET value = '1' WHERE name = 'projection_version'")


@pytest.mark.parametrize(
    ("change", "is_due"),
    [
        (schema(SCHEMA), False),
        (schema(SCHEMA - 1), True),
        (schema(SCHEMA + 1), False),
        (older_folds, True),
    ],
)
def test_it_is_due_where_an_older_release_wrote_it(
    tmp_path: Path, person: Person, change: Callable[[Connection], object], *, is_due: bool
) -> None:
    person.goal("Walk")
    person.app.write(change)

    assert is_long_update_due(tmp_path, None, small_bytes=0) is is_due
    assert not is_long_update_due(tmp_path, None)


def test_what_cannot_be_read_is_told_by_the_start(tmp_path: Path) -> None:
    assert not is_long_update_due(tmp_path, None, small_bytes=0)
    (tmp_path / DATABASE_NAME).write_bytes(b"no database" * 1000)
    assert not is_long_update_due(tmp_path, None, small_bytes=0)
