"""A kill between the identity that is connected and the store that says what it imported."""

from pathlib import Path

from tests.support.devices import add_reflection, connect_to, new_device, sync
from tests.support.home import Home
from trailmark_adapters.sqlite import Connection
from trailmark_client.storage.connecting import finish_connecting
from trailmark_client.storage.cursors import Cursor, set_cursor
from trailmark_client.storage.importing import imported_from
from trailmark_client.storage.settings import IMPORTED_FROM, set_setting
from trailmark_shared import chain
from trailmark_shared.ids import SELF


def imported(conn: Connection) -> None:
    """Let the private entries be those of another space."""
    (event,) = conn.execute("SELECT hash FROM event").fetchone()
    hash_ = chain.lane_hash(chain.GENESIS, event, 1, 1, 0, "person", None)
    conn.execute(
        "UPDATE event SET seq = 1, received_at = 1, offset = 0, actor = 'person', lane_hash = ?",
        (hash_,),
    )
    set_cursor(conn, SELF, Cursor(1, hash_))
    set_setting(conn, IMPORTED_FROM, bytes(16).hex())


async def test_what_was_imported_is_sent_after_a_kill_while_connecting(tmp_path: Path) -> None:
    with new_device(tmp_path) as app:
        add_reflection(app, "imported")
        app.write(imported)
        home = Home(app.identity.space)
        # The identity file was written, the transaction around it was not.
        connect_to(app, home)

    with new_device(tmp_path) as app:
        assert app.read(imported_from) is None
        ended = await sync(app, home)
        ids = app.read(lambda conn: conn.execute("SELECT id FROM event").fetchall())

    assert (ended.is_done, ended.refused) == (True, 0)
    assert [row.event.id for row in home.lane(SELF).rows] == [each for (each,) in ids]


def test_where_no_server_is_known_it_stays_as_it_was_imported(tmp_path: Path) -> None:
    with new_device(tmp_path) as app:
        add_reflection(app, "imported")
        app.write(imported)
        finish_connecting(app.file, app.identity)

        assert app.read(imported_from) is not None
