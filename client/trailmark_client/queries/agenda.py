"""What could be on the agenda of the next session; nothing of it is, until the person says so."""

from __future__ import annotations

from typing import Final

import msgspec

from trailmark_adapters.sqlite import Connection
from trailmark_client.queries.ahead import first_line
from trailmark_client.queries.cards import list_cards
from trailmark_client.queries.documents import at_home
from trailmark_shared.events.registry import Kind
from trailmark_shared.ids import id_from_text, text_from_id
from trailmark_shared.projections.note import NoteDocument

_OPEN: Final[tuple[Kind, ...]] = ("attention", "barrier", "support_request")


class Idea(msgspec.Struct, frozen=True, kw_only=True):
    """Something that could be spoken about.

    Attributes:
        id: Id of the entry; ``agenda add --about`` takes it.
        kind: What it is.
        words: What it says.
        day: The local date that it belongs to.
    """

    id: str
    kind: str
    words: str
    day: str


def agenda_ideas(conn: Connection, day: str) -> list[Idea]:
    """Return marked entries, barriers and requests that are open, and hard moments since last time.

    What an item of the agenda is about already is left out.

    Args:
        conn: The store.
        day: The person's local date.
    """
    taken = {each.said.get("about") for each in list_cards(conn, "agenda_item", day)}
    held = [each for each in list_cards(conn, "review", day) if each.status == "held"]
    since = max((each.said.get("on", "") for each in held), default="")
    found: list[Idea] = []
    for kind in _OPEN:
        for each in list_cards(conn, kind, day):
            if each.status == "open":
                about = each.said["about"] if kind == "attention" else each.id
                words = each.words or first_line(conn, id_from_text(about)) or ""
                found.append(Idea(id=about, kind=kind, words=words, day=each.day))
    found += [
        Idea(
            id=text_from_id(each.subject),
            kind="setback",
            words=(each.document.text or "").partition("\n")[0],
            day=each.document.day,
        )
        for each in sorted(
            at_home(conn, "setback", NoteDocument), key=lambda each: each.document.created_at
        )
        if each.document.text is not None and each.document.day > since
    ]
    return sorted((each for each in found if each.id not in taken), key=lambda each: each.day)
