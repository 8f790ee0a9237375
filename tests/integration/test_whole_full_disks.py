"""A disk with no room left: nothing is called saved that is not, and it goes on when there is."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.support.cluster import servers_asked_for
from tests.support.processes import DeviceFolder
from tests.support.whole import World, events_of, written
from trailmark_adapters.sqlite import SqliteFile, copy_file
from trailmark_shared.errors import ErrorCode, StorageError

STORAGE_EXIT = 6
LARGE = "x" * 9000
ROOM_LEFT = 60_000


class SmallDisk:
    """A file system of little room at a place, with what stood there before."""

    def __init__(self, place: Path) -> None:
        self.ballast = place / "ballast"

    def fill(self, leave: int) -> None:
        """Leave only so many bytes free."""
        free = shutil.disk_usage(self.ballast.parent).free
        self.ballast.write_bytes(bytes(max(free - leave, 0)))

    def empty(self) -> None:
        """Make room again."""
        self.ballast.unlink()


@contextmanager
def small_disk(place: Path, kilobytes: int = 4000) -> Generator[SmallDisk]:
    """Put what is at a place on a file system with little room, where we may mount one."""
    kept = place.with_name(f"{place.name}.kept")
    if place.exists():
        place.rename(kept)
    place.mkdir(mode=0o700)
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={kilobytes}k", "tmpfs", str(place)],
        check=False,
        capture_output=True,
    )
    if mounted.returncode:
        pytest.skip("a small file system cannot be mounted here")
    try:
        if kept.exists():
            shutil.copytree(kept, place, dirs_exist_ok=True)
        yield SmallDisk(place)
    finally:
        subprocess.run(["umount", "-l", str(place)], check=True)


def test_a_device_calls_nothing_saved_that_is_not(tmp_path: Path) -> None:
    device = DeviceFolder(tmp_path / "phone")
    saved: set[bytes] = set()
    with small_disk(device.home) as disk:
        saved |= events_of(device.run("win", "there is room"))
        disk.fill(leave=ROOM_LEFT)
        while (done := device.attempt("win", LARGE)).returncode == 0:
            saved |= events_of(json.loads(done.stdout))

        assert STORAGE_EXIT == done.returncode
        assert "disk_full" == json.loads(done.stderr)["error"]["code"]
        assert "" == done.stdout
        assert saved == written(device.database)
        assert len(saved) == len(device.run("timeline")["events"])

        disk.empty()
        saved |= events_of(device.run("win", "there is room again"))
        assert saved == written(device.database)
        device.run("verify")


def test_a_store_that_does_not_fit_twice_stays_under_its_lock(tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk", kilobytes=300):
        store, copy = tmp_path / "disk" / "store.db", tmp_path / "disk" / "copy.db"
        file = SqliteFile(store, key=bytes(32))
        file.write(lambda conn: conn.execute("CREATE TABLE word AS SELECT zeroblob(160000)"))
        file.close()
        copy.touch()

        with pytest.raises(StorageError) as refused:
            copy_file(store, bytes(32), copy, None)

    assert ErrorCode.DISK_FULL == refused.value.code


def test_a_device_without_room_for_news_gets_them_later(world: World) -> None:
    for _ in range(8):
        world.phone.run("win", LARGE)
    world.phone.run("sync")
    with small_disk(world.laptop.home) as disk:
        disk.fill(leave=ROOM_LEFT)

        assert "disk_full" == world.laptop.refused("sync")
        assert world.laptop.run("status")["lanes"]

        disk.empty()
        world.settle(world.laptop, world.phone)
        world.check()


@pytest.mark.skipif(
    servers_asked_for() > 0, reason="a full disk of PostgreSQL is not the server's own folder"
)
def test_a_server_without_room_says_sent_to_nothing(world: World) -> None:
    world.server.stop()
    with small_disk(world.server.data) as disk:
        world.server.start()
        disk.fill(leave=ROOM_LEFT)
        saved: set[bytes] = set()
        for _ in range(8):
            saved |= events_of(world.phone.run("win", LARGE))

        done = world.phone.attempt("sync")
        status = world.phone.run("status")

        assert 0 != done.returncode
        assert "not sent yet" in json.loads(done.stderr)["error"]["message"]
        assert status["unsent"] == len(saved - written(world.server.database))

        disk.empty()
        world.settle()
        assert set() == saved - written(world.server.database)
        world.check()
        world.server.stop()
