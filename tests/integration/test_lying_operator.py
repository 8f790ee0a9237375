"""Whoever runs the server changes a history that was shared: who finds it, and by what.

Real programs over real files. The therapist takes the lane's file from the server that lies and
checks it on a machine that was never let in anywhere; the person syncs with it; the operator looks
at the own files. What nobody but those who compare can find is said to be so.
"""

import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import httpx
import msgspec
import pytest

from tests.support.exports import row_of, written_again
from tests.support.lane_devices import LaneDevice
from tests.support.lying_operator import Change, Tampering, rewrite, tamper
from tests.support.processes import DeviceFolder
from tests.support.server import running_server
from tests.support.whole import World
from trailmark_adapters.sqlite import Connection
from trailmark_server.sessions import open_web_session
from trailmark_server.storage.accounts import AccountRows
from trailmark_shared import chain
from trailmark_shared.events.envelope import Row
from trailmark_shared.ids import Lane, text_from_id

BROKEN = 1
ENTRIES = 6


class Told(msgspec.Struct, frozen=True, kw_only=True):
    """A history that the person knows.

    Attributes:
        world: Phone, laptop and server, standing still.
        lane: The lane that the therapist reads.
        words: What the phone shows for its last entry.
    """

    world: World
    lane: Lane
    words: str


@pytest.fixture(scope="module")
def told(template: World, tmp_path_factory: pytest.TempPathFactory) -> Told:
    """One grant and five entries of the phone, all of them held by it."""
    world = template.copied(tmp_path_factory.mktemp("told") / "world").begin()
    try:
        goal = world.phone.run("goal", "add", "Sleep better", "--share")["id"]
        for value in ("3", "4", "6"):
            world.phone.run("check-in", goal, value)
        world.phone.run("win", "slept through")
        world.settle()
        status = world.phone.run("status", "--words")
        lane = world.care
    finally:
        world.server.stop()
    [found] = [each for each in status["lanes"] if each["lane"] == lane]
    assert found["words"].startswith(f"as of entry {ENTRIES}: ")
    return Told(world=world, lane=lane, words=found["words"])


@pytest.fixture
def world(told: Told, tmp_path: Path) -> World:
    return told.world.copied(tmp_path / "world")


def other_words(row: Row) -> Row:
    assert row.event.body is not None
    body = row.event.body.replace(b'"value_tenths":40', b'"value_tenths":90')
    assert body != row.event.body
    return msgspec.structs.replace(row, event=written_again(row.event, body=body))


def another_end(rows: list[Row]) -> list[Row]:
    """Return another last entry than the person's, of a device that nobody knows."""
    last = rows[-1].event
    assert last.body is not None
    forged = LaneDevice(Lane(last.lane), seed=9, space=last.space).write(last.body)
    return [*rows[:-1], row_of(forged)]


REWRITTEN: dict[str, Change] = {
    "altered": lambda rows: [*rows[:3], other_words(rows[3]), *rows[4:]],
    "dropped": lambda rows: [*rows[:3], *rows[4:]],
    "reordered": lambda rows: [*rows[:3], rows[4], rows[3], *rows[5:]],
    "truncated": lambda rows: rows[:4],
    "forked": another_end,
}
"""What an operator may put in the place of a history, every hash computed anew."""


# --- the therapist, with a file and the person's words ---


async def taken_along(world: World, lane: Lane) -> Path:
    """Return the file of a lane, as the therapist's browser gets it from the server."""
    space, token = world.phone.identity_file.current.space, "a-browser-of-hers"
    async with running_server(world.server.data) as server:
        services = server.services

        def sign_in(rows: AccountRows) -> None:
            therapist = rows.therapist_by_email("okafor@example.org")
            assert therapist is not None
            open_web_session(rows, therapist, token, services.now())

        await services.accounts.write(sign_in)
        cookies = {services.web.cookie_name: token}
        async with httpx.AsyncClient(base_url=server.url, cookies=cookies) as browser:
            answer = await browser.get(
                f"/api/members/people/{text_from_id(space)}/export",
                params={"lane": lane},
                headers={"Sec-Fetch-Site": "same-origin"},  # as every browser says of an own page
            )
    assert 200 == answer.status_code
    file = world.root / "lane.jsonl"
    file.write_bytes(answer.content)
    return file


def checked(world: World, file: Path, *words: str) -> tuple[int, dict[str, Any]]:
    """Return what ``trailmark verify FILE`` says on a machine of the therapist's."""
    machine = DeviceFolder(world.root / "therapist")
    done = machine.attempt("verify", str(file), *words)
    assert not machine.home.exists(), "it needs no account and leaves nothing"
    return done.returncode, json.loads(done.stdout)


async def test_an_honest_file_has_the_words_of_the_persons_device(told: Told, world: World) -> None:
    file = await taken_along(world, told.lane)

    code, found = checked(world, file, "--head", told.words)

    assert (0, True, ENTRIES, []) == (
        code,
        found["compared"],
        found["verified_to"],
        found["misfits"],
    )
    assert "Dr Okafor" == found["made_for"]


@pytest.mark.parametrize("how", REWRITTEN)
async def test_a_therapist_finds_it_by_the_words_of_the_persons_device(
    told: Told, world: World, how: str
) -> None:
    space = world.phone.identity_file.current.space
    await rewrite(world.server.data, space, told.lane, REWRITTEN[how])
    file = await taken_along(world, told.lane)

    code, found = checked(world, file, "--head", told.words)

    assert (BROKEN, False, False) == (code, found["ok"], found["compared"])
    assert "words" in {each["what"] for each in found["misfits"]}


async def test_without_the_words_a_fork_and_a_cut_end_fit_to_themselves(
    told: Told, world: World
) -> None:
    """So the file alone is no proof, and says so: nothing was compared."""
    space = world.phone.identity_file.current.space
    await rewrite(world.server.data, space, told.lane, REWRITTEN["truncated"])
    await rewrite(world.server.data, space, told.lane, REWRITTEN["forked"])

    code, found = checked(world, await taken_along(world, told.lane))

    assert (0, True, None) == (code, found["ok"], found["compared"])


# --- the person's device ---


def report(device: DeviceFolder, lane: Lane) -> dict[str, Any]:
    """Return what ``trailmark verify`` says of a lane, whatever it ends with."""
    lanes = json.loads(device.attempt("verify").stdout)["lanes"]
    return next(each for each in lanes if each["lane"] == lane)


def is_refused(found: dict[str, Any]) -> bool:
    return found["altered_at"] is not None and not found["verified"]


def is_broken(found: dict[str, Any]) -> bool:
    return not found["verified"]


def is_taken_back(found: dict[str, Any]) -> bool:
    return bool(found["restored"]) and found["verified"] and not found["missing"]


FOUND_BY_DEVICE: dict[str, Callable[[dict[str, Any]], bool]] = {
    "altered": is_refused,
    "dropped": is_broken,
    "reordered": is_broken,
    "truncated": is_taken_back,
    "forked": is_taken_back,
}


@pytest.mark.parametrize("how", REWRITTEN)
async def test_the_persons_device_finds_it_and_keeps_what_it_has(
    told: Told, world: World, how: str
) -> None:
    space = world.phone.identity_file.current.space
    before = words_held(world.phone.database, told.lane)
    await rewrite(world.server.data, space, told.lane, REWRITTEN[how])
    world.begin()
    try:
        world.phone.attempt("sync")
        world.phone.attempt("sync")
        found = report(world.phone, told.lane)
    finally:
        world.server.stop()

    assert FOUND_BY_DEVICE[how](found), found
    assert before <= words_held(world.phone.database, told.lane)


def words_held(database: Path, lane: Lane) -> set[tuple[bytes, bytes]]:
    """Return id and exact words of everything that a device holds of a lane."""
    with closing(sqlite3.connect(database)) as conn:
        return set(
            conn.execute(
                "SELECT id, body FROM event WHERE lane = ? AND body IS NOT NULL", (lane,)
            ).fetchall()
        )


# --- the operator, with the own files ---


def seqs_swapped(conn: Connection, number: int) -> None:
    for old, new in ((4, 99), (5, 4), (99, 5)):
        conn.execute("UPDATE event SET seq = ? WHERE lane = ? AND seq = ?", (new, number, old))


def body_swapped(conn: Connection, number: int) -> None:
    """Put the sealed words of one row into another one."""
    conn.execute(
        "UPDATE event SET body = (SELECT body FROM event WHERE lane = ?1 AND seq = 5)"
        " WHERE lane = ?1 AND seq = 4",
        (number,),
    )


def row_forked(conn: Connection, number: int) -> None:
    """Let another event stand under the number that its device gave to the last one."""
    row = list(
        conn.execute("SELECT * FROM event WHERE lane = ? AND seq = ?", (number, ENTRIES)).fetchone()
    )
    row[2], row[9] = b"f" * 16, chain.GENESIS
    conn.execute("DELETE FROM event WHERE lane = ? AND seq = ?", (number, ENTRIES))
    conn.execute(f"INSERT INTO event VALUES ({', '.join('?' * len(row))})", row)  # noqa: S608


TAMPERED: dict[str, tuple[Tampering, int | None, str]] = {
    "altered": (body_swapped, 4, "event.body"),
    "dropped": (
        lambda conn, n: conn.execute("DELETE FROM event WHERE lane = ? AND seq = 4", (n,)),
        5,
        "event.seq",
    ),
    "reordered": (seqs_swapped, 4, "event.lane_hash"),
    "truncated": (
        lambda conn, n: conn.execute("DELETE FROM event WHERE lane = ? AND seq > 4", (n,)),
        None,
        "lane.head",
    ),
    "forked": (row_forked, 6, "event.hash"),
}
"""How a file is changed, and the seq and column that are named for it."""


def verified(world: World) -> tuple[int, dict[str, Any]]:
    """Return what the operator's own check says."""
    done = world.server.attempt("verify")
    return done.returncode, json.loads(done.stdout)


def test_the_operators_check_of_a_whole_log_says_how_far_it_is_proven(
    told: Told, world: World
) -> None:
    code, found = verified(world)

    [lane] = [each for each in found["lanes"] if each["lane"] == told.lane]
    assert (0, True, []) == (code, found["ok"], found["findings"])
    assert (True, ENTRIES, told.words) == (lane["verified"], lane["verified_to"], lane["words"])


@pytest.mark.parametrize("how", TAMPERED)
def test_the_operators_check_names_space_lane_and_row(told: Told, world: World, how: str) -> None:
    change, seq, column = TAMPERED[how]
    tamper(world.server.data, told.lane, change)

    code, found = verified(world)

    space = text_from_id(world.phone.identity_file.current.space)
    assert BROKEN == code
    assert (space, told.lane, seq, column) in {
        (each["space"], each["lane"], each["seq"], each["column"]) for each in found["findings"]
    }
    [lane] = [each for each in found["lanes"] if each["lane"] == told.lane]
    assert not lane["verified"]
    assert lane["verified_to"] <= (ENTRIES if seq is None else seq - 1)


@pytest.mark.parametrize("how", ["altered", "dropped", "reordered"])
async def test_what_devices_chained_cannot_be_computed_anew(
    told: Told, world: World, how: str
) -> None:
    """Every hash of the server fits again; the next row of that device does not."""
    space = world.phone.identity_file.current.space
    await rewrite(world.server.data, space, told.lane, REWRITTEN[how])

    code, found = verified(world)

    assert BROKEN == code
    assert "event.prev" in {each["column"] for each in found["findings"]}


@pytest.mark.parametrize("how", ["truncated", "forked"])
async def test_an_end_that_was_computed_anew_is_found_by_those_who_compare_alone(
    told: Told, world: World, how: str
) -> None:
    space = world.phone.identity_file.current.space
    await rewrite(world.server.data, space, told.lane, REWRITTEN[how])

    code, found = verified(world)

    [lane] = [each for each in found["lanes"] if each["lane"] == told.lane]
    assert (0, True) == (code, lane["verified"])
    assert told.words != lane["words"]
