"""``verify`` of both programs finds a flipped byte in every column of every kind of row."""

from __future__ import annotations

import json
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from random import Random

import pytest

from tests.support.processes import DeviceFolder, ServerProcess
from tests.support.whole import World, record_bytes
from trailmark_client.app import DATABASE_NAME, HOME_VARIABLE
from trailmark_client.cli.program import main as client_main
from trailmark_server.cli import run as server_run

Value = int | str | bytes

FINDINGS_EXIT = 1
DAMAGED_EXIT = 4
"""The server cannot even read it."""
LEAF_PAGE = 13
NOT_AN_EVENT = b"[]"
CARE = "lane LIKE 'care/%'"
DEVICE_KINDS = {
    "own-shared": f"{CARE} AND code IS NULL AND seq IS NOT NULL AND device = :own",
    "others-shared": f"{CARE} AND code IS NULL AND device <> :own",
    "own-sealed": "lane = 'self' AND key <> zeroblob(8) AND seq IS NOT NULL AND device = :own",
    "others-sealed": "lane = 'self' AND key <> zeroblob(8) AND device <> :own",
    "control": "lane = 'devices' AND key = zeroblob(8) AND seq IS NOT NULL",
    "refused": "code IS NOT NULL",
    "unsent-shared": f"{CARE} AND seq IS NULL",
    "unsent-sealed": "lane = 'self' AND seq IS NULL",
}
SERVER_KINDS = {
    "shared": "code IS NULL AND lane = (SELECT number FROM lane WHERE name LIKE 'care/%')",
    "sealed": "key <> zeroblob(8)",
    "control": "lane = (SELECT number FROM lane WHERE name = 'devices')",
    "refused": "code IS NOT NULL",
}
LOCAL_COLUMNS = {"pos", "held"}
"""Place in the file, and a mark that confirmed rows do not have."""


@pytest.fixture(scope="module")
def rows(template: World, tmp_path_factory: pytest.TempPathFactory) -> World:
    """A device and a server, standing still, that hold rows of every kind."""
    world = template.copied(tmp_path_factory.mktemp("rows") / "world").begin()
    try:
        goal = world.phone.run("goal", "add", "Sleep better", "--share")["id"]
        world.phone.run("reflect", "a long night")
        record_bytes(world.phone, world.care, NOT_AN_EVENT)
        world.settle()
        world.laptop.run("check-in", goal, "5")
        world.laptop.run("reflect", "a better one")
        world.settle(world.laptop, world.phone)
        world.phone.run("win", "not sent")
        world.phone.run("reflect", "not sent")
        world.phone.run("status")
    finally:
        world.server.stop()
    return world


def flips(value: Value, chance: Random) -> Iterator[Value]:
    """Yield the value with one bit flipped, for each of its bytes; text stays text."""
    if isinstance(value, int):
        # The lowest bits would give a place that another row has, which the index refuses.
        yield from (value ^ (1 << 8 * byte + chance.randrange(2, 8)) for byte in range(1, 6))
        return
    data = value.encode() if isinstance(value, str) else value
    for place in range(len(data)):
        changed = bytearray(data)
        changed[place] ^= 1 if isinstance(value, str) else 1 << chance.randrange(8)
        yield changed.decode() if isinstance(value, str) else bytes(changed)


class Table:
    """One kind of row in one table of a file, to be damaged and mended."""

    def __init__(self, database: Path, where: str, own: bytes) -> None:
        self._database = database
        with closing(sqlite3.connect(database)) as conn:
            conn.row_factory = sqlite3.Row
            sql = f"SELECT rowid, * FROM event WHERE {where} ORDER BY rowid DESC LIMIT 1"  # noqa: S608
            found = conn.execute(sql, {"own": own} if ":own" in where else {}).fetchone()
        assert found is not None, "no such row"
        self.row = dict(found)

    @property
    def columns(self) -> Iterator[tuple[str, Value]]:
        """The columns that hold anything."""
        for name, value in self.row.items():
            if value is not None and name not in LOCAL_COLUMNS and name != "rowid":
                yield name, value

    def put(self, column: str, value: Value) -> None:
        """Write a value past all checks."""
        with closing(sqlite3.connect(self._database)) as conn:
            conn.execute("PRAGMA foreign_keys = OFF")
            triggers = conn.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")
            for (name,) in triggers.fetchall():
                conn.execute(f"DROP TRIGGER {name}")
            rowid = self.row.get("pos", self.row.get("rowid"))
            sql = f"UPDATE event SET {column} = ? WHERE rowid = ?"  # noqa: S608
            assert 1 == conn.execute(sql, (value, rowid)).rowcount
            conn.commit()


Verify = Callable[[], tuple[int, str]]


@pytest.fixture
def verify_device(
    rows: World, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Verify:
    monkeypatch.setenv(HOME_VARIABLE, str(rows.phone.home))

    def verify() -> tuple[int, str]:
        code = client_main(["verify", "--json"])
        return code, capsys.readouterr().out

    return verify


@pytest.fixture
def verify_server(rows: World, capsys: pytest.CaptureFixture[str]) -> Verify:
    def verify() -> tuple[int, str]:
        code = server_run(["verify", "--data", str(rows.server.data), "--json"])
        return code, capsys.readouterr().out

    return verify


def not_found(table: Table, verify: Verify, seed: str, *, every: bool) -> list[str]:
    """Flip a byte of each column in turn, or every byte; return where nobody noticed."""
    chance, missed = Random(seed), list[str]()
    for column, value in table.columns:
        changes = list(flips(value, chance))
        for changed in changes if every else [chance.choice(changes)]:
            table.put(column, changed)
            code, told = verify()
            answer = json.loads(told or "{}")
            if code != 1 or not (answer.get("flaws") or answer.get("findings")):
                missed.append(f"{column}: {code} {told}")
        table.put(column, value)
    return missed


A_BYTE, EVERY_BYTE = "a-byte", "every-byte"
HOW_MANY = [
    A_BYTE,
    pytest.param(EVERY_BYTE, marks=[pytest.mark.slow, pytest.mark.timeout(900)]),
]


@pytest.mark.parametrize("how_many", HOW_MANY)
@pytest.mark.parametrize("kind", DEVICE_KINDS)
def test_a_device_finds_every_flipped_byte(
    rows: World, verify_device: Verify, kind: str, how_many: str
) -> None:
    own = rows.phone.identity_file.current.device
    table = Table(rows.phone.database, DEVICE_KINDS[kind], own)

    assert [] == not_found(table, verify_device, kind, every=how_many == EVERY_BYTE)
    assert 0 == verify_device()[0]


@pytest.mark.parametrize("how_many", HOW_MANY)
@pytest.mark.parametrize("kind", SERVER_KINDS)
def test_a_server_finds_every_flipped_byte(
    rows: World, verify_server: Verify, kind: str, how_many: str
) -> None:
    table = Table(rows.server.database, SERVER_KINDS[kind], b"")

    assert [] == not_found(table, verify_server, kind, every=how_many == EVERY_BYTE)
    assert 0 == verify_server()[0]


# --- the file itself ---


def varint(data: bytes, place: int) -> tuple[int, int]:
    """Return a number as SQLite writes it, and where it ends."""
    value = 0
    while True:
        value = value << 7 | data[place] & 127
        place += 1
        if not data[place - 1] & 128:
            return value, place


def cells(database: Path) -> list[range]:
    """Return where the values of the table ``event`` stand in the file, with their types.

    Left out is what changes no value: overflow pages, the length and number in front of each row (a
    length may run into free space), and the type of ``pos``, whose value is that number.
    """
    with closing(sqlite3.connect(database)) as conn:
        conn.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        (size,) = conn.execute("PRAGMA page_size").fetchone()
        (root,) = conn.execute("SELECT rootpage FROM sqlite_master WHERE name='event'").fetchone()
    data, pages, found = database.read_bytes(), [root], list[range]()
    while pages:
        page = data[(number := pages.pop() - 1) * size :][:size]
        is_leaf = page[0] == LEAF_PAGE
        count, begin = int.from_bytes(page[3:5]), 8 if is_leaf else 12
        places = [int.from_bytes(page[begin + 2 * i :][:2]) for i in range(count)]
        if not is_leaf:
            pages += [int.from_bytes(page[each:][:4]) for each in (8, *places)]
            continue
        for place in places:
            length, after = varint(page, place)
            _, after = varint(page, after)
            if length <= size - 35:
                _, type_of_pos = varint(page, after)
                start = number * size
                found.append(range(start + after, start + type_of_pos))
                found.append(range(start + type_of_pos + 1, start + after + length))
    return found


FLIPS = [12, pytest.param(500, marks=[pytest.mark.slow, pytest.mark.timeout(900)])]


@pytest.mark.parametrize("count", FLIPS)
@pytest.mark.parametrize("whose", ["device", "server"])
def test_a_bit_flipped_in_the_file_is_found(
    rows: World, tmp_path: Path, whose: str, count: int
) -> None:
    """Also where it hits what SQLite wrote around the values, or what an index would hide."""
    device, server = DeviceFolder(tmp_path / "copy"), ServerProcess(tmp_path / "copy")
    folder, attempt = {
        "device": (rows.phone.home, device.attempt),
        "server": (rows.server.data, server.attempt),
    }[whose]
    places = [place for cell in cells(folder / DATABASE_NAME) for place in cell]
    chance, missed = Random(count), list[str]()
    for place in chance.sample(places, count):
        shutil.copytree(folder, tmp_path / "copy")
        damaged = bytearray((folder / DATABASE_NAME).read_bytes())
        damaged[place] ^= 1 << chance.randrange(8)
        (tmp_path / "copy" / DATABASE_NAME).write_bytes(damaged)
        done = attempt("verify")
        if done.returncode not in (FINDINGS_EXIT, DAMAGED_EXIT):
            missed.append(f"{place}: {done.returncode} {done.stdout} {done.stderr}")
        shutil.rmtree(tmp_path / "copy")

    assert [] == missed
