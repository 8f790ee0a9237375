"""What to speak about in the next session; nothing is on the agenda until the person says so."""

from __future__ import annotations

from typing import Final

from trailmark_adapters.sqlite import Connection
from trailmark_client.commands.cards import log_card, place_of_card, write_card
from trailmark_client.commands.places import Choice
from trailmark_client.commands.written import Written
from trailmark_client.queries.agenda import agenda_ideas
from trailmark_client.queries.cards import list_cards
from trailmark_client.queries.documents import find
from trailmark_client.recorder import Recorder
from trailmark_client.web.asking import Asked, Told, go_on
from trailmark_client.web.desk import Desk
from trailmark_client.web.framing import drafted, page
from trailmark_shared.errors import DomainError, ErrorCode
from trailmark_shared.events.joint import AgendaItemAdded, AgendaItemClosed
from trailmark_shared.words import gettext, marked

DRAFT: Final = "agenda"

KINDS: Final = {
    "attention": marked("you marked it"),
    "barrier": marked("stands in the way"),
    "support_request": marked("you asked for support"),
    "setback": marked("a hard moment"),
}
"""Where an idea comes from."""


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
        readers=desk.read(lambda conn: place_of_card(conn, data, desk.today).seen_by),
    )


def change(desk: Desk, asked: Asked) -> Told:
    """Put something on the agenda, or say that it was spoken about."""
    when = desk.when()

    def work(conn: Connection, recorder: Recorder) -> Written:
        if name := asked.words("closed"):
            card = find(conn, "agenda_item", name)
            return log_card(conn, recorder, card, AgendaItemClosed(note=asked.words("note")), when)
        text = asked.words("text")
        if text is None:
            raise DomainError(
                ErrorCode.INVALID_INPUT,
                gettext("a few words are needed; one is enough to begin with"),
            )
        data = AgendaItemAdded(text=text, about=_about(conn, asked, desk.today))
        choice = Choice(private="only-me" in asked.chosen("for"))
        return write_card(conn, recorder, data, when, place_of_card(conn, data, when.day, choice))

    desk.record(asked, work)
    return go_on("/agenda?done=kept")


def _about(conn: Connection, asked: Asked, day: str) -> str | None:
    """Return the entry that an idea came from, where it is one of them still."""
    wanted = asked.words("about")
    return next((each.id for each in agenda_ideas(conn, day) if each.id == wanted), None)
