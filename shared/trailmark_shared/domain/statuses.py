"""Where a goal stands: the two axes of FHIR Goal, the moves allowed, and the words for people.

``lifecycle`` says whether a goal is being worked on, ``achievement`` how it goes; both are set by a
person, never by the system.

Source:
    HL7 FHIR R4 Goal.lifecycleStatus (required binding) and Goal.achievementStatus (preferred).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, Literal, cast

from trailmark_shared.words import Texts, marked

Lifecycle = Literal[
    "proposed",
    "planned",
    "accepted",
    "active",
    "on-hold",
    "completed",
    "cancelled",
    "entered-in-error",
    "rejected",
]
"""Codes of FHIR Goal.lifecycleStatus."""

Achievement = Literal[
    "in-progress",
    "improving",
    "worsening",
    "no-change",
    "achieved",
    "sustaining",
    "not-achieved",
    "no-progress",
    "not-attainable",
]
"""Codes of FHIR Goal.achievementStatus."""

StepStatus = Literal["open", "reached", "dropped"]
"""Where a step stands."""

ALLOWED_MOVES: Final[Mapping[Lifecycle, frozenset[Lifecycle]]] = {
    "proposed": frozenset({"planned", "accepted", "rejected"}),
    "planned": frozenset({"accepted", "active", "cancelled"}),
    "accepted": frozenset({"active", "on-hold", "cancelled"}),
    "active": frozenset({"on-hold", "completed", "cancelled"}),
    "on-hold": frozenset({"active", "cancelled"}),
    "completed": frozenset({"active"}),
    "cancelled": frozenset(),
    "entered-in-error": frozenset(),
    "rejected": frozenset(),
}
"""Moves that need no review, besides staying and ``entered-in-error`` from anywhere."""

LIFECYCLE_WORDS: Final[Mapping[Lifecycle, str]] = Texts(
    {
        "proposed": marked("Suggested"),
        "planned": marked("Planned"),
        "accepted": marked("Agreed"),
        "active": marked("Working on it"),
        "on-hold": marked("Resting"),
        "completed": marked("Done"),
        "cancelled": marked("Let go"),
        "entered-in-error": marked("Entered by mistake"),
        "rejected": marked("Not for me"),
    }
)
"""What people read instead of a code."""

ACHIEVEMENT_WORDS: Final[Mapping[Achievement, str]] = Texts(
    {
        "in-progress": marked("On the way"),
        "improving": marked("Getting easier"),
        "worsening": marked("Harder lately"),
        "no-change": marked("About the same"),
        "achieved": marked("Reached"),
        "sustaining": marked("Keeping it up"),
        "not-achieved": marked("Not reached"),
        "no-progress": marked("Not moving yet"),
        "not-attainable": marked("Not possible now"),
    }
)
"""What people read instead of a code."""

WORDS_BY_CODE: Final[Mapping[str, Mapping[str, str]]] = {
    "lifecycle": cast("Mapping[str, str]", LIFECYCLE_WORDS),
    "achievement": cast("Mapping[str, str]", ACHIEVEMENT_WORDS),
}
"""The words of every coded field, by field."""


def may_move(before: Lifecycle, after: Lifecycle) -> bool:
    """Say whether a goal may go from ``before`` to ``after`` without review."""
    return after in {before, "entered-in-error"} or after in ALLOWED_MOVES[before]
