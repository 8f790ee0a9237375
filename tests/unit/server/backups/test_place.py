"""Nothing is put in place under a server that runs; what was copied at two moments fits."""

import asyncio
import shutil
import socket
from contextlib import closing
from pathlib import Path

import pytest

from tests.support.fakes import FakeClock, SeededRandomness
from tests.support.filled_server import filled, silent
from tests.support.lane_devices import NOW, SPACE
from trailmark_server.backups.place import stopped, verified
from trailmark_server.running import held_by_server
from trailmark_server.settings import note_listening
from trailmark_server.stores import KEYS_FILE, MAIN_FILE, open_stores
from trailmark_shared.errors import DomainError, StorageError


def test_a_server_that_answers_is_to_be_stopped_first(tmp_path: Path) -> None:
    with stopped(tmp_path):
        pass
    with closing(socket.create_server(("127.0.0.1", 0))) as running:
        note_listening(tmp_path, f"http://127.0.0.1:{running.getsockname()[1]}")
        with pytest.raises(DomainError), stopped(tmp_path):
            pass
    with stopped(tmp_path):
        pass


def test_an_address_that_leads_nowhere_is_nobody_to_wait_for(tmp_path: Path) -> None:
    for noted in ("http://[::1", "http://h:99999", "http://a..b:80"):
        note_listening(tmp_path, noted)
        with stopped(tmp_path):
            pass


def test_a_server_that_no_address_leads_to_is_to_be_stopped_too(tmp_path: Path) -> None:
    """Another one on the same folder, one in another container, one whose address is not known."""
    with held_by_server(tmp_path), pytest.raises(DomainError), stopped(tmp_path):
        pass
    with stopped(tmp_path), pytest.raises(StorageError), held_by_server(tmp_path):
        pass


def test_keys_that_were_copied_later_name_more_and_fit_nevertheless(tmp_path: Path) -> None:
    asyncio.run(filled(tmp_path))
    log, keys = tmp_path / "log.db", tmp_path / "held.db"
    shutil.copy(tmp_path / MAIN_FILE, log)

    async def revoke() -> None:
        async with open_stores(tmp_path, FakeClock(NOW), SeededRandomness(4)) as stores:
            await stores.events.record_revocations(SPACE, [b"g" * 16])

    asyncio.run(revoke())
    shutil.copy(tmp_path / KEYS_FILE, keys)

    assert [] == asyncio.run(verified(log, keys, silent)).findings
