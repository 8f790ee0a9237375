"""One holder at a time, in whatever process."""

import threading
from pathlib import Path

import pytest

from trailmark_adapters.file_lock import FileLock
from trailmark_shared.errors import ErrorCode, StorageError


def test_second_holder_waits_only_so_long(tmp_path: Path) -> None:
    first = FileLock(tmp_path / "lock")
    second = FileLock(tmp_path / "lock", wait_ms=0)

    with first, pytest.raises(StorageError) as raised, second:
        pass

    assert raised.value.code is ErrorCode.STORAGE_UNAVAILABLE
    first.close()
    second.close()


def test_lock_is_free_again_after_an_error(tmp_path: Path) -> None:
    lock = FileLock(tmp_path / "lock", wait_ms=0)

    with pytest.raises(KeyError), lock:
        raise KeyError
    with lock:
        pass

    lock.close()
    lock.close()


def test_a_waiting_holder_gets_its_turn(tmp_path: Path) -> None:
    first, second = FileLock(tmp_path / "lock"), FileLock(tmp_path / "lock")
    order: list[str] = []

    def wait() -> None:
        with second:
            order.append("second")

    with first:
        waiting = threading.Thread(target=wait)
        waiting.start()
        order.append("first")
    waiting.join()

    assert order == ["first", "second"]
    first.close()
    second.close()


def test_the_file_is_for_the_owner_only(tmp_path: Path) -> None:
    FileLock(tmp_path / "lock").close()

    assert (tmp_path / "lock").stat().st_mode & 0o777 == 0o600


def test_several_hold_it_together_and_one_alone(tmp_path: Path) -> None:
    one, other = (FileLock(tmp_path / "lock", is_shared=True) for _ in range(2))
    alone = FileLock(tmp_path / "lock", wait_ms=0)

    with one, other, pytest.raises(StorageError), alone:
        pass
    with alone:
        pass

    for each in (one, other, alone):
        each.close()
