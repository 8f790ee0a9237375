"""Any flipped byte in any column of the log's tables is found and named."""

from collections.abc import AsyncGenerator, Callable
from pathlib import Path
from typing import TypeVar

import pytest

from tests.support.lane_devices import (
    CARE,
    OTHER_SPACE,
    SPACE,
    LaneDevice,
    body_of,
    erasing,
    push,
)
from tests.support.store_worlds import StoreWorld, sqlite_world
from trailmark_adapters.sqlite import Connection, SqlValue
from trailmark_server.storage import folding
from trailmark_server.storage.ports import ErasedEvent
from trailmark_server.storage.sqlite.store import SqliteTables
from trailmark_shared import chain
from trailmark_shared.events.comments import CommentAdded
from trailmark_shared.ids import SELF, text_from_id
from trailmark_shared.protocol.messages import SigningKey

GOAL = b"1" * 16
_EVENT = ["seq", "id", "device", "epoch", "dseq", "key", "commitment", "prev", "hash"]
_SERVER = ["received_at", "clock_offset", "actor", "lane_hash"]
EVENT_COLUMNS = [*_EVENT, "salt", "body", *_SERVER, "type", "subject", "day"]
SEALED_COLUMNS = [*_EVENT, "salt", "body", *_SERVER]
STUB_COLUMNS = [*_EVENT, *_SERVER, "code"]


ROWID_TABLES = frozenset({"document", "event", "lane"})

Place = tuple[int | None, str]

T = TypeVar("T")


@pytest.fixture
async def world(tmp_path: Path) -> AsyncGenerator[StoreWorld]:
    async with sqlite_world(tmp_path) as stores:
        await fill(stores)
        yield stores


async def fill(world: StoreWorld) -> None:
    device, second, sealed = LaneDevice(), LaneDevice(seed=2), LaneDevice(SELF)
    grant, goal = device.grants(), device.shares("Walk", GOAL)
    refused, gone = device.write(b"{"), device.shares("secret")
    comment = CommentAdded(text="words", about=text_from_id(GOAL), goal=text_from_id(GOAL))
    await push(world.store, [grant, goal, refused, gone], offset=70_000)
    assert goal.body is not None
    copy = second.write(goal.body, event_id=goal.id)
    await push(world.store, [copy, second.write(body_of(comment, b"k" * 16))], offset=-3)
    await push(world.store, [device.says(erasing(gone)), device.revokes(b"h" * 16)])
    await push(world.store, [sealed.seals(), sealed.seals(), sealed.seals()])
    await world.keys.close_spaces([OTHER_SPACE])
    await world.restart()


def flipped(value: SqlValue) -> SqlValue:
    """Return ``value`` with one byte changed."""
    assert value is not None
    if isinstance(value, int | float):
        assert isinstance(value, int)
        return value ^ 0x0100
    middle = len(value) // 2
    if isinstance(value, str):
        return value[:middle] + chr(ord(value[middle]) ^ 1) + value[middle + 1 :]
    return value[:middle] + bytes([value[middle] ^ 0x10]) + value[middle + 1 :]


async def change(world: StoreWorld, work: Callable[[Connection], T]) -> T:
    """Run ``work`` over the file with nothing that guards it."""

    def unguarded(conn: Connection) -> T:
        triggers = conn.execute("SELECT name FROM sqlite_schema WHERE type='trigger'").fetchall()
        for (name,) in triggers:
            conn.execute(f"DROP TRIGGER {name}")
        return work(conn)

    tables = world.tables()
    assert isinstance(tables, SqliteTables)
    return await tables.file.write(unguarded)


async def flip(world: StoreWorld, table: str, column: str, where: str) -> list[Place]:
    """Flip one byte, verify, and put the byte back."""

    def read(conn: Connection) -> tuple[SqlValue, int]:
        sql = f"SELECT {column}, rowid FROM {table} WHERE {where}"  # noqa: S608
        return conn.execute(sql if table in ROWID_TABLES else sql.replace("rowid", "0")).fetchone()

    value, rowid = await change(world, read)

    def put(conn: Connection, old: SqlValue, new: SqlValue) -> None:
        conn.execute("PRAGMA defer_foreign_keys=ON")
        one = f"rowid = {rowid}" if table in ROWID_TABLES else f"{column} IS ?"
        parameters = (new,) if table in ROWID_TABLES else (new, old)
        conn.execute(f"UPDATE {table} SET {column} = ? WHERE {one}", parameters)  # noqa: S608

    await change(world, lambda conn: put(conn, value, flipped(value)))
    findings = await found(world)
    await change(world, lambda conn: put(conn, flipped(value), value))
    return findings


async def found(world: StoreWorld) -> list[Place]:
    return [(each.seq, each.column) for each in await world.store.verify()]


async def lane_number(world: StoreWorld, lane: str) -> int:
    return await change(
        world,
        lambda conn: conn.execute("SELECT number FROM lane WHERE name = ?", (lane,)).fetchone()[0],
    )


async def test_a_whole_log_verifies(world: StoreWorld) -> None:
    seen: list[tuple[int, int]] = []

    def progress(done: int, all_: int) -> bool:
        seen.append((done, all_))
        return done < 1

    assert [] == await world.store.verify()
    assert [] == await world.store.verify(progress)
    assert [(1, 2)] == seen


@pytest.mark.parametrize(
    ("lane", "seq", "columns"),
    [
        (CARE, 1, EVENT_COLUMNS),
        (CARE, 2, EVENT_COLUMNS),
        (CARE, 8, EVENT_COLUMNS),
        (CARE, 3, STUB_COLUMNS),
        (CARE, 5, [*STUB_COLUMNS, "subject"]),
        (SELF, 1, SEALED_COLUMNS),
        (SELF, 3, SEALED_COLUMNS),
    ],
)
async def test_a_flipped_byte_in_a_row_is_named(
    world: StoreWorld, lane: str, seq: int, columns: list[str]
) -> None:
    number = await lane_number(world, lane)
    for column in columns:
        findings = await flip(world, "event", column, f"lane = {number} AND seq = {seq}")
        at = seq ^ 0x0100 if column == "seq" else seq
        assert (at, f"event.{column}") in findings, column
        assert {f"event.{column}"} == {name for place, name in findings if place == at}, column
    assert [] == await found(world)


async def test_a_flipped_byte_in_any_other_table_is_named(world: StoreWorld) -> None:
    number = await lane_number(world, CARE)
    for table, where, columns in (
        ("lane", f"number = {number}", ("head", "hash", "received_at", "space", "name")),
        ("chain", f"lane = {number}", ("high", "hash")),
        ("lane_grant", "member IS NOT NULL", ("id", "member", "role", "granted_seq")),
        ("document", "kind = 'goal'", ("kind", "subject", "json")),
        ("document", "parent IS NOT NULL", ("parent",)),
        ("projection", f"lane = {number}", ("seq",)),
        ("revoked_grant", "1 = 1", ("id",)),
        ("erased_event", "1 = 1", ("id",)),
        ("closed_space", "1 = 1", ("space",)),
    ):
        for column in columns:
            findings = await flip(world, table, column, where)
            assert f"{table}.{column}" in {name for _, name in findings}, (table, column)
    for table, column, named in (
        ("chain", "device", "chain.device"),
        ("chain", "epoch", "chain.device"),
        ("revoked_grant", "space", "revoked_grant.id"),
        ("erased_event", "space", "erased_event.id"),
        ("erased_event", "lane", "erased_event.id"),
    ):
        assert named in {name for _, name in await flip(world, table, column, "1 = 1")}
    assert [] == await found(world)


async def test_documents_are_compared_some_at_a_time(
    world: StoreWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(folding, "_AT_ONCE", 1)
    assert [] == await found(world)
    assert [(None, "document.json")] == await flip(world, "document", "json", "kind = 'goal'")
    other_subject = await flip(world, "document", "subject", "kind = 'goal'")
    assert [(None, "document.subject")] * 2 == other_subject


async def test_rows_that_name_no_lane_are_named(world: StoreWorld) -> None:
    number = await lane_number(world, SELF)

    def work(conn: Connection) -> None:
        conn.execute("DROP TABLE lane_grant")
        conn.execute(
            "CREATE TABLE lane_grant "
            "(lane, id, member, role, until, actions, granted_seq, revoked_seq)"
        )
        conn.execute("INSERT INTO lane_grant (lane) VALUES (?)", (number + 77,))

    await change(world, work)
    assert (None, "lane_grant.lane") in await found(world)


async def test_a_body_that_is_gone_without_a_reason_is_named(world: StoreWorld) -> None:
    number = await lane_number(world, SELF)
    await change(
        world,
        lambda conn: conn.execute(
            "UPDATE event SET body = NULL, salt = NULL WHERE lane = ? AND seq = 2", (number,)
        ),
    )
    assert [(2, "event.body")] == await found(world)


async def test_a_row_that_is_gone_is_named(world: StoreWorld) -> None:
    number = await lane_number(world, CARE)
    await change(
        world, lambda conn: conn.execute("DELETE FROM event WHERE lane = ? AND seq = 4", (number,))
    )
    assert (5, "event.seq") in await found(world)


async def test_rows_that_changed_places_are_named(world: StoreWorld) -> None:
    number = await lane_number(world, CARE)

    def swap(conn: Connection) -> None:
        for old, new in ((2, 99), (3, 2), (99, 3)):
            conn.execute("UPDATE event SET seq = ? WHERE lane = ? AND seq = ?", (new, number, old))

    await change(world, swap)
    assert {2, 3} <= {seq for seq, _ in await found(world)}


async def test_a_tail_that_is_gone_is_named(world: StoreWorld) -> None:
    number = await lane_number(world, CARE)
    await change(
        world, lambda conn: conn.execute("DELETE FROM event WHERE lane = ? AND seq > 6", (number,))
    )
    assert {"lane.head", "lane.hash"} <= {column for _, column in await found(world)}
    assert [(8, 6, False), (3, 3, True)] == await how_far(world)


async def test_a_row_that_is_gone_from_its_devices_chain_is_named(world: StoreWorld) -> None:
    """Whoever computes every lane hash again leaves the device's own numbers behind."""
    number = await lane_number(world, CARE)

    def work(conn: Connection) -> None:
        conn.execute("DELETE FROM event WHERE lane = ? AND seq = 2", (number,))
        rows = conn.execute(
            "SELECT seq, hash, received_at, clock_offset, actor, code FROM event WHERE lane = ?"
            " AND seq > 2 ORDER BY seq",
            (number,),
        ).fetchall()
        hash_ = lane_hash_at(conn, number, 1)
        for seq, event, received_at, offset, actor, code in rows:
            hash_ = chain.lane_hash(hash_, event, seq - 1, received_at, offset, actor, code)
            conn.execute(
                "UPDATE event SET seq = ?, lane_hash = ? WHERE lane = ? AND seq = ?",
                (seq - 1, hash_, number, seq),
            )
        conn.execute("UPDATE lane SET head = 7, hash = ? WHERE number = ?", (hash_, number))

    await change(world, work)

    events = [each for each in await found(world) if each[1].startswith("event.")]
    assert [(3, "event.prev")] == events
    assert [(7, 2, False), (3, 3, True)] == await how_far(world)


async def test_a_row_without_its_words_is_one_finding_where_they_came_again(
    world: StoreWorld,
) -> None:
    """A server that lost an erasure takes the words back behind the row that it emptied."""
    number = await lane_number(world, CARE)

    def work(conn: Connection) -> None:
        again = "event WHERE lane = ? AND seq = 2"
        conn.execute(f"CREATE TEMP TABLE again AS SELECT * FROM {again}", (number,))  # noqa: S608
        told = "hash, received_at, clock_offset, actor, code"
        event, *rest = conn.execute(f"SELECT {told} FROM again").fetchone()  # noqa: S608
        hash_ = chain.lane_hash(lane_hash_at(conn, number, 8), event, 9, *rest)
        conn.execute("UPDATE again SET seq = 9, lane_hash = ?", (hash_,))
        conn.execute("INSERT INTO event SELECT * FROM again")
        conn.execute("UPDATE lane SET head = 9, hash = ? WHERE number = ?", (hash_, number))
        conn.execute(
            "UPDATE event SET salt = NULL, body = NULL, type = NULL, subject = NULL, day = NULL"
            " WHERE lane = ? AND seq = 2",
            (number,),
        )

    await change(world, work)

    events = [each for each in await found(world) if each[1].startswith("event.")]
    assert [(2, "event.body")] == events


def lane_hash_at(conn: Connection, number: int, seq: int) -> bytes:
    return conn.execute(
        "SELECT lane_hash FROM event WHERE lane = ? AND seq = ?", (number, seq)
    ).fetchone()[0]


async def how_far(world: StoreWorld) -> list[tuple[int, int, bool]]:
    lanes = (await world.store.verification()).lanes
    return [(each.entries, each.verified_to, each.is_whole) for each in lanes]


async def test_each_lane_is_proven_up_to_the_first_row_that_does_not_fit(
    world: StoreWorld,
) -> None:
    number = await lane_number(world, CARE)
    hashes = [each.hash for each in await world.store.lanes(SPACE)]
    whole = await world.store.verification()

    assert [(CARE, 8, 8, True), (SELF, 3, 3, True)] == [
        (each.lane, each.entries, each.verified_to, each.is_whole) for each in whole.lanes
    ]
    assert (hashes, 1) == ([each.hash for each in whole.lanes], whole.signing_keys)

    await change(
        world,
        lambda conn: conn.execute(
            "UPDATE event SET actor = 'other' WHERE lane = ? AND seq = 3", (number,)
        ),
    )
    care, private = (await world.store.verification()).lanes
    before = await change(world, lambda conn: lane_hash_at(conn, number, 2))
    assert (2, before, False) == (care.verified_to, care.hash, care.is_whole)
    assert private.is_whole


async def test_whose_a_lane_is_can_be_looked_up_where_persons_are_listed(world: StoreWorld) -> None:
    """An id that is spelled otherwise here is found in no list, and no `person erase` takes it."""
    await change(world, lambda conn: conn.execute("UPDATE event SET actor = 'other'"))

    checked = await world.store.verification()

    whose = {text_from_id(SPACE)}
    assert (whose, whose) == (
        {each.space for each in checked.lanes},
        {each.space for each in checked.findings},
    )


async def test_a_lane_under_another_name_is_proven_to_nothing(world: StoreWorld) -> None:
    await change(
        world, lambda conn: conn.execute("UPDATE lane SET name = 'care/x' WHERE name != 'self'")
    )

    care, _ = (await world.store.verification()).lanes

    assert (0, None, False) == (care.verified_to, care.hash, care.is_whole)


async def test_an_erased_body_that_is_back_is_named(world: StoreWorld) -> None:
    number = await lane_number(world, SELF)
    event = await change(
        world,
        lambda conn: conn.execute(
            "SELECT id FROM event WHERE lane = ? AND seq = 2", (number,)
        ).fetchone()[0],
    )
    await world.keys.add_erased(SPACE, [ErasedEvent(lane=SELF, id=event)])
    findings = await found(world)
    assert {(2, "event.body"), (None, "erased_event.id")} == set(findings)


async def test_a_keys_store_that_lacks_a_key_which_signed_is_named(world: StoreWorld) -> None:
    """It was put back from an older copy: devices that followed the newest key refuse it."""
    await world.rotate()
    assert [] == await world.store.verify()
    await world.tables().write(lambda tables: tables.log.add_signing_keys([b"lost" * 8]))

    assert [(None, "succession.key")] == await found(world)


async def test_a_signing_key_that_nobody_named_is_found(world: StoreWorld) -> None:
    before = await world.keys.signing_keys()
    forged = SigningKey(key=b"k" * 32, since=1, signature=bytes(64))
    await world.keys.add_signing_key(forged, b"f" * 32, before.chain[-1].key)

    assert "succession.signature" in {each.column for each in await world.store.verify()}
