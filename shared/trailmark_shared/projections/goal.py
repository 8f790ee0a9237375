"""Goals: the fold of everything that happened to one goal in one lane."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

import msgspec

from trailmark_shared.domain.conflicts import current_values, reach
from trailmark_shared.domain.statuses import Achievement, Lifecycle, may_move
from trailmark_shared.domain.targets import Target
from trailmark_shared.events import goals
from trailmark_shared.events.data import EventData, Priority
from trailmark_shared.events.registry import EVENT_TYPES
from trailmark_shared.ids import SELF, id_from_text, text_from_id
from trailmark_shared.projections.entries import Entry
from trailmark_shared.projections.fields import (
    Facts,
    Field,
    FieldValue,
    Values,
    facts_of,
    fields_of,
    set_values,
    setters_by_field,
)
from trailmark_shared.projections.mark import counting
from trailmark_shared.projections.parties import (
    Agreement,
    Assessment,
    agreements_of,
    assessments_of,
)
from trailmark_shared.projections.withdrawing import withdrawals


class Review(msgspec.Struct, frozen=True, kw_only=True):
    """A status move that the rules do not know; both sides stay visible until somebody picks.

    Attributes:
        event: The event that made the move.
        before: The status that it had seen.
        after: The status that it set.
    """

    event: str
    before: FieldValue[Lifecycle]
    after: FieldValue[Lifecycle]


class Share(msgspec.Struct, frozen=True, kw_only=True):
    """The goal was shared into this lane.

    Attributes:
        event: The ``goal_shared``.
        shared_at: When, milliseconds UTC.
        is_copy: A frozen copy; the goal is at home elsewhere.
        withdrawn_at: When it was taken back, or ``None``.
    """

    event: str
    shared_at: int
    is_copy: bool
    withdrawn_at: int | None = None


class Move(msgspec.Struct, frozen=True, kw_only=True):
    """The goal left the person's own lane.

    Attributes:
        event: The ``goal_moved``.
        lane: Where it went.
        shared: The ``goal_shared`` there.
        left_behind: Current setters here that neither reach the move through ``base`` nor are
            reached by it: written by a device that did not know of the move.
    """

    event: str
    lane: str
    shared: str
    left_behind: tuple[str, ...] = ()


class GoalDocument(Facts, frozen=True, kw_only=True):
    """A goal as one lane knows it.

    Attributes:
        title: The goal in the person's own words.
        why: Why it matters.
        area: The part of life it belongs to.
        limits: What limits it: time, money, circumstances.
        target: What it is measured against.
        baseline_tenths: Where the person stood at the start.
        due: The day hoped for.
        priority: How much it matters now.
        rank: The person's own order.
        lifecycle: Whether it is being worked on.
        achievement: How it goes.
        replaced_by: The goal that took its place.
        home: The lane where it is at home as far as this lane knows.
        resting_until: The day to look at a resting goal again.
        needs_review: Status moves that the rules do not know.
        shares: Every ``goal_shared`` of this lane.
        moves: Every ``goal_moved`` of this lane.
        frozen: Nothing is to be written here: withdrawn, only copied here, or moved away.
        agreements: What each side says to the goal as it stood for them; one side has several
            where two devices said it apart.
        assessments: How members see it go, beside the person's own word in ``achievement``.
    """

    title: Field[str] = Field()
    why: Field[str | None] = Field()
    area: Field[str | None] = Field()
    limits: Field[str | None] = Field()
    target: Field[Target | None] = Field()
    baseline_tenths: Field[int | None] = Field()
    due: Field[str | None] = Field()
    priority: Field[Priority | None] = Field()
    rank: Field[int | None] = Field()
    lifecycle: Field[Lifecycle] = Field()
    achievement: Field[Achievement | None] = Field()
    replaced_by: Field[str] = Field()
    home: Field[str] = Field()
    resting_until: str | None = None
    needs_review: tuple[Review, ...] = ()
    shares: tuple[Share, ...] = ()
    moves: tuple[Move, ...] = ()
    frozen: bool = False
    agreements: tuple[Agreement, ...] = ()
    assessments: tuple[Assessment, ...] = ()


_LIFECYCLE_BY_DATA: Final[Mapping[type[EventData], Lifecycle]] = {
    goals.GoalAccepted: "accepted",
    goals.GoalActivated: "active",
    goals.GoalPutOnHold: "on-hold",
    goals.GoalResumed: "active",
    goals.GoalCompleted: "completed",
    goals.GoalReopened: "active",
    goals.GoalCancelled: "cancelled",
    goals.GoalReplaced: "cancelled",
    goals.GoalEnteredInError: "entered-in-error",
}


def goal_values(entry: Entry, data: EventData) -> Values:
    """Return the fields that one event sets."""
    fixed: dict[str, object] = {}
    lifecycle = _LIFECYCLE_BY_DATA.get(type(data))
    if lifecycle is not None:
        fixed["lifecycle"] = lifecycle
    match data:
        case goals.GoalShared(is_copy=True):
            fixed["home"] = msgspec.UNSET
        case goals.GoalMoved(lane=lane):
            fixed["home"] = lane
        case goals.GoalWithdrawn():
            fixed["home"] = SELF
        case goals.GoalReopened():
            fixed["achievement"] = "in-progress"
        case goals.GoalReplaced(successor=successor):
            fixed["replaced_by"] = successor
        case _:
            fixed["home"] = entry.lane
    return set_values(entry, data, fixed)


_COUNTED: Final = frozenset({"goal", "mark", "wish", "control"})
"""Kinds of what makes a goal: its own, and those that stand beside every subject."""


def fold_goal(entries: Sequence[Entry]) -> GoalDocument:
    """Return the goal that ``entries`` tell of.

    Args:
        entries: All entries of one goal in one lane, in lane order, at least one. What was taken
            back of them does not count, and what is of another kind is passed over, whoever wrote
            it under the goal's id.
    """
    entries = counting(entries)
    facts = facts_of(entries)
    entries = [each for each in entries if _counts(each)]
    fields = fields_of(entries, goal_values)
    shares = _shares(entries)
    return GoalDocument(
        **facts,
        **fields,
        resting_until=_resting_until(entries, fields.get("lifecycle")),
        needs_review=_needs_review(entries, fields.get("lifecycle")),
        shares=shares,
        moves=_moves(entries, fields),
        frozen=_is_frozen(entries, shares),
        agreements=agreements_of(entries, goal_values),
        assessments=assessments_of(entries),
    )


def _counts(entry: Entry) -> bool:
    known = EVENT_TYPES.get(entry.body.type)
    return known is not None and known.kind in _COUNTED


def is_shown(document: GoalDocument) -> bool:
    """Say whether a shared lane shows a goal now: where it is at home, or as a copy."""
    return any(each.withdrawn_at is None for each in document.shares)


def _resting_until(entries: Sequence[Entry], lifecycle: Field[Lifecycle] | None) -> str | None:
    shown = lifecycle.values[0].event if lifecycle else None
    for entry in entries:
        if isinstance(entry.body.data, goals.GoalPutOnHold) and text_from_id(entry.id) == shown:
            return entry.body.data.until
    return None


def _needs_review(
    entries: Sequence[Entry], lifecycle: Field[Lifecycle] | None
) -> tuple[Review, ...]:
    by_id = {each.id: each for each in entries}
    setters = setters_by_field(entries, goal_values).get("lifecycle", [])
    reviews: list[Review] = []
    for after in lifecycle.values if lifecycle else ():
        named = by_id[id_from_text(after.event)].body.base
        # An event of both axes also names what set only the other one: an earlier status is not
        # what its writer left.
        for left in current_values([each for each in setters if each.event in named]):
            before = fields_of([by_id[left.event]], goal_values)["lifecycle"].values[0]
            if not may_move(before.value, after.value):
                reviews.append(Review(event=after.event, before=before, after=after))
    return tuple(reviews)


def _shares(entries: Sequence[Entry]) -> tuple[Share, ...]:
    withdrawn = withdrawals(entries)
    return tuple(
        Share(
            event=text_from_id(entry.id),
            shared_at=entry.effective_at,
            is_copy=entry.body.data.is_copy,
            withdrawn_at=withdrawn.get(text_from_id(entry.id)),
        )
        for entry in entries
        if isinstance(entry.body.data, goals.GoalShared)
    )


def _moves(entries: Sequence[Entry], fields: Mapping[str, Field[Any]]) -> tuple[Move, ...]:
    bases = {each.id: each.body.base for each in entries}
    current = {
        id_from_text(value.event)
        for name, field in fields.items()
        if name != "home"
        for value in field.values
    }
    moves: list[Move] = []
    for entry in entries:
        if isinstance(entry.body.data, goals.GoalMoved):
            before = reach([entry.id], bases)
            left = {each for each in current - before if entry.id not in reach(bases[each], bases)}
            moves.append(
                Move(
                    event=text_from_id(entry.id),
                    lane=entry.body.data.lane,
                    shared=entry.body.data.shared,
                    left_behind=tuple(sorted(map(text_from_id, left))),
                )
            )
    return tuple(moves)


def _is_frozen(entries: Sequence[Entry], shares: tuple[Share, ...]) -> bool:
    if shares:
        return all(each.is_copy or each.withdrawn_at is not None for each in shares)
    kept: set[bytes] = set()
    for entry in entries:
        if isinstance(entry.body.data, goals.GoalKept):
            kept.update(entry.body.base)
    return any(
        isinstance(each.body.data, goals.GoalMoved) and each.id not in kept for each in entries
    )
