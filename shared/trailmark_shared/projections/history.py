"""How one subject became what it is: who changed what, from what to what, when and why.

Everything here is read from the log alone and is the same on every replica. Two clocks are kept
apart: what the person says (``occurred_at``, ``day``) and what the server saw (``received_at``), so
that both "as the therapist saw it then" and "as it is known now" can be asked.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final, Literal

import msgspec

from trailmark_shared.domain.conflicts import Setter, current_values, reach
from trailmark_shared.domain.dates import ms_from_instant
from trailmark_shared.events.body import Reason, UnknownData
from trailmark_shared.events.data import EventData
from trailmark_shared.events.registry import EVENT_TYPES, Kind
from trailmark_shared.ids import text_from_id
from trailmark_shared.projections.card import card_values
from trailmark_shared.projections.card_kinds import CARD_KINDS
from trailmark_shared.projections.check_in import check_in_values
from trailmark_shared.projections.entries import Entry
from trailmark_shared.projections.fields import Reader, setters_by_field
from trailmark_shared.projections.goal import goal_values
from trailmark_shared.projections.mark import counting
from trailmark_shared.projections.measures import (
    measure_values,
    occurrence_values,
    scale_values,
)
from trailmark_shared.projections.proposal import proposal_values
from trailmark_shared.projections.reflection import reflection_values
from trailmark_shared.projections.sentences import sentence
from trailmark_shared.projections.step import step_values
from trailmark_shared.projections.supporter import supporter_values
from trailmark_shared.words import Texts, marked

CLOCK_DOUBT_MS: Final = 5 * 60 * 1000
"""A device clock further than this from the server's is flagged."""

LATE_ENTRY_MS: Final = 24 * 3600 * 1000
"""Something recorded later than this after it happened is a late entry."""

Label = Literal["late entry", "addendum", "amendment", "correction"]

LABEL_WORDS: Final[Mapping[Label, str]] = Texts(
    {
        "late entry": marked("late entry"),
        "addendum": marked("addendum"),
        "amendment": marked("amendment"),
        "correction": marked("correction"),
    }
)
"""What people read instead of a label."""
"""Records management's words for what was not written at once."""

READERS: Final[Mapping[Kind, Reader]] = {
    "goal": goal_values,
    "step": step_values,
    "check_in": check_in_values,
    "occurrence": occurrence_values,
    "measure": measure_values,
    "scale": scale_values,
    "reflection": reflection_values,
    "supporter": supporter_values,
    "proposal": proposal_values,
    **dict.fromkeys(CARD_KINDS, card_values),
}
"""What events set, for kinds that have single-valued fields."""

_CORRECTIONS: Final = frozenset(
    {"check_in_corrected", "occurrence_corrected", "goal_entered_in_error"}
)
_HIDDEN_FIELDS: Final = frozenset({"home"})
_PROGRESS_FIELDS: Final = frozenset({"lifecycle", "achievement", "replaced_by", "status", "answer"})


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """One change of one field, or one event that changes none.

    Attributes:
        event: Id of the event.
        type: Its type.
        subject: What it is about.
        field: The field, or ``None`` where the event itself is the news.
        before: Value that the writer had seen, or ``None``.
        after: Value from then on, or ``None``.
        actor: Who.
        device: On which device.
        occurred_at: When it happened, as the person says.
        day: The local date meant.
        recorded_at: Device clock at recording, milliseconds UTC.
        effective_at: Best known time of recording, milliseconds UTC.
        received_at: When the server had it, or ``None``.
        late_by_ms: Time between recording and arrival, or ``None``.
        seq: Place in the lane, or ``None``.
        reason: Why.
        cause: The event it answers or corrects.
        concurrent_with: Events that set the same field while neither writer had seen the other's.
        label: ``late entry``, ``addendum``, ``amendment`` or ``correction``, or ``None``.
        clock_doubt: The device's clock was more than five minutes from the server's.
        sentence: The event in words.
    """

    event: str
    type: str
    subject: str
    field: str | None
    before: Any
    after: Any
    actor: str
    device: str
    occurred_at: str
    day: str
    recorded_at: int
    effective_at: int
    received_at: int | None
    late_by_ms: int | None
    seq: int | None
    reason: Reason | None
    cause: str | None
    concurrent_with: tuple[str, ...]
    label: Label | None
    clock_doubt: bool
    sentence: str


def as_of(entries: Iterable[Entry], received_at: int) -> list[Entry]:
    """Return what the server had by ``received_at`` (milliseconds UTC), by seq."""
    there = [
        (each.seq, each)
        for each in entries
        if each.seq is not None and each.received_at is not None and each.received_at <= received_at
    ]
    return [each for _, each in sorted(there, key=lambda pair: pair[0])]


def happened_by(entries: Iterable[Entry], effective_at: int) -> list[Entry]:
    """Return what had been recorded by ``effective_at`` (milliseconds UTC), in the given order."""
    return [each for each in entries if each.effective_at <= effective_at]


def goal_history(entries: Sequence[Entry]) -> list[Change]:
    """Return every change of one subject, in lane order.

    Args:
        entries: All entries of the subject in one lane, in lane order (or what ``as_of`` and
            ``happened_by`` leave of them). Entries of unknown types are passed over.

    Returns:
        One change per field that an event changed, and one for each event that changed none.
    """
    known = [each for each in entries if not isinstance(each.body.data, UnknownData)]
    setters = {kind: _setters(known, kind) for kind in map(_kind, known) if kind in READERS}
    bases = {each.id: each.body.base for each in known}
    reached = {each.id: reach(each.body.base, bases) for each in known}
    return [
        change
        for entry in known
        for change in _changes(entry, setters.get(_kind(entry), {}), reached)
    ]


def standing(entries: Sequence[Entry]) -> dict[str, Any]:
    """Return what a subject says as it stands, by field, without what is not set.

    Args:
        entries: As ``goal_history``; of a card each part is a field of its own.
    """
    known = [each for each in counting(entries) if not isinstance(each.body.data, UnknownData)]
    kinds: dict[Kind, None] = {_kind(each): None for each in known}
    return {
        part: now
        for kind in kinds
        if kind in READERS
        for name, setters in _setters(known, kind).items()
        if name not in _HIDDEN_FIELDS
        for part, _, now in _parts(name, None, current_values(setters)[0].value)
        if now is not None
    }


def _kind(entry: Entry) -> Kind:
    return EVENT_TYPES[entry.body.type].kind


def _setters(entries: Sequence[Entry], kind: Kind) -> dict[str, list[Setter[Any]]]:
    return setters_by_field([each for each in entries if _kind(each) == kind], READERS[kind])


def _changes(
    entry: Entry,
    setters: Mapping[str, Sequence[Setter[Any]]],
    reached: Mapping[bytes, set[bytes]],
) -> list[Change]:
    own = {
        name: setter
        for name, each in setters.items()
        for setter in each
        if setter.event == entry.id and not setter.is_carrier and name not in _HIDDEN_FIELDS
    }
    before = {name: _seen(setter, setters[name]) for name, setter in own.items()}
    concurrent = {name: _concurrent(setter, setters[name], reached) for name, setter in own.items()}
    changed = {name: each.value for name, each in own.items() if each.value != before[name]}
    words = sentence(entry.body, before, changed)
    rows: list[tuple[str | None, Any, Any, tuple[str, ...]]] = [
        (part, was, now, concurrent[name])
        for name, value in changed.items()
        for part, was, now in _parts(name, before[name], value)
    ]
    if not rows:
        everyone = sorted({event for events in concurrent.values() for event in events})
        rows = [(None, None, None, tuple(everyone))]
    label = label_of(
        entry, replaces=any(before[name] is not None for name in changed.keys() - _PROGRESS_FIELDS)
    )
    return [_change(entry, row, words, label) for row in rows]


def _parts(name: str, before: object, after: object) -> Iterator[tuple[str, object, object]]:
    """Yield what changed of a field: of one that an event says as a whole, part by part."""
    if not isinstance(after, EventData):
        yield name, before, after
        return
    old = msgspec.structs.asdict(before) if isinstance(before, EventData) else {}
    for part, value in msgspec.structs.asdict(after).items():
        was, now = _said(old.get(part)), _said(value)
        if was != now:
            yield part, was, now


def _said(value: object) -> object:
    return None if value == () else value


def _seen(setter: Setter[Any], all_setters: Sequence[Setter[Any]]) -> object:
    """The value that the writer was shown: the first of those that ``base`` names."""
    carried = {each.event: each.base for each in all_setters if each.is_carrier}
    named = reach(setter.base, carried) - {setter.event}
    seen = current_values([e for e in all_setters if e.event in named and not e.is_carrier])
    return seen[0].value if seen else None


def _concurrent(
    setter: Setter[Any], all_setters: Sequence[Setter[Any]], reached: Mapping[bytes, set[bytes]]
) -> tuple[str, ...]:
    return tuple(
        sorted(
            text_from_id(other.event)
            for other in all_setters
            if other.event != setter.event
            and not other.is_carrier
            and other.event not in reached[setter.event]
            and setter.event not in reached[other.event]
        )
    )


def _change(
    entry: Entry,
    row: tuple[str | None, Any, Any, tuple[str, ...]],
    words: str,
    label: Label | None,
) -> Change:
    body = entry.body
    field, before, after, concurrent = row
    return Change(
        event=text_from_id(entry.id),
        type=body.type,
        subject=text_from_id(body.subject),
        field=field,
        before=before,
        after=after,
        actor=entry.actor,
        device=text_from_id(entry.device),
        occurred_at=body.occurred_at,
        day=body.day,
        recorded_at=body.recorded_at,
        effective_at=entry.effective_at,
        received_at=entry.received_at,
        late_by_ms=late_by_ms(entry),
        seq=entry.seq,
        reason=body.reason,
        cause=None if body.cause is None else text_from_id(body.cause),
        concurrent_with=concurrent,
        label=label,
        clock_doubt=has_clock_doubt(entry),
        sentence=words,
    )


def late_by_ms(entry: Entry) -> int | None:
    """Return how long after its recording an event reached the server, in milliseconds."""
    return None if entry.received_at is None else entry.received_at - entry.effective_at


def has_clock_doubt(entry: Entry) -> bool:
    """Say whether the device's clock was far from the server's."""
    return entry.offset is not None and abs(entry.offset) > CLOCK_DOUBT_MS


def label_of(entry: Entry, *, replaces: bool) -> Label | None:
    """Return records management's word for an entry that was not simply written at once.

    Args:
        entry: The event.
        replaces: Whether it replaces words or numbers that stood before; moving on to another
            status is progress, no change of the record.

    Returns:
        ``correction`` where it says that the earlier record was wrong; ``amendment`` where the
        record changes; ``addendum`` where it only adds to an earlier event; ``late entry`` where
        it was recorded more than a day after it happened; else ``None``.
    """
    body = entry.body
    if body.type in _CORRECTIONS or (body.reason and body.reason.code == "correction"):
        return "correction"
    if replaces:
        return "amendment"
    if body.cause is not None and not EVENT_TYPES[body.type].sets:
        return "addendum"
    waited = entry.effective_at - ms_from_instant(body.occurred_at)
    return "late entry" if waited > LATE_ENTRY_MS else None
