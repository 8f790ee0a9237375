"""What an audit asks about instants: how a goal stood, as known then and as known now."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import msgspec

from trailmark_client.queries.history import EntryState, Moment, state_of, until_moment
from trailmark_client.queries.readable import plain_value
from trailmark_shared.events.goals import GoalShared
from trailmark_shared.ids import SELF
from trailmark_shared.projections.audit import (
    Against,
    TargetStory,
    differences,
    target_story,
)
from trailmark_shared.projections.entries import Entry
from trailmark_shared.projections.goal import fold_goal
from trailmark_shared.projections.readers import Reading, could_see

Lanes = Mapping[str, Sequence[Entry]]
"""The entries of one goal in each lane, in lane order."""


class FieldDifference(
    msgspec.Struct, frozen=True, kw_only=True, rename={"before": "from", "after": "to"}
):
    """A field that stands otherwise.

    Attributes:
        field: The field.
        before: Its value at first, or null; ``from`` in JSON.
        after: Its value afterwards, or null; ``to`` in JSON.
    """

    field: str
    before: Any
    after: Any


class SeenState(msgspec.Struct, frozen=True, kw_only=True):
    """A goal as those let into one lane could see it.

    Attributes:
        lane: The lane.
        seen_by: Who was let in then.
        state: The goal as the lane showed it.
    """

    lane: str
    seen_by: list[str]
    state: EntryState


class AtInstant(msgspec.Struct, frozen=True, kw_only=True):
    """A goal at one instant, as it was known then and as it is known now.

    Attributes:
        at: The instant, milliseconds UTC.
        as_known_then: From what the server had by then, or null where nothing was there.
        as_seen_then: What others could see of that, by lane.
        as_known_now: From all that had been recorded by then, whenever it came; or null.
        learned_since: What came later: from the former to the latter.
    """

    at: int
    as_known_then: EntryState | None
    as_seen_then: list[SeenState]
    as_known_now: EntryState | None
    learned_since: list[FieldDifference]


class Between(msgspec.Struct, frozen=True, kw_only=True):
    """What stands otherwise at a second instant than at a first one.

    Attributes:
        since: The first instant, milliseconds UTC.
        upto: The second one.
        as_known_then: By what the server had at each of them.
        as_known_now: By what had been recorded by each of them, whenever it came.
    """

    since: int
    upto: int
    as_known_then: list[FieldDifference]
    as_known_now: list[FieldDifference]


class CompletionLine(msgspec.Struct, frozen=True, kw_only=True):
    """A goal was called reached, or finished.

    Attributes:
        event: Id of the event.
        achievement: What it was called, a code.
        target: The target that stood there then, or null.
        against: ``original``, ``adjusted``, or null where there was no target.
    """

    event: str
    achievement: str
    target: str | None
    against: Against | None


class TargetLine(msgspec.Struct, frozen=True, kw_only=True):
    """How the target of a goal moved.

    Attributes:
        original: The first target, or null.
        moves: Ids of the events that moved it, in order.
        moved: How often it moved.
        completions: Every time that the goal was called reached.
    """

    original: str | None
    moves: list[str]
    moved: int
    completions: list[CompletionLine]


def at_instant(lanes: Lanes, readings: Iterable[Reading], at: int) -> AtInstant:
    """Return a goal at an instant, milliseconds UTC."""
    known = list(readings)
    then, now = _state(lanes, Moment(received_by=at)), _state(lanes, Moment(happened_by=at))
    seen = {lane: _state({lane: lanes[lane]}, Moment(received_by=at)) for lane in lanes}
    return AtInstant(
        at=at,
        as_known_then=then,
        as_seen_then=[
            SeenState(
                lane=lane,
                seen_by=[each.name for each in could_see(known, lane, at)],
                state=state,
            )
            for lane, state in seen.items()
            if lane != SELF and state is not None
        ],
        as_known_now=now,
        learned_since=_differences(then, now),
    )


def between(lanes: Lanes, since: int, upto: int) -> Between:
    """Return what stands otherwise at ``upto`` than at ``since``, milliseconds UTC."""
    return Between(
        since=since,
        upto=upto,
        as_known_then=_differences(
            _state(lanes, Moment(received_by=since)), _state(lanes, Moment(received_by=upto))
        ),
        as_known_now=_differences(
            _state(lanes, Moment(happened_by=since)), _state(lanes, Moment(happened_by=upto))
        ),
    )


def _state(lanes: Lanes, until: Moment) -> EntryState | None:
    kept = {lane: until_moment(entries, until) for lane, entries in lanes.items()}
    return state_of({lane: fold_goal(entries) for lane, entries in kept.items() if entries})


def _differences(before: EntryState | None, after: EntryState | None) -> list[FieldDifference]:
    found = differences(before.fields if before else {}, after.fields if after else {})
    return [
        FieldDifference(field=each.field, before=each.before, after=each.after) for each in found
    ]


def target_line(lanes: Lanes) -> TargetLine:
    """Return how the target of a goal moved, over the lanes where it was at home."""
    homes = {lane: entries for lane, entries in lanes.items() if _was_at_home(lane, entries)}
    return _target_line(target_story(homes))


def _was_at_home(lane: str, entries: Sequence[Entry]) -> bool:
    shared = (each.body.data for each in entries)
    return lane == SELF or any(isinstance(e, GoalShared) and not e.is_copy for e in shared)


def _target_line(story: TargetStory) -> TargetLine:
    return TargetLine(
        original=plain_value("target", story.original),
        moves=list(story.moves),
        moved=len(story.moves),
        completions=[
            CompletionLine(
                event=each.event,
                achievement=each.achievement,
                target=plain_value("target", each.target),
                against=each.against,
            )
            for each in story.completions
        ],
    )
