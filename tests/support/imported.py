"""A lane of a former space, as an export tells it and as a device holds it after the import."""

from tests.support.exports import a_lane
from tests.support.lane_devices import SPACE
from trailmark_adapters.sqlite import Connection
from trailmark_client.app import App
from trailmark_client.storage.importing import Importing
from trailmark_client.storage.read_models import refold_all
from trailmark_shared.events.envelope import Row
from trailmark_shared.exports.whole import Placed


def stored(row: Row) -> Placed:
    """Return a row of the log as a device stores it."""
    return Placed(
        event=row.event,
        plain=row.event.body,
        seq=row.seq,
        held=None,
        received_at=row.received_at,
        offset=row.offset,
        actor=row.actor,
        code=row.code,
        lane_hash=row.lane_hash,
    )


def import_a_lane(app: App) -> None:
    """Import ``exports.a_lane`` onto a device."""

    def put(conn: Connection) -> None:
        importing = Importing(conn, app.vault, app.randomness)
        for row in a_lane():
            importing.take(stored(row))
            if row.event.body is None and row.code is None:
                conn.execute("INSERT INTO erased (id) VALUES (?)", (row.event.id,))
        importing.finish(SPACE)
        refold_all(conn, app.vault.opener())

    app.write(put)
