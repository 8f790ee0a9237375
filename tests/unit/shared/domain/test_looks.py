"""What the access log calls a look, in words for the person."""

from trailmark_shared.domain.looks import LOOK_WORDS, Look, is_refused, look_words


def test_every_look_has_words_of_its_own() -> None:
    assert set(Look) == set(LOOK_WORDS)
    assert len(Look) == len(set(LOOK_WORDS.values()))


def test_refused_looks_say_that_nothing_was_shown() -> None:
    assert [look for look in Look if is_refused(look)] == [
        look for look in Look if look_words(look).endswith("nothing was shown")
    ]


def test_a_look_of_a_newer_server_is_told_in_general_words() -> None:
    assert "opened something you share" == look_words("news")
    assert "was refused; nothing was shown" == look_words("refused:news")
