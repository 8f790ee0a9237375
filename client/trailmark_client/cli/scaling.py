"""``trailmark scale …``: Goal Attainment Scaling in the person's own words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Annotated

from trailmark_client.cli.answers import Answer, Saved
from trailmark_client.cli.here import opened
from trailmark_client.cli.options import PLAIN, At, Common, GoalId, Note, Reason, Words, whole
from trailmark_client.cli.parameters import Parameter
from trailmark_client.cli.reasons import reason_from_text
from trailmark_client.commands import measures
from trailmark_client.queries.documents import find
from trailmark_client.queries.measures import Attainment, GoalScale, attainment
from trailmark_shared.dates import day_text
from trailmark_shared.domain.attainment import (
    LEVEL_MAX,
    LEVEL_MIN,
    LEVELS,
    WEIGHT_MAX,
    level_text,
)
from trailmark_shared.errors import DomainError, ErrorCode
from trailmark_shared.events.measures import AttainmentRated, ScaleSet
from trailmark_shared.ids import text_from_id
from trailmark_shared.words import gettext


def set_levels(
    goal: GoalId,
    /,
    *levels: Words,
    weight: Annotated[
        int, Parameter(help="How much it counts beside other goals, 1 to 10", converter=whole)
    ] = 1,
    reason: Reason = None,
    common: Common = PLAIN,
) -> Answer[Saved]:
    """Write down what five levels of a goal look like, or change them and say why.

    Args:
        levels: Five texts: much less than expected, less, as expected, more, much more.
    """
    if len(levels) != LEVELS:
        raise DomainError(
            ErrorCode.INVALID_INPUT,
            gettext(
                "write five levels, each in quotes: much less than expected, less, as expected, "
                "more, much more"
            ),
        )
    if not 1 <= weight <= WEIGHT_MAX:
        raise DomainError(ErrorCode.INVALID_INPUT, gettext("a goal weighs from 1 to 10"))
    with opened(common) as here:
        subject, when = here.read(lambda conn: find(conn, "goal", goal)), here.when()
        data = ScaleSet(goal=text_from_id(subject), levels=levels, weight=weight)
        said = None if reason is None else reason_from_text(reason)
        return here.record(
            lambda conn, recorder: measures.set_scale(conn, recorder, subject, data, when, said)
        )


def rate(
    goal: GoalId,
    level: Annotated[str, Parameter(allow_leading_hyphen=True)],
    /,
    *,
    at: At = None,
    note: Note = None,
    common: Common = PLAIN,
) -> Answer[Saved]:
    """Say which level describes how it is.

    Args:
        level: From -2 (much less than expected) over 0 (as expected) to +2 (much more).
    """
    wanted = level.removeprefix("+")
    if wanted not in {str(each) for each in range(LEVEL_MIN, LEVEL_MAX + 1)}:
        raise DomainError(
            ErrorCode.INVALID_INPUT, gettext("a level is one of -2, -1, 0, +1 and +2")
        )
    with opened(common) as here:
        subject, when = here.read(lambda conn: find(conn, "goal", goal)), here.when(at)
        data = AttainmentRated(level=int(wanted), note=note)
        return here.record(
            lambda conn, recorder: measures.rate_attainment(conn, recorder, subject, data, when)
        )


def show(*, common: Common = PLAIN) -> Answer[Attainment]:
    """Show where goals stand on their levels, and the score over all of them."""
    with opened(common) as here:
        found = here.read(attainment)
    return Answer(found, list(_lines(found)))


def _lines(found: Attainment) -> Iterator[str]:
    if not found.scales:
        yield gettext("No goal has levels yet; trailmark scale set writes them down.")
    for each in found.scales:
        yield gettext("{goal}  (counts {weight})").format(goal=each.title, weight=each.weight)
        yield from _level_lines(each)
    if found.t_score is not None:
        yield gettext("All together: {number:.2f}. 50 means: as you expected.").format(
            number=found.t_score
        )


def _level_lines(scale: GoalScale) -> Iterator[str]:
    latest = scale.ratings[-1] if scale.ratings else None
    for level, words in zip(_descending(), reversed(scale.levels), strict=False):
        is_it = latest is not None and latest.level == level
        mark = f"  <- {day_text(latest.day)}" if is_it and latest is not None else ""
        yield f"  {level_text(level):>2}  {words}{mark}"


def _descending() -> Sequence[int]:
    return range(LEVEL_MAX, LEVEL_MIN - 1, -1)
