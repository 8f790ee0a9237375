"""Whom to call, by country: numbers that work without an app, a network or an account.

They are published by the services themselves; where a country is not listed, the emergency number
of the place and a directory are named.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import msgspec

from trailmark_shared.words import marked


class Line(msgspec.Struct, frozen=True):
    """Somebody to call.

    Attributes:
        name: Who answers.
        number: What to dial.
    """

    name: str
    number: str


class Country(msgspec.Struct, frozen=True):
    """Where a person is.

    Attributes:
        name: What it is called.
        emergency: The number for immediate danger.
        lines: Who listens, at any hour.
    """

    name: str
    emergency: str
    lines: tuple[Line, ...]


COUNTRIES: Final[Mapping[str, Country]] = {
    "AU": Country(marked("Australia"), "000", (Line("Lifeline", "13 11 14"),)),
    "AT": Country(marked("Austria"), "112", (Line("TelefonSeelsorge", "142"),)),
    "CA": Country(marked("Canada"), "911", (Line("Suicide Crisis Helpline, call or text", "988"),)),
    "DE": Country(
        marked("Germany"),
        "112",
        (
            Line("TelefonSeelsorge", "0800 111 0 111"),
            Line("TelefonSeelsorge", "0800 111 0 222"),
        ),
    ),
    "IE": Country(marked("Ireland"), "112", (Line("Samaritans", "116 123"),)),
    "NZ": Country(marked("New Zealand"), "111", (Line("1737, call or text", "1737"),)),
    "CH": Country(marked("Switzerland"), "112", (Line("Die Dargebotene Hand", "143"),)),
    "GB": Country(marked("United Kingdom"), "999", (Line("Samaritans", "116 123"),)),
    "US": Country(
        marked("United States"),
        "911",
        (Line("988 Suicide & Crisis Lifeline, call or text", "988"),),
    ),
}
"""Countries by their code of ISO 3166-1."""

DIRECTORY: Final = "findahelpline.com"
"""Lines in other countries."""
