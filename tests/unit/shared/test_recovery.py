"""A recovery code: four unrelated secrets, and a bundle that only the code opens."""

import msgspec
import pytest

from trailmark_adapters.nacl import NaclCipher
from trailmark_shared.errors import SealError
from trailmark_shared.recovery import (
    open_recovery_bundle,
    recovery_keeper,
    recovery_secrets,
    seal_recovery_bundle,
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
        secrets.sign_seed,
        secrets.backup_key,
    )

    assert secrets == recovery_secrets(CODE)
    assert [16, 32, 32, 32, 32, 32] == [len(part) for part in parts]
    assert 6 == len({part[:16] for part in parts})
    assert secrets.lookup != recovery_secrets(bytes(16)).lookup


def test_a_keeper_follows_from_the_first_key() -> None:
    keeper = recovery_keeper(b"k" * 32)

    assert 32 == len(keeper)
    assert keeper != recovery_keeper(bytes(32))


def test_only_the_code_opens_its_bundle() -> None:
    secrets, other = recovery_secrets(CODE), recovery_secrets(bytes(16))
    sealed = seal_recovery_bundle(CIPHER, secrets, bytes(24), b"keys")

    assert b"keys" == open_recovery_bundle(CIPHER, secrets, sealed)
    for wrong in (other, msgspec.structs.replace(secrets, lookup=other.lookup)):
        with pytest.raises(SealError):
            open_recovery_bundle(CIPHER, wrong, sealed)
