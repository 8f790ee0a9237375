"""``trailmark happened``: that something happened, and how strongly, in two keystrokes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Annotated, Final

import msgspec

from trailmark_client.cli.answers import Answer, Saved
from trailmark_client.cli.here import opened
from trailmark_client.cli.options import PLAIN, At, Common, GoalOption, Note, Reason, Words
from trailmark_client.cli.parameters import Parameter
from trailmark_client.cli.reasons import reason_for
from trailmark_client.commands import measures
from trailmark_client.queries.documents import find, of_subject
from trailmark_client.queries.finding import shortest
from trailmark_client.queries.measures import (
    Meant,
    OccurrenceLine,
    list_occurrences,
    occurrence_meant,
)
from trailmark_shared.dates import day_text
from trailmark_shared.domain.targets import RATING_TENTHS_MAX, tenths_from_text
from trailmark_shared.errors import DomainError, ErrorCode
from trailmark_shared.events.measures import OccurrenceCorrected, OccurrenceRecorded
from trailmark_shared.ids import SELF, text_from_id
from trailmark_shared.projections.measures import OccurrenceDocument
from trailmark_shared.words import gettext, ngettext

NONE: Final = "none"
"""Says that there is no intensity, or no note."""


class Happenings(msgspec.Struct, frozen=True, kw_only=True):
    """What happened.

    Attributes:
        occurrences: A line each, the earliest first.
    """

    occurrences: list[OccurrenceLine]


def happened(
    name: Words,
    intensity: str | None = None,
    /,
    *,
    goal: GoalOption = None,
    at: At = None,
    note: Note = None,
    new: Annotated[
        bool, Parameter(negative="", help="It is something new, whatever begins like that")
    ] = False,
    common: Common = PLAIN,
) -> Answer[Saved]:
    """Note that something happened.

    Args:
        name: What it is; for what happened before, its beginning is enough.
        intensity: How strong it was, 0 to 10, if you like.
    """
    with opened(common) as here:
        when, strong = here.when(at), None if intensity is None else _intensity(intensity)
        meant = Meant(what=" ".join(name.split()), goal=None)
        if not new:
            meant = here.read(lambda conn: occurrence_meant(conn, name))
        about = meant.goal
        if goal is not None:
            about = text_from_id(here.read(lambda conn: find(conn, "goal", goal)))
        data = OccurrenceRecorded(what=meant.what, intensity_tenths=strong, goal=about, note=note)
        return here.record(
            lambda conn, recorder: measures.record_occurrence(conn, recorder, data, when),
            meant.what,
        )


def fix(
    occurrence: Annotated[str, Parameter(help="Its id, or the beginning of it")],
    intensity: str,
    /,
    *,
    on: Annotated[str | None, Parameter(help="The day it belongs to: YYYY-MM-DD")] = None,
    note: Annotated[
        Words | None, Parameter(help="A sentence, or none; without it the one there stays")
    ] = None,
    reason: Reason = "correction",
    common: Common = PLAIN,
) -> Answer[Saved]:
    """Set right what you noted about something that happened.

    Args:
        intensity: How strong it was, 0 to 10, or none.
    """
    with opened(common) as here:
        subject = here.read(lambda conn: find(conn, "occurrence", occurrence))
        stood = here.read(
            lambda conn: of_subject(conn, "occurrence", subject, OccurrenceDocument)[SELF]
        )
        data = OccurrenceCorrected(
            intensity_tenths=None if intensity == NONE else _intensity(intensity),
            note=stood.note.value if note is None else None if note == NONE else note,
            happened_on=None if on is None else here.when(on).day,
        )
        said = reason_for(reason, here.terminal)
        return here.record(
            lambda conn, recorder: measures.correct_occurrence(conn, recorder, subject, data, said)
        )


def list_all(*, common: Common = PLAIN) -> Answer[Happenings]:
    """Show what happened, how often and how strongly."""
    with opened(common) as here:
        found = here.read(list_occurrences)
    return Answer(Happenings(occurrences=found), list(_lines(found)))


def _lines(found: Sequence[OccurrenceLine]) -> Iterator[str]:
    if not found:
        yield gettext("Nothing yet, and that is fine.")
    short = shortest([each.id for each in found])
    by_name: dict[str, list[OccurrenceLine]] = {}
    for each in found:
        by_name.setdefault(each.what.casefold(), []).append(each)
    for group in by_name.values():
        yield ngettext("{what}: once", "{what}: {n} times", len(group)).format(
            what=group[0].what, n=len(group)
        )
        for each in group:
            yield "  " + "  ".join((day_text(each.day), *_parts(each), short[each.id]))


def happened_line(line: OccurrenceLine) -> str:
    """Return what happened once in a line, with what it is."""
    return "  ".join((day_text(line.day), line.what, *_parts(line)))


def _parts(line: OccurrenceLine) -> list[str]:
    parts: list[str] = []
    if line.intensity is not None:
        parts.append(gettext("{number} of 10").format(number=line.intensity))
    if line.note is not None:
        parts.append(line.note)
    return parts


def _intensity(text: str) -> int:
    tenths = tenths_from_text(text)
    if not 0 <= tenths <= RATING_TENTHS_MAX:
        raise DomainError(ErrorCode.INVALID_INPUT, gettext("how strong it was goes from 0 to 10"))
    return tenths
