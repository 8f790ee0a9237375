"""What a member may propose to a person, and what of it needs a second look.

A proposal changes nothing by itself. One that the rules do not know is never refused where it
arrives; it folds to "needs review", and the person sees why it cannot simply be accepted.
"""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import sha256
from typing import Final, Literal

from trailmark_shared import limits
from trailmark_shared.domain.statuses import Lifecycle, may_move

ProposalKind = Literal["goal", "goal_change", "step", "step_change"]
"""A new goal, a change of a goal, a new step of a goal, a change of a step."""

ProposalAnswer = Literal["accepted", "declined"]
"""What the person says to a proposal."""

Acceptance = Literal["agree", "disagree", "pending"]
"""What somebody says to a goal as it stands (FHIR ``goal-acceptance``)."""

AGREED_FIELDS: Final = (
    "title",
    "why",
    "area",
    "target",
    "baseline_tenths",
    "due",
    "priority",
    "lifecycle",
)
"""Fields of a goal that people agree on: all but the person's own order and how it goes."""

FIELDS_BY_KIND: Final[Mapping[ProposalKind, frozenset[str]]] = {
    "goal": frozenset(AGREED_FIELDS) - {"lifecycle"},
    "goal_change": frozenset(AGREED_FIELDS),
    "step": frozenset({"text", "due"}),
    "step_change": frozenset({"text", "due", "status"}),
}
"""Fields that each kind of proposal may hold."""

PROPOSABLE_STATUSES: Final[frozenset[Lifecycle]] = frozenset(
    {"active", "on-hold", "completed", "cancelled"}
)
"""Where a member may propose that a goal goes; taking it on or calling it a mistake is not it."""

_NEEDED: Final[Mapping[ProposalKind, frozenset[str]]] = {
    "goal": frozenset({"title"}),
    "goal_change": frozenset({"goal"}),
    "step": frozenset({"goal", "text"}),
    "step_change": frozenset({"goal", "step"}),
}
_PLACES: Final = frozenset({"goal", "step"})


def faults_of(kind: ProposalKind, said: Mapping[str, object]) -> tuple[str, ...]:
    """Return what of a proposal the rules do not know.

    Args:
        kind: What is proposed.
        said: What it says, by name: the values, and ``goal`` and ``step`` where it names them.

    Returns:
        Names, sorted: what is missing, what does not belong to this kind, and values that cannot be
        carried out. A starting point can change with a target only.
    """
    needed = _NEEDED[kind]
    faults = needed - said.keys()
    faults |= said.keys() - FIELDS_BY_KIND[kind] - (needed & _PLACES)
    if said.get("lifecycle", "active") not in PROPOSABLE_STATUSES:
        faults |= {"lifecycle"}
    if kind == "goal_change" and "baseline_tenths" in said and said.get("target") is None:
        faults |= {"baseline_tenths"}
    return tuple(sorted(faults))


def may_propose_move(before: Lifecycle | None, after: Lifecycle) -> bool:
    """Say whether a member may propose that a goal goes from ``before`` to ``after``."""
    return after in PROPOSABLE_STATUSES and (before is None or may_move(before, after))


def proposed_subject(proposal: bytes) -> bytes:
    """Return the id of the goal or step that a proposal becomes when it is accepted.

    It follows from the proposal, so that two devices which accept apart from each other write one
    goal or step and not two, and so that nobody who proposes can name something that exists.

    Args:
        proposal: Id of the proposal, 16 bytes.

    Returns:
        The first 16 bytes of SHA-256 over ``trailmark-proposed/1`` and the id.
    """
    return sha256(b"trailmark-proposed/1" + proposal).digest()[: limits.ID_BYTES]
