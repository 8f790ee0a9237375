"""Closing and opening a store; kills in between are told in ``test_passphrase``."""

from pathlib import Path

import pytest

from tests.support.devices import add_goal, new_device
from tests.support.fakes import SeededRandomness
from trailmark_adapters.nacl import NaclCipher
from trailmark_client.app import files_of, open_app
from trailmark_client.lock import Cost, FileSeal, Lock, LockFile, locked, new_key
from trailmark_client.storage.closing import Files, close_store, is_settled, settled_lock
from trailmark_shared.errors import ErrorCode, IntegrityError

CHEAP = Cost(passes=1, memory_bytes=8192)


@pytest.fixture
def files(tmp_path: Path) -> Files:
    with new_device(tmp_path) as app:
        add_goal(app, "Two walks a week")
    return files_of(tmp_path)


def lock_and_key() -> tuple[Lock, bytes, FileSeal]:
    chance = SeededRandomness(5)
    key = new_key(chance)
    lock = locked(key, "a lamp, three stairs", NaclCipher(), chance, CHEAP)
    return lock, key, FileSeal(NaclCipher(), key, chance)


def test_without_a_lock_there_is_nothing_to_settle(files: Files) -> None:
    assert settled_lock(files) is None
    assert is_settled(files)


def test_a_closed_store_opens_with_its_key_alone(files: Files) -> None:
    lock, key, seal = lock_and_key()
    close_store(files, lock, key, seal)

    settled = settled_lock(files)

    assert settled is not None
    assert "closed" == settled.state
    with open_app(files.identity.parent, key=key) as app:
        assert 1 == len(app.read(lambda c: c.execute("SELECT id FROM event").fetchall()))


def test_a_store_that_cannot_be_read_stays_as_it_was(files: Files) -> None:
    damaged = b"no database at all" * 1000
    files.database.write_bytes(damaged)
    before = files.identity.read_bytes()

    with pytest.raises(IntegrityError) as raised:
        close_store(files, *lock_and_key())

    assert ErrorCode.CORRUPT_LOG == raised.value.code
    assert (damaged, before) == (files.database.read_bytes(), files.identity.read_bytes())
    assert LockFile(files.identity.parent).read() is None
    assert is_settled(files)
