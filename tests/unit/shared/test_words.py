"""Texts are asked of the language in force, and the language is the one that fits the reader."""

from contextvars import copy_context
from gettext import NullTranslations

import pytest

from trailmark_shared import limits
from trailmark_shared.words import (
    ENGLISH,
    Language,
    Texts,
    best_tag,
    capital,
    counted,
    for_pages,
    gettext,
    language,
    listed,
    marked,
    marked_plural,
    ngettext,
    pgettext,
    speaking,
    wanted_languages,
)


class Loud(NullTranslations):
    """Says everything in capitals, and which of the ways it was asked."""

    def gettext(self, message: str) -> str:
        return message.upper()

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        return f"{n}: {super().ngettext(msgid1, msgid2, n).upper()}"

    def pgettext(self, context: str, message: str) -> str:
        return f"{context}: {message.upper()}"


LOUD = Language("en-x-loud", Loud())


def test_without_a_choice_english_is_spoken() -> None:
    assert ENGLISH == language()
    assert "Saved." == gettext("Saved.")
    assert ("one", "more", "more") == tuple(ngettext("one", "more", n) for n in (1, 0, 2))
    assert "May" == pgettext("a month", "May")


def test_the_language_in_force_answers_until_the_block_ends() -> None:
    with speaking(LOUD):
        assert (LOUD, "SAVED.") == (language(), gettext("Saved."))
        assert "2: MORE" == ngettext("one", "more", 2)
        assert "a month: MAY" == pgettext("a month", "May")

    assert "Saved." == gettext("Saved.")


def test_a_text_may_stand_in_an_attribute_and_its_markup_stays() -> None:
    assert "say &#34;stop&#34;" == for_pages(gettext)('say "stop"')
    assert 'see <a href="/x">it</a>' == for_pages(gettext)('see <a href="/x">it</a>')
    assert "&#34;{n}&#34; days" == for_pages(ngettext)("one", '"{n}" days', 2)
    with speaking(LOUD):
        assert "a month: MAY" == for_pages(pgettext)("a month", "May")


def test_one_reader_s_language_is_not_another_s() -> None:
    other = copy_context()
    with speaking(LOUD):
        assert "Saved." == other.run(gettext, "Saved.")


def test_a_marked_text_stays_as_it_is() -> None:
    with speaking(LOUD):
        assert "Saved." == marked("Saved.")


def test_a_counted_text_fits_its_number() -> None:
    text = marked_plural("one goal", "{n} goals")

    assert ["one goal", "3 goals"] == [counted(text, 1), counted(text, 3)]
    with speaking(LOUD):
        assert "1: ONE GOAL" == counted(text, 1)


def test_a_table_of_texts_answers_in_the_language_in_force() -> None:
    table = Texts({"a": marked("first"), "b": marked("second")})

    assert {"a": "first", "b": "second"} == dict(table)
    with speaking(LOUD):
        assert {"a": "FIRST", "b": "SECOND"} == dict(table)
        assert ("FIRST", None, 2) == (table["a"], table.get("c"), len(table))


@pytest.mark.parametrize(
    ("items", "said"),
    [
        ([], ""),
        (["a"], "a"),
        (["a", "b"], "a and b"),
        (["a", "b", "c"], "a, b and c"),
        (["a", "b", "c", "d"], "a, b, c and d"),
    ],
)
def test_a_list_reads_like_speech(items: list[str], said: str) -> None:
    assert said == listed(items)


@pytest.mark.parametrize(
    ("words", "said"),
    [("", ""), ("what limits it", "What limits it"), ("ihre Wörter", "Ihre Wörter")],
)
def test_only_the_first_letter_becomes_a_capital(words: str, said: str) -> None:
    assert said == capital(words)


@pytest.mark.parametrize(
    ("header", "tags"),
    [
        ("", []),
        ("de", ["de"]),
        ("en;q=0.5, de-AT, fr;q=0.75", ["de-AT", "fr", "en"]),
        ("de;q=0, fr;q=1.000, nl;q=1.9", ["fr", "nl"]),
        ("de;q=lots, fr;q=2, nl;q=0.1234, it;q=, ;q=1", ["it"]),
    ],
)
def test_a_reader_s_languages_come_in_the_order_of_their_weights(
    header: str, tags: list[str]
) -> None:
    assert tags == wanted_languages(header)


def test_a_reader_with_very_many_languages_is_served_by_the_first() -> None:
    most = limits.WANTED_LANGUAGES_MAX
    header = ",".join(f"x{n}" for n in range(most + 5))

    assert [f"x{n}" for n in range(most)] == wanted_languages(header)


@pytest.mark.parametrize(
    ("wanted", "tag"),
    [
        ([], "en"),
        (["nl"], "en"),
        (["de_AT.UTF-8"], "de"),
        (["DE@euro"], "de"),
        (["pt-br"], "pt-BR"),
        (["pt"], "en"),
        (["en-GB", "de"], "en"),
        (["C"], "en"),
        (["../../etc", "de"], "de"),
    ],
)
def test_the_language_that_fits_best_is_taken(wanted: list[str], tag: str) -> None:
    assert tag == best_tag(wanted, ["de", "pt-BR"])
