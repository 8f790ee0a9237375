"""How goals go: charts of what was shared, for those who may read it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import msgspec

from trailmark_server.members.audience import Audience
from trailmark_server.services import Services
from trailmark_shared.ids import Lane
from trailmark_shared.projections.chart import Chart, Moment
from trailmark_shared.projections.charting import charts_of
from trailmark_shared.projections.check_in import CheckInDocument, points_of
from trailmark_shared.projections.entries import Entry
from trailmark_shared.projections.goal import fold_goal
from trailmark_shared.projections.history import Change, goal_history
from trailmark_shared.projections.targets import target_history
from trailmark_shared.words import gettext


async def read_check_ins(
    services: Services, audience: Audience, lane: Lane, goal: bytes
) -> list[CheckInDocument]:
    """Return the check-ins of a goal that are shared in a lane, in no particular order."""
    stored = await services.events.documents(
        audience.space, lane, "check_in", parent=goal, reader=audience.reader(lane)
    )
    return [msgspec.json.decode(each.json, type=CheckInDocument) for each in stored]


def charts_of_goal(
    entries: Sequence[Entry],
    check_ins: Iterable[CheckInDocument],
    day: str,
    upto: int | None = None,
) -> tuple[Chart, ...]:
    """Return the charts of a goal, that of its present measure first.

    Args:
        entries: What happened to it in its lane, in lane order, at least one.
        check_ins: Its check-ins.
        day: The last local date of the newest chart.
        upto: Only numbers that had reached the server by then, milliseconds UTC; ``None`` for all.
    """
    known = [each for each in check_ins if upto is None or _is_there(each, upto)]
    placed = sorted(points_of(known), key=lambda each: (each[1].day, each[0]))
    baseline = fold_goal(entries).baseline_tenths.value
    points, targets = [point for _, point in placed], target_history(entries).targets
    return charts_of(points, targets, baseline, _moments(goal_history(entries)), day)


def _is_there(document: CheckInDocument, upto: int) -> bool:
    return any(
        each.received_at is not None and each.received_at <= upto
        for each in document.value_tenths.values
    )


def _moments(changes: Iterable[Change]) -> list[Moment]:
    """Return when wording or target changed from something to something else, in words."""
    found: dict[str, Moment] = {}
    for each in changes:
        if each.field == "target" and each.before is not None:
            found[each.event] = Moment(day=each.day, words=each.sentence)
        elif each.field == "title" and each.before is not None:
            # The wordings themselves stand in the history; here they would hide the chart.
            found.setdefault(each.event, Moment(day=each.day, words=gettext("worded it anew")))
    return sorted(found.values(), key=lambda each: each.day)
