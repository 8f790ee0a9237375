"""Words as they are kept."""

from trailmark_shared.domain.typed_words import clean_words


def test_words_are_kept_alike_whatever_ends_a_line() -> None:
    assert "a\nb\nc" == clean_words(" a\r\nb\rc ")
