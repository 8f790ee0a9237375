"""A backup is made beside the server, verified, and there only when it is whole."""

import asyncio
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from tests.support.fakes import FakeClock, SeededRandomness
from tests.support.filled_server import filled, silent
from tests.support.lane_devices import CARE, NOW, LaneDevice, push
from trailmark_server.backups import folders
from trailmark_server.backups.place import READ_MODELS, Place
from trailmark_server.backups.saving import Folders, Saved, back_up, noted_folders
from trailmark_server.stores import MAIN_FILE, open_stores
from trailmark_shared.errors import DomainError, ErrorCode, StorageError

NewPlace = Callable[[str], Place]


class Stop(Exception):  # noqa: N818  (a kill)
    """The process ends here."""


@pytest.fixture
def goal(tmp_path: Path) -> Folders:
    return Folders(tmp_path / "logs", tmp_path / "key backups")


def test_log_and_keys_are_copied_apart_without_read_models(
    new_place: NewPlace, goal: Folders
) -> None:
    place = new_place("server")
    asyncio.run(filled(place.data, place.databases))
    saved = asyncio.run(back_up(place, goal, NOW, silent))

    assert (2, 61, 0) == (saved.lanes, saved.entries, saved.findings)
    assert [saved.log] == list(goal.log.iterdir())
    assert [saved.keys] == list(goal.keys.iterdir())
    at = NOW // 1000 * 1000
    assert [(at, saved.log)] == folders.found(goal.log, "log")
    assert [(at, saved.keys)] == folders.found(goal.keys, "keys")
    with closing(sqlite3.connect(saved.log)) as conn:
        counts = [conn.execute(f"SELECT count(*) FROM {each}").fetchone() for each in READ_MODELS]  # noqa: S608
    assert [(0,)] * len(READ_MODELS) == counts
    assert goal == noted_folders(place.data)


def test_what_is_noted_already_is_not_written_again(tmp_path: Path, goal: Folders) -> None:
    """So that a full disk under the server keeps no backup from being made elsewhere."""
    asyncio.run(filled(tmp_path))
    asyncio.run(back_up(Place(data=tmp_path), goal, NOW, silent))
    noted = (tmp_path / "backups.json").stat()
    asyncio.run(back_up(Place(data=tmp_path), goal, NOW, silent))

    assert noted.st_mtime_ns == (tmp_path / "backups.json").stat().st_mtime_ns


def test_two_servers_may_be_as_quick_as_each_other(tmp_path: Path, goal: Folders) -> None:
    saved: list[Saved] = []
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        asyncio.run(filled(tmp_path / name))
        saved.append(asyncio.run(back_up(Place(data=tmp_path / name), goal, NOW, silent)))

    assert [each.log for each in saved] == sorted(goal.log.iterdir())
    assert [each.keys for each in saved] == sorted(goal.keys.iterdir())


def test_it_is_made_beside_a_server_that_writes(new_place: NewPlace, goal: Folders) -> None:
    place = new_place("server")

    async def run() -> None:
        await filled(place.data, place.databases)
        randomness = SeededRandomness(5)
        async with open_stores(place.data, FakeClock(NOW), randomness, place.databases) as stores:
            device = LaneDevice(CARE, seed=9)
            running = asyncio.create_task(back_up(place, goal, NOW, silent))
            while not running.done():
                await push(stores.events, [device.shares()])
                await asyncio.sleep(0)
            saved = await running

            assert 0 == saved.findings
            assert 61 <= saved.entries
            assert [] == await stores.events.verify()

    asyncio.run(run())


@pytest.mark.parametrize("steps", [1, 3])
def test_one_that_is_interrupted_leaves_nothing(
    new_place: NewPlace, goal: Folders, steps: int
) -> None:
    place = new_place("server")
    asyncio.run(filled(place.data, place.databases))
    told: list[str] = []

    def interrupted(what: str, _done: int, _total: int) -> None:
        told.append(what)
        if len(told) == steps:
            raise Stop

    with pytest.raises(Stop):
        asyncio.run(back_up(place, goal, NOW, interrupted))

    assert [] == [*goal.log.iterdir(), *goal.keys.iterdir()]
    assert noted_folders(place.data) is None


def test_what_is_damaged_is_copied_and_told_of(tmp_path: Path, goal: Folders) -> None:
    place = Place(data=tmp_path)
    asyncio.run(filled(tmp_path))
    with closing(sqlite3.connect(tmp_path / MAIN_FILE)) as conn, conn:
        conn.execute("UPDATE lane SET received_at = received_at + 1")

    assert 2 == asyncio.run(back_up(place, goal, NOW, silent)).findings


def test_one_folder_for_both_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DomainError) as refused:
        asyncio.run(back_up(Place(data=tmp_path), Folders(tmp_path, tmp_path), NOW, silent))

    assert ErrorCode.INVALID_INPUT == refused.value.code


def test_where_no_server_was_there_is_nothing_to_copy(tmp_path: Path, goal: Folders) -> None:
    with pytest.raises(StorageError) as refused:
        asyncio.run(back_up(Place(data=tmp_path), goal, NOW, silent))

    assert ErrorCode.STORAGE_UNAVAILABLE == refused.value.code
    assert [] == [*goal.log.iterdir(), *goal.keys.iterdir()]
