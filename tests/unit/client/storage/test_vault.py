"""Sealing under the newest key, opening under all of them."""

from pathlib import Path

import msgspec
import pytest

from tests.support.fakes import SeededRandomness
from trailmark_adapters.nacl import NaclCipher
from trailmark_client.identity import IdentityFile, new_identity, new_vault_key
from trailmark_client.storage.vault import Vault
from trailmark_shared.ids import PLAIN
from trailmark_shared.sealing import NONCE_BYTES

EVENT = b"e" * 16
NONCE = bytes(NONCE_BYTES)


@pytest.fixture
def vault(tmp_path: Path) -> Vault:
    file = IdentityFile(tmp_path / "identity")
    file.save(new_identity(SeededRandomness(), "phone"))
    return Vault(NaclCipher(), file)


def test_opens_what_it_sealed_even_after_a_newer_key(vault: Vault) -> None:
    key, sealed = vault.sealed(EVENT, b"words", NONCE)
    newer = new_vault_key(SeededRandomness(2))
    vault.identity_file.update(
        lambda own: msgspec.structs.replace(own, vault_keys=(*own.vault_keys, newer))
    )

    assert vault.opened(EVENT, key, sealed) == b"words"
    assert vault.sealed(EVENT, b"words", NONCE)[0] == newer.id


def test_what_cannot_be_opened_is_none(vault: Vault) -> None:
    key, sealed = vault.sealed(EVENT, b"words", NONCE)

    assert vault.opened(EVENT, b"unknown!", sealed) is None
    assert vault.opened(b"x" * 16, key, sealed) is None
    assert vault.opened(EVENT, key, sealed[:-1]) is None
    assert vault.opened(EVENT, key, None) is None


def test_plain_bodies_are_what_they_are(vault: Vault) -> None:
    assert vault.opened(EVENT, PLAIN, b"{}") == b"{}"


def test_a_key_that_another_process_let_go_opens_nothing_here_any_more(vault: Vault) -> None:
    key, sealed = vault.sealed(EVENT, b"words", NONCE)
    assert vault.opened(EVENT, key, sealed) == b"words"

    IdentityFile(vault.identity_file.path).save(new_identity(SeededRandomness(3), "phone"))

    assert vault.opened(EVENT, key, sealed) is None


def test_an_opener_keeps_the_keys_that_it_began_with(vault: Vault) -> None:
    key, sealed = vault.sealed(EVENT, b"words", NONCE)
    opened = vault.opener()
    vault.identity_file.save(new_identity(SeededRandomness(3), "phone"))

    assert opened(EVENT, key, sealed) == b"words"
    assert opened(EVENT, PLAIN, b"{}") == b"{}"
    assert opened(EVENT, key, None) is None
    assert vault.opener()(EVENT, key, sealed) is None
