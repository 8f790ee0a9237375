"""Whom to call, at once: it opens no store, asks no passphrase, and needs no network."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

import msgspec

from trailmark_client.cli.answers import Answer
from trailmark_client.cli.options import PLAIN, Common
from trailmark_client.cli.parameters import Parameter
from trailmark_client.web.helplines import CHECKED_ON, COUNTRIES, DIRECTORY, Line
from trailmark_shared.dates import day_text
from trailmark_shared.errors import DomainError, ErrorCode
from trailmark_shared.words import gettext


class HelpIn(msgspec.Struct, frozen=True, kw_only=True):
    """Whom to call in one country.

    Attributes:
        country: Its code of ISO 3166-1.
        name: What it is called.
        emergency: The number for immediate danger.
        lines: Who listens, at any hour.
    """

    country: str
    name: str
    emergency: str
    lines: list[Line]


class HelpNow(msgspec.Struct, frozen=True, kw_only=True):
    """Whom to call.

    Attributes:
        places: By country.
        checked_on: When the numbers were looked up last.
        directory: Where lines in other countries are found.
    """

    places: list[HelpIn]
    checked_on: str
    directory: str


def help_now(
    *,
    country: Annotated[
        str | None, Parameter(help="Only the numbers of this country: DE, US, …")
    ] = None,
    common: Common = PLAIN,
) -> Answer[HelpNow]:
    """Show whom to call now. It tells nobody that you looked."""
    del common
    wanted = None if country is None else country.upper()
    if wanted is not None and wanted not in COUNTRIES:
        raise DomainError(
            ErrorCode.INVALID_INPUT,
            gettext("--country takes one of: {codes}").format(codes=", ".join(COUNTRIES)),
        )
    told = HelpNow(
        places=[
            HelpIn(
                country=code,
                name=gettext(each.name),
                emergency=each.emergency,
                lines=list(each.lines),
            )
            for code, each in COUNTRIES.items()
            if wanted in {None, code}
        ],
        checked_on=CHECKED_ON,
        directory=DIRECTORY,
    )
    return Answer(told, list(_lines(told)))


def _lines(told: HelpNow) -> Iterator[str]:
    yield gettext(
        "Nobody is watching this app. What you write here raises no alarm and calls nobody."
    )
    yield gettext(
        "Call your local emergency number: 112 in Europe and many other places, 911 in North "
        "America, 999 in the United Kingdom, 000 in Australia."
    )
    yield gettext("Somebody who listens, day and night")
    for place in told.places:
        yield "  " + gettext("{country}; where life is in danger: {number}").format(
            country=place.name, number=place.emergency
        )
        yield from (f"    {each.number}  {each.name} ({each.source})" for each in place.lines)
    yield gettext("Looked up on {day}; a number may have changed since.").format(
        day=day_text(told.checked_on)
    )
    yield gettext("Lines in every country: {directory} (needs the internet).").format(
        directory=told.directory
    )
    yield gettext("What helped you before: trailmark coping; people to call: trailmark support")
