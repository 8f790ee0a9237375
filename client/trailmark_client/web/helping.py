"""Help now: whom to call, and what helped before. Nothing of it needs a network."""

from __future__ import annotations

import re
from typing import Final

import msgspec

from trailmark_adapters.sqlite import Connection
from trailmark_client.commands.cards import log_card, write_card
from trailmark_client.queries.cards import CardLine, list_cards
from trailmark_client.queries.documents import find
from trailmark_client.web.asking import Asked, Told, UnknownChoiceError, WordsNeededError, go_on
from trailmark_client.web.desk import Desk
from trailmark_client.web.framing import drafted, page
from trailmark_client.web.helplines import CHECKED_ON, COUNTRIES, DIRECTORY
from trailmark_client.web.preferences import keep_preferences, preferences
from trailmark_client.web.rendering import templates
from trailmark_shared.events.coping import CopingAdded, CopingUsed
from trailmark_shared.events.support import SupportPersonNamed

_NUMBER: Final = re.compile(r"\+?[0-9(][0-9 ()/.\u2010-\u2015-]{1,30}")
"""A telephone number as people write it."""


class Near(msgspec.Struct, frozen=True, kw_only=True):
    """What is the person's own.

    Attributes:
        coping: What may help, the one that helped most often in front.
        people: Who can help.
        cards: How their therapist can be reached.
        country: Code of the country that they chose, or ``""``.
    """

    coping: list[CardLine]
    people: list[CardLine]
    cards: list[CardLine]
    country: str


def show(desk: Desk, asked: Asked) -> Told:
    """Show whom to call and what helped before."""
    near = desk.read(lambda conn: _near(conn, desk.today))
    return page(
        desk,
        drafted(desk, asked, "help"),
        "help.html",
        "help",
        near=near,
        place=COUNTRIES.get(near.country),
        countries=COUNTRIES,
        directory=DIRECTORY,
        checked_on=CHECKED_ON,
        dialled=dialled,
    )


def dialled(contact: str | None) -> str:
    """Return what to dial where all that somebody wrote is a number, else nothing."""
    number = (contact or "").strip()
    if not _NUMBER.fullmatch(number):
        return ""
    return "".join(each for each in number if each == "+" or each.isdigit())


def _near(conn: Connection, day: str) -> Near:
    coping = list_cards(conn, "coping", day)
    return Near(
        coping=sorted(coping, key=lambda each: -sum((use.helped or 0) > 0 for use in each.uses)),
        people=list_cards(conn, "support_person", day),
        cards=list_cards(conn, "contact", day),
        country=preferences(conn).country,
    )


def choose(desk: Desk, asked: Asked) -> Told:
    """Keep the country, or write down something that may help, or somebody to call."""
    if "country" in asked.form:
        return _keep_country(desk, asked)
    if used := asked.words("used"):
        helped = 3 if asked.typed("helped") == "yes" else 0
        desk.record(
            asked,
            lambda conn, recorder: log_card(
                conn, recorder, find(conn, "coping", used), CopingUsed(helped=helped), desk.when()
            ),
        )
        return go_on("/help?done=helped")
    if coping := asked.words("coping"):
        data = CopingAdded(then=coping)
        desk.record(asked, lambda conn, rec: write_card(conn, rec, data, desk.when()))
        return go_on("/help?done=kept")
    if name := asked.words("name"):
        person = SupportPersonNamed(name=name, contact=asked.words("contact"))
        desk.record(asked, lambda conn, rec: write_card(conn, rec, person, desk.when()))
        return go_on("/help?done=kept")
    raise WordsNeededError


def _keep_country(desk: Desk, asked: Asked) -> Told:
    country = asked.typed("country")
    if country and country not in COUNTRIES:
        raise UnknownChoiceError
    desk.store.write(
        lambda conn: keep_preferences(
            conn, msgspec.structs.replace(preferences(conn), country=country)
        )
    )
    return go_on("/help")


def hidden(desk: Desk, asked: Asked) -> Told:
    """Show a page that says nothing of therapy, for when somebody looks over a shoulder."""
    del desk, asked

    return Told(html=templates().render("hidden.html"))
