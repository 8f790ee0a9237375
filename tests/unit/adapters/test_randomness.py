"""Unguessable bytes and fair numbers."""

from tests.support.fakes import SeededRandomness
from trailmark_adapters.randomness import SystemRandomness, below


def test_tokens_have_the_length_asked_for_and_differ() -> None:
    randomness = SystemRandomness()

    assert len(randomness.token(16)) == 16
    assert randomness.token(16) != randomness.token(16)


def test_below_stays_below_and_reaches_every_number() -> None:
    randomness = SeededRandomness()

    assert {below(randomness, 3) for _ in range(50)} == {0, 1, 2}
