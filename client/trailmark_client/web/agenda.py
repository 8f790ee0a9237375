"""What to speak about in the next session; nothing is on the agenda until the person says so."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import msgspec

from trailmark_adapters.sqlite import Connection
from trailmark_client.commands.cards import answer_card, log_card, place_of_card, write_card
from trailmark_client.commands.places import Choice
from trailmark_client.commands.when import When
from trailmark_client.commands.written import Written
from trailmark_client.queries.agenda import agenda_ideas
from trailmark_client.queries.cards import CardLine, list_cards
from trailmark_client.queries.documents import find
from trailmark_client.recorder import Recorder
from trailmark_client.web.asking import Asked, Told, go_on
from trailmark_client.web.desk import Desk
from trailmark_client.web.framing import drafted, page
from trailmark_shared.domain.proposals import Acceptance
from trailmark_shared.errors import DomainError, ErrorCode
from trailmark_shared.events.joint import (
    AgendaItemAdded,
    AgendaItemClosed,
    Answered,
    ExpectationAnswered,
    InterventionAnswered,
    ReviewAnswered,
)
from trailmark_shared.events.registry import Kind
from trailmark_shared.ids import id_from_text
from trailmark_shared.words import gettext, marked

DRAFT: Final = "agenda"

KINDS: Final = {
    "attention": marked("you marked it"),
    "barrier": marked("stands in the way"),
    "support_request": marked("you asked for support"),
    "setback": marked("a hard moment"),
}
"""Where an idea comes from."""


_TOGETHER: Final[Mapping[Kind, tuple[str, type[Answered]]]] = {
    "expectation": (marked("What each side expects"), ExpectationAnswered),
    "intervention": (marked("What is tried"), InterventionAnswered),
    "review": (marked("Looking at the goals together"), ReviewAnswered),
}
"""What both sides write down beside the agenda: its heading, and how it is answered."""

ANSWERS: Final[Mapping[Acceptance, str]] = {
    "agree": marked("I agree"),
    "disagree": marked("It does not fit"),
    "pending": marked("I would like time to think about it"),
}
"""What the person may say to it."""

ANSWERED: Final[Mapping[Acceptance, str]] = {
    "agree": marked("{who} agreed"),
    "disagree": marked("{who} did not agree"),
    "pending": marked("{who} asked for time to think about it"),
}
"""What a side said."""


class Group(msgspec.Struct, frozen=True, kw_only=True):
    """What stands there of one kind.

    Attributes:
        kind: What it is.
        heading: What it is called.
        cards: The one written first in front.
    """

    kind: Kind
    heading: str
    cards: list[CardLine]


def reads(line: CardLine) -> str:
    """Return all that an entry says, with what came of a review."""
    parts = (line.words, line.said.get("often"), line.outcome.get("text"))
    return "\n".join(each for each in parts if each)


def _groups(conn: Connection, day: str) -> list[Group]:
    found = [
        Group(
            kind=kind,
            heading=gettext(heading),
            cards=[each for each in list_cards(conn, kind, day) if each.status != "ended"],
        )
        for kind, (heading, _) in _TOGETHER.items()
    ]
    return [each for each in found if each.cards]


def show(desk: Desk, asked: Asked) -> Told:
    """Show the agenda, and what could be on it."""
    asked = drafted(desk, asked, DRAFT)
    items = desk.read(lambda conn: list_cards(conn, "agenda_item", desk.today))
    data = AgendaItemAdded(text="?")
    return page(
        desk,
        asked,
        "agenda.html",
        "today",
        items=[each for each in items if each.status != "closed"],
        closed=[each for each in items if each.status == "closed"],
        ideas=desk.read(lambda conn: agenda_ideas(conn, desk.today)),
        kinds=KINDS,
        groups=desk.read(lambda conn: _groups(conn, desk.today)),
        reads=reads,
        answers=ANSWERS,
        answered=ANSWERED,
        readers=desk.read(lambda conn: place_of_card(conn, data, desk.today).seen_by),
    )


def change(desk: Desk, asked: Asked) -> Told:
    """Put something on the agenda, or say that it was spoken about."""
    when = desk.when()

    def work(conn: Connection, recorder: Recorder) -> Written:
        if name := asked.words("closed"):
            card = find(conn, "agenda_item", name)
            return log_card(conn, recorder, card, AgendaItemClosed(note=asked.words("note")), when)
        if asked.words("answer"):
            return _answer(conn, recorder, asked, when)
        data = AgendaItemAdded(text=asked.needed("text"), about=_about(conn, asked, desk.today))
        choice = Choice(private="only-me" in asked.chosen("for"))
        return write_card(conn, recorder, data, when, place_of_card(conn, data, when.day, choice))

    desk.record(asked, work)
    return go_on("/agenda?done=kept")


def _answer(conn: Connection, recorder: Recorder, asked: Asked, when: When) -> Written:
    """Say what the person thinks of what stands there, as the page showed it."""
    said: Acceptance | None = next(
        (each for each in ANSWERS if each == asked.words("answer")), None
    )
    wanted = asked.words("card")
    line, group = next(
        (
            (line, group)
            for group in _groups(conn, when.day)
            for line in group.cards
            if line.id == wanted
        ),
        (None, None),
    )
    if said is None or line is None or group is None:
        raise DomainError(ErrorCode.NOT_FOUND, gettext("there is no such entry on this device"))
    if reads(line).split() != asked.typed("read").split():
        raise DomainError(
            ErrorCode.INVALID_INPUT, gettext("it reads otherwise now; look at it once more")
        )
    answered = _TOGETHER[group.kind][1](answer=said)
    return answer_card(conn, recorder, id_from_text(line.id), answered, when)


def _about(conn: Connection, asked: Asked, day: str) -> str | None:
    """Return the entry that an idea came from, where it is one of them still."""
    wanted = asked.words("about")
    return next((each.id for each in agenda_ideas(conn, day) if each.id == wanted), None)
