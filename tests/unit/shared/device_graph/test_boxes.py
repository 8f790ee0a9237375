"""Boxes that all holders of a key can check."""

from random import Random

from tests.support.graph_devices import Secrets
from trailmark_adapters.nacl import NaclCipher
from trailmark_shared.device_graph.boxes import box_for, key_proof, open_box
from trailmark_shared.device_graph.statements import Holder, HolderId
from trailmark_shared.ids import SpaceId
from trailmark_shared.sealing import vault_key_id

CIPHER = NaclCipher()
SPACE = SpaceId(b"s" * 16)
KEY = b"k" * 32


def holder(private_key: bytes) -> Holder:
    return Holder("device", Secrets(Random(1)).holder.sign_key, CIPHER.box_public_key(private_key))


def test_a_box_is_always_the_same_and_opens() -> None:
    box = box_for(CIPHER, SPACE, KEY, holder(b"p" * 32))

    assert box is not None
    assert box == box_for(CIPHER, SPACE, KEY, holder(b"p" * 32))
    assert KEY == open_box(CIPHER, SPACE, b"p" * 32, vault_key_id(KEY), box)


def test_another_holder_opens_nothing() -> None:
    box = box_for(CIPHER, SPACE, KEY, holder(b"p" * 32))

    assert box is not None
    assert box != box_for(CIPHER, SPACE, KEY, holder(b"q" * 32))
    assert open_box(CIPHER, SPACE, b"q" * 32, vault_key_id(KEY), box) is None


def test_a_key_that_nobody_can_hold_gets_no_box() -> None:
    assert box_for(CIPHER, SPACE, KEY, Holder("device", b"s" * 32, bytes(32))) is None


def test_a_proof_is_of_key_author_and_whom_it_leaves_out() -> None:
    proofs = {
        key_proof(SPACE, KEY, HolderId(b"a" * 16), ()),
        key_proof(SPACE, b"l" * 32, HolderId(b"a" * 16), ()),
        key_proof(SPACE, KEY, HolderId(b"b" * 16), ()),
        key_proof(SPACE, KEY, HolderId(b"a" * 16), (b"c" * 16,)),
    }

    assert 4 == len(proofs)
