"""Cards as they stand: what was said, where it stands, and each time something happened with it."""

from __future__ import annotations

from typing import Any, cast

import msgspec

from trailmark_adapters.sqlite import Connection
from trailmark_client.queries.documents import documents, of_subject
from trailmark_shared.errors import DomainError, ErrorCode
from trailmark_shared.events.data import EventData
from trailmark_shared.events.registry import Kind
from trailmark_shared.ids import SELF, id_from_text, text_from_id
from trailmark_shared.projections.card import CardDocument, said_words
from trailmark_shared.projections.fold import DOCUMENT_TYPES

Card = CardDocument[EventData]
"""A card of any kind."""


class UseLine(msgspec.Struct, frozen=True, kw_only=True):
    """One time when something happened with a card.

    Attributes:
        event: Id of the event; ``undo`` takes it.
        day: The local date.
        helped: How much it helped, 0 to 4, or null.
        note: The person's words, or null.
        link: Id of the hard moment or goal that it is about, or null.
        part: Which answer of a vision it is about, or null.
    """

    event: str
    day: str
    helped: int | None
    note: str | None
    link: str | None
    part: str | None


class CardLine(msgspec.Struct, frozen=True, kw_only=True):
    """A card in a list.

    Attributes:
        id: Its id.
        kind: What it is.
        day: The local date on which it was first written.
        words: What it says, in one line.
        said: All that it says, by part.
        status: Where it stands, for a barrier or a reward, or null.
        goal: Id of the goal it belongs to, or null.
        conflict: Two devices changed it apart; revising it settles that.
        uses: Each time something happened with it, the earliest first.
    """

    id: str
    kind: str
    day: str
    words: str
    said: dict[str, Any]
    status: str | None
    goal: str | None
    conflict: bool
    uses: list[UseLine]


def list_cards(conn: Connection, kind: Kind, goal: str | None = None) -> list[CardLine]:
    """Return the cards of a kind, the one written first in front.

    Args:
        conn: The store.
        kind: The kind.
        goal: Only those of this goal, by its id as text.
    """
    held = documents(conn, kind, DOCUMENT_TYPES[kind])
    ordered = sorted(held, key=lambda each: (each.document.created_at, each.subject))
    lines = [card_line(kind, each.subject, cast("Card", each.document)) for each in ordered]
    return [each for each in lines if goal in {None, each.goal}]


def card_line(kind: str, card: bytes, document: Card) -> CardLine:
    """Return the line of a card."""
    said = document.said.value
    return CardLine(
        id=text_from_id(card),
        kind=kind,
        day=document.day,
        words="" if said is None else said_words(said) or "",
        said={} if said is None else msgspec.to_builtins(said),
        status=document.status.value,
        goal=document.goal,
        conflict=document.said.conflict or document.status.conflict,
        uses=sorted(
            (
                UseLine(
                    event=each.event,
                    day=each.day,
                    helped=each.helped,
                    note=each.note,
                    link=each.link,
                    part=each.part,
                )
                for each in document.uses
            ),
            key=lambda each: each.day,
        ),
    )


def latest_card(conn: Connection, kind: Kind) -> bytes | None:
    """Return the one card of a kind of which a person has one; of two written apart the later."""
    lines = list_cards(conn, kind)
    return id_from_text(lines[-1].id) if lines else None


def card_of(conn: Connection, kind: Kind, card: bytes) -> Card:
    """Return a card as it stands.

    Raises:
        DomainError: ``not_found``: no such card is on this device.
    """
    found = of_subject(conn, kind, card, DOCUMENT_TYPES[kind]).get(SELF)
    if found is None:
        raise DomainError(ErrorCode.NOT_FOUND, "there is no such entry on this device")
    return cast("Card", found)
