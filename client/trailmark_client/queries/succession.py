"""Which goal took whose place, where only the person knows of the new one.

A goal that others see is let go there; that another one took its place stands with the new one, in
``self``, so that nobody learns of it who does not see it.
"""

from __future__ import annotations

from trailmark_adapters.sqlite import Connection
from trailmark_client.queries.documents import entries_by_subject
from trailmark_client.queries.homes import GoalAtHome, goals_at_home
from trailmark_shared.events.goals import GoalDrafted
from trailmark_shared.ids import SELF, text_from_id


def successor_of(conn: Connection, at_home: GoalAtHome) -> str | None:
    """Return the id (text) of the goal that took a goal's place, or ``None``."""
    document = at_home.document
    if document.replaced_by.value is not None or document.lifecycle.value != "cancelled":
        return document.replaced_by.value
    if set(at_home.copies) <= {SELF}:
        return None
    drafted = entries_by_subject(conn, SELF, [each.id for each in goals_at_home(conn)])
    old = text_from_id(at_home.id)
    return next(
        (
            text_from_id(goal)
            for goal, entries in drafted.items()
            for entry in entries
            if isinstance(entry.body.data, GoalDrafted) and entry.body.data.instead_of == old
        ),
        None,
    )
