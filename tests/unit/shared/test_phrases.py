"""Comparison phrases: pronounceable, equal on both sides, different when anything differs."""

import re

from trailmark_shared.phrases import comparison_phrase, word_from_number

KEY, SPACE, DEVICE, MEMBER = b"k" * 32, b"s" * 16, b"d" * 16, b"m" * 16


def test_words_are_those_of_the_proposal() -> None:
    """The vectors of the proposal's own examples: 127.0.0.1 is lusab-babad."""
    assert "lusab" == word_from_number(0x7F00)
    assert "babad" == word_from_number(0x0001)


def test_every_number_has_a_word_of_its_own() -> None:
    assert 2**16 == len({word_from_number(number) for number in range(2**16)})


def test_phrase_has_four_words() -> None:
    phrase = comparison_phrase(KEY, SPACE, DEVICE, MEMBER)

    assert re.fullmatch(r"([a-z]{5} ){3}[a-z]{5}", phrase)
    assert phrase == comparison_phrase(KEY, SPACE, DEVICE, MEMBER)


def test_phrase_differs_when_anything_differs() -> None:
    phrases = {
        comparison_phrase(KEY, SPACE, DEVICE, MEMBER),
        comparison_phrase(b"x" * 32, SPACE, DEVICE, MEMBER),
        comparison_phrase(KEY, b"x" * 16, DEVICE, MEMBER),
        comparison_phrase(KEY, SPACE, b"x" * 16, MEMBER),
        comparison_phrase(KEY, SPACE, DEVICE, b"x" * 16),
    }

    assert 5 == len(phrases)
