"""Cards: barriers, coping, habits and their kind, and what both sides write down together."""

from __future__ import annotations

from trailmark_adapters.sqlite import Connection
from trailmark_client.commands.fields import base_of_fields
from trailmark_client.commands.places import AS_AGREED, PRIVATE, Choice, Place, place_of_child
from trailmark_client.commands.when import When
from trailmark_client.commands.written import Written, write_new
from trailmark_client.queries.cards import Card, card_of
from trailmark_client.queries.documents import Held
from trailmark_client.queries.lanes import audience, lanes_agreed, lanes_named
from trailmark_client.queries.readable import PERSON
from trailmark_client.queries.shown import is_known_there, known_there
from trailmark_client.recorder import Recorder
from trailmark_shared.errors import DomainError, ErrorCode
from trailmark_shared.events.body import Reason
from trailmark_shared.events.data import EventData
from trailmark_shared.events.joint import Answered, ReviewHeld
from trailmark_shared.events.registry import type_of
from trailmark_shared.ids import SELF, Lane, id_from_text
from trailmark_shared.projections.card import STATUS_BY_DATA
from trailmark_shared.projections.card_kinds import CARD_KINDS
from trailmark_shared.projections.joint import JointDocument
from trailmark_shared.words import gettext

CORRECTION = Reason(code="correction")
"""Why a card reads differently; a change that means more says so in its own words."""


def write_card(
    conn: Connection, recorder: Recorder, data: EventData, when: When, place: Place = PRIVATE
) -> Written:
    """Write a new card.

    Args:
        conn: The store, inside a write transaction.
        recorder: Who writes events.
        data: What it says.
        when: Now, or when it happened.
        place: Where it goes, from ``place_of_card``.

    Returns:
        What was written.
    """
    if place.lane != SELF:
        data = known_there(conn, place.lane, data)
    return write_new(conn, recorder, place, data, when)


def place_of_card(conn: Connection, data: EventData, day: str, choice: Choice = AS_AGREED) -> Place:
    """Return where a new card goes that others may see as it is written.

    It goes to the one circle of care with whom its class was agreed, or to those who are named;
    where it is about a goal, only to those who see that.

    Raises:
        DomainError: As ``place_of_child``; ``ambiguous_id``: several circles and none was named.
    """
    known = CARD_KINDS[type_of(data).kind]
    goal: str | None = getattr(data, "goal", None)
    if goal is not None:
        return place_of_child(conn, id_from_text(goal), known.agreed_class, day, choice)
    if choice.private:
        return PRIVATE
    if choice.names:
        lanes = lanes_named(conn, day, choice.names, known.agreed_class)
    else:
        lanes = lanes_agreed(conn, day, known.agreed_class)
    if len(lanes) > 1:
        raise DomainError(
            ErrorCode.AMBIGUOUS_ID,
            gettext("more than one therapist is let in; say with whom: --with NAME"),
        )
    return Place(lane=lanes[0].lane, seen_by=lanes[0].names) if lanes else PRIVATE


def rewrite_card(
    conn: Connection, recorder: Recorder, card: bytes, data: EventData, when: When
) -> Written:
    """Let a card read as ``data`` says from now on; what it said before stays in the history.

    Args:
        conn: The store, inside a write transaction.
        recorder: Who writes events.
        card: The card.
        data: All that it says, of the type that wrote it.
        when: Now, as the person's clock and zone say.

    Returns:
        What was written.

    Raises:
        DomainError: ``not_found``; ``nothing_changed``: it says exactly that already;
            ``not_authorised``: somebody else began it.
    """
    held = card_of(conn, type_of(data).kind, card)
    document = held.document
    if isinstance(document, JointDocument) and document.by != PERSON:
        raise DomainError(
            ErrorCode.NOT_AUTHORISED,
            gettext("somebody else wrote this; you can say whether you agree"),
        )
    if document.said.value == data and not document.said.conflict:
        raise DomainError(ErrorCode.NOTHING_CHANGED, gettext("it already says exactly that"))
    base = recorder.base_of(conn, held.lane, card, "said")
    event = recorder.record(conn, held.lane, card, data, when=when, reason=CORRECTION, base=base)
    return _written(conn, held, event.id, when)


def log_card(
    conn: Connection, recorder: Recorder, card: bytes, data: EventData, when: When
) -> Written:
    """Record that something happened with a card: it was used, resolved, given.

    Returns:
        What was written.

    Raises:
        DomainError: ``not_found``; ``nothing_changed``: it stands there already; ``invalid_input``:
            it names a goal that those who read the card do not see.
    """
    known = type_of(data)
    held = card_of(conn, known.kind, card)
    _refuse_unseen_goals(conn, held.lane, data)
    status, stands = STATUS_BY_DATA.get(type(data)), held.document.status
    if status is not None and stands.value == status and not stands.conflict:
        raise DomainError(ErrorCode.NOTHING_CHANGED, gettext("it stands there already"))
    base = base_of_fields(conn, recorder, held.lane, card, known.sets)
    event = recorder.record(conn, held.lane, card, data, when=when, base=base)
    return _written(conn, held, event.id, when)


def _refuse_unseen_goals(conn: Connection, lane: Lane, data: EventData) -> None:
    """Readers learn of no goal that they do not see, and no decision is dropped in silence."""
    if lane == SELF or not isinstance(data, ReviewHeld):
        return
    if not all(is_known_there(conn, lane, each.goal) for each in data.decisions):
        raise DomainError(
            ErrorCode.INVALID_INPUT,
            gettext(
                "whoever reads this review does not see each of these goals, and would learn of "
                "them; leave those out that are only yours, or share them first"
            ),
        )


def answer_card(
    conn: Connection, recorder: Recorder, card: bytes, data: Answered, when: When
) -> Written:
    """Say whether the person agrees with something that both sides write down together.

    Returns:
        What was written.

    Raises:
        DomainError: ``not_found``; ``nothing_changed``: they said that already.
    """
    held = card_of(conn, type_of(data).kind, card)
    document = held.document
    assert isinstance(document, JointDocument), "nothing else is answered"
    earlier = [each for each in document.answers if each.by == PERSON]
    if [(each.answer, each.is_outdated) for each in earlier] == [(data.answer, False)]:
        raise DomainError(ErrorCode.NOTHING_CHANGED, gettext("that is what you said already"))
    words = [name for name in ("said", "outcome") if hasattr(document, name)]
    base = (
        *base_of_fields(conn, recorder, held.lane, card, words),
        *(id_from_text(each.event) for each in earlier),
    )
    event = recorder.record(conn, held.lane, card, data, when=when, base=base)
    return _written(conn, held, event.id, when)


def _written(conn: Connection, held: Held[Card], event: bytes, when: When) -> Written:
    return Written(
        kind=held.kind,
        subject=held.subject,
        lane=held.lane,
        seen_by=audience(conn, held.lane, when.day),
        events=(event,),
    )
