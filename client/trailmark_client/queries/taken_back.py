"""What can be undone, and what was undone and may be put back."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import msgspec

from trailmark_adapters.sqlite import Connection
from trailmark_client.queries.documents import KIND_WORDS, Held, all_documents, entries_of
from trailmark_client.queries.finding import by_prefix
from trailmark_client.queries.homes import goals_at_home
from trailmark_client.queries.lanes import open_lanes
from trailmark_client.queries.readable import PERSON
from trailmark_shared.errors import DomainError, ErrorCode
from trailmark_shared.events.goals import GoalEnteredInError
from trailmark_shared.events.registry import EVENT_TYPES, Kind
from trailmark_shared.ids import SELF, Lane, id_from_text, text_from_id
from trailmark_shared.projections.card import CardDocument, Use
from trailmark_shared.projections.card_kinds import CARD_KINDS
from trailmark_shared.projections.entries import Entry
from trailmark_shared.projections.fields import Facts
from trailmark_shared.projections.mark import taken_back
from trailmark_shared.projections.measures import Rating, ScaleDocument
from trailmark_shared.words import gettext

_NEVER: frozenset[Kind] = frozenset(
    {"grant", "control", "mark", "supporter", "proposal", "comment", "encouragement"}
)


class Undoing(msgspec.Struct, frozen=True, kw_only=True):
    """What the person means to take back, or to put back.

    Attributes:
        kind: What it is.
        subject: Id of that.
        events: The events that it is about, by lane.
        is_whole: All of the entry is meant, not one use of it.
    """

    kind: Kind
    subject: bytes
    events: dict[Lane, tuple[bytes, ...]]
    is_whole: bool = True


def what_to_undo(conn: Connection, prefix: str, day: str) -> Undoing:
    """Return what goes when the entry, or the single use of one, is taken back.

    Args:
        conn: The store.
        prefix: What the person typed: the beginning of an id.
        day: The person's local date, on which grants count.

    Raises:
        DomainError: ``not_found``, ``ambiguous_id``, ``invalid_input``; ``never_erased``: it is
            nothing that can be taken back like this.
    """
    held = [each for each in all_documents(conn) if not each.lane.startswith("circle/")]
    uses = _uses(held)
    meant = by_prefix((*(each.subject for each in held), *uses), prefix, gettext("entry"))
    if meant in uses:
        card = uses[meant]
        return Undoing(
            kind=card.kind, subject=card.subject, events={card.lane: (meant,)}, is_whole=False
        )
    kinds: list[Kind] = [each.kind for each in held if each.subject == meant]
    kind = _first_of_a_thing(kinds)
    if kind == "comment" and _is_own(each for each in held if each.subject == meant):
        return Undoing(kind=kind, subject=meant, events=_live(conn, meant, day))
    if kind == "mark":
        raise DomainError(
            ErrorCode.NOTHING_CHANGED,
            gettext("it is taken back already; to have it back: trailmark put-back"),
        )
    if kind in _NEVER:
        name = KIND_WORDS.get(kind, kind)
        raise DomainError(
            ErrorCode.NEVER_ERASED,
            gettext("{thing}: it is not taken back here; see --help for its own way").format(
                thing=name
            ),
        )
    return Undoing(kind=kind, subject=meant, events=_live(conn, meant, day))


def what_to_unshare(conn: Connection, prefix: str, day: str) -> Undoing:
    """Return what goes when nobody else is to see an entry any more; the person keeps it.

    Args:
        conn: The store.
        prefix: What the person typed: the beginning of the id of a card or questionnaire.
        day: The person's local date, on which grants count.

    Raises:
        DomainError: ``not_found``, ``ambiguous_id``, ``invalid_input``.
    """
    kinds: set[Kind] = {kind for kind, each in CARD_KINDS.items() if each.agreed_class}
    kinds |= {"measure", "occurrence", "scale", "goal"}
    held: dict[bytes, Kind] = {
        each.subject: each.kind for each in all_documents(conn) if each.kind in kinds
    }
    meant = by_prefix(held, prefix, gettext("entry that can be shared"))
    if held[meant] == "goal":
        way = gettext("a goal is taken back with what belongs to it: trailmark goal withdraw {id}")
        raise DomainError(ErrorCode.INVALID_INPUT, way.format(id=text_from_id(meant)[:8]))
    live = _live(conn, meant, day)
    return Undoing(
        kind=held[meant],
        subject=meant,
        events={lane: events for lane, events in live.items() if lane != SELF},
    )


def _first_of_a_thing(kinds: Sequence[Kind]) -> Kind:
    for kind in kinds:
        if kind not in _NEVER:
            return kind
    return kinds[0]


def _is_own(held: Iterable[Held[Facts]]) -> bool:
    return all(each.document.created_by == PERSON for each in held)


def _uses(held: Iterable[Held[Facts]]) -> dict[bytes, Held[Facts]]:
    """Return each card by the events of its uses, each scale by those of its ratings."""
    return {id_from_text(use.event): each for each in held for use in _uses_in(each.document)}


def _uses_in(document: Facts) -> Sequence[Use | Rating]:
    match document:
        case CardDocument(uses=uses) | ScaleDocument(ratings=uses):
            return uses
        case _:
            return ()


def _live(conn: Connection, subject: bytes, day: str) -> dict[Lane, tuple[bytes, ...]]:
    lanes = (SELF, *(each.lane for each in open_lanes(conn, day)))
    found = {lane: _own(entries_of(conn, lane, subject)) for lane in lanes}
    return {lane: events for lane, events in found.items() if events}


def _own(entries: Iterable[Entry]) -> tuple[bytes, ...]:
    known = list(entries)
    gone = taken_back(known)
    return tuple(
        each.id
        for each in known
        if each.actor == PERSON and text_from_id(each.id) not in gone and _is_of_a_thing(each)
    )


def _is_of_a_thing(entry: Entry) -> bool:
    known = EVENT_TYPES.get(entry.body.type)
    return known is not None and known.kind not in {"mark", "wish", "control", "grant"}


def what_to_put_back(conn: Connection, prefix: str) -> Undoing:
    """Return what counts again when something that was taken back is put back.

    Args:
        conn: The store.
        prefix: What the person typed: the beginning of the id of an entry or of a use.

    Raises:
        DomainError: ``not_found``, ``ambiguous_id``, ``invalid_input``.
    """
    rows = conn.execute(
        "SELECT DISTINCT lane, subject FROM event WHERE type = 'entry_taken_back'"
    ).fetchall()
    gone: dict[bytes, dict[Lane, tuple[bytes, ...]]] = {}
    kinds: dict[bytes, Kind] = {}
    subjects: dict[bytes, bytes] = {}
    for lane, subject in rows:
        entries = entries_of(conn, lane, subject)
        names = taken_back(entries)
        mine = [each for each in entries if text_from_id(each.id) in names]
        if mine and not isinstance(mine[0].body.data, GoalEnteredInError):
            gone.setdefault(subject, {})[Lane(lane)] = tuple(each.id for each in mine)
            kinds[subject] = EVENT_TYPES[mine[0].body.type].kind
            subjects |= {each.id: subject for each in mine}
    goals = _goals_by_mistake(conn)
    meant = by_prefix((*gone, *subjects, *goals), prefix, gettext("entry that was taken back"))
    if meant in goals:
        return goals[meant]
    subject = subjects.get(meant, meant)
    events = {
        lane: tuple(each for each in some if meant in {subject, each})
        for lane, some in gone[subject].items()
    }
    return Undoing(
        kind=kinds[subject],
        subject=subject,
        events={lane: some for lane, some in events.items() if some},
        is_whole=meant == subject,
    )


def _goals_by_mistake(conn: Connection) -> dict[bytes, Undoing]:
    """Return goals that were marked as entered by mistake, with the events that did it."""
    return {
        each.id: Undoing(
            kind="goal",
            subject=each.id,
            events={
                each.lane: tuple(
                    id_from_text(value.event)
                    for value in each.document.lifecycle.values
                    if value.value == "entered-in-error" and value.actor == PERSON
                )
            },
        )
        for each in goals_at_home(conn)
        if each.document.lifecycle.value == "entered-in-error"
    }
