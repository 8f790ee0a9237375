"""One line of the timeline that the person's command line and the members' page both show.

Only what is meant for people has a line. A line says nothing about what is not shared: no counts,
no drafts, no "inactive".
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any, Final

import msgspec

from trailmark_shared.domain.attainment import LEVEL_MIN, level_text
from trailmark_shared.events.access import AccessRevoked
from trailmark_shared.events.agreements import GoalAssessedByMember
from trailmark_shared.events.body import UnknownData
from trailmark_shared.events.check_ins import CheckInRecorded
from trailmark_shared.events.comments import CommentAdded
from trailmark_shared.events.coping import CopingUsed
from trailmark_shared.events.data import EventData
from trailmark_shared.events.goals import GoalData
from trailmark_shared.events.joint import AgendaItemClosed, InterventionEnded, ReviewHeld
from trailmark_shared.events.living import HabitPractised, SelfCareDone
from trailmark_shared.events.measures import (
    AttainmentRated,
    OccurrenceRecorded,
    ScaleChanged,
    ScaleSet,
)
from trailmark_shared.events.notes import SetbackNoted, WinNoted
from trailmark_shared.events.planning import SupportReceived
from trailmark_shared.events.proposals import ProposalMade
from trailmark_shared.events.reflections import ReflectionRevised, ReflectionWritten
from trailmark_shared.events.registry import CONTROL_TYPES, EVENT_TYPES, Kind
from trailmark_shared.events.sharing import ExcerptShared
from trailmark_shared.events.steps import StepAdded
from trailmark_shared.events.supporting import EncouragementSent
from trailmark_shared.ids import text_from_id
from trailmark_shared.projections.card_kinds import SupportRequestDocument, said_words
from trailmark_shared.projections.comment import CommentDocument
from trailmark_shared.projections.entries import Entry
from trailmark_shared.projections.excerpt import ExcerptDocument
from trailmark_shared.projections.fields import Facts
from trailmark_shared.projections.history import READERS, Change, late_by_ms
from trailmark_shared.projections.mark import MarkDocument
from trailmark_shared.projections.note import NoteDocument
from trailmark_shared.projections.proposal import ProposalDocument
from trailmark_shared.projections.sentences import (
    proposed_words,
    sentence,
    sentence_without_words,
)
from trailmark_shared.projections.words import SENT_VERBS

HIDDEN_TYPES: Final = (CONTROL_TYPES - {"subject_erased"}) | {
    "goal_moved",
    "goal_kept",
    "excerpt_linked",
    "sharing_wished",
    "sharing_wish_settled",
    "supporter_described",
}
"""Types that have no line."""

_PART_OF_A_COPY: Final = frozenset({"step_reached"})
"""Types that, in a supporter's lane, belong to the line of what was sent."""


class Names(msgspec.Struct, frozen=True, kw_only=True):
    """What a line needs to know besides its event.

    Attributes:
        actors: Actor to the name shown.
        goals: Goal id (text) to its title.
        parents: Subject id (text) to the goal id (text) it belongs to, where the event does not
            say so itself: the ``parent`` of its document.
        withdrawn: Subject ids (text) whose words are no longer shown; see ``is_withdrawn``.
        changes: Event id (text) to its changes, from ``history.goal_history``; without them a line
            says what was set, not from what.
    """

    actors: Mapping[str, str] = msgspec.field(default_factory=dict[str, str])
    goals: Mapping[str, str] = msgspec.field(default_factory=dict[str, str])
    parents: Mapping[str, str] = msgspec.field(default_factory=dict[str, str])
    withdrawn: Collection[str] = frozenset()
    changes: Mapping[str, Sequence[Change]] = msgspec.field(
        default_factory=dict[str, Sequence[Change]]
    )


class TimelineRow(msgspec.Struct, frozen=True, kw_only=True):
    """A line of the timeline.

    Attributes:
        event: Id of the event.
        seq: Place in the lane, or ``None`` while unconfirmed.
        day: The local date meant; lines are grouped by it.
        happened: When it happened, as the person says.
        received_at: When the server had it, milliseconds UTC, or ``None``.
        late_by_ms: Time between recording and arrival, or ``None``.
        actor: Name of who did it, or the actor itself where no name is known.
        type: Type of the event.
        kind: What it is about.
        subject: Id of that.
        goal: Title of the goal it belongs to, its id where no title is known, or ``None``.
        sentence: What happened, without subject.
        text: The words that were written, where the sentence does not say them, or ``None``.
        reason: The reason in the writer's own words, or ``None``.
    """

    event: str
    seq: int | None
    day: str
    happened: str
    received_at: int | None
    late_by_ms: int | None
    actor: str
    type: str
    kind: Kind
    subject: str
    goal: str | None
    sentence: str
    text: str | None
    reason: str | None


def timeline_row(entry: Entry, names: Names) -> TimelineRow | None:
    """Return the line of an event, or ``None`` where it is not meant for people.

    Args:
        entry: The event.
        names: Names of actors and goals, and changes for "from … to".
    """
    body, data = entry.body, entry.body.data
    is_sent = entry.lane.startswith("circle/")
    if isinstance(data, UnknownData) or body.type in HIDDEN_TYPES or _is_going_on(data):
        return None
    if is_sent and body.type in _PART_OF_A_COPY:
        return None
    kind = EVENT_TYPES[body.type].kind
    subject = text_from_id(body.subject)
    is_shown = subject not in names.withdrawn
    if is_shown:
        told = sentence(body, *_values(entry, data, kind, names))
    else:
        told = sentence_without_words(body)
    goal = subject if kind == "goal" else getattr(data, "goal", None) or names.parents.get(subject)
    return TimelineRow(
        event=text_from_id(entry.id),
        seq=entry.seq,
        day=body.day,
        happened=body.occurred_at,
        received_at=entry.received_at,
        late_by_ms=late_by_ms(entry),
        actor=names.actors.get(entry.actor, entry.actor),
        type=body.type,
        kind=kind,
        subject=subject,
        goal=None if goal is None else names.goals.get(goal, goal),
        sentence=(SENT_VERBS.get(body.type) if is_sent else None) or told,
        text=words_of(data) if is_shown else None,
        reason=body.reason.text if body.reason and is_shown else None,
    )


def _is_going_on(data: EventData) -> bool:
    """The grant beside it says that sharing goes on, and how; a line of an end would frighten."""
    return isinstance(data, AccessRevoked) and data.replaced_by is not None


def is_withdrawn(document: Facts) -> bool:
    """Say whether a subject's words are no longer shown: its writer took them back.

    Args:
        document: Of any kind.

    Returns:
        Whether they are gone. A proposal that was answered keeps its words, whatever its writer did
        without knowing: they are part of what the person said.
    """
    match document:
        case ProposalDocument(status=status):
            return status == "withdrawn"
        case (
            CommentDocument(withdrawn_at=at)
            | ExcerptDocument(withdrawn_at=at)
            | NoteDocument(withdrawn_at=at)
            | SupportRequestDocument(withdrawn_at=at)
        ):
            return at is not None
        case MarkDocument():
            return True
        case _:
            return False


def _values(
    entry: Entry, data: EventData, kind: Kind, names: Names
) -> tuple[Mapping[str, Any], Mapping[str, Any]]:
    changes = names.changes.get(text_from_id(entry.id))
    if changes is not None:
        rows = [each for each in changes if each.field is not None]
        return (
            {str(each.field): each.before for each in rows},
            {str(each.field): each.after for each in rows},
        )
    reader = READERS.get(kind)
    return {}, dict(reader(entry, data)) if reader else {}


def words_of(data: EventData) -> str | None:
    """Return the words of an event that its sentence leaves out, or ``None`` where it has none.

    Args:
        data: Data of the event.
    """
    match data:
        case GoalData(title=title):
            return title
        case OccurrenceRecorded(what=what, note=note):
            return what if note is None else f"{what}: {note}"
        case (
            AttainmentRated(note=note)
            | CheckInRecorded(note=note)
            | GoalAssessedByMember(note=note)
            | CopingUsed(note=note)
            | SelfCareDone(note=note)
            | HabitPractised(note=note)
            | SupportReceived(note=note)
            | InterventionEnded(note=note)
            | AgendaItemClosed(note=note)
            | ReviewHeld(text=note)
        ):
            return note
        case ProposalMade() | ScaleSet() | ScaleChanged():
            return _values_words(data)
        case (
            StepAdded(text=text)
            | ReflectionWritten(text=text)
            | ReflectionRevised(text=text)
            | ExcerptShared(text=text)
            | WinNoted(text=text)
            | SetbackNoted(text=text)
            | CommentAdded(text=text)
            | EncouragementSent(text=text)
        ):
            return text
        case _:
            return said_words(data)


def _values_words(data: ProposalMade | ScaleSet | ScaleChanged) -> str:
    if isinstance(data, ProposalMade):
        return proposed_words(data.values)
    levels = enumerate(data.levels, LEVEL_MIN)
    return "; ".join(f"{level_text(level)}: {each}" for level, each in levels)
