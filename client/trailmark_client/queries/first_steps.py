"""Five first steps, and which of them are taken: read from what is there, kept nowhere."""

from __future__ import annotations

from typing import Final, Literal

import msgspec

from trailmark_adapters.sqlite import Connection

FirstStepName = Literal["goal", "track", "adapt", "celebrate", "afterwards"]
"""The five of them."""

_KINDS: Final[dict[FirstStepName, tuple[str, ...]]] = {
    "goal": ("goal",),
    "track": ("check_in", "occurrence", "reflection", "measure"),
    "adapt": (),
    "celebrate": ("win", "reward", "celebration"),
    "afterwards": ("maintenance", "self_care"),
}
_KINDS_THERE: Final = "SELECT DISTINCT kind FROM document"
_ADAPTED: Final = ("goal_reworded", "goal_target_adjusted", "goal_rescheduled", "step_rescheduled")


class FirstStep(msgspec.Struct, frozen=True, kw_only=True):
    """One of the five.

    Attributes:
        name: Which one.
        taken: There is something of it already.
    """

    name: FirstStepName
    taken: bool


def first_steps(conn: Connection) -> list[FirstStep]:
    """Return the five first steps in their order; none of them is a must."""
    kinds_there = {kind for (kind,) in conn.execute(_KINDS_THERE).fetchall()}
    marks = ", ".join("?" * len(_ADAPTED))
    adapted = conn.execute(
        f"SELECT 1 FROM event WHERE type IN ({marks}) LIMIT 1",  # noqa: S608  (marks)
        _ADAPTED,
    ).fetchone()
    return [
        FirstStep(
            name=name,
            taken=bool(kinds_there.intersection(kinds)) if kinds else adapted is not None,
        )
        for name, kinds in _KINDS.items()
    ]
