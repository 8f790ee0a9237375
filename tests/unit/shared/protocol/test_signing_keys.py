"""From the key that was pinned to the newest one: every step signed, or no way at all."""

import msgspec
import pytest

from tests.support.key_chains import key_chain, named_by
from tests.support.memory_server import CIPHER, SIGNER
from trailmark_adapters.nacl import NaclSigner
from trailmark_shared import chain
from trailmark_shared.ids import SELF, SpaceId
from trailmark_shared.protocol.messages import SignedHead, SigningKey
from trailmark_shared.protocol.signing_keys import (
    broken_link,
    first_key,
    signer_of_head,
    succession,
)

SPACE = SpaceId(b"s" * 16)
SIGNERS = [SIGNER, NaclSigner(b"2" * 32), NaclSigner(b"3" * 32)]


KEYS = key_chain(bytes(range(32)), b"2" * 32, b"3" * 32)
FORGED = [
    msgspec.structs.replace(KEYS[1], since=11),
    msgspec.structs.replace(KEYS[1], key=b"x" * 32),
    msgspec.structs.replace(KEYS[1], signature=None),
    named_by(SIGNERS[2], SIGNERS[1], 10),
]


@pytest.mark.parametrize("place", [0, 1, 2])
def test_every_key_leads_to_the_newest(place: int) -> None:
    assert KEYS[place:] == succession(CIPHER, KEYS[place].key, KEYS)
    assert broken_link(CIPHER, KEYS) is None


@pytest.mark.parametrize("forged", FORGED)
def test_a_step_that_nobody_signed_leads_nowhere(forged: SigningKey) -> None:
    keys = [KEYS[0], forged, KEYS[2]]

    assert succession(CIPHER, KEYS[0].key, keys) is None
    assert 1 == broken_link(CIPHER, keys)


def test_steps_before_the_pinned_key_do_not_count() -> None:
    assert KEYS[1:] == succession(CIPHER, KEYS[1].key, [first_key(b"x" * 32), *KEYS[1:]])


def test_a_key_that_is_not_shown_leads_nowhere() -> None:
    """An older copy of the server's keys lacks the newest one."""
    assert succession(CIPHER, KEYS[2].key, KEYS[:2]) is None
    assert succession(CIPHER, KEYS[0].key, []) is None


def test_a_first_key_is_signed_by_nobody() -> None:
    assert 0 == broken_link(CIPHER, KEYS[1:])


@pytest.mark.parametrize("place", [0, 1, 2])
def test_a_head_is_known_by_the_key_that_signed_it_whatever_its_time(place: int) -> None:
    hash_ = bytes(32)
    signature = SIGNERS[place].sign(chain.head_bytes(SPACE, SELF, 7, hash_, 15))
    head = SignedHead(seq=7, hash=hash_, time=15, signature=signature)

    assert KEYS[place] == signer_of_head(CIPHER, KEYS, SPACE, SELF, head)
    assert signer_of_head(CIPHER, KEYS[:place], SPACE, SELF, head) is None
