"""A server is looked over as it is: what is wrong with it is seen, and nothing is changed."""

import asyncio
import os
import shutil
import sqlite3
from collections.abc import Generator
from contextlib import closing
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.support.certificates import certificate_in, trusting
from tests.support.fakes import FakeClock, SeededRandomness
from tests.support.filled_server import filled, silent
from tests.support.lane_devices import NOW
from tests.support.postgres import PostgresServer, standby_of
from tests.support.server import running_server
from trailmark_server import cli
from trailmark_server.backups.place import Place
from trailmark_server.backups.saving import Folders, back_up
from trailmark_server.cli.output import ExitCode
from trailmark_server.doctor.judging import DAY_MS, State
from trailmark_server.doctor.looking import (
    Wanted,
    certificate_at,
    examine,
    of_another,
    open_to_others,
)
from trailmark_server.settings import Databases
from trailmark_server.stores import KEYS_FILE, MAIN_FILE, mark_moved


@pytest.fixture
def databases(postgres: PostgresServer) -> Generator[Databases]:
    main, keys = asyncio.run(postgres.create("main")), asyncio.run(postgres.create("keys"))
    yield Databases(main=main, keys=keys)
    asyncio.run(postgres.give_back(main, "main"))
    asyncio.run(postgres.give_back(keys, "keys"))


def states(place: Place, now: int = NOW) -> dict[str, State]:
    """Look over a server; return the state of each thing but the disk, which is this machine's."""
    checks = asyncio.run(examine(Wanted(place=place), FakeClock(now), SeededRandomness(3)))
    return {each.name: each.state for each in checks if each.name not in {"disk", "clock"}}


def healthy(data: Path, databases: Databases | None = None) -> Place:
    """Return a server that lacks nothing."""
    data.chmod(0o700)
    asyncio.run(filled(data, databases))
    place = Place(data=data, databases=databases)
    elsewhere = data.with_name(f"{data.name}-backups")
    asyncio.run(back_up(place, Folders(elsewhere / "logs", elsewhere / "held"), NOW, silent))
    return place


def test_nothing_is_wrong_with_a_server_that_lacks_nothing(tmp_path: Path) -> None:
    place = healthy(tmp_path)
    before = {path.name: path.read_bytes() for path in tmp_path.glob("*.db")}

    assert {"ok"} == set(states(place).values())
    assert before == {path.name: path.read_bytes() for path in tmp_path.glob("*.db")}


def test_postgresql_is_looked_over_in_the_same_way(tmp_path: Path, databases: Databases) -> None:
    found = states(healthy(tmp_path, databases))

    assert "look" == found.pop("apart")  # tests have one role for both
    # That of the tests does not wait for the disk.
    assert ("bad", "bad") == (found.pop("database_log"), found.pop("database_keys"))
    assert {"ok"} == set(found.values())


def test_a_standby_is_told_from_what_it_follows(
    tmp_path: Path, databases: Databases, postgres: PostgresServer
) -> None:
    place = healthy(tmp_path, databases)
    with standby_of(postgres) as standby:
        followed = Databases(
            main=standby.url_of(urlsplit(databases.main).path[1:]), keys=databases.keys
        )
        wanted = Wanted(place=Place(data=place.data, databases=followed))
        checks = asyncio.run(examine(wanted, FakeClock(NOW), SeededRandomness(3)))

    assert ["database_log"] == [each.name for each in checks if "a standby" in each.words]


def test_what_is_wrong_is_found(tmp_path: Path) -> None:
    place = healthy(tmp_path)
    with closing(sqlite3.connect(tmp_path / MAIN_FILE)) as conn, conn:
        conn.execute("UPDATE lane SET hash = zeroblob(32)")
        conn.execute("UPDATE projection SET seq = seq - 1")
    tmp_path.chmod(0o755)
    (tmp_path / KEYS_FILE).chmod(0o644)
    shutil.rmtree(tmp_path.with_name(f"{tmp_path.name}-backups") / "logs")
    (tmp_path / "server.json").write_text("{")
    found = states(place)

    bad = {name for name, state in found.items() if state == "bad"}
    assert {"settings", "rights", "backup", "heads"} == bad
    assert "look" == found["projections"]


def test_backups_of_log_and_keys_in_one_place_are_found(tmp_path: Path) -> None:
    place = healthy(tmp_path)

    def apart(log: Path | None, keys: Path | None) -> State:
        wanted = Wanted(place=place, log_backups=log, keys_backups=keys)
        checks = asyncio.run(examine(wanted, FakeClock(NOW), SeededRandomness(3)))
        return next(each.state for each in checks if each.name == "apart")

    there = tmp_path.with_name("there")
    assert "look" == apart(tmp_path / "logs", tmp_path / "held")
    assert "look" == apart(there, there / "held")
    assert "ok" == apart(there / "logs", there / "held")
    assert "ok" == apart(None, None)
    (tmp_path / "backups.json").unlink()
    assert "look" == apart(None, None)


def test_backups_of_another_server_are_none_of_this_one(tmp_path: Path) -> None:
    place, other = healthy(tmp_path), tmp_path.with_name(f"{tmp_path.name}-other")
    other.mkdir()
    asyncio.run(filled(other, seed=5))
    shared = tmp_path.with_name(f"{tmp_path.name}-backups")
    goal = Folders(shared / "logs", shared / "held")
    asyncio.run(back_up(Place(data=other), goal, NOW + 9 * DAY_MS, silent))

    assert "bad" == states(place, NOW + 9 * DAY_MS)["backup"]
    assert "ok" == states(Place(data=other), NOW + 9 * DAY_MS)["backup"]


def test_keys_that_are_in_no_backup_are_found(tmp_path: Path) -> None:
    place = healthy(tmp_path)
    goal = tmp_path.with_name(f"{tmp_path.name}-backups")

    assert ExitCode.OK == cli.run(["rotate-signing-key", "--data", str(tmp_path)])
    assert "look" == states(place)["backup"]

    asyncio.run(back_up(place, Folders(goal / "logs", goal / "held"), NOW + 1000, silent))
    assert "ok" == states(place)["backup"]

    for kept in (goal / "held").iterdir():
        kept.unlink()
    assert "bad" == states(place)["backup"]


def test_a_folder_of_backups_that_cannot_be_looked_into_is_one_thing_among_others(
    tmp_path: Path,
) -> None:
    """It is no empty one, and no reason to say nothing of the rest."""
    place = healthy(tmp_path)
    (tmp_path / "file").touch()
    wanted = Wanted(place=place, keys_backups=tmp_path / "file" / "below")
    checks = asyncio.run(examine(wanted, FakeClock(NOW), SeededRandomness(3)))

    [found] = [each for each in checks if each.name == "backup"]
    assert "look" == found.state
    assert str(tmp_path / "file") in found.words
    assert "heads" in {each.name for each in checks}


def test_keys_of_another_day_are_found(tmp_path: Path) -> None:
    place = healthy(tmp_path)
    with closing(sqlite3.connect(tmp_path / MAIN_FILE)) as conn, conn:
        conn.execute("INSERT INTO known_signing_key VALUES (zeroblob(32))")

    assert "bad" == states(place)["heads"]


def test_a_store_of_keys_without_a_key_is_found(tmp_path: Path) -> None:
    place = healthy(tmp_path)
    with closing(sqlite3.connect(tmp_path / KEYS_FILE)) as conn, conn:
        conn.execute("DELETE FROM succession")

    assert "bad" == states(place)["heads"]


def test_a_clock_that_went_back_is_found(tmp_path: Path) -> None:
    place = healthy(tmp_path)
    [found] = [
        each.state
        for each in asyncio.run(
            examine(Wanted(place=place), FakeClock(NOW - 3_600_000), SeededRandomness(3))
        )
        if each.name == "clock"
    ]

    assert "bad" == found


def test_an_older_and_a_newer_schema_are_told_apart(tmp_path: Path) -> None:
    place = healthy(tmp_path)
    found: list[State] = []
    for version in (1, 99):
        with closing(sqlite3.connect(tmp_path / MAIN_FILE)) as conn, conn:
            conn.execute(f"PRAGMA user_version={version}")
        found.append(states(place)["schema_log"])

    assert ["look", "bad"] == found


def test_where_no_server_is_that_is_said(tmp_path: Path) -> None:
    nothing = states(Place(data=tmp_path))
    nobody = Databases(main="postgresql:///none?host=/nowhere", keys="postgresql:///no?host=/no")
    away = states(Place(data=tmp_path, databases=nobody))
    mark_moved(tmp_path, is_done=True)
    moved = states(Place(data=tmp_path))

    for found in (nothing, away, moved):
        assert ("bad", "bad") == (found["database_log"], found["database_keys"])
    assert [] == list(tmp_path.glob("*.db"))


def test_keys_are_not_made_by_looking(tmp_path: Path) -> None:
    asyncio.run(filled(tmp_path))
    (tmp_path / KEYS_FILE).unlink()
    found = states(Place(data=tmp_path))

    assert "bad" == found["database_keys"]
    assert "heads" not in found
    assert not (tmp_path / KEYS_FILE).exists()


def test_files_behind_a_closed_folder_are_open_to_nobody(tmp_path: Path) -> None:
    tmp_path.chmod(0o700)
    (tmp_path / MAIN_FILE).touch(mode=0o644)
    closed = open_to_others(tmp_path)
    tmp_path.chmod(0o711)

    assert ([], [tmp_path.name, MAIN_FILE]) == (closed, open_to_others(tmp_path))


@pytest.mark.skipif(os.geteuid() != 0, reason="only root gives files to others")
def test_files_that_root_left_are_named(tmp_path: Path) -> None:
    for name in (MAIN_FILE, KEYS_FILE):
        (tmp_path / name).touch()
    os.chown(tmp_path, 65534, -1)
    os.chown(tmp_path / MAIN_FILE, 65534, -1)

    assert [KEYS_FILE] == of_another(tmp_path)


async def test_the_certificate_is_the_one_that_people_are_shown(tmp_path: Path) -> None:
    certificate = certificate_in(tmp_path)
    async with running_server(tmp_path, certificate=certificate) as server:
        trusted = await asyncio.to_thread(certificate_at, server.url, trusting(certificate))
        _, refused = await asyncio.to_thread(certificate_at, server.url)
    gone = await asyncio.to_thread(certificate_at, server.url)

    assert trusted[0] is not None
    assert trusted[1] is None
    assert refused is not None
    assert (None, None) == gone


async def test_a_place_that_speaks_no_tls_is_not_called_silent(tmp_path: Path) -> None:
    """A proxy that never got its certificate answers; told otherwise, people look for it."""
    async with running_server(tmp_path) as server:
        url = server.url.replace("http:", "https:")
        ends_at, refused = await asyncio.to_thread(certificate_at, url)

    assert ends_at is None
    assert refused is not None
    assert "none is shown there" in refused
