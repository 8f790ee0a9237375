"""Sharing one card, questionnaire, happening or scale of a goal, as it reads now.

It stays where it is; those it is shared with get a copy under the same id. Sharing it again brings
the copy up to date. A copy names nothing that its readers do not know: a link to a goal or an entry
that they cannot see is left out.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final, cast

from trailmark_adapters.sqlite import Connection
from trailmark_client.commands.cards import CORRECTION
from trailmark_client.commands.fields import base_of_fields
from trailmark_client.commands.when import When
from trailmark_client.commands.written import Written
from trailmark_client.queries.cards import Card
from trailmark_client.queries.documents import entries_of, of_subject
from trailmark_client.queries.lanes import lanes_meant
from trailmark_client.queries.shown import is_known_there, known_there
from trailmark_client.recorder import Recorder
from trailmark_shared.errors import DomainError, ErrorCode
from trailmark_shared.events.body import Body, UnknownData
from trailmark_shared.events.data import EventData
from trailmark_shared.events.journal import EntryTakenBack
from trailmark_shared.events.measures import (
    AttainmentRated,
    MeasureAmended,
    MeasureAnswered,
    OccurrenceCorrected,
    OccurrenceRecorded,
    ScaleChanged,
    ScaleSet,
)
from trailmark_shared.events.registry import Kind, type_of
from trailmark_shared.ids import SELF, Lane, text_from_id
from trailmark_shared.projections.card import STATUS_BY_DATA, CardDocument
from trailmark_shared.projections.card_kinds import CARD_KINDS
from trailmark_shared.projections.entries import Entry
from trailmark_shared.projections.fields import Facts
from trailmark_shared.projections.fold import DOCUMENT_TYPES
from trailmark_shared.projections.mark import counting
from trailmark_shared.projections.measures import (
    MeasureDocument,
    OccurrenceDocument,
    ScaleDocument,
)
from trailmark_shared.words import gettext

CLASS_OF_MEASURES: Final[Mapping[Kind, str]] = {
    "measure": "measures",
    "occurrence": "occurrences",
    "scale": "scales",
}
"""The class under which each kind of thing that a person measures is shared."""

SHAREABLE: Final[tuple[Kind, ...]] = (
    *("reflection", *CLASS_OF_MEASURES),
    *(kind for kind, each in CARD_KINDS.items() if each.agreed_class),
)
"""Kinds of which one entry can be shared; of a reflection, parts."""


def class_of(kind: Kind) -> str:
    """Return the class under which entries of a kind are shared, empty where they never are."""
    known = CARD_KINDS.get(kind)
    return CLASS_OF_MEASURES.get(kind, "" if known is None else known.agreed_class)


def share_entry(
    conn: Connection,
    recorder: Recorder,
    kind: Kind,
    entry: bytes,
    when: When,
    names: Sequence[str] = (),
) -> Written:
    """Share one entry, or bring what others have of it up to date.

    Args:
        conn: The store, inside a write transaction.
        recorder: Who writes events.
        kind: What it is; ``class_of`` it is not empty.
        entry: Its id.
        when: Now, as the person's clock and zone say.
        names: With whom; none for the one circle of care that there is.

    Returns:
        What was written.

    Raises:
        DomainError: ``not_found``, ``ambiguous_id``, ``not_agreed``; ``not_shared``: nobody is let
            in, it is nothing of the person's own, or the goal of a scale is not shown there;
            ``nothing_changed``: they have it like that.
    """
    own = of_subject(conn, kind, entry, DOCUMENT_TYPES[kind]).get(SELF)
    if own is None:
        raise DomainError(ErrorCode.NOT_SHARED, gettext("this is shared already, as it is written"))
    lanes = lanes_meant(conn, when.day, names, class_of(kind))
    if not lanes:
        raise DomainError(
            ErrorCode.NOT_SHARED,
            gettext("nobody is let in yet; let somebody in with trailmark connect, then share it"),
        )
    events = [
        event for to in lanes for event in _Copy(conn, recorder, entry, to.lane).of(kind, own)
    ]
    if not events:
        raise DomainError(
            ErrorCode.NOTHING_CHANGED, gettext("they see it exactly like that already")
        )
    seen_by = tuple(dict.fromkeys(name for each in lanes for name in each.names))
    return Written(
        kind=kind, subject=entry, lane=lanes[0].lane, seen_by=seen_by, events=tuple(events)
    )


class _Copy:
    """Writes what an entry says into another lane, each part with the time at which it was said."""

    def __init__(self, conn: Connection, recorder: Recorder, entry: bytes, lane: Lane) -> None:
        self._conn = conn
        self._recorder = recorder
        self._entry = entry
        self._lane = lane
        self._bodies = {text_from_id(each.id): each.body for each in entries_of(conn, SELF, entry)}

    def of(self, kind: Kind, own: Facts) -> list[bytes]:
        """Return the events written; none where the copy reads like that already."""
        there = of_subject(self._conn, kind, self._entry, DOCUMENT_TYPES[kind]).get(self._lane)
        match own:
            case MeasureDocument():
                return self._measure(own, there)
            case OccurrenceDocument():
                return self._occurrence(own, there)
            case ScaleDocument():
                return self._scale(own)
            case _:
                pass
        assert isinstance(own, CardDocument), "nothing else has a class"
        return self._card(cast("Card", own), cast("Card | None", there))

    def _measure(self, own: MeasureDocument, there: Facts | None) -> list[bytes]:
        answers, score = own.answers.value, own.score.value
        if answers is None or own.instrument is None:
            return []
        said = own.answers.values[0].event
        if not isinstance(there, MeasureDocument):
            data = MeasureAnswered(
                instrument=own.instrument,
                version=own.version or "",
                title=own.title or own.instrument,
                answers=answers,
                score=score,
            )
            return [self._write(data, next(iter(self._bodies)))]
        if (there.answers.value, there.score.value) == (answers, score):
            return []
        return [self._write(MeasureAmended(answers=answers, score=score), said)]

    def _occurrence(self, own: OccurrenceDocument, there: Facts | None) -> list[bytes]:
        if own.what is None:
            return []
        said = max(
            (field.values[0] for field in (own.intensity_tenths, own.note, own.day)),
            key=lambda each: each.effective_at,
        ).event
        intensity, note, day = own.intensity_tenths.value, own.note.value, own.day.value
        if not isinstance(there, OccurrenceDocument):
            recorded = OccurrenceRecorded(
                what=own.what, intensity_tenths=intensity, goal=own.goal, note=note
            )
            data = known_there(self._conn, self._lane, recorded)
            return [self._write(data, next(iter(self._bodies)), day=day)]
        if (there.intensity_tenths.value, there.note.value, there.day.value) == (
            intensity,
            note,
            day,
        ):
            return []
        data = OccurrenceCorrected(intensity_tenths=intensity, note=note, happened_on=day)
        return [self._write(data, said)]

    def _scale(self, own: ScaleDocument) -> list[bytes]:
        """Write the levels and what was said on them in order; take back what no longer counts."""
        if own.goal is None or not is_known_there(self._conn, self._lane, own.goal):
            raise DomainError(
                ErrorCode.NOT_SHARED, gettext("share its goal first: trailmark goal share")
            )
        kept = [text_from_id(each.id) for each in counting(self._entries_in(SELF))]
        wanted = {_as_said(self._bodies[each]): each for each in kept if self._is_of_scale(each)}
        there = {_as_said(each.body): each for each in counting(self._entries_in(self._lane))}
        gone = [text_from_id(each.id) for said, each in there.items() if said not in wanted]
        events = [
            self._write(cast("EventData", self._bodies[event].data), event)
            for said, event in wanted.items()
            if said not in there
        ]
        if gone:
            taken = EntryTakenBack(events=tuple(gone))
            events.append(self._recorder.record(self._conn, self._lane, self._entry, taken).id)
        return events

    def _entries_in(self, lane: Lane) -> list[Entry]:
        return [
            each
            for each in entries_of(self._conn, lane, self._entry)
            if isinstance(each.body.data, ScaleSet | ScaleChanged | AttainmentRated)
            or each.body.type in {"entry_taken_back", "entry_put_back"}
        ]

    def _is_of_scale(self, event: str) -> bool:
        return isinstance(self._bodies[event].data, ScaleSet | ScaleChanged | AttainmentRated)

    def _card(self, own: Card, there: Card | None) -> list[bytes]:
        if own.said.value is None:
            return []
        said: EventData = known_there(self._conn, self._lane, own.said.value)
        events: list[bytes] = []
        if there is None or there.said.value != said:
            events.append(self._write(said, own.said.values[0].event))
        stands = STATUS_BY_DATA.get(type(said)) if there is None else there.status.value
        if own.status.value is not None and own.status.value != stands:
            events += self._status(own)
        return events

    def _status(self, own: Card) -> list[bytes]:
        event = own.status.values[0].event
        data = self._bodies[event].data
        known = isinstance(data, EventData) and "said" not in type_of(data).sets
        return [self._write(data, event)] if known and isinstance(data, EventData) else []

    def _write(self, data: EventData, event: str, *, day: str | None = None) -> bytes:
        body = self._bodies[event]
        base = base_of_fields(
            self._conn, self._recorder, self._lane, self._entry, type_of(data).sets
        )
        reason = CORRECTION if type_of(data).reason_required else body.reason
        return self._recorder.record(
            self._conn,
            self._lane,
            self._entry,
            data,
            when=When(occurred_at=body.occurred_at, zone=body.zone, day=day or body.day),
            reason=reason,
            base=base,
        ).id


def _as_said(body: Body) -> tuple[str, str, EventData | UnknownData]:
    """What tells one saying from another in two lanes: its time and what it says."""
    return body.occurred_at, body.type, body.data
