"""A shared lane as those who read it see it now: "see as"."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Literal, NamedTuple, cast

import msgspec

from trailmark_adapters.clock import local_time
from trailmark_adapters.sqlite import Connection
from trailmark_client.queries.documents import Held, documents_of_lane
from trailmark_client.queries.lanes import member_names
from trailmark_client.queries.lines import (
    CheckInLine,
    NoteLine,
    StepLine,
    check_in_line,
    note_line,
    step_line,
)
from trailmark_client.queries.readable import (
    PERSON,
    YOU,
    actor_name,
    plain_value,
)
from trailmark_shared.dates import day_text
from trailmark_shared.domain.attainment import LEVEL_MIN, level_text
from trailmark_shared.domain.dates import place_in_time
from trailmark_shared.domain.statuses import LIFECYCLE_WORDS
from trailmark_shared.domain.targets import number_from_tenths
from trailmark_shared.ids import Lane, text_from_id
from trailmark_shared.projections.card import CardDocument
from trailmark_shared.projections.card_kinds import said_texts
from trailmark_shared.projections.check_in import CheckInDocument
from trailmark_shared.projections.comment import CommentDocument
from trailmark_shared.projections.excerpt import ExcerptDocument
from trailmark_shared.projections.fields import Facts
from trailmark_shared.projections.goal import GoalDocument
from trailmark_shared.projections.measures import (
    MeasureDocument,
    OccurrenceDocument,
    ScaleDocument,
)
from trailmark_shared.projections.note import NoteDocument
from trailmark_shared.projections.step import StepDocument
from trailmark_shared.views.goal import SharedGoal, shared_goal
from trailmark_shared.words import capital, gettext

Standing = Literal["here", "copy", "taken back"]


class SeenGoal(msgspec.Struct, frozen=True, kw_only=True):
    """A goal as a lane shows it.

    Attributes:
        id: Id of the goal.
        title: The goal in the person's own words.
        why: Why it matters, or null.
        target: Its target as a sentence, or null.
        due: The day hoped for, or null.
        status_words: Where it stands, as people read it.
        standing: ``here``: it changes there; ``copy``: frozen as it was when it was shared;
            ``taken back``: frozen as it was until then.
        steps: Its steps, in order.
        check_ins: Its check-ins, the earliest first.
        shown: The goal word for word as their page shows it.
    """

    id: str
    title: str
    why: str | None
    target: str | None
    due: str | None
    status_words: str
    standing: Standing
    steps: list[StepLine]
    check_ins: list[CheckInLine]
    shown: SharedGoal


class SeenExcerpt(msgspec.Struct, frozen=True, kw_only=True):
    """A part of a reflection as a lane shows it.

    Attributes:
        id: Id of the excerpt.
        day: The local date on which it was shared.
        text: The chosen characters.
    """

    id: str
    day: str
    text: str


class SeenEntry(msgspec.Struct, frozen=True, kw_only=True):
    """Anything else as a lane shows it: what helps, an answered questionnaire, levels of a goal.

    Attributes:
        id: Its id.
        kind: What it is.
        day: The local date it belongs to.
        by: Who began it.
        words: All that it says, line by line.
    """

    id: str
    kind: str
    day: str
    by: str
    words: list[str]


class SeenLane(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that whoever reads a lane can see now.

    Attributes:
        lane: The lane.
        goals: Goals, those that live there in front.
        excerpts: Parts of reflections.
        notes: Wins, setbacks and comments, the earliest first.
        entries: Everything else, the earliest first.
    """

    lane: str
    goals: list[SeenGoal]
    excerpts: list[SeenExcerpt]
    notes: list[NoteLine]
    entries: list[SeenEntry]


def see_lane(conn: Connection, lane: Lane, zone: str) -> SeenLane:
    """Return everything that whoever reads a lane can see now.

    Args:
        conn: The store.
        lane: The lane.
        zone: The person's time zone, an IANA name.
    """
    held = documents_of_lane(conn, lane)
    names = member_names(conn) | {PERSON: gettext(YOU)}
    by_goal: dict[bytes, list[Held[Facts]]] = {}
    for each in held:
        if each.parent is not None:
            by_goal.setdefault(each.parent, []).append(each)
    goals = [
        _goal(each.subject, each.document, by_goal.get(each.subject, ()), _Telling(names, zone))
        for each in held
        if isinstance(each.document, GoalDocument)
    ]
    return SeenLane(
        lane=lane,
        goals=sorted(goals, key=lambda each: (each.standing != "here", each.title, each.id)),
        excerpts=[
            SeenExcerpt(
                id=text_from_id(each.subject), day=each.document.day, text=each.document.text
            )
            for each in held
            if isinstance(each.document, ExcerptDocument) and each.document.text is not None
        ],
        notes=_notes(held, names),
        entries=_entries(held, _Telling(names, zone)),
    )


class _Telling(NamedTuple):
    names: Mapping[str, str]
    zone: str

    def local_day(self, at_ms: int) -> str:
        return local_time(at_ms, self.zone).date().isoformat()

    def moment(self, at_ms: int) -> str:
        """Return the day of a moment as their page shows it."""
        return day_text(self.local_day(at_ms))


def _goal(
    goal: bytes, document: GoalDocument, under: Sequence[Held[Facts]], telling: _Telling
) -> SeenGoal:
    steps = [
        (each, each.document)
        for each in under
        if isinstance(each.document, StepDocument) and each.document.withdrawn_at is None
    ]
    steps.sort(key=lambda pair: (pair[1].order or "", pair[1].created_at, pair[0].subject))
    check_ins = [
        check_in_line(each.lane, each.subject, each.document)
        for each in under
        if isinstance(each.document, CheckInDocument)
    ]
    return SeenGoal(
        id=text_from_id(goal),
        title=document.title.value or "",
        why=document.why.value,
        target=plain_value("target", document.target.value),
        due=document.due.value,
        status_words=LIFECYCLE_WORDS[document.lifecycle.value or "planned"],
        standing=_standing(document),
        steps=[step_line(each.lane, each.subject, step) for each, step in steps],
        check_ins=sorted(
            check_ins, key=lambda each: (place_in_time(each.day, each.happened), each.id)
        ),
        shown=shared_goal(
            document,
            [(text_from_id(each.subject), step) for each, step in steps],
            capital(gettext(YOU)),
            telling.names,
            telling.moment,
        ),
    )


def _standing(document: GoalDocument) -> Standing:
    open_shares = [each for each in document.shares if each.withdrawn_at is None]
    if not open_shares:
        return "taken back"
    return "copy" if all(each.is_copy for each in open_shares) else "here"


def _notes(held: Sequence[Held[Facts]], names: Mapping[str, str]) -> list[NoteLine]:
    lines = [
        note_line(each.lane, each.kind, each.subject, each.document, names)
        for each in sorted(held, key=_when_written)
        if isinstance(each.document, NoteDocument | CommentDocument)
        if each.document.text is not None
    ]
    return sorted(lines, key=lambda each: each.day)


def _entries(held: Sequence[Held[Facts]], telling: _Telling) -> list[SeenEntry]:
    found = [(each, list(_words(each.document))) for each in sorted(held, key=_when_written)]
    lines = [
        SeenEntry(
            id=text_from_id(each.subject),
            kind=each.kind,
            day=_day(each.document, telling),
            by=actor_name(each.document.created_by, telling.names),
            words=words,
        )
        for each, words in found
        if words
    ]
    return sorted(lines, key=lambda each: each.day)


def _when_written(held: Held[Facts]) -> int:
    return held.document.created_at


def _day(document: Facts, telling: _Telling) -> str:
    match document:
        case OccurrenceDocument(day=day):
            return day.value or ""
        case MeasureDocument(day=day):
            return day or ""
        case CardDocument(day=day):
            return day
        case _:
            return telling.local_day(document.created_at)


def _words(document: Facts) -> Iterator[str]:
    match document:
        case CardDocument():
            yield from _card_words(cast("CardDocument[Any]", document))
        case MeasureDocument(title=title, answers=answers) if answers.value is not None:
            numbers = " ".join("-" if each is None else str(each) for each in answers.value)
            yield f"{title}: {numbers}"
        case OccurrenceDocument(what=what) if what is not None:
            yield what
            if document.intensity_tenths.value is not None:
                number = number_from_tenths(document.intensity_tenths.value)
                yield gettext("{number} of 10").format(number=number)
            if document.note.value is not None:
                yield document.note.value
        case ScaleDocument():
            levels = enumerate(document.levels.value or (), LEVEL_MIN)
            yield from (f"{level_text(level)}: {words}" for level, words in levels)
            for each in document.ratings:
                note = f" {each.note}" if each.note else ""
                yield f"{day_text(each.day)}: {level_text(each.level)}{note}"
        case _:
            return


def _card_words(document: CardDocument[Any]) -> Iterator[str]:
    if document.said.value is not None:
        yield from said_texts(document.said.value)
    yield from (each.note for each in document.uses if each.note is not None)
