"""A flipped bit in any column is found."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.support.devices import CARE, add_goal, add_reflection, connect_to, new_device, sync
from tests.support.home import Home
from trailmark_adapters.sqlite import Connection, SqlValue
from trailmark_client.app import App
from trailmark_client.storage.verification import verify_all, verify_news
from trailmark_shared.errors import ErrorCode

COLUMNS = (
    "lane", "seq", "id", "space", "device", "epoch", "dseq", "key", "commitment", "prev", "hash",
    "salt", "body", "received_at", "offset", "actor", "code", "lane_hash", "type", "subject", "day",
)  # fmt: skip


@pytest.fixture
async def app(tmp_path: Path) -> AsyncIterator[App]:
    """Yield a device with confirmed rows in two lanes, a refused one, and an outbox."""
    with new_device(tmp_path) as device:
        home = Home(device.identity.space)
        connect_to(device, home)
        for number in range(4):
            add_reflection(device, f"reflection {number}")
            add_goal(device, f"goal {number}", CARE)
        await sync(device, home)
        add_reflection(device, "unsent")
        yield device


class UndoError(Exception):
    """Takes a flip back."""


ERASE = (
    "UPDATE event SET salt = NULL, body = NULL, type = NULL, subject = NULL, day = NULL"
    " WHERE lane = 'self' AND seq = 2"
)


def flipped(value: SqlValue) -> SqlValue:
    match value:
        case int():
            return value ^ 1
        case str():
            return chr(ord(value[0]) ^ 1) + value[1:]
        case bytes():
            return bytes([value[0] ^ 1]) + value[1:]
        case _:
            return "code"


def damages(app: App) -> int:
    return len(app.read(lambda conn: verify_all(conn, app.vault)))


def test_an_untouched_store_verifies(app: App) -> None:
    told: list[int] = []

    assert app.read(lambda conn: verify_all(conn, app.vault, told.append)) == []
    assert sum(told) == 9


@pytest.mark.parametrize("column", COLUMNS)
def test_every_column_of_every_row_counts(app: App, column: str) -> None:
    rows = app.read(lambda conn: conn.execute("SELECT pos FROM event").fetchall())
    found: dict[int, int] = {}
    for (pos,) in rows:

        def flip(conn: Connection, pos: int = pos) -> None:
            selected = f"SELECT {column}, seq FROM event WHERE pos = ?"  # noqa: S608
            value, seq = conn.execute(selected, (pos,)).fetchone()
            if value is None and (seq is None or column != "code"):
                raise UndoError
            conn.execute("DROP INDEX event_place")
            changed = f"UPDATE event SET {column} = ? WHERE pos = ?"  # noqa: S608
            conn.execute(changed, (flipped(value), pos))
            found[pos] = len(verify_all(conn, app.vault))
            raise UndoError

        with pytest.raises(UndoError):
            app.write(flip)

    assert found
    assert [] == [pos for pos, damages in found.items() if not damages]


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM event WHERE lane = 'self' AND seq = 2",
        "DELETE FROM event WHERE lane = 'self' AND seq = 4",
        "UPDATE cursor SET seq = seq - 1 WHERE lane = 'self'",
        "UPDATE cursor SET hash = zeroblob(32) WHERE lane = 'self'",
        "UPDATE signed_head SET signature = zeroblob(64)",
        "UPDATE signed_head SET hash = zeroblob(32)",
        "UPDATE chain_head SET hash = zeroblob(32)",
        ERASE,
        "UPDATE event SET body = NULL WHERE seq = 2",
    ],
)
def test_lost_rows_and_altered_places_are_found(app: App, statement: str) -> None:
    app.write(lambda conn: conn.execute(statement))

    assert damages(app) > 0


def test_news_are_checked_once(app: App) -> None:
    assert app.write(lambda conn: verify_news(conn, app.vault)) == []
    app.write(lambda conn: conn.execute("UPDATE event SET actor = 'x' WHERE seq = 1"))

    assert app.write(lambda conn: verify_news(conn, app.vault)) == []
    assert damages(app) > 0


def test_damaged_news_are_checked_again(app: App) -> None:
    app.write(lambda conn: conn.execute("UPDATE event SET actor = 'x' WHERE seq = 1"))

    assert app.write(lambda conn: verify_news(conn, app.vault))
    assert app.write(lambda conn: verify_news(conn, app.vault))


def test_a_damage_names_its_place(app: App) -> None:
    app.write(
        lambda conn: conn.execute("UPDATE event SET code = 'x' WHERE lane = 'self' AND seq = 3")
    )

    found = app.read(lambda conn: verify_all(conn, app.vault))

    assert ("self", 3) in {(each.lane, each.seq) for each in found}
    assert ErrorCode.CORRUPT_LOG.value == "corrupt_log"


REPEATED = (
    "INSERT INTO event (lane, seq, id, space, device, epoch, dseq, key, commitment, prev, hash,"
    " salt, body, received_at, offset, actor, code, lane_hash, type, subject, day)"
    " SELECT lane, 5, id, space, device, epoch, dseq, key, {commitment}, prev, {hash},"
    " salt, body, received_at, offset, actor, {code}, lane_hash, type, subject, day"
    " FROM event WHERE lane = 'self' AND seq = 2"
)


def named(app: App, statement: str) -> set[tuple[str, int | None]]:
    app.write(lambda conn: conn.execute(statement))
    return {(each.what, each.seq) for each in app.read(lambda c: verify_all(c, app.vault))}


def test_somebody_else_as_the_writer_of_an_own_row_is_named(app: App) -> None:
    statement = "UPDATE event SET actor = 'other' WHERE lane = 'self' AND seq = 3"

    assert {("actor", 3), ("lane", 3)} == named(app, statement)


@pytest.mark.parametrize(
    ("commitment", "hash_"), [("commitment", "zeroblob(32)"), ("zeroblob(32)", "hash")]
)
def test_an_id_that_has_words_of_two_events_or_other_ones_is_named(
    app: App, commitment: str, hash_: str
) -> None:
    statement = REPEATED.format(commitment=commitment, hash=hash_, code="NULL")

    assert ("id", 5) in named(app, statement)


def test_the_same_event_may_stand_there_twice(app: App) -> None:
    """A server that lost an erasure took its words back, and this device never heard of it."""
    statement = REPEATED.format(commitment="commitment", hash="hash", code="NULL")

    assert ("id", 5) not in named(app, statement)


def test_a_refused_row_may_name_an_id_again(app: App) -> None:
    assert ("id", 5) not in named(
        app, REPEATED.format(commitment="zeroblob(32)", hash="hash", code="'duplicate'")
    )
