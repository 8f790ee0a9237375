"""Comparison phrases: pronounceable, equal on both sides, different when anything differs."""

import re

import pytest

from trailmark_shared.errors import DomainError, ErrorCode
from trailmark_shared.phrases import (
    ToldHead,
    comparison_phrase,
    device_phrase,
    head_words,
    is_phrase,
    told_head,
    told_head_from_text,
    word_from_number,
)

HASH = bytes(range(32))
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


def test_a_head_has_six_words_and_its_entry() -> None:
    words = head_words(HASH, 123)

    assert re.fullmatch(r"([a-z]{5} ){5}[a-z]{5}", words)
    assert f"as of entry 123: {words}" == told_head(HASH, 123)


def test_words_differ_when_hash_or_entry_does() -> None:
    assert 3 == len({head_words(HASH, 123), head_words(HASH, 124), head_words(b"x" * 32, 123)})


@pytest.mark.parametrize(
    "typed",
    [
        "As of entry 123: {}",
        "123 {}",
        "  123:\n{}.",
    ],
)
@pytest.mark.parametrize("between", [" ", "", "-", ", ", "\n", "  "])
def test_words_are_understood_however_they_are_typed(typed: str, between: str) -> None:
    words = head_words(HASH, 123)
    text = typed.format(words.replace(" ", between).upper())

    assert ToldHead(123, words) == told_head_from_text(text)


def test_words_may_come_without_their_entry() -> None:
    words = head_words(HASH, 123)

    assert ToldHead(None, words) == told_head_from_text(words)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "123",
        "123: lusab",
        "1: 2: " + "lusab " * 6,
        "lusab " * 7,
        "xxxxx " * 6,
        "9" * 17 + "lusab" * 6,
        "9" * 5000 + "lusab" * 6,
    ],
)
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(DomainError) as raised:
        told_head_from_text(text)

    assert raised.value.code is ErrorCode.INVALID_INPUT


def test_two_devices_compare_words_of_their_own() -> None:
    phrases = {
        device_phrase(KEY, SPACE, b"1" * 32, b"2" * 32),
        device_phrase(b"x" * 32, SPACE, b"1" * 32, b"2" * 32),
        device_phrase(KEY, b"x" * 16, b"1" * 32, b"2" * 32),
        device_phrase(KEY, SPACE, b"x" * 32, b"2" * 32),
        device_phrase(KEY, SPACE, b"1" * 32, b"x" * 32),
        device_phrase(KEY, SPACE, b"2" * 32, b"1" * 32),
    }

    assert 6 == len(phrases)
    assert all(re.fullmatch(r"([a-z]{5} ){3}[a-z]{5}", each) for each in phrases)


@pytest.mark.parametrize(
    "typed",
    [
        "lusab babad gutih tugad",
        "  LUSAB babad\tGutih\n tugad ",
        "lusabbabadgutihtugad",
    ],
)
def test_a_phrase_is_known_in_any_case_and_spacing(typed: str) -> None:
    assert is_phrase(typed, "lusab babad gutih tugad")


@pytest.mark.parametrize("typed", ["", "lusab babad gutih", "lusab babad gutih tugaf", "tugad"])
def test_other_words_are_no_phrase(typed: str) -> None:
    assert not is_phrase(typed, "lusab babad gutih tugad")
