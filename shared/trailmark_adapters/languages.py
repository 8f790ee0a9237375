"""The languages that people can be spoken to in: catalogues read from the folder ``locale``.

``locale/trailmark.pot`` is what there is to say; ``locale/<tag>/LC_MESSAGES/trailmark.po`` is how a
language says it, and the ``.mo`` beside it is what is read here. ``make words`` writes all but the
translations. A tag that people ask for is never part of a path: it is looked for among the names
of folders that were there at the start.
"""

from __future__ import annotations

from collections.abc import Mapping
from gettext import GNUTranslations
from pathlib import Path
from typing import Final

from trailmark_shared.words import ENGLISH, Language, best_tag, wanted_languages

FOLDER: Final = Path(__file__).parent / "locale"
DOMAIN: Final = "trailmark"

_NAMES: Final = ("TRAILMARK_LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG")


class Languages:
    """What there is to choose from; each catalogue is read when it is first wanted.

    Attributes:
        tags: Languages with a catalogue, besides English, sorted.
    """

    def __init__(self, folder: Path = FOLDER) -> None:
        """Look which languages a folder holds."""
        self._paths = {
            path.parents[1].name: path for path in folder.glob(f"*/LC_MESSAGES/{DOMAIN}.mo")
        }
        self._read: dict[str, Language] = {ENGLISH.tag: ENGLISH}
        self.tags = tuple(sorted(self._paths))

    def of_environment(self, environment: Mapping[str, str]) -> Language:
        """Return the language of whoever started this process.

        Args:
            environment: Variables by name. The first that says something counts, of
                ``TRAILMARK_LANGUAGE``, ``LC_ALL``, ``LC_MESSAGES`` and ``LANG``.
        """
        said = next((value for name in _NAMES if (value := environment.get(name))), "")
        return self._named(best_tag([said], self.tags))

    def of_reader(self, accept_language: str) -> Language:
        """Return the language for a reader whose browser says what they read.

        Args:
            accept_language: Text of the header ``Accept-Language``; empty for none.
        """
        return self._named(best_tag(wanted_languages(accept_language), self.tags))

    def _named(self, tag: str) -> Language:
        if tag not in self._read:
            with self._paths[tag].open("rb") as file:
                self._read[tag] = Language(tag, GNUTranslations(file))
        return self._read[tag]
