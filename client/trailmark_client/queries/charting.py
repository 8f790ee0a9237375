"""How a goal goes, drawn: the charts of everything that was written down about it."""

from __future__ import annotations

from trailmark_adapters.sqlite import Connection
from trailmark_client.queries.history import Moment as Until
from trailmark_client.queries.history import history_of_goal
from trailmark_client.queries.progress import answers_to_goal
from trailmark_shared.projections.chart import Chart, Moment
from trailmark_shared.projections.charting import charts_of

_MARKED = frozenset({"title", "target"})
"""Fields whose change is marked across a chart."""


def goal_charts(conn: Connection, goal: bytes, day: str) -> tuple[Chart, ...]:
    """Return the charts of a goal, that of its present measure first.

    Args:
        conn: The store.
        goal: The goal.
        day: The person's local date.

    Raises:
        DomainError: ``not_found``: it does not live on this device.
    """
    history = history_of_goal(conn, goal, Until())
    moments = [
        Moment(day=each.day, words=each.sentence)
        for each in history.events
        if any(change.field in _MARKED and change.before is not None for change in each.changes)
    ]
    said = answers_to_goal(conn, goal)
    return charts_of(said.points, said.targets, said.baseline_tenths, moments, day)
