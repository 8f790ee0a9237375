"""Sharing one card or one answered questionnaire, as it reads now.

It stays where it is; those it is shared with get a copy under the same id. Sharing it again brings
the copy up to date. A copy names nothing that its readers do not know: a link to a goal or an entry
that they cannot see is left out.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, cast

from trailmark_adapters.sqlite import Connection
from trailmark_client.commands.cards import CORRECTION
from trailmark_client.commands.fields import base_of_fields
from trailmark_client.commands.when import When
from trailmark_client.commands.written import Written
from trailmark_client.queries.cards import Card
from trailmark_client.queries.documents import entries_of, of_subject
from trailmark_client.queries.lanes import lanes_meant
from trailmark_client.queries.shown import known_there
from trailmark_client.recorder import Recorder
from trailmark_shared.errors import DomainError, ErrorCode
from trailmark_shared.events.data import EventData
from trailmark_shared.events.measures import MeasureAmended, MeasureAnswered
from trailmark_shared.events.registry import Kind, type_of
from trailmark_shared.ids import SELF, Lane, text_from_id
from trailmark_shared.projections.card import STATUS_BY_DATA, CardDocument
from trailmark_shared.projections.card_kinds import CARD_KINDS
from trailmark_shared.projections.fields import Facts
from trailmark_shared.projections.fold import DOCUMENT_TYPES
from trailmark_shared.projections.measures import MeasureDocument
from trailmark_shared.words import gettext

MEASURE_CLASS: Final = "measures"
"""The class under which answers to questionnaires are shared."""

SHAREABLE: Final[tuple[Kind, ...]] = (
    *("reflection", "measure"),
    *(kind for kind, each in CARD_KINDS.items() if each.agreed_class),
)
"""Kinds of which one entry can be shared; of a reflection, parts."""


def class_of(kind: Kind) -> str:
    """Return the class under which entries of a kind are shared, empty where they never are."""
    if kind == "measure":
        return MEASURE_CLASS
    known = CARD_KINDS.get(kind)
    return "" if known is None else known.agreed_class


def share_entry(
    conn: Connection,
    recorder: Recorder,
    kind: Kind,
    entry: bytes,
    when: When,
    names: Sequence[str] = (),
) -> Written:
    """Share a card or an answered questionnaire, or bring what others have of it up to date.

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
            in, or it is nothing of the person's own; ``nothing_changed``: they have it like that.
    """
    own = of_subject(conn, kind, entry, DOCUMENT_TYPES[kind]).get(SELF)
    if own is None:
        raise DomainError(ErrorCode.NOT_SHARED, gettext("this is shared already, as it is written"))
    lanes = lanes_meant(conn, when.day, names, class_of(kind))
    if not lanes:
        raise DomainError(
            ErrorCode.NOT_SHARED,
            gettext("nobody is let in yet; see trailmark connect, then share it"),
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
        if isinstance(own, MeasureDocument):
            return self._measure(own, there)
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

    def _write(self, data: EventData, event: str) -> bytes:
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
            when=When(occurred_at=body.occurred_at, zone=body.zone, day=body.day),
            reason=reason,
            base=base,
        ).id
