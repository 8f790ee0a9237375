"""How a goal or another entry became what it is: every change, and how it stood at an instant."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby
from typing import Any, Final, NamedTuple

import msgspec

from trailmark_adapters.sqlite import Connection
from trailmark_client.queries.documents import children, entries_of, of_subject
from trailmark_client.queries.finding import by_prefix
from trailmark_client.queries.lanes import member_names, supporter_names
from trailmark_client.queries.readable import PERSON, actor_name, plain_field, plain_value
from trailmark_shared.domain.home import home_of
from trailmark_shared.errors import DomainError, ErrorCode
from trailmark_shared.events.data import EventData
from trailmark_shared.events.notes import SetbackNoted
from trailmark_shared.events.registry import EVENT_TYPES, WHOLE_GOAL, Kind
from trailmark_shared.ids import SELF, Lane, text_from_id
from trailmark_shared.projections.entries import Entry
from trailmark_shared.projections.goal import GoalDocument, fold_goal
from trailmark_shared.projections.history import (
    Change,
    as_of,
    goal_history,
    happened_by,
    standing,
)
from trailmark_shared.projections.proposal import ProposalDocument
from trailmark_shared.projections.sentences import sent_to
from trailmark_shared.projections.timeline import words_of
from trailmark_shared.projections.words import SENT_VERBS
from trailmark_shared.words import gettext

_NO_ENTRIES: Final[frozenset[Kind]] = frozenset({"mark", "wish", "control", "grant"})
"""Kinds of events that are about something else, or that are nothing a person writes."""
_TAKEN_BACK: Final = frozenset({"comment_withdrawn", "proposal_withdrawn"})


class Moment(msgspec.Struct, frozen=True, kw_only=True):
    """Up to when history is asked for.

    Attributes:
        received_by: What the server had by then, milliseconds UTC; ``None`` for all.
        happened_by: What had been recorded by then, milliseconds UTC; ``None`` for all.
    """

    received_by: int | None = None
    happened_by: int | None = None


class FieldChange(
    msgspec.Struct, frozen=True, kw_only=True, rename={"before": "from", "after": "to"}
):
    """One field that an event changed.

    Attributes:
        field: The field.
        before: The value that the writer had seen, or null; ``from`` in JSON.
        after: The value from then on, or null; ``to`` in JSON.
        concurrent_with: Events that set the field while neither writer had seen the other's.
    """

    field: str
    before: Any
    after: Any
    concurrent_with: list[str]


class HistoryEvent(msgspec.Struct, frozen=True, kw_only=True):
    """One event of a goal's history.

    Attributes:
        event: Id of the event.
        type: Its type.
        proposal: The proposal that it is, answers or carries out; or null.
        lane: The lane it is in.
        by: Who.
        device: Id of the device it was written on.
        happened: When it happened, as the person says, RFC 3339.
        day: The local date meant.
        recorded_at: The device's clock at recording, milliseconds UTC.
        effective_at: The best known time of recording, milliseconds UTC.
        received_at: When it reached the server, milliseconds UTC, or null.
        late_by_ms: Time between recording and arrival, or null.
        reason: Code of the reason, or null.
        reason_text: The writer's own words for it, or null.
        changes: The fields it changed.
        concurrent: Neither this writer nor another one had seen the other's change.
        label: ``late entry``, ``addendum``, ``amendment``, ``correction``, or null.
        clock_doubt: The device's clock was more than five minutes from the server's.
        sentence: The event in words.
        text: The words that were written, where no field holds them; or null.
        helped: What helped in a hard moment, or null.
    """

    event: str
    type: str
    proposal: str | None
    lane: str
    by: str
    device: str
    happened: str
    day: str
    recorded_at: int
    effective_at: int
    received_at: int | None
    late_by_ms: int | None
    reason: str | None
    reason_text: str | None
    changes: list[FieldChange]
    concurrent: bool
    label: str | None
    clock_doubt: bool
    sentence: str
    text: str | None = None
    helped: str | None = None


class EntryState(msgspec.Struct, frozen=True, kw_only=True):
    """An entry as it stood.

    Attributes:
        lane: Where it was at home.
        fields: Its fields by name; those that were not set are left out.
        conflicts: Fields of a goal that had several values.
    """

    lane: str
    fields: dict[str, Any]
    conflicts: list[str]


class EntryHistory(msgspec.Struct, frozen=True, kw_only=True):
    """The history of one entry.

    Attributes:
        kind: What it is.
        id: Its id.
        as_of: Only what the server had by then counts, milliseconds UTC, or null.
        happened_by: Only what had been recorded by then counts, milliseconds UTC, or null.
        state: The entry as it stood then, or null where nothing of it was there.
        events: What happened to it, in the order of recording.
    """

    kind: str
    id: str
    as_of: int | None
    happened_by: int | None
    state: EntryState | None
    events: list[HistoryEvent]


def find_entry(conn: Connection, prefix: str) -> tuple[Kind, bytes]:
    """Return kind and id of the one entry whose id begins with ``prefix``, taken back or not.

    Raises:
        DomainError: ``not_found``, ``ambiguous_id`` or ``invalid_input``.
    """
    rows = conn.execute(
        "SELECT DISTINCT subject, type FROM event"
        " WHERE subject IS NOT NULL AND type IS NOT NULL ORDER BY pos"
    )
    kinds: dict[bytes, Kind] = {}
    for subject, type_ in rows:
        known = EVENT_TYPES.get(type_)
        if known is not None and known.kind not in _NO_ENTRIES:
            kinds.setdefault(subject, known.kind)
    found = by_prefix(kinds, prefix, gettext("entry"))
    return kinds[found], found


def history_of_entry(conn: Connection, kind: Kind, subject: bytes, until: Moment) -> EntryHistory:
    """Return the history of anything that a person writes, over all lanes that know it.

    Args:
        conn: The store.
        kind: From ``find_entry``, with its id.
        subject: The id.
        until: Up to when.

    Raises:
        DomainError: ``not_found``: nothing of it can be read here.
    """
    if kind == "goal":
        return history_of_goal(conn, subject, until)
    lanes = conn.execute(
        "SELECT DISTINCT lane FROM event WHERE subject = ? ORDER BY lane", (subject,)
    )
    entries = {
        Lane(lane): until_moment(found, until)
        for (lane,) in lanes.fetchall()
        if (found := entries_of(conn, lane, subject))
    }
    if not entries:
        raise DomainError(ErrorCode.NOT_FOUND, gettext("its words are not on this device"))
    names, circles = member_names(conn), supporter_names(conn)
    events = [
        msgspec.structs.replace(each, sentence=_sentence(each, circles.get(lane)))
        for lane, some in entries.items()
        for each in told_events(lane, some, names, {})
    ]
    return EntryHistory(
        kind=kind,
        id=text_from_id(subject),
        as_of=until.received_by,
        happened_by=until.happened_by,
        state=_entry_state(entries),
        events=sorted(events, key=lambda each: (each.effective_at, each.lane)),
    )


def _entry_state(entries: Mapping[Lane, Sequence[Entry]]) -> EntryState | None:
    """Return what stands where the entry is at home: beside the private things, else elsewhere."""
    for lane in sorted(entries, key=lambda each: each != SELF):
        fields = {
            plain_field(name) or name: plain_value(name, value)
            for name, value in standing(entries[lane]).items()
        }
        if fields:
            return EntryState(lane=lane, fields=fields, conflicts=[])
    return None


def history_of_goal(conn: Connection, goal: bytes, until: Moment) -> EntryHistory:
    """Return a goal's history over all lanes that know it, with what was proposed about it.

    Args:
        conn: The store.
        goal: The goal.
        until: Up to when.

    Raises:
        DomainError: ``not_found``: no lane knows the goal.
    """
    names = member_names(conn)
    copies = of_subject(conn, "goal", goal, GoalDocument)
    if not copies:
        raise DomainError(ErrorCode.NOT_FOUND, gettext("there is no such goal on this device"))
    lanes = {lane: until_moment(entries_of(conn, lane, goal), until) for lane in copies}
    proposed = {lane: _proposals(conn, lane, goal, until) for lane in copies}
    proposals = proposal_by_event(proposed.values())
    told = [
        (lane, entries)
        for lane, own in lanes.items()
        for entries in (own, *proposed[lane].values())
    ]
    circles = supporter_names(conn)
    events = [
        msgspec.structs.replace(each, sentence=_sentence(each, circles.get(lane)))
        for lane, entries in told
        for each in told_events(lane, entries, names, proposals)
    ]
    return EntryHistory(
        kind="goal",
        id=text_from_id(goal),
        as_of=until.received_by,
        happened_by=until.happened_by,
        state=state_of({lane: fold_goal(each) for lane, each in lanes.items() if each}),
        events=sorted(events, key=lambda each: (each.effective_at, each.lane)),
    )


def _sentence(event: HistoryEvent, supporter: str | None) -> str:
    """Return an event in words; in a supporter's lane what was sent, and to whom."""
    sent = SENT_VERBS.get(event.type)
    if supporter is None or sent is None:
        return event.sentence
    return sent_to(event.type, sent, supporter)


def until_moment(entries: Sequence[Entry], until: Moment) -> list[Entry]:
    """Return what of ``entries`` counts up to a moment."""
    kept = list(entries)
    if until.received_by is not None:
        kept = as_of(kept, until.received_by)
    if until.happened_by is not None:
        kept = happened_by(kept, until.happened_by)
    return kept


def _proposals(conn: Connection, lane: Lane, goal: bytes, until: Moment) -> dict[str, list[Entry]]:
    """What was proposed about a goal and its steps, and said to it, by proposal."""
    held = children(conn, "proposal", lane, goal, ProposalDocument)
    return {
        text_from_id(each.subject): until_moment(entries_of(conn, lane, each.subject), until)
        for each in held
    }


def proposal_by_event(proposed: Iterable[Mapping[str, Sequence[Entry]]]) -> dict[str, str]:
    """Return the proposal of each event that one consists of, from entries by proposal."""
    return {
        text_from_id(entry.id): proposal
        for by_proposal in proposed
        for proposal, entries in by_proposal.items()
        for entry in entries
    }


def told_events(
    lane: str, entries: Sequence[Entry], names: Mapping[str, str], proposals: Mapping[str, str]
) -> list[HistoryEvent]:
    """Return what happened to one subject in a lane, an item for each event, in lane order.

    Args:
        lane: The lane.
        entries: The subject's entries there.
        names: Name of each member, by actor.
        proposals: The proposal that an event belongs to, by event.
    """
    changes = goal_history(entries)
    written = _written(entries)
    return [
        _event(lane, list(group), names, proposals, written.get(event, _Written(None, None)))
        for event, group in groupby(changes, key=lambda each: each.event)
    ]


class _Written(NamedTuple):
    """What was written with an event, beside its fields."""

    text: str | None
    helped: str | None


def _written(entries: Sequence[Entry]) -> dict[str, _Written]:
    """Return the words of each event, without those that somebody else took back."""
    takers = {each.actor for each in entries if each.body.type in _TAKEN_BACK} - {PERSON}
    return {
        text_from_id(each.id): _Written(
            words_of(data), data.helped if isinstance(data, SetbackNoted) else None
        )
        for each in entries
        if isinstance(data := each.body.data, EventData) and each.actor not in takers
    }


def _event(
    lane: str,
    changes: Sequence[Change],
    names: Mapping[str, str],
    proposals: Mapping[str, str],
    written: _Written,
) -> HistoryEvent:
    first = changes[0]
    has_fields = any(each.field is not None for each in changes)
    return HistoryEvent(
        event=first.event,
        type=first.type,
        proposal=proposals.get(first.event) or proposals.get(first.cause or ""),
        lane=lane,
        by=actor_name(first.actor, names),
        device=first.device,
        happened=first.occurred_at,
        day=first.day,
        recorded_at=first.recorded_at,
        effective_at=first.effective_at,
        received_at=first.received_at,
        late_by_ms=first.late_by_ms,
        reason=None if first.reason is None else first.reason.code,
        reason_text=None if first.reason is None else first.reason.text,
        changes=[_field_change(each) for each in changes if each.field is not None],
        concurrent=any(each.concurrent_with for each in changes),
        label=first.label,
        clock_doubt=first.clock_doubt,
        sentence=first.sentence,
        text=None if has_fields else written.text,
        helped=written.helped,
    )


def _field_change(change: Change) -> FieldChange:
    return FieldChange(
        field=plain_field(change.field) or "",
        before=plain_value(change.field, change.before),
        after=plain_value(change.field, change.after),
        concurrent_with=list(change.concurrent_with),
    )


def state_of(documents: Mapping[str, GoalDocument]) -> EntryState | None:
    """Return a goal as it stands by these documents, by lane; ``None`` where it is not there."""
    lane = home_of(documents).lane
    document = documents.get(lane)
    if document is None:
        return None
    values = {name: getattr(document, name) for name in WHOLE_GOAL}
    return EntryState(
        lane=lane,
        fields={
            plain_field(name) or name: plain_value(name, field.value)
            for name, field in values.items()
            if field.value is not None
        },
        conflicts=[plain_field(name) or name for name, field in values.items() if field.conflict],
    )
