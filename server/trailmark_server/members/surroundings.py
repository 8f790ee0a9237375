"""Reads what rows of a timeline are shown with: goals, comments, excerpts and changes.

Every read names the member, so that a store refuses it in the transaction in which a grant ended.
What is read is bounded by the goals of a lane and the subjects of one page, never by the log.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Final

import msgspec

from trailmark_server.members.audience import Audience, NothingHereError
from trailmark_server.members.documents import documents_of_kind
from trailmark_server.members.entries import entries_from_rows
from trailmark_server.members.marks import Mark, marks_by_goal
from trailmark_server.services import Services
from trailmark_server.storage.ports import Wanted, Window
from trailmark_shared import limits
from trailmark_shared.events.journal import EntryPutBack, EntryTakenBack
from trailmark_shared.events.registry import EVENT_TYPES, Kind
from trailmark_shared.ids import Lane, id_from_text, text_from_id
from trailmark_shared.projections.card_kinds import CHOSEN_ONE_BY_ONE
from trailmark_shared.projections.comment import CommentDocument
from trailmark_shared.projections.entries import Entry
from trailmark_shared.projections.excerpt import ExcerptDocument
from trailmark_shared.projections.fold import Document, decode_document
from trailmark_shared.projections.goal import GoalDocument
from trailmark_shared.projections.history import READERS, Change, goal_history
from trailmark_shared.projections.mark import may_be_taken_back
from trailmark_shared.projections.timeline import is_withdrawn
from trailmark_shared.projections.words import VERBS
from trailmark_shared.words import gettext

MARKING: Final = frozenset({"entry_put_back", "entry_taken_back"})
"""The types of events that take others back, or put them back."""

_WITHDRAWABLE: Final[frozenset[Kind]] = frozenset([*CHOSEN_ONE_BY_ONE, "proposal", "comment"])
"""Kinds, besides excerpts, whose words are shown no more once they were taken back as a whole."""

CommentsByEvent = dict[str, list[tuple[str, CommentDocument]]]
"""Event answered -> comments with their ids."""


class Goals(msgspec.Struct, frozen=True, kw_only=True):
    """The goals that a therapist may see.

    Attributes:
        by_lane: Goals of each lane by id.
        marks: Mark of each goal.
    """

    by_lane: Mapping[Lane, Mapping[str, GoalDocument]]
    marks: Mapping[str, Mark]

    @property
    def titles(self) -> dict[str, str]:
        """Title of each goal."""
        return {
            goal: document.title.value or gettext("A goal")
            for documents in self.by_lane.values()
            for goal, document in documents.items()
        }


class GoalNames(msgspec.Struct, frozen=True, kw_only=True):
    """What rows are shown with of the goals that a therapist may see; as ``Goals`` has it."""

    titles: Mapping[str, str]
    marks: Mapping[str, Mark]


class Surroundings(msgspec.Struct, frozen=True, kw_only=True):
    """What the rows of one lane are shown with.

    Attributes:
        space: Id of the space, as text.
        actors: Name of each actor.
        goals: Title of each goal.
        marks: Mark of each goal.
        parents: Goal of each subject whose events do not name it.
        comments: Comments by the event that they answer.
        changes: Changes by event.
        excerpts: Excerpts by subject.
        withdrawn: Subjects whose words are no longer shown.
        taken_back: When each event was taken back that counts no more, milliseconds UTC.
        new_id: Makes an id (text) for each comment form.
        can_comment: The person lets the reader comment in this lane.
    """

    space: str
    actors: Mapping[str, str]
    goals: Mapping[str, str]
    marks: Mapping[str, Mark]
    parents: Mapping[str, str]
    comments: Mapping[str, Sequence[tuple[str, CommentDocument]]]
    changes: Mapping[str, Sequence[Change]]
    excerpts: Mapping[str, ExcerptDocument]
    withdrawn: Collection[str]
    taken_back: Mapping[str, int]
    new_id: Callable[[], str]
    can_comment: bool = True


def goal_of(entry: Entry, parents: Mapping[str, str]) -> str | None:
    """Return the goal that an event belongs to, as text, or ``None``."""
    subject = text_from_id(entry.body.subject)
    known = EVENT_TYPES.get(entry.body.type)
    if known is not None and known.kind == "goal":
        return subject
    named: str | None = getattr(entry.body.data, "goal", None)
    return named or parents.get(subject)


async def read_goals(services: Services, audience: Audience) -> Goals:
    """Return the goals of all lanes that the therapist may read."""
    by_lane: dict[Lane, dict[str, GoalDocument]] = {}
    for lane in audience.lanes:
        by_lane[lane] = dict(
            await documents_of_kind(services, audience, lane, "goal", GoalDocument)
        )
    order = sorted(
        (document.first_seq or 0, lane, goal)
        for lane, documents in by_lane.items()
        for goal, document in documents.items()
    )
    return Goals(by_lane=by_lane, marks=marks_by_goal(goal for _, _, goal in order))


def home_of(goals: Goals, goal: str) -> tuple[Lane, GoalDocument]:
    """Return the lane from which a goal is shown: where it is at home, else where a copy is.

    Raises:
        NothingHereError: No lane of this therapist has it.
    """
    found = [
        (documents[goal].frozen, lane, documents[goal])
        for lane, documents in goals.by_lane.items()
        if goal in documents
    ]
    if not found:
        raise NothingHereError
    _, lane, document = min(found, key=lambda each: (each[0], each[1]))
    return lane, document


async def read_surroundings(
    services: Services,
    audience: Audience,
    goals: Goals | GoalNames,
    lane: Lane,
    entries: Sequence[Entry],
    *,
    are_new: bool = False,
) -> Surroundings:
    """Return what entries of one lane are shown with.

    Args:
        services: The server.
        audience: Who reads.
        goals: The goals that they may see.
        lane: The lane.
        entries: What is shown of it.
        are_new: They have just come, so that nobody can have answered them, or taken them back.
    """
    reader = _Reader(services, audience, lane)
    parents = await reader.parents(entries)
    excerpts = await reader.excerpts(entries)
    return Surroundings(
        space=text_from_id(audience.space),
        actors=audience.names,
        goals=goals.titles,
        marks=goals.marks,
        parents=parents,
        comments={} if are_new else await reader.comments(entries, parents),
        changes=await reader.changes(entries),
        excerpts=excerpts,
        withdrawn=await reader.withdrawn(entries, excerpts),
        taken_back={} if are_new else await reader.taken_back(entries),
        new_id=lambda: new_id(services),
        can_comment=audience.allows("comment", lane),
    )


def new_id(services: Services) -> str:
    """Return a fresh id as text, for a form."""
    return text_from_id(services.randomness.token(limits.ID_BYTES))


async def read_comments(
    services: Services, audience: Audience, lane: Lane, parents: Collection[bytes]
) -> list[tuple[str, CommentDocument]]:
    """Return the comments under goals, or under subjects without goal, oldest first."""
    if not parents:
        return []
    wanted = Wanted(kind="comment", parents=sorted(parents))
    stored = await services.events.documents_among(
        audience.space, lane, wanted, audience.reader(lane)
    )
    found = [_comment(each) for each in stored]
    return sorted(found, key=lambda pair: (pair[1].created_at, pair[0]))


def _comment(stored: Document) -> tuple[str, CommentDocument]:
    return text_from_id(stored.subject), msgspec.json.decode(stored.json, type=CommentDocument)


def _may_be_withdrawn(entry: Entry) -> bool:
    known = EVENT_TYPES.get(entry.body.type)
    return known is not None and known.kind in _WITHDRAWABLE


def _needs_changes(entry: Entry) -> bool:
    """Say whether the sentence of an event tells from what to what."""
    return entry.body.type not in VERBS and _has_fields(entry)


def _has_fields(entry: Entry) -> bool:
    kind = entry.body.type.partition("_")[0]
    return kind in READERS or entry.body.type == "check_in_corrected"


class _Reader:
    """Reads from one lane as one member."""

    def __init__(self, services: Services, audience: Audience, lane: Lane) -> None:
        self._services = services
        self._audience = audience
        self._lane = lane

    async def _documents(self, subjects: Collection[bytes]) -> list[Document]:
        """Return the documents of these subjects, as far as there are any."""
        if not subjects:
            return []
        return await self._services.events.documents_among(
            self._audience.space,
            self._lane,
            Wanted(subjects=sorted(subjects)),
            self._audience.reader(self._lane),
        )

    async def parents(self, entries: Sequence[Entry]) -> dict[str, str]:
        """Return the goal of each subject whose event does not name it."""
        orphans = {each.body.subject for each in entries if goal_of(each, {}) is None}
        return {
            text_from_id(stored.subject): text_from_id(stored.parent)
            for stored in await self._documents(orphans)
            if stored.parent is not None
        }

    async def comments(
        self, entries: Sequence[Entry], parents: Mapping[str, str]
    ) -> CommentsByEvent:
        """Return the comments on each event, and on its subject where none was named."""
        first_event: dict[str, str] = {}
        for each in entries:
            first_event.setdefault(text_from_id(each.body.subject), text_from_id(each.id))
        homes = {goal_of(each, parents) or text_from_id(each.body.subject) for each in entries}
        found: CommentsByEvent = {}
        for subject, document in await read_comments(
            self._services, self._audience, self._lane, [id_from_text(home) for home in homes]
        ):
            event = document.answers or first_event.get(document.about or "")
            if event is not None:
                found.setdefault(event, []).append((subject, document))
        return found

    async def excerpts(self, entries: Sequence[Entry]) -> dict[str, ExcerptDocument]:
        """Return the excerpts that are on the page, as they stand now."""
        subjects = {each.body.subject for each in entries if each.body.type.startswith("excerpt_")}
        return {
            text_from_id(stored.subject): msgspec.json.decode(stored.json, type=ExcerptDocument)
            for stored in await self._documents(subjects)
            if stored.kind == "excerpt"
        }

    async def withdrawn(
        self, entries: Sequence[Entry], excerpts: Mapping[str, ExcerptDocument]
    ) -> frozenset[str]:
        """Return what of it has words that are no longer shown."""
        gone = {subject for subject, each in excerpts.items() if is_withdrawn(each)}
        subjects = {each.body.subject for each in entries if _may_be_withdrawn(each)}
        for stored in await self._documents(subjects):
            if is_withdrawn(decode_document(stored)):
                gone.add(text_from_id(stored.subject))
        return frozenset(gone)

    async def taken_back(self, entries: Sequence[Entry]) -> dict[str, int]:
        """Return when events were taken back that count no more, as ``mark.taken_back`` has it."""
        writers = {text_from_id(each.id): each.actor for each in entries if may_be_taken_back(each)}
        gone: dict[str, int] = {}
        first = min((each.seq or 0 for each in entries), default=0)
        window = Window(limit=limits.PAGE_EVENTS_MAX, after=first, types=MARKING)
        while rows := await self._services.events.timeline(
            self._audience.space, self._lane, window, self._audience.reader(self._lane)
        ):
            for entry in entries_from_rows(rows):
                data = entry.body.data
                if not isinstance(data, EntryTakenBack | EntryPutBack):
                    continue  # of a version that is not known here
                own = [each for each in data.events if writers.get(each) == entry.actor]
                for event in own:
                    gone.pop(event, None)
                    if isinstance(data, EntryTakenBack):
                        gone[event] = entry.effective_at
            window = msgspec.structs.replace(window, after=max(row.seq for row in rows))
        return gone

    async def changes(self, entries: Sequence[Entry]) -> dict[str, list[Change]]:
        """Return from what to what, for events that set fields."""
        subjects = {each.body.subject for each in entries if _needs_changes(each)}
        found: dict[str, list[Change]] = {}
        for subject in sorted(subjects):
            rows = await self._services.events.subject_rows(
                self._audience.space, self._lane, subject, reader=self._audience.reader(self._lane)
            )
            for change in goal_history(entries_from_rows(rows)):
                found.setdefault(change.event, []).append(change)
        return found
