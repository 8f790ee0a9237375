"""Words as they are kept; what nobody sees is none."""

import pytest

from trailmark_shared.domain.typed_words import clean_words

UNSEEN = [
    "\N{SOFT HYPHEN}",
    "\N{COMBINING GRAPHEME JOINER}",
    "\N{HANGUL CHOSEONG FILLER}",
    "\N{MONGOLIAN VOWEL SEPARATOR}",
    "\N{ZERO WIDTH SPACE}",
    "\N{ZERO WIDTH JOINER}",
    "\N{RIGHT-TO-LEFT OVERRIDE}",
    "\N{WORD JOINER}",
    "\N{BRAILLE PATTERN BLANK}",
    "\N{HANGUL FILLER}",
    "\N{VARIATION SELECTOR-16}",
    "\N{ZERO WIDTH NO-BREAK SPACE}",
    "\N{HALFWIDTH HANGUL FILLER}",
    "\N{TAG LATIN CAPITAL LETTER A}",
]


def test_words_are_kept_alike_whatever_ends_a_line() -> None:
    assert "a\nb\nc" == clean_words(" a\r\nb\rc ")


@pytest.mark.parametrize("text", ["", " \t\r\n", "\x00\x7f", *UNSEEN, " \n".join(UNSEEN)])
def test_what_nobody_sees_is_no_word(text: str) -> None:
    assert "" == clean_words(text)


@pytest.mark.parametrize(
    "text",
    [".", "\N{SLIGHTLY SMILING FACE}", "\N{ARABIC NUMBER SIGN}", *map("a{}b".format, UNSEEN)],
)
def test_what_shows_anything_is_kept_whole(text: str) -> None:
    assert text == clean_words(text)
