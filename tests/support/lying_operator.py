"""An operator who changes the log of a server that stands still: in the files, or all of it anew.

Who changes only the files leaves hashes that do not fit. Who has both stores and the server's own
programs can compute every hash again that is not made on a device.
"""

from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

from trailmark_adapters.clock import SystemClock
from trailmark_adapters.nacl import NaclCipher
from trailmark_adapters.randomness import SystemRandomness
from trailmark_adapters.sqlite import Connection, SqliteFile
from trailmark_server.lane_draft import LaneDraft, LaneFacts, read_body
from trailmark_server.rest_seal import RestSeal
from trailmark_server.storage.rows import Tables
from trailmark_server.storage.sqlite.store import SqliteTables, main_migrations, open_main_file
from trailmark_server.storage.writing import NOTHING_RECORDED, commit_draft
from trailmark_server.stores import MAIN_FILE, open_stores
from trailmark_shared.events.envelope import Row
from trailmark_shared.ids import Lane, SpaceId

Change = Callable[[list[Row]], Sequence[Row]]
Tampering = Callable[[Connection, int], object]
"""Changes tables; takes the number of the lane."""

_TABLES = ("event", "chain", "lane_grant", "document", "projection", "failed_fold")


def tamper(data: Path, lane: Lane, change: Tampering) -> None:
    """Change the log's file past all that guards it."""

    def work(conn: Connection) -> None:
        _unguard(conn)
        change(conn, _number(conn, lane))

    with closing(SqliteFile(data / MAIN_FILE, main_migrations())) as file:
        file.write(work)


async def rewrite(data: Path, space: SpaceId, lane: Lane, change: Change) -> None:
    """Put other rows in the place of a lane's, as if no other ones had ever been there.

    Args:
        data: The server's folder.
        space: Whose lane.
        lane: Which one.
        change: Gives the rows that shall stand there; places and lane hashes are computed.
    """
    async with open_stores(data, SystemClock(), SystemRandomness()) as stores:
        rows = await stores.events.lane_rows(space, lane, 0)
        key = await stores.keys.space_key(space)
        assert key is not None
    seal = RestSeal(NaclCipher(), SystemRandomness(), space, key)
    draft = LaneDraft(LaneFacts(space=space, lane=lane), {}, {}, ())
    for row in change(rows):
        draft.append(row, read_body(row.event), row.code, keep_body=row.event.body is not None)

    def empty(conn: Connection, number: int) -> None:
        for table in _TABLES:
            conn.execute(f"DELETE FROM {table} WHERE lane = ?", (number,))  # noqa: S608

    def write(tables: Tables) -> None:
        tables.log.lane(space, lane)  # so that its number is known
        commit_draft(tables.log, seal, draft, NOTHING_RECORDED)

    tamper(data, lane, empty)
    tables = SqliteTables(open_main_file(data / MAIN_FILE))
    try:
        await tables.write(write)
    finally:
        await tables.close()


def _unguard(conn: Connection) -> None:
    found: list[Any] = conn.execute(
        "SELECT name FROM sqlite_schema WHERE type = 'trigger'"
    ).fetchall()
    for (name,) in found:
        conn.execute(f"DROP TRIGGER {name}")


def _number(conn: Connection, lane: Lane) -> int:
    return conn.execute("SELECT number FROM lane WHERE name = ?", (lane,)).fetchone()[0]
