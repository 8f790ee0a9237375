"""The audit of one goal, for a therapist: fourteen questions, answered from the lane they may read.

Who (1), which field (2), from what to what (3), when and on which device (4), why (5), agreed by
whom (6), in view of what (7), seen by whom (8) by which consent (9), how it stood at an instant
(10), whether all of it is there (11), what was erased (12), whose clock was off (13), how the
target moved (14). The same log gives the same answer. A therapist is told of their own looks only;
the person is told of everybody's.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby
from typing import Any, Final

import msgspec

from trailmark_adapters.nacl import NaclCipher
from trailmark_server.access import Verb
from trailmark_server.members.audience import Audience
from trailmark_server.members.entries import entries_from_rows, entry_from_row
from trailmark_server.members.lane_export import header_of
from trailmark_server.services import Services
from trailmark_server.storage.accounts import AccessEntry
from trailmark_server.storage.ports import Window
from trailmark_shared import limits
from trailmark_shared.events.control import SubjectErased
from trailmark_shared.events.envelope import Row
from trailmark_shared.events.registry import WHOLE_GOAL, Kind
from trailmark_shared.exports.check import Checked, LaneCheck
from trailmark_shared.exports.format import line_from_header, line_from_row
from trailmark_shared.ids import Lane, text_from_id
from trailmark_shared.phrases import ToldHead
from trailmark_shared.projections.audit import (
    ClockDoubt,
    Difference,
    Numbering,
    Said,
    TargetStory,
    clock_doubts,
    differences,
    not_seen,
    numberings,
    said_of,
    target_story,
)
from trailmark_shared.projections.entries import Entry
from trailmark_shared.projections.fold import Document
from trailmark_shared.projections.goal import GoalDocument, fold_goal
from trailmark_shared.projections.history import Change, as_of, goal_history, happened_by
from trailmark_shared.projections.readers import Reading, could_see, readings

_HANGING: Final[frozenset[Kind]] = frozenset({"step", "proposal", "barrier", "coping"})
"""Kinds that hang under a goal and are told with it; check-ins stand in its chart."""

_ERASING: Final = frozenset({"subject_erased"})
"""The types of events that erased something."""

OWN_LOOKS_MAX: Final = 500
"""The latest looks that are asked for."""


class AuditedEvent(msgspec.Struct, frozen=True, kw_only=True):
    """One event of a goal, or of what hangs under it, with all that is asked about it.

    Attributes:
        changes: Its changes, at least one.
        kind: What it is about.
        not_seen: Earlier events about the same fields that its writer had not seen.
        said: Who agreed, or not, to the goal as this left it.
        could_see: Who could see it when it reached the server.
        seen_at: When the reader is first known to have opened a page after that, or ``None``.
        proposed_by: Who proposed what it carries out, an actor; or ``None``.
    """

    changes: Sequence[Change]
    kind: Kind
    not_seen: Sequence[str] = ()
    said: Sequence[Said] = ()
    could_see: Sequence[Reading] = ()
    seen_at: int | None = None
    proposed_by: str | None = None

    @property
    def first(self) -> Change:
        """What every one of its changes says."""
        return self.changes[0]


class Erasure(msgspec.Struct, frozen=True, kw_only=True):
    """Something in the lane was erased: that, when and by whom, never what."""

    events: int
    at: int
    by: str


class GoalAudit(msgspec.Struct, frozen=True, kw_only=True):
    """All that a lane tells of one goal.

    Attributes:
        entries: What happened to the goal itself, in lane order.
        events: What happened to it and to what hangs under it, the earliest first.
        readings: Who was let into the lane, in which words.
        numberings: How complete each device's entries in the lane are.
        erasures: What was erased in the lane.
        clocks: Devices whose clocks were more than five minutes off.
        story: How its target moved.
    """

    entries: Sequence[Entry]
    events: Sequence[AuditedEvent]
    readings: Sequence[Reading]
    numberings: Sequence[Numbering]
    erasures: Sequence[Erasure]
    clocks: Sequence[ClockDoubt]
    story: TargetStory


async def read_audit(services: Services, audience: Audience, lane: Lane, goal: bytes) -> GoalAudit:
    """Return all that a lane tells of one goal.

    Raises:
        RefusedError: The grant ended meanwhile.
    """
    reader = _Reader(services, audience, lane)
    subjects = await reader.subjects(goal)
    among = await reader.readings()
    entries = subjects[0][1]
    every = [entry for _, own in subjects for entry in own]
    looks = await services.accounts.read(
        lambda rows: rows.access_entries(audience.space, OWN_LOOKS_MAX)
    )
    mine = [each for each in looks if each.member == audience.member]
    return GoalAudit(
        entries=entries,
        events=_events(subjects, every, among, mine),
        readings=among,
        numberings=await reader.numberings(),
        erasures=await reader.erasures(),
        clocks=clock_doubts(every),
        story=target_story({lane: entries}),
    )


class _Reader:
    """Reads from one lane as one member."""

    def __init__(self, services: Services, audience: Audience, lane: Lane) -> None:
        self._services = services
        self._space = audience.space
        self._lane = lane
        self._reader = audience.right(Verb.AUDIT, lane).reader

    async def _entries(self, subject: bytes) -> list[Entry]:
        rows = await self._services.events.subject_rows(
            self._space, self._lane, subject, self._reader
        )
        return entries_from_rows(rows)

    async def _documents(self, kind: str, parent: bytes | None = None) -> list[Document]:
        return await self._services.events.documents(
            self._space, self._lane, kind, parent=parent, reader=self._reader
        )

    async def subjects(self, goal: bytes) -> list[tuple[Kind, list[Entry]]]:
        """Return the entries of the goal, then of each thing that hangs under it."""
        found: list[tuple[Kind, list[Entry]]] = [("goal", await self._entries(goal))]
        for kind in sorted(_HANGING):
            for each in await self._documents(kind, goal):
                found.append((kind, await self._entries(each.subject)))  # noqa: PERF401  (typed)
        return found

    async def readings(self) -> tuple[Reading, ...]:
        """Return who was let into the lane when."""
        held = await self._documents("grant")
        return readings([await self._entries(each.subject) for each in held])

    async def numberings(self) -> tuple[Numbering, ...]:
        """Return how complete each device's entries in the lane are."""
        return numberings(await self._services.events.placed(self._space, self._lane, self._reader))

    async def erasures(self) -> list[Erasure]:
        """Return what was erased in the lane."""
        erased: list[Erasure] = []
        window = Window(limit=limits.PAGE_EVENTS_MAX, after=0, types=_ERASING)
        while rows := await self._services.events.timeline(
            self._space, self._lane, window, self._reader
        ):
            erased += [each for row in rows for each in _erasure(row)]
            window = msgspec.structs.replace(window, after=max(row.seq for row in rows))
        return sorted(erased, key=lambda each: each.at)


def _erasure(row: Row) -> list[Erasure]:
    entry = entry_from_row(row)
    if entry is None or not isinstance(entry.body.data, SubjectErased):
        return []
    events = len(entry.body.data.events)
    return [Erasure(events=events, at=entry.effective_at, by=entry.actor)]


def _events(
    subjects: Iterable[tuple[Kind, Sequence[Entry]]],
    every: Sequence[Entry],
    among: Sequence[Reading],
    mine: Sequence[AccessEntry],
) -> list[AuditedEvent]:
    ordered = sorted(every, key=lambda each: each.seq or 0)
    unseen, said = not_seen(ordered), said_of(ordered)
    by_id = {text_from_id(each.id): each for each in every}
    found: list[AuditedEvent] = []
    for kind, entries in subjects:
        for event, changes in groupby(goal_history(entries), key=lambda each: each.event):
            entry = by_id[event]
            found.append(
                AuditedEvent(
                    changes=list(changes),
                    kind=kind,
                    not_seen=unseen.get(event, ()),
                    said=said.get(event, ()),
                    could_see=_could_see(among, entry),
                    seen_at=_seen_at(mine, entry),
                    proposed_by=_proposed_by(by_id, entry),
                )
            )
    return sorted(found, key=lambda each: (each.first.effective_at, each.first.seq or 0))


def _could_see(among: Sequence[Reading], entry: Entry) -> tuple[Reading, ...]:
    return () if entry.received_at is None else could_see(among, entry.lane, entry.received_at)


def _seen_at(mine: Iterable[AccessEntry], entry: Entry) -> int | None:
    later = [each.first_at for each in mine if each.first_at >= (entry.received_at or 0)]
    return min(later, default=None)


def _proposed_by(by_id: Mapping[str, Entry], entry: Entry) -> str | None:
    cause = None if entry.body.cause is None else by_id.get(text_from_id(entry.body.cause))
    if cause is None or cause.body.type != "proposal_made" or entry.actor != "person":
        return None
    return cause.actor


class AtInstant(msgspec.Struct, frozen=True, kw_only=True):
    """A goal at one instant.

    Attributes:
        then: As the server had it then: what a therapist could see; ``None`` for nothing.
        now: What is known today of how it stood then; ``None`` for nothing.
        learned: What came later: from the former to the latter.
    """

    then: GoalDocument | None
    now: GoalDocument | None
    learned: Sequence[Difference]


def at_instant(entries: Sequence[Entry], at: int) -> AtInstant:
    """Return a goal at an instant, milliseconds UTC: as known then, and as known now."""
    then, now = _folded(as_of(entries, at)), _folded(happened_by(entries, at))
    return AtInstant(then=then, now=now, learned=differences(values_of(then), values_of(now)))


def between(entries: Sequence[Entry], since: int, upto: int) -> tuple[Difference, ...]:
    """Return what stood otherwise at ``upto`` than at ``since``, by what the server had then."""
    before, after = _folded(as_of(entries, since)), _folded(as_of(entries, upto))
    return differences(values_of(before), values_of(after))


def _folded(entries: Sequence[Entry]) -> GoalDocument | None:
    return fold_goal(entries) if entries else None


def values_of(document: GoalDocument | None) -> dict[str, Any]:
    """Return the fields of a goal that have a value, by name."""
    if document is None:
        return {}
    values = {name: getattr(document, name).value for name in WHOLE_GOAL}
    return {name: value for name, value in values.items() if value is not None}


async def check_lane(
    services: Services, audience: Audience, lane: Lane, told: ToldHead | None
) -> Checked:
    """Recompute every hash, chain and signature of a lane, as ``trailmark verify`` does of a file.

    Args:
        services: The server.
        audience: Who asks.
        lane: Which lane.
        told: Words of the person's device to compare, or ``None``.

    Returns:
        What it came to.

    Raises:
        RefusedError: The grant ended meanwhile.
    """
    reader = audience.right(Verb.AUDIT, lane).reader
    proof = await services.events.lane_proof(audience.space, lane, reader)
    header = header_of(proof, audience.space, lane, audience.member, services.now())
    checking = LaneCheck(NaclCipher(), told)
    checking.begin(line_from_header(header))
    after = 0
    while after < header.entries:
        rows = await services.events.lane_rows(audience.space, lane, after, reader)
        if not rows:
            break
        for row in rows:
            if row.seq <= header.entries:
                checking.take(line_from_row(row))
        after = rows[-1].seq
    return checking.end()
