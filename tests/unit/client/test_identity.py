"""The identity file: whole or refused, seen by all processes, for the owner only."""

from pathlib import Path

import msgspec
import pytest

from tests.support.fakes import SeededRandomness
from trailmark_adapters.randomness import SystemRandomness
from trailmark_client.identity import (
    HomeServer,
    Identity,
    IdentityFile,
    bytes_from_identity,
    founding_key,
    identity_from_bytes,
    new_identity,
    new_secrets,
    new_vault_key,
)
from trailmark_shared.errors import ErrorCode, IntegrityError, StorageError
from trailmark_shared.ids import Epoch


def identity() -> Identity:
    return new_identity(SeededRandomness(), "my phone")


def test_what_was_saved_is_read_back(tmp_path: Path) -> None:
    server = HomeServer(url="https://home", id=b"h" * 16, name="Home", signing_key=b"k" * 32)
    saved = msgspec.structs.replace(
        identity(), server=server, credential="tmd_x", credential_expires_at=1, private_copy=True
    )

    IdentityFile(tmp_path / "identity").save(saved)

    assert IdentityFile(tmp_path / "identity").current == saved


def test_only_the_owner_may_read_it(tmp_path: Path) -> None:
    IdentityFile(tmp_path / "identity").save(identity())

    assert (tmp_path / "identity").stat().st_mode & 0o777 == 0o600
    assert [path.name for path in tmp_path.iterdir()] == ["identity"]


def test_a_change_by_another_process_is_seen(tmp_path: Path) -> None:
    mine, other = IdentityFile(tmp_path / "identity"), IdentityFile(tmp_path / "identity")
    mine.save(identity())
    assert mine.current.epoch == other.current.epoch

    other.update(lambda old: msgspec.structs.replace(old, epoch=Epoch(b"another!")))

    assert mine.current.epoch == b"another!"


def test_the_last_vault_key_is_the_newest() -> None:
    second = new_vault_key(SeededRandomness(2))
    held = identity()
    both = msgspec.structs.replace(held, vault_keys=(*held.vault_keys, second))

    assert both.newest_key == second
    assert both.vault_key(held.vault_keys[0].id) == held.vault_keys[0].key
    assert both.vault_key(b"unknown!") is None


def test_no_byte_can_be_changed_unseen() -> None:
    data = bytes_from_identity(identity())

    for at in range(0, len(data) - 1, 7):
        changed = bytearray(data)
        changed[at] ^= 1
        with pytest.raises(IntegrityError) as raised:
            identity_from_bytes(bytes(changed))
        assert raised.value.code is ErrorCode.CORRUPT_IDENTITY


def test_a_missing_file_is_told_with_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(IntegrityError, match="backup"):
        _ = IdentityFile(tmp_path / "identity").current


@pytest.mark.parametrize("data", [b"", b"{}", b"\xff", b"[" * 100_000])
def test_what_is_no_identity_is_refused(data: bytes) -> None:
    with pytest.raises(IntegrityError):
        identity_from_bytes(data)


@pytest.mark.parametrize("change", [{"vault_keys": ()}, {"sign_seed": bytes(32)}])
def test_an_identity_without_its_keys_is_refused(change: dict[str, object]) -> None:
    empty = msgspec.structs.replace(identity(), **change)

    with pytest.raises(IntegrityError, match="lacks the keys"):
        identity_from_bytes(bytes_from_identity(empty))


def test_a_new_device_begins_a_space_that_nobody_else_can_begin() -> None:
    fresh = identity()

    holder = fresh.secrets.holder
    assert holder.id == fresh.device
    assert fresh.newest_key == founding_key(fresh, holder)
    assert None is founding_key(fresh, new_secrets(SystemRandomness()).holder)


def test_a_kill_between_writing_and_replacing_leaves_the_old_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = IdentityFile(tmp_path / "identity")
    file.save(identity())

    def killed(_self: Path, _target: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(Path, "replace", killed)
    with pytest.raises(KeyboardInterrupt):
        file.update(lambda old: msgspec.structs.replace(old, device_name="other"))

    assert file.current.device_name == "my phone"
    assert Path(tmp_path / "identity.tmp").exists()


def test_an_identity_that_cannot_be_replaced_stays_as_it_was(tmp_path: Path) -> None:
    file = IdentityFile(tmp_path / "identity")
    file.save(identity())
    before = file.current
    (tmp_path / "identity.tmp").mkdir()  # nobody can write there, not even root

    with pytest.raises(StorageError) as raised:
        file.update(lambda current: msgspec.structs.replace(current, private_copy=True))

    assert raised.value.code is ErrorCode.STORAGE_UNAVAILABLE
    assert IdentityFile(tmp_path / "identity").current == before
