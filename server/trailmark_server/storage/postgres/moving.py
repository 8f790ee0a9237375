"""Moves what a server keeps in files into PostgreSQL: same seqs, same hashes, same keys.

Rows are copied as they are, table by table, in chunks. Each chunk and the place it reaches are one
transaction, so that a move that was interrupted goes on from there. Read models are left out: they
are folded again where they are read. While the table ``moving`` is there, no server opens the
database; the mark in the folder keeps the servers of the files away.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any, Final

import msgspec

from trailmark_adapters.sqlite import Connection, SqliteFile
from trailmark_server.storage.postgres.connection import PostgresConnection
from trailmark_server.storage.postgres.database import PostgresDatabase
from trailmark_server.storage.sql.connection import SqlValue
from trailmark_shared.errors import DomainError, ErrorCode, StorageError
from trailmark_shared.words import gettext

Told = Callable[[str, int, int], None]
"""Table, rows of it that were copied, rows that it has."""

MAIN_TABLES: Final = (
    "space_erasure", "lane", "event", "chain", "lane_grant", "revoked_grant", "erased_event",
    "closed_space", "known_signing_key", "therapist", "sign_in_link", "web_session", "password",
    "passkey", "passkey_challenge", "security_notice", "failed_tries", "invitation", "space",
    "device", "device_invitation", "acquaintance", "access_entry", "supporter_link",
    "supporter_session", "erased_space", "erasure_proof", "recovery", "hand_over",
)  # fmt: skip
"""In an order in which every row finds what it refers to."""

KEYS_TABLES: Final = (
    "succession", "space_key", "revoked_grant", "revoked_credential", "erased_event",
    "closed_space", "erased_space", "erasure_proof", "recovery",
)  # fmt: skip
"""All of the keys store."""

LEFT_OUT: Final = frozenset({"cleaning", "document", "failed_fold", "migration", "projection"})
"""Made anew, or about the files themselves."""

_BY_LANE: Final = frozenset({"chain", "event", "lane_grant"})
_CHUNK: Final = 1000
_EVENT_KEY: Final = ("lane", "seq")

_MAKE: Final = (
    "CREATE TABLE IF NOT EXISTS moving "
    '(name text COLLATE "C" PRIMARY KEY, position bytea, is_done bigint NOT NULL)'
)
_NOTE: Final = """
    INSERT INTO moving (name, position, is_done) VALUES (?, ?, ?)
    ON CONFLICT (name) DO UPDATE SET position = excluded.position, is_done = excluded.is_done
"""
EMPTIED: Final = f"""
DO $$ DECLARE
    kept text[]; since bigint[]; each record;
BEGIN
    SELECT array_agg(name), array_agg(0) INTO kept, since FROM (
        SELECT 'right:' || format(
            'GRANT %s ON %I TO %s%s', given.privilege_type, held.relname,
            CASE given.grantee WHEN 0 THEN 'PUBLIC' ELSE given.grantee::regrole::text END,
            CASE WHEN given.is_grantable THEN ' WITH GRANT OPTION' ELSE '' END
        ) AS name
        FROM pg_class held, aclexplode(held.relacl) given
        WHERE held.relnamespace = current_schema()::regnamespace AND held.relkind IN ('r', 'S')
        AND given.grantee <> held.relowner
    ) rights;
    IF to_regclass('therapist') IS NOT NULL THEN
        SELECT kept || array_agg('disabled:' || encode(id, 'hex')), since || array_agg(disabled_at)
        INTO kept, since FROM therapist WHERE disabled_at IS NOT NULL;
    END IF;
    IF to_regclass('moving') IS NOT NULL THEN
        SELECT kept || array_agg(name), since || array_agg(is_done)
        INTO kept, since FROM moving WHERE name LIKE 'right:%' OR name LIKE 'disabled:%';
    END IF;
    FOR each IN SELECT oid::regclass AS name FROM pg_class
        WHERE relnamespace = current_schema()::regnamespace AND relkind = 'r'
        AND pg_has_role(relowner, 'USAGE')
    LOOP EXECUTE format('DROP TABLE %s CASCADE', each.name); END LOOP;
    FOR each IN SELECT oid::regprocedure AS name FROM pg_proc
        WHERE pronamespace = current_schema()::regnamespace AND pg_has_role(proowner, 'USAGE')
        AND NOT EXISTS (SELECT 1 FROM pg_depend WHERE objid = pg_proc.oid AND deptype = 'e')
    LOOP EXECUTE format('DROP FUNCTION %s CASCADE', each.name); END LOOP;
    {_MAKE};
    INSERT INTO moving (name, is_done)
    SELECT name, min(done) FROM unnest(kept, since) AS noted (name, done) GROUP BY name;
END $$
"""  # noqa: S608  (own text)
"""Forgets everything and notes, in the same moment, what outlives it: who was disabled, and which
rights other roles had. The schema stays, and with it what was given for all tables to come."""

_RIGHTS_AGAIN: Final = """
DO $$ DECLARE each text; BEGIN
    FOR each IN SELECT substr(name, length('right:') + 1) FROM moving WHERE name LIKE 'right:%'
    LOOP
        BEGIN EXECUTE each;
        EXCEPTION WHEN undefined_table OR undefined_object THEN NULL; -- one of the two is gone
        END;
    END LOOP;
END $$
"""
_SOURCE: Final = "source:"
_VERIFIED: Final = "verified:"
_NEXT_NUMBER: Final = (
    "SELECT setval(pg_get_serial_sequence('lane', 'number'), "
    "(SELECT coalesce(max(number), 0) + 1 FROM lane), false)"
)


class Shape(msgspec.Struct, frozen=True):
    """What a table of a file looks like: its columns, and those that order its rows."""

    table: str
    columns: tuple[str, ...]
    key: tuple[str, ...]


class _Note(msgspec.Struct, frozen=True):
    """How far a table is: the key of the last row, as MessagePack."""

    table: str
    position: bytes
    is_done: bool


async def require_room(goal: PostgresDatabase, tables: Sequence[str], mover: bytes | None) -> None:
    """Check that a database is empty, or that a move was interrupted in it.

    Args:
        goal: The database.
        tables: Its tables.
        mover: The server whose move may be gone on with; ``None``: nobody's, for one that was given
            up may have copied what is no longer so.

    Raises:
        DomainError: ``invalid_input``: it holds something else.
    """
    await goal.read(lambda conn: _notes(conn, tables, mover))


async def copy_tables(
    source: SqliteFile,
    goal: PostgresDatabase,
    tables: Sequence[str],
    server_id: bytes,
    told: Told,
) -> None:
    """Copy all rows of ``tables``, or what is left of them from the last time.

    Args:
        source: A file that nobody writes meanwhile.
        goal: An empty database with its schema, or one in which the same move was interrupted.
        tables: Names, in order.
        server_id: Of the server that moves; another one's move is not gone on with.
        told: Hears how far it is, after each chunk.

    Raises:
        DomainError: ``invalid_input``: the database holds something else.
        StorageError: ``storage_unavailable``: somebody wrote into the file meanwhile, or the
            database cannot be reached; do it again.
    """
    version = source.data_version()
    places = await goal.run(lambda conn: _begin(conn, tables, server_id))
    for table in tables:
        position, is_done = places.get(table, (None, False))
        if not is_done:
            await _copy(source, goal, table, position, told)
    if source.data_version() != version:
        raise StorageError(
            ErrorCode.STORAGE_UNAVAILABLE,
            gettext(
                "somebody wrote into the files meanwhile; stop the server and begin with empty "
                "databases"
            ),
        )


async def is_verified(goal: PostgresDatabase) -> bool:
    """Say whether all of a move arrived and was found right: only its end is missing."""

    def work(conn: PostgresConnection) -> bool:
        [(is_there,)] = conn.execute("SELECT to_regclass('moving') IS NOT NULL")
        found = is_there and conn.execute("SELECT 1 FROM moving WHERE name = ?", (_VERIFIED,))
        return bool(found and found.fetchone())

    return await goal.read(work)


async def note_verified(goal: PostgresDatabase) -> None:
    """Note that all of a move arrived and was found right."""
    await goal.run(lambda conn: conn.execute(_NOTE, (_VERIFIED, b"", 1)))


async def finish(goal: PostgresDatabase) -> None:
    """Let servers open the database; what was moved has been verified."""

    def work(conn: PostgresConnection) -> None:
        [(is_there,)] = conn.execute("SELECT to_regclass('moving') IS NOT NULL")
        if is_there:
            conn.execute(_RIGHTS_AGAIN)
            conn.execute("DROP TABLE moving")

    await goal.run(work)


def _begin(
    conn: PostgresConnection, tables: Sequence[str], server_id: bytes
) -> dict[str, tuple[Any, bool]]:
    """Return how far each table is; make the note of the move where it begins."""
    notes = _notes(conn, tables, server_id)
    if _SOURCE not in notes:
        conn.execute(_MAKE)
        conn.execute(_NOTE, (_SOURCE, server_id, 1))
    return {
        name: (msgspec.msgpack.decode(notes[name][0]), notes[name][1])
        for name in tables
        if name in notes
    }


def _notes(
    conn: PostgresConnection, tables: Sequence[str], mover: bytes | None
) -> dict[str, tuple[bytes, bool]]:
    """Return what is noted; no source where a move begins, in an empty or an emptied database."""
    [(is_there,)] = conn.execute("SELECT to_regclass('moving') IS NOT NULL")
    if not is_there:
        for table in tables:
            if conn.execute(f"SELECT 1 FROM {table} LIMIT 1").fetchone():  # noqa: S608
                raise _occupied()
        return {}
    notes = {
        name: (position, bool(is_done))
        for name, position, is_done in conn.execute("SELECT name, position, is_done FROM moving")
    }
    if _SOURCE in notes and notes[_SOURCE][0] != mover:
        raise _occupied()
    return notes


def _occupied() -> DomainError:
    return DomainError(
        ErrorCode.INVALID_INPUT,
        gettext("the database holds something already; name an empty one"),
    )


async def _copy(
    source: SqliteFile,
    goal: PostgresDatabase,
    table: str,
    position: Sequence[Any] | None,
    told: Told,
) -> None:
    shape = source.read(lambda conn: shape_of(conn, table))
    total: int = source.read(
        lambda conn: conn.execute(f"SELECT count(*) FROM {table}").fetchone()[0]  # noqa: S608
    )
    copied = source.read(partial(_before, shape=shape, position=position))
    while True:
        rows = source.read(partial(_chunk, shape=shape, after=position))
        if rows:
            position = [rows[-1][_names(shape).index(column)] for column in shape.key]
        note = _Note(shape.table, msgspec.msgpack.encode(position), len(rows) < _CHUNK)
        await goal.run(partial(_write, shape=shape, rows=rows, note=note))
        copied += len(rows)
        told(shape.table, copied, total)
        if note.is_done:
            return


def _write(
    conn: PostgresConnection, shape: Shape, rows: Sequence[Sequence[SqlValue]], note: _Note
) -> None:
    conn.executemany(_insert(shape), rows)
    conn.execute(_NOTE, (note.table, note.position, int(note.is_done)))
    if note.is_done and shape.table == "lane":
        conn.execute(_NEXT_NUMBER)


def shape_of(conn: Connection, table: str) -> Shape:
    """Return what a table of a file looks like."""
    described: list[Any] = conn.execute(f"PRAGMA table_info({table})").fetchall()
    columns = tuple(name for _, name, *_ in described)
    ordered = sorted((each[5], each[1]) for each in described if each[5])
    return Shape(table, columns, tuple(name for _, name in ordered) or _EVENT_KEY)


def _names(shape: Shape) -> tuple[str, ...]:
    """Return the columns of a copied row: where a lane is a number, its space comes along."""
    return (*shape.columns, "space") if shape.table in _BY_LANE else shape.columns


def _quoted(names: Sequence[str]) -> Iterator[str]:
    return (f'"{name}"' for name in names)


def _chunk(conn: Connection, shape: Shape, after: Sequence[Any] | None) -> list[Any]:
    selected = ", ".join(f'held."{name}"' for name in shape.columns)
    joined = ""
    if shape.table in _BY_LANE:
        selected += ", lane.space"
        joined = "JOIN lane ON lane.number = held.lane"
    order = ", ".join(f'held."{name}"' for name in shape.key)
    where, values = "", list[Any]()
    if after is not None:
        where, values = f"WHERE ({order}) > ({', '.join('?' * len(after))})", list(after)
    sql = (
        f'SELECT {selected} FROM "{shape.table}" AS held {joined} {where} ORDER BY {order} LIMIT ?'  # noqa: S608
    )
    return conn.execute(sql, (*values, _CHUNK)).fetchall()


def _before(conn: Connection, shape: Shape, position: Sequence[Any] | None) -> int:
    if position is None:
        return 0
    order = ", ".join(_quoted(shape.key))
    marks = ", ".join("?" * len(position))
    sql = f'SELECT count(*) FROM "{shape.table}" WHERE ({order}) <= ({marks})'  # noqa: S608
    count: int = conn.execute(sql, tuple(position)).fetchone()[0]
    return count


def _insert(shape: Shape) -> str:
    names = _names(shape)
    marks = ", ".join("?" * len(names))
    # A lane keeps the number that its rows name it by.
    own_numbers = "OVERRIDING SYSTEM VALUE" if shape.table == "lane" else ""
    into = f'"{shape.table}" ({", ".join(_quoted(names))}) {own_numbers}'
    return f"INSERT INTO {into} VALUES ({marks})"  # noqa: S608
