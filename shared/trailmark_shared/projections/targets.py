"""Which targets a goal had, and against which of them it was reached: read from the log alone."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Final, Literal

import msgspec

from trailmark_shared.domain.periods import day_before
from trailmark_shared.domain.progress import Rest, TargetSince
from trailmark_shared.domain.statuses import Achievement, Lifecycle
from trailmark_shared.domain.targets import Target
from trailmark_shared.events.body import UnknownData
from trailmark_shared.events.goals import GoalShared
from trailmark_shared.ids import text_from_id
from trailmark_shared.projections.entries import Entry
from trailmark_shared.projections.goal import goal_values

Against = Literal["original", "adjusted"]
"""The target that a goal had when it was reached: as it was first, or another one."""

_NOT_WORKED_ON: Final[frozenset[Lifecycle]] = frozenset({"on-hold", "completed", "cancelled"})
_REACHED: Final[frozenset[Achievement]] = frozenset({"achieved", "sustaining"})


class TargetHistory(msgspec.Struct, frozen=True, kw_only=True):
    """The targets of a goal.

    Attributes:
        targets: Each with the day from which it holds, and when the goal rested, the earliest
            first; the first may be none.
        original: The first target that there was, or ``None``.
        times_adjusted: How often it was changed or taken away after that.
        reached_on: The local date on which the person said that the goal is reached, where they
            have not taken it up again since; or ``None``.
        reached_against: Which target it had then; ``None`` where it had none or is not reached.
    """

    targets: tuple[TargetSince, ...]
    original: Target | None
    times_adjusted: int
    reached_on: str | None
    reached_against: Against | None


def target_history(entries: Sequence[Entry], passed_over: Collection[str] = ()) -> TargetHistory:
    """Return which targets a goal had.

    Args:
        entries: All entries of one goal, of every lane that knows it, at least one; in any order.
        passed_over: Ids of setters that do not count: left behind when the goal was shared.
    """
    targets: list[TargetSince] = []
    rests: list[Rest] = []
    reached: tuple[str, Target | None] | None = None
    for entry in sorted(entries, key=lambda each: (each.effective_at, each.lane, each.dseq)):
        data = entry.body.data
        is_copy = isinstance(data, GoalShared) and data.is_copy
        if isinstance(data, UnknownData) or is_copy or text_from_id(entry.id) in passed_over:
            continue
        values, day = goal_values(entry, data), entry.body.day
        target = values.get("target", targets[-1].target if targets else None)
        if not targets or targets[-1].target != target:
            targets.append(TargetSince(day=_not_before(day, targets), target=target))
        if "lifecycle" in values:
            _note_rest(rests, day, is_rest=values["lifecycle"] in _NOT_WORKED_ON)
        if "achievement" in values:
            says_so = values["achievement"] in _REACHED
            reached = (reached or (day, target)) if says_so else None
    real = [each.target for each in targets if each.target is not None]
    original = real[0] if real else None
    before = next((i for i, each in enumerate(targets) if each.target is not None), 0)
    return TargetHistory(
        targets=tuple(msgspec.structs.replace(each, rests=tuple(rests)) for each in targets),
        original=original,
        times_adjusted=max(len(targets) - before - 1, 0),
        reached_on=None if reached is None else reached[0],
        reached_against=_against(None if reached is None else reached[1], original),
    )


def _note_rest(rests: list[Rest], day: str, *, is_rest: bool) -> None:
    """Begin a rest, or end the one that goes on; one that ends on its first day was none."""
    goes_on = bool(rests) and rests[-1].last is None
    if is_rest and not goes_on:
        rests.append(Rest(first=day, last=None))
    elif goes_on and not is_rest:
        begun = rests.pop()
        if begun.first < day:
            rests.append(Rest(first=begun.first, last=day_before(day)))


def _not_before(day: str, targets: Sequence[TargetSince]) -> str:
    """A clock that was set back does not let a target begin before the one that it follows."""
    return max(day, targets[-1].day) if targets else day


def _against(target: Target | None, original: Target | None) -> Against | None:
    if target is None:
        return None
    return "original" if target == original else "adjusted"
