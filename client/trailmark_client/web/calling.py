"""What the person calls it: a goal, an aim, a hope, a want.

Some dislike the word "goal". The texts of the catalogue are said with another one before anything
of a person is put into them, so that nobody's own words ever change. Texts that were agreed to are
shown as they were written.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from trailmark_shared.domain.consent import CONSENT_TEXTS, SUPPORTER_TEXTS
from trailmark_shared.words import Language, Translations, marked

GOAL: Final = "goal"

NOUNS: Final[Mapping[str, str]] = {
    GOAL: marked("A goal"),
    "aim": marked("An aim"),
    "hope": marked("A hope"),
    "want": marked("A want"),
}
"""Words that are offered; each makes its plural with an s."""

_VOWELS: Final = frozenset("aeiou")
_TAG: Final = "en"
_UNALTERED: Final = frozenset({*CONSENT_TEXTS.values(), *SUPPORTER_TEXTS.values(), *NOUNS.values()})

# What is to be filled in stays as it is: it is a name in the code.
_GOAL: Final = re.compile(r"\{[^}]*\}|%\([^)]*\)s|\b(?:(?P<a>[Aa]) )?(?P<g>[Gg])oal(?P<s>s?)\b")


class Calling:
    """A catalogue that says another word for "goal"; keeps ``words.Translations``."""

    def __init__(self, inner: Translations, noun: str) -> None:
        """Take a catalogue in English.

        Args:
            inner: The catalogue.
            noun: A key of ``NOUNS``.
        """
        self._inner = inner
        self._noun = noun

    def gettext(self, message: str, /) -> str:
        """Return a text."""
        return self._said(message, self._inner.gettext(message))

    def ngettext(self, singular: str, plural: str, n: int, /) -> str:
        """Return a text in the form that fits a number."""
        return self._said(singular, self._inner.ngettext(singular, plural, n))

    def pgettext(self, context: str, message: str, /) -> str:
        """Return a text in one of its meanings."""
        return self._said(message, self._inner.pgettext(context, message))

    def _said(self, message: str, text: str) -> str:
        return text if message in _UNALTERED else _GOAL.sub(self._renamed, text)

    def _renamed(self, found: re.Match[str]) -> str:
        if found["g"] is None:
            return found[0]
        noun = self._noun if found["g"] == "g" else self._noun.capitalize()
        article = "" if found["a"] is None else found["a"]
        if article:
            article += "n " if self._noun[0] in _VOWELS else " "
        return f"{article}{noun}{found['s']}"


def called(language: Language, noun: str) -> Language:
    """Return a language in which goals are called by the person's word; others have only theirs.

    Args:
        language: The language in force.
        noun: The word, or one that is not offered.
    """
    if noun == GOAL or noun not in NOUNS or language.tag.partition("-")[0] != _TAG:
        return language
    return Language(language.tag, Calling(language.translations, noun))


def can_be_called(language: Language) -> bool:
    """Say whether another word can be chosen in a language."""
    return language.tag.partition("-")[0] == _TAG
