"""Whom to call, by country: numbers that work without an app, a network or an account.

Each was looked up in what the service, or who runs it, publishes; what could not be found there, or
was told differently in two places, is left out. Where a country is not listed, the emergency number
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
        source: Where they publish it.
    """

    name: str
    number: str
    source: str


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


CHECKED_ON: Final = "2026-11-26"
"""When the numbers were looked up last, a local date."""

_SEELSORGE: Final = "TelefonSeelsorge"

COUNTRIES: Final[Mapping[str, Country]] = {
    "AU": Country(marked("Australia"), "000", (Line("Lifeline", "13 11 14", "lifeline.org.au"),)),
    "AT": Country(marked("Austria"), "112", (Line(_SEELSORGE, "142", "telefonseelsorge.at"),)),
    "CA": Country(
        marked("Canada"), "911", (Line("Suicide Crisis Helpline, call or text", "988", "988.ca"),)
    ),
    "DE": Country(
        marked("Germany"),
        "112",
        (
            Line(_SEELSORGE, "0800 111 0 111", "telefonseelsorge.de"),
            Line(_SEELSORGE, "0800 111 0 222", "telefonseelsorge.de"),
        ),
    ),
    "IE": Country(marked("Ireland"), "112", (Line("Samaritans", "116 123", "samaritans.org"),)),
    "NZ": Country(
        marked("New Zealand"), "111", (Line("Need to talk? Call or text", "1737", "1737.org.nz"),)
    ),
    # The ambulance: whether 112 reaches it from everywhere is told differently.
    "CH": Country(marked("Switzerland"), "144", (Line("Die Dargebotene Hand", "143", "143.ch"),)),
    "GB": Country(
        marked("United Kingdom"), "999", (Line("Samaritans", "116 123", "samaritans.org"),)
    ),
    "US": Country(
        marked("United States"),
        "911",
        (Line("988 Suicide & Crisis Lifeline, call or text", "988", "988lifeline.org"),),
    ),
}
"""Countries by their code of ISO 3166-1."""

DIRECTORY: Final = "findahelpline.com"
"""Lines in other countries."""
