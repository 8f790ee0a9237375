"""Names and labels: short, printable, and written as people write them."""

import pytest

from trailmark_server.labels import clean_text
from trailmark_shared import limits
from trailmark_shared.errors import DomainError


def test_joiners_of_letters_and_emoji_are_printable() -> None:
    name = "\u0646\u06cc\u200c\u0644\u0627 \N{WOMAN}\N{ZERO WIDTH JOINER}\N{PERSONAL COMPUTER}"

    assert name == clean_text(f" {name} ", "a label")


def test_letters_are_composed() -> None:
    assert "\N{LATIN SMALL LETTER E WITH ACUTE}" == clean_text(
        "e\N{COMBINING ACUTE ACCENT}", "a name"
    )


@pytest.mark.parametrize(
    "typed",
    [
        "",
        " ",
        "\N{ZERO WIDTH JOINER}",
        "\N{HANGUL FILLER}",
        "two\nlines",
        "x" * (limits.TITLE_CHARS_MAX + 1),
    ],
)
def test_what_shows_nothing_or_more_than_a_line_is_refused(typed: str) -> None:
    with pytest.raises(DomainError, match="a label has 1 to"):
        clean_text(typed, "a label")
