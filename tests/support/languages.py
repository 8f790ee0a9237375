"""A language of a few texts, for tests of whole sentences in another order."""

from __future__ import annotations

from collections.abc import Mapping
from gettext import NullTranslations

from trailmark_shared.words import Language


class _Few(NullTranslations):
    def __init__(self, texts: Mapping[str, str]) -> None:
        super().__init__()
        self._texts = texts

    def gettext(self, message: str) -> str:
        return self._texts.get(message, message)


def language_of(texts: Mapping[str, str]) -> Language:
    """Return a language that says these texts otherwise, and all others as in English."""
    return Language("x-few", _Few(texts))
