"""Erasing for good: one entry with what belongs to it, or everything, everywhere."""

from __future__ import annotations

from typing import Final

from trailmark_adapters.sqlite import Connection
from trailmark_client.commands.erasing import erase
from trailmark_client.queries.erasing import Going, what_goes
from trailmark_client.queries.log import words_count
from trailmark_client.queries.timeline import Window, timeline
from trailmark_client.web.asking import Asked, Told, go_on
from trailmark_client.web.desk import Desk
from trailmark_client.web.framing import page
from trailmark_shared.errors import DomainError, ErrorCode
from trailmark_shared.ids import text_from_id
from trailmark_shared.words import gettext, marked

_SHOWN_IN: Final = {"reflection": "/journal", "excerpt": "/journal"}
"""Where one is once something of a kind is gone; of anything else: Today."""

WORD: Final = marked("erase")
"""What has to be typed before everything goes."""


def show(desk: Desk, asked: Asked) -> Told:
    """Show what goes with an entry, and what cannot be taken back."""
    going, words = desk.read(lambda conn: _what(conn, asked.ids["entry"]))
    return page(
        desk,
        asked,
        "erase.html",
        "state",
        going=going,
        words=words,
        entry=text_from_id(going.named),
        along=sum(going.along.values()),
        is_connected=desk.identity().server is not None,
        has_copy=desk.identity().private_copy,
    )


def _what(conn: Connection, named: str) -> tuple[Going, str | None]:
    """Return what goes, and its words as they read last: so that nobody takes one for another."""
    going = what_goes(conn, named)
    said = [each.text for each in timeline(conn, Window(subject=going.subject))]
    return going, next((each for each in reversed(said) if each), None)


def erase_one(desk: Desk, asked: Asked) -> Told:
    """Erase an entry here; the server and the other devices follow."""
    when = desk.when()

    def work(conn: Connection) -> Going:
        # Asked again: it may have grown since the question.
        going = what_goes(conn, asked.ids["entry"])
        erase(conn, desk.recorder, going, when, desk.ordering)
        return going

    going = desk.store.write(work)
    desk.store.clean()
    return go_on(f"{_SHOWN_IN.get(going.kind, '/')}?done=erased")


def show_all(desk: Desk, asked: Asked) -> Told:
    """Show what it means that everything goes."""
    return page(
        desk,
        asked,
        "erase_all.html",
        "state",
        entries=desk.read(words_count),
        is_connected=desk.identity().server is not None,
        in_app=desk.server_address is not None,
        word=gettext(WORD),
    )


def erase_all(desk: Desk, asked: Asked) -> Told:
    """Erase everything, once a word was typed; this device is as new afterwards."""
    if asked.typed("word").strip().casefold() != gettext(WORD).casefold():
        raise DomainError(
            ErrorCode.INVALID_INPUT,
            gettext('nothing was erased; it is done once you type the word "{word}"').format(
                word=gettext(WORD)
            ),
        )
    answered = desk.own.erase_everything()
    return go_on(f"/begin?done=all-{answered}")
