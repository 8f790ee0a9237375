"""Cards as they stand: what was said, where it stands, and each time something happened with it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from trailmark_adapters.sqlite import Connection
from trailmark_client.queries.documents import Held, at_home, documents, of_subject
from trailmark_client.queries.lanes import audience, member_names
from trailmark_client.queries.readable import PERSON, actor_name
from trailmark_shared.errors import DomainError, ErrorCode
from trailmark_shared.events.registry import Kind
from trailmark_shared.ids import SELF, text_from_id
from trailmark_shared.projections.card import CardDocument, Use
from trailmark_shared.projections.card_kinds import CARD_KINDS, ReviewDocument, said_words
from trailmark_shared.projections.joint import JointDocument
from trailmark_shared.words import gettext

Card = CardDocument[Any]
"""A card of any kind."""


class UseLine(msgspec.Struct, frozen=True, kw_only=True):
    """One time when something happened with a card.

    Attributes:
        event: Id of the event; ``undo`` takes it.
        by: Who wrote it; ``you`` for the person.
        day: The local date.
        helped: How much it helped, 0 to 4, or null.
        note: The person's words, or null.
        link: Id of the hard moment or goal that it is about, or null.
        part: Which answer of a vision it is about, or null.
    """

    event: str
    by: str
    day: str
    helped: int | None
    note: str | None
    link: str | None
    part: str | None


class AnswerLine(msgspec.Struct, frozen=True, kw_only=True):
    """What one side says to something that both write down together.

    Attributes:
        by: Who said it; ``you`` for the person.
        answer: ``agree``, ``disagree`` or ``pending``.
        is_outdated: It reads otherwise now than they had seen.
        day: The local date.
    """

    by: str
    answer: str
    is_outdated: bool
    day: str


class CardLine(msgspec.Struct, frozen=True, kw_only=True):
    """A card in a list.

    Attributes:
        id: Its id.
        kind: What it is.
        day: The local date on which it was first written.
        by: Who wrote it; ``you`` for the person.
        is_own: The person wrote it, whatever anybody is called.
        words: What it says, in one line.
        said: All that it says, by part.
        status: Where it stands, for what comes to an end, or null.
        outcome: What came of a review, by part; empty where none was held.
        goal: Id of the goal it belongs to, or null.
        conflict: Two devices changed it apart; revising it settles that.
        uses: Each time something happened with it, the earliest first.
        answers: What each side says to it.
        lane: Where it is at home.
        seen_by: Names of those who see it, or a copy of it.
    """

    id: str
    kind: str
    day: str
    by: str
    is_own: bool
    words: str
    said: dict[str, Any]
    status: str | None
    outcome: dict[str, Any]
    goal: str | None
    conflict: bool
    uses: list[UseLine]
    answers: list[AnswerLine]
    lane: str
    seen_by: list[str]


def list_cards(conn: Connection, kind: Kind, day: str, goal: str | None = None) -> list[CardLine]:
    """Return the cards of a kind, the one written first in front.

    Args:
        conn: The store.
        kind: The kind.
        day: The person's local date, on which grants count.
        goal: Only those of this goal, by its id as text.
    """
    known = CARD_KINDS[kind]
    held = documents(conn, kind, known.document)
    shown = {lane: audience(conn, lane, day) for lane in {each.lane for each in held}}
    seen_by: dict[bytes, dict[str, None]] = {}
    for each in held:
        seen_by.setdefault(each.subject, {}).update(dict.fromkeys(shown[each.lane]))
    names = member_names(conn)
    ordered = sorted(
        at_home(conn, kind, known.document, shared_first=known.is_planned_together),
        key=lambda each: (each.document.created_at, each.subject),
    )
    lines = [card_line(each, names, list(seen_by[each.subject])) for each in ordered]
    return [each for each in lines if goal in {None, each.goal}]


def card_line(held: Held[Card], names: Mapping[str, str], seen_by: Sequence[str]) -> CardLine:
    """Return the line of a card.

    Args:
        held: The card where it is at home.
        names: Names of those who were ever let in, by actor.
        seen_by: Names of those who see it now.
    """
    document = held.document
    said = document.said.value
    outcome = document.outcome.value if isinstance(document, ReviewDocument) else None
    answers = document.answers if isinstance(document, JointDocument) else ()
    return CardLine(
        id=text_from_id(held.subject),
        kind=held.kind,
        day=document.day,
        by=actor_name(document.created_by, names),
        is_own=document.created_by == PERSON,
        words="" if said is None else said_words(said) or "",
        said={} if said is None else msgspec.to_builtins(said),
        status=document.status.value,
        outcome={} if outcome is None else msgspec.to_builtins(outcome),
        goal=document.goal,
        conflict=document.said.conflict or document.status.conflict,
        uses=sorted((_use_line(each, names) for each in document.uses), key=lambda use: use.day),
        answers=[
            AnswerLine(
                by=actor_name(each.by, names),
                answer=each.answer,
                is_outdated=each.is_outdated,
                day=each.day,
            )
            for each in answers
        ],
        lane=held.lane,
        seen_by=list(seen_by),
    )


def _use_line(use: Use, names: Mapping[str, str]) -> UseLine:
    return UseLine(
        event=use.event,
        by=actor_name(use.by, names),
        day=use.day,
        helped=use.helped,
        note=use.note,
        link=use.link,
        part=use.part,
    )


def latest_card(conn: Connection, kind: Kind) -> bytes | None:
    """Return the one card of a kind of which a person has one; of two written apart the later."""
    held = at_home(conn, kind, CARD_KINDS[kind].document)
    latest = max(held, key=lambda each: (each.document.created_at, each.subject), default=None)
    return None if latest is None else latest.subject


def card_of(conn: Connection, kind: Kind, card: bytes) -> Held[Card]:
    """Return a card where it is at home.

    Raises:
        DomainError: ``not_found``: no such card is on this device.
    """
    known = of_subject(conn, kind, card, CARD_KINDS[kind].document)
    found = {lane: each for lane, each in known.items() if not lane.startswith("circle/")}
    if not found:
        raise DomainError(ErrorCode.NOT_FOUND, gettext("there is no such entry on this device"))
    lane = next(iter(found))
    if SELF in found and not CARD_KINDS[kind].is_planned_together:
        lane = SELF
    document = found[lane]
    return Held(lane=lane, kind=kind, subject=card, parent=None, document=document)
