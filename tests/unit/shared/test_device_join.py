"""Letting a device in: nothing that the server relays can be swapped, read or replayed."""

import msgspec
import pytest

from trailmark_adapters.nacl import NaclCipher
from trailmark_shared.codes import DeviceCode
from trailmark_shared.device_join import (
    Freshness,
    JoiningDevice,
    is_join_proof,
    join_proof,
    open_bundle,
    seal_bundle,
)
from trailmark_shared.errors import SealError

CIPHER = NaclCipher()
CODE = DeviceCode(lookup=b"lookup..", secret=bytes(range(16)))
PRIVATE = bytes(range(32))
JOINING = JoiningDevice(
    device=b"d" * 16,
    name="Laptop",
    sign_key=b"s" * 32,
    public_key=CIPHER.box_public_key(PRIVATE),
    claim_hash=b"c" * 32,
)
FRESH = Freshness(nonce=bytes(24), key=bytes(range(32, 64)))
CHANGES = (
    {"device": b"x" * 16},
    {"name": "Laptop "},
    {"sign_key": b"x" * 32},
    {"public_key": CIPHER.box_public_key(b"x" * 32)},
    {"claim_hash": b"x" * 32},
)


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: next(iter(change)))
def test_a_proof_covers_all_that_is_relayed(change: dict[str, object]) -> None:
    proof = join_proof(CODE, JOINING)

    assert is_join_proof(CODE, JOINING, proof)
    assert not is_join_proof(CODE, msgspec.structs.replace(JOINING, **change), proof)


@pytest.mark.parametrize(
    "code", [DeviceCode(CODE.lookup, b"x" * 16), DeviceCode(b"x" * 8, CODE.secret)]
)
def test_a_proof_needs_the_whole_code(code: DeviceCode) -> None:
    assert not is_join_proof(CODE, JOINING, join_proof(code, JOINING))


def test_a_bundle_comes_back() -> None:
    sealed = seal_bundle(CIPHER, CODE, JOINING, FRESH, b"keys")

    assert b"keys" == open_bundle(CIPHER, CODE, JOINING, PRIVATE, sealed)


def test_a_bundle_needs_the_secret_and_the_private_key() -> None:
    sealed = seal_bundle(CIPHER, CODE, JOINING, FRESH, b"keys")
    other = msgspec.structs.replace(JOINING, device=b"x" * 16)
    signer = msgspec.structs.replace(JOINING, sign_key=b"x" * 32)

    for code, joining, private in (
        (DeviceCode(CODE.lookup, b"x" * 16), JOINING, PRIVATE),
        (DeviceCode(b"x" * 8, CODE.secret), JOINING, PRIVATE),
        (CODE, JOINING, b"x" * 32),
        (CODE, other, PRIVATE),
        (CODE, signer, PRIVATE),
    ):
        with pytest.raises(SealError):
            open_bundle(CIPHER, code, joining, private, sealed)


def test_no_bundle_is_sealed_for_a_key_that_is_none() -> None:
    nobody = msgspec.structs.replace(JOINING, public_key=bytes(32))

    with pytest.raises(SealError):
        seal_bundle(CIPHER, CODE, nobody, FRESH, b"keys")
