"""A recovery code: four unrelated secrets, and a bundle that only the code opens."""

import msgspec
import pytest

from trailmark_adapters.nacl import NaclCipher
from trailmark_shared.errors import SealError
from trailmark_shared.recovery import (
    holder_of_recovery,
    open_recovery_bundle,
    recovery_keeper,
    recovery_secrets,
    seal_recovery_bundle,
    space_of_keeper,
)

CIPHER = NaclCipher()
CODE = bytes(range(16))


def test_the_parts_are_unrelated_and_repeatable() -> None:
    secrets = recovery_secrets(CODE)
    parts = (
        secrets.lookup,
        secrets.authenticator,
        secrets.wrapping_key,
        secrets.private_key,
        secrets.backup_key,
    )

    assert secrets == recovery_secrets(CODE)
    assert [16, 32, 32, 32, 32] == [len(part) for part in parts]
    assert 5 == len({part[:16] for part in parts})
    assert secrets.lookup != recovery_secrets(bytes(16)).lookup


def test_the_holder_follows_from_the_key() -> None:
    public_key = CIPHER.box_public_key(recovery_secrets(CODE).private_key)

    assert 16 == len(holder_of_recovery(public_key))
    assert holder_of_recovery(public_key) != holder_of_recovery(bytes(32))


def test_the_id_of_a_space_tells_its_keeper() -> None:
    keeper = recovery_keeper(b"k" * 32)

    assert (32, 16) == (len(keeper), len(space_of_keeper(keeper)))
    assert keeper != recovery_keeper(bytes(32))
    assert space_of_keeper(keeper) != space_of_keeper(bytes(32))


def test_only_the_code_opens_its_bundle() -> None:
    secrets, other = recovery_secrets(CODE), recovery_secrets(bytes(16))
    sealed = seal_recovery_bundle(CIPHER, secrets, bytes(24), b"keys")

    assert b"keys" == open_recovery_bundle(CIPHER, secrets, sealed)
    for wrong in (other, msgspec.structs.replace(secrets, lookup=other.lookup)):
        with pytest.raises(SealError):
            open_recovery_bundle(CIPHER, wrong, sealed)
