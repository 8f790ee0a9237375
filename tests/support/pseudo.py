"""A language made up for tests: English with an accent on every letter, so that none is overlooked.

Whatever reaches a reader of it in plain letters was never asked of the catalogue.
"""

import re
from html import unescape
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from trailmark_adapters.languages import DOMAIN, FOLDER

TAG = "en-x-pseudo"

_PLAIN = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_ACCENTED = "ÁƁĆĎÉƑĜĤÍĴĶĹṀŃÓṔɊŔŚŤÚṼŴẊÝŹáƀćďéƒĝĥíĵķĺṁńóṕɋŕśťúṽŵẋýź"
_LETTERS = str.maketrans(_PLAIN, _ACCENTED)
_KEPT = re.compile(r"(\{[^{}]*\}|%\([a-z_]+\)s|%%|<[^<>]+>|&[a-z]+;)")
_ENGLISH = re.compile(r"[A-Za-z]{2,}")


def pseudo(text: str) -> str:
    """Return a text with accents, its placeholders and markup as they are."""
    parts = _KEPT.split(text)
    return "".join(
        part if number % 2 else part.translate(_LETTERS) for number, part in enumerate(parts)
    )


def write_pseudo(folder: Path) -> None:
    """Write the catalogue of the made-up language into a folder of catalogues."""
    with (FOLDER / f"{DOMAIN}.pot").open("rb") as file:
        source = read_po(file, locale="en")
    catalog = Catalog(locale="en", domain=DOMAIN)
    for message in source:
        if not message.id:
            continue
        said = (
            pseudo(message.id)
            if isinstance(message.id, str)
            else tuple(pseudo(each) for each in message.id)
        )
        catalog.add(message.id, said, context=message.context)
    place = folder / TAG / "LC_MESSAGES"
    place.mkdir(parents=True)
    with (place / f"{DOMAIN}.mo").open("wb") as file:
        write_mo(file, catalog)


def plain_english(shown: str) -> list[str]:
    """Return the words of a text, or of the text of a page, that have no accent."""
    return _ENGLISH.findall(unescape(shown))
