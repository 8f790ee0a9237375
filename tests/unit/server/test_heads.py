"""Signed heads: the server's word, remembered, bounded, and its own."""

import msgspec
import pytest

from tests.support.fakes import FakeClock
from tests.support.lane_devices import CARE, CIRCLE, OTHER_SPACE, SPACE
from trailmark_adapters.nacl import NaclCipher, NaclSigner
from trailmark_server.heads import HeadSigner
from trailmark_shared import limits

HASH = b"h" * 32


def signer(seed: bytes = b"1" * 32, clock: FakeClock | None = None) -> HeadSigner:
    return HeadSigner(NaclSigner(seed), NaclCipher(), clock or FakeClock())


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
