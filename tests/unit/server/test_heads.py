"""Signed heads: the server's word, remembered, bounded, and its own."""

import msgspec
import pytest

from tests.support.fakes import FakeClock
from tests.support.lane_devices import CARE, CIRCLE, OTHER_SPACE, SPACE
from trailmark_adapters.nacl import NaclCipher, NaclSigner
from trailmark_server.heads import HeadSigner, SigningKeys, next_key
from trailmark_shared import limits
from trailmark_shared.errors import DomainError
from trailmark_shared.protocol.pages import is_signed_head
from trailmark_shared.protocol.signing_keys import first_key, succession

HASH = b"h" * 32


def keys(seed: bytes = b"1" * 32) -> SigningKeys:
    return SigningKeys(chain=(first_key(NaclSigner(seed).public_key),), seed=seed)


def followed_by(before: SigningKeys, seed: bytes) -> SigningKeys:
    return SigningKeys(chain=(*before.chain, next_key(before, seed, 9)), seed=seed)


def signer(seed: bytes = b"1" * 32, clock: FakeClock | None = None) -> HeadSigner:
    return HeadSigner(keys(seed), NaclCipher(), clock or FakeClock())


def test_a_head_is_ours_for_its_place_only() -> None:
    mine = signer()
    head = mine.head(SPACE, CARE, 3, HASH)
    assert mine.is_ours(SPACE, CARE, head)
    assert not mine.is_ours(OTHER_SPACE, CARE, head)
    assert not mine.is_ours(SPACE, CIRCLE, head)
    assert not signer(b"2" * 32).is_ours(SPACE, CARE, head)
    assert not mine.is_ours(SPACE, CARE, msgspec.structs.replace(head, seq=4))


def test_a_signature_is_made_once_while_it_is_remembered(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(limits, "SIGNED_HEADS_KEPT_MAX", 2)
    clock = FakeClock()
    mine = signer(clock=clock)
    first = mine.head(SPACE, CARE, 1, HASH)
    clock.advance(1)
    second = mine.head(SPACE, CARE, 2, HASH)
    assert first == mine.head(SPACE, CARE, 1, HASH)
    mine.head(SPACE, CARE, 3, HASH)
    clock.advance(1)
    assert first == mine.head(SPACE, CARE, 1, HASH)
    assert second != mine.head(SPACE, CARE, 2, HASH)


def test_a_new_key_is_signed_by_the_one_before_it() -> None:
    three = followed_by(followed_by(keys(), b"2" * 32), b"3" * 32)

    assert list(three.chain) == succession(NaclCipher(), three.chain[0].key, three.chain)
    assert NaclSigner(b"3" * 32).public_key == three.chain[-1].key


def test_no_more_keys_than_welcome_holds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "SIGNING_KEYS_MAX", 2)
    two = followed_by(keys(), b"2" * 32)

    with pytest.raises(DomainError):
        next_key(two, b"3" * 32, 9)


def test_the_new_key_signs_and_what_the_former_one_signed_still_counts() -> None:
    mine, two = signer(), followed_by(keys(), b"2" * 32)
    before = mine.head(SPACE, CARE, 3, HASH)

    assert not mine.use(keys())
    assert mine.use(two)

    after = mine.head(SPACE, CARE, 3, HASH)
    assert before != after
    assert is_signed_head(NaclCipher(), two.chain[1].key, SPACE, CARE, after)
    assert (two.chain, two.chain[1].key) == (mine.chain, mine.public_key)
    assert mine.is_ours(SPACE, CARE, before)
    assert mine.is_ours(SPACE, CARE, after)
