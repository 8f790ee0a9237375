"""Which goal took whose place, where only the person knows of the new one.

A goal that others see is let go there; that another one took its place stands with the new one, in
``self``, so that nobody learns of it who does not see it. So it is with a goal that was let go
before.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from trailmark_adapters.sqlite import Connection
from trailmark_client.queries.documents import entries_by_subject
from trailmark_client.queries.homes import GoalAtHome, goals_at_home
from trailmark_shared.events.goals import GoalDrafted
from trailmark_shared.ids import SELF, text_from_id


def successors(conn: Connection, among: Iterable[GoalAtHome]) -> Mapping[str, str]:
    """Return which goal took whose place, ids as text.

    Args:
        conn: The store.
        among: The goals that are asked about.
    """
    found: dict[str, str] = {}
    unknown: set[str] = set()
    for each in among:
        goal, new = text_from_id(each.id), each.document.replaced_by.value
        if new is not None:
            found[goal] = new
        elif each.document.lifecycle.value == "cancelled":
            unknown.add(goal)
    if not unknown:
        return found
    drafted = entries_by_subject(conn, SELF, [each.id for each in goals_at_home(conn)])
    for goal, entries in drafted.items():
        for entry in entries:
            data = entry.body.data
            if isinstance(data, GoalDrafted) and data.instead_of in unknown:
                found[data.instead_of] = text_from_id(goal)
    return found


def successor_of(conn: Connection, at_home: GoalAtHome) -> str | None:
    """Return the id (text) of the goal that took a goal's place, or ``None``."""
    return successors(conn, [at_home]).get(text_from_id(at_home.id))
