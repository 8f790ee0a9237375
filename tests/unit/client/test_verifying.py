"""Everything on a device is checked: its events, and the file beside them."""

from pathlib import Path

import pytest

from tests.support.devices import add_reflection, new_device
from tests.support.rotted import put_past_the_schema
from trailmark_client.app import DATABASE_NAME, open_app
from trailmark_client.storage.verification import verify_all
from trailmark_client.verifying import verify_store
from trailmark_shared.errors import IntegrityError


def test_a_table_that_contradicts_its_index_is_found_where_every_hash_fits(tmp_path: Path) -> None:
    with new_device(tmp_path) as app:
        add_reflection(app, "a reflection")
        assert verify_store(app) == []
        (id_,) = app.read(
            lambda conn: conn.execute("SELECT id FROM event WHERE type IS NOT NULL").fetchone()
        )
    path = tmp_path / DATABASE_NAME
    damaged = path.read_bytes().replace(b"self" + id_, b"sels" + id_)
    path.write_bytes(damaged)

    # The lane of what waits to be sent is read from an index, and that is as it was.
    with new_device(tmp_path) as app:
        assert app.read(lambda conn: verify_all(conn, app.vault)) == []
        assert [("file", None)] == [(each.what, each.event) for each in verify_store(app)]


def test_damaged_events_are_named_with_it(tmp_path: Path) -> None:
    with new_device(tmp_path) as app:
        add_reflection(app, "a reflection")
        app.write(lambda conn: conn.execute("UPDATE event SET salt = zeroblob(16)"))
        told: list[int] = []

        assert {"body"} == {each.what for each in verify_store(app, told.append)}
        assert (
            sum(told) == app.read(lambda c: c.execute("SELECT count(*) FROM event").fetchone())[0]
        )


def test_a_value_of_another_kind_is_damage_and_no_defect(tmp_path: Path) -> None:
    """As it is met in a large file, which is not looked through at each start."""
    with new_device(tmp_path) as app:
        add_reflection(app, "a reflection")
        add_reflection(app, "another one")
        put_past_the_schema(tmp_path / DATABASE_NAME, "event", "salt", 7.5, "pos = 2")

        with pytest.raises(IntegrityError, match="damaged"):
            verify_store(app)

    with open_app(tmp_path) as again:
        assert again.rescue is not None
        assert 1 == again.rescue.kept
