"""Opening the stores of a folder: both files, one of them shared with the commands beside it."""

import asyncio
from pathlib import Path

import pytest

from tests.support.fakes import FakeClock, SeededRandomness
from trailmark_server.bell import Bell
from trailmark_server.stores import KEYS_FILE, MAIN_FILE, open_stores, write_accounts
from trailmark_server.therapists import accounts
from trailmark_shared.errors import DomainError, StorageError
from trailmark_shared.ids import SpaceId


def names_in(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


async def test_a_command_beside_a_running_server_is_seen(tmp_path: Path) -> None:
    async with open_stores(tmp_path, FakeClock(), SeededRandomness()) as stores:
        bell = Bell()
        watching = asyncio.ensure_future(stores.watch(bell))
        with bell.subscribe([SpaceId(bytes(16))]) as subscription:
            await subscription.wait()  # the first look
            write_accounts(
                tmp_path,
                lambda rows: accounts.add_therapist(rows, b"m" * 16, "Dr Demo", "a@example.org", 1),
            )
            heard = await subscription.wait()
        watching.cancel()
        found = await stores.accounts.read(lambda rows: rows.therapist_by_email("a@example.org"))

    assert heard.access
    assert found is not None
    assert {MAIN_FILE, KEYS_FILE} <= names_in(tmp_path)


async def test_the_signing_key_is_made_once(tmp_path: Path) -> None:
    async with open_stores(tmp_path, FakeClock(), SeededRandomness(1)) as stores:
        keys = await stores.keys.signing_keys()
    async with open_stores(tmp_path, FakeClock(), SeededRandomness(2)) as stores:
        assert keys == await stores.keys.signing_keys()
        assert keys.chain == stores.signer.chain
        assert {} == await stores.events.heads([SpaceId(b"s" * 16)])


@pytest.mark.parametrize("other", [None, 2])
async def test_a_log_is_not_opened_without_its_keys(tmp_path: Path, other: int | None) -> None:
    """Others would be listed in it for good, also after the right ones are put back."""
    here, elsewhere = tmp_path / "here", tmp_path / "elsewhere"
    for number, folder in enumerate((here, elsewhere), start=1):
        folder.mkdir()
        async with open_stores(folder, FakeClock(), SeededRandomness(number)):
            pass
    own = (here / KEYS_FILE).read_bytes()
    (here / KEYS_FILE).unlink()
    if other is not None:
        (here / KEYS_FILE).write_bytes((elsewhere / KEYS_FILE).read_bytes())
    before = names_in(here)

    with pytest.raises(StorageError, match=KEYS_FILE):
        async with open_stores(here, FakeClock(), SeededRandomness(3)):
            pass
    left = names_in(here)
    (here / KEYS_FILE).write_bytes(own)
    async with open_stores(here, FakeClock(), SeededRandomness(4)) as stores:
        found = await stores.events.verify()

    assert ([], before) == (found, left)


def test_a_failed_command_writes_nothing(tmp_path: Path) -> None:
    with pytest.raises(DomainError):
        write_accounts(tmp_path, lambda rows: accounts.enabled_therapist(rows, "a@example.org"))

    assert [] == write_accounts(tmp_path, lambda rows: list(rows.therapists()))
