"""The file of the lock, and the seal of files beside the database."""

from pathlib import Path

import pytest

from tests.support.fakes import SeededRandomness
from trailmark_adapters.nacl import NaclCipher
from trailmark_client.lock import (
    Cost,
    FileSeal,
    LockFile,
    database_key,
    key_by_passphrase,
    locked,
    new_key,
)
from trailmark_shared import limits
from trailmark_shared.errors import DomainError, ErrorCode, IntegrityError, SealError

CHEAP = Cost(passes=1, memory_bytes=8192)


def test_a_lock_survives_its_file(tmp_path: Path) -> None:
    chance = SeededRandomness(3)
    key = new_key(chance)
    lock = locked(key, "a lamp, three stairs", NaclCipher(), chance, CHEAP)
    file = LockFile(tmp_path)
    assert file.read() is None
    file.save(lock)

    assert lock == file.read()
    assert 0o600 == file.path.stat().st_mode & 0o777
    assert key == key_by_passphrase(lock, "  a lamp, three stairs ", NaclCipher())
    file.remove()
    assert file.read() is None


def test_the_longest_passphrase_opens_however_its_letters_are_typed() -> None:
    """Some keyboards type a letter and its accent as two characters."""
    chance, cipher = SeededRandomness(3), NaclCipher()
    key, marked = new_key(chance), "e\u0301" * limits.PASSPHRASE_CHARS_MAX
    lock = locked(key, marked, cipher, chance, CHEAP)

    assert key == key_by_passphrase(lock, marked, cipher)
    assert key == key_by_passphrase(lock, "\u00e9" * limits.PASSPHRASE_CHARS_MAX, cipher)
    with pytest.raises(DomainError) as raised:
        key_by_passphrase(lock, marked + "e", cipher)
    assert ErrorCode.WRONG_PASSPHRASE == raised.value.code


def test_a_lock_that_asks_for_too_much_memory_is_none_of_ours(tmp_path: Path) -> None:
    chance = SeededRandomness(3)
    cost = Cost(passes=1, memory_bytes=limits.PASSPHRASE_MEMORY_BYTES_MAX + 1)
    file = LockFile(tmp_path)
    cheap = locked(new_key(chance), "a lamp, three stairs", NaclCipher(), chance, CHEAP)
    file.save(type(cheap)(state="closed", salt=cheap.salt, cost=cost, sealed=cheap.sealed))

    with pytest.raises(IntegrityError) as raised:
        file.read()

    assert ErrorCode.CORRUPT_IDENTITY == raised.value.code


def test_usual_cost_is_that_of_the_limits() -> None:
    usual = Cost()

    assert (limits.PASSPHRASE_PASSES, limits.PASSPHRASE_MEMORY_BYTES) == (
        usual.passes,
        usual.memory_bytes,
    )


def test_files_are_sealed_under_a_key_of_their_own() -> None:
    chance, cipher = SeededRandomness(4), NaclCipher()
    key = new_key(chance)
    seal = FileSeal(cipher, key, chance)
    sealed = seal.sealed(b"keys")

    assert b"keys" == seal.opened(sealed)
    assert b"keys" not in sealed
    assert database_key(key) != key
    assert database_key(None) is None
    for other, bent in ((key, sealed[:-1]), (new_key(chance), sealed), (key, b"")):
        with pytest.raises(SealError):
            FileSeal(cipher, other, chance).opened(bent)
