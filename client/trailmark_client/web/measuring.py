"""Questionnaires, what happened, and the five levels of a goal: numbers for who likes them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

import msgspec

from trailmark_adapters.sqlite import Connection
from trailmark_client.commands.measures import (
    answer_measure,
    rate_attainment,
    record_occurrence,
    set_scale,
)
from trailmark_client.commands.written import Written
from trailmark_client.queries.documents import documents
from trailmark_client.queries.goals import GoalLine, list_goals, show_goal
from trailmark_client.queries.lanes import audience
from trailmark_client.queries.measures import (
    GoalScale,
    OccurrenceLine,
    attainment,
    list_measures,
    list_occurrences,
    occurrence_meant,
)
from trailmark_client.recorder import Recorder
from trailmark_client.web.asking import Asked, Told, UnknownChoiceError, go_on
from trailmark_client.web.desk import Desk
from trailmark_client.web.framing import drafted, page
from trailmark_client.web.goal import SETTLED, goal_id
from trailmark_client.web.meanwhile import mark_of, require_seen
from trailmark_shared.domain.attainment import LEVEL_MAX, LEVEL_MIN
from trailmark_shared.domain.instruments import Instrument, choices_of, offers_help
from trailmark_shared.domain.targets import RATING_TENTHS_MAX, tenths_from_text
from trailmark_shared.domain.typed_numbers import typed_number
from trailmark_shared.errors import DomainError, ErrorCode
from trailmark_shared.events.measures import AttainmentRated, OccurrenceRecorded, ScaleSet
from trailmark_shared.ids import text_from_id
from trailmark_shared.projections.measures import ScaleDocument
from trailmark_shared.words import gettext, marked

NAMES_SHOWN: Final = 6
"""Things that happened before and can be noted again with one tap."""

LATEST_SHOWN: Final = 10

STRENGTHS: Final = tuple(range(11))

LEVELS: Final[Mapping[int, str]] = {
    -2: marked("Much less than I expect"),
    -1: marked("Less than I expect"),
    0: marked("As I expect"),
    1: marked("More than I expect"),
    2: marked("Much more than I expect"),
}
"""The five levels of Goal Attainment Scaling (Kiresuk and Sherman, 1968), in words."""


class Often(msgspec.Struct, frozen=True, kw_only=True):
    """Something that happened, and how often.

    Attributes:
        what: What it is.
        count: How often.
        latest: The local date of the latest time.
    """

    what: str
    count: int
    latest: str


def show(desk: Desk, asked: Asked) -> Told:
    """Show what can be answered, what was, and what happened."""
    happened = desk.read(list_occurrences)
    return page(
        desk,
        drafted(desk, asked, "occurrence"),
        "measures.html",
        "back",
        instruments=desk.instruments(),
        series=desk.read(list_measures),
        often=_often(happened)[:NAMES_SHOWN],
        latest=happened[::-1][:LATEST_SHOWN],
        goals=[each for each in desk.read(lambda c: list_goals(c, desk.today)) if _is_open(each)],
        attained=desk.read(attainment),
        strengths=STRENGTHS,
    )


def _is_open(goal: GoalLine) -> bool:
    return goal.status in {"active", "accepted", "planned", "on-hold"}


def _often(happened: Sequence[OccurrenceLine]) -> list[Often]:
    """Return what happened by its name, the one of the latest time in front."""
    found: dict[str, Often] = {}
    for each in happened:
        name = each.what.casefold()
        before = found.pop(name, None)
        count = 1 if before is None else before.count + 1
        found[name] = Often(what=each.what, count=count, latest=each.day)
    return list(found.values())[::-1]


def happened(desk: Desk, asked: Asked) -> Told:
    """Note that something happened; its name alone is enough."""
    what = asked.needed("what")
    strong = _strength(asked.words("strength"))
    when = desk.when(asked.words("when"))

    def work(conn: Connection, recorder: Recorder) -> Written:
        meant = occurrence_meant(conn, what)
        # Its whole name was typed or tapped: one that only begins like it is another thing.
        is_same = meant.what.casefold() == " ".join(what.split()).casefold()
        data = OccurrenceRecorded(
            what=meant.what if is_same else " ".join(what.split()),
            intensity_tenths=strong,
            goal=meant.goal if is_same else None,
            note=asked.words("note"),
        )
        return record_occurrence(conn, recorder, data, when)

    written = desk.record(asked, work)
    return go_on(f"/measures?done=happened&id={text_from_id(written.subject)}")


def _strength(typed: str | None) -> int | None:
    tenths = None if typed is None else tenths_from_text(typed)
    if tenths is not None and not 0 <= tenths <= RATING_TENTHS_MAX:
        raise DomainError(ErrorCode.INVALID_INPUT, gettext("how strong it was goes from 0 to 10"))
    return tenths


def _instrument(desk: Desk, asked: Asked) -> Instrument:
    found = desk.instruments().get(asked.ids["code"])
    if found is None:
        raise DomainError(ErrorCode.NOT_FOUND, gettext("there is no such questionnaire"))
    return found


def show_form(desk: Desk, asked: Asked) -> Told:
    """Show a questionnaire, word for word; every question may be left out."""
    instrument = _instrument(desk, asked)
    name = f"measure-{instrument.code}"
    return page(
        desk,
        drafted(desk, asked, name),
        "measure.html",
        "back",
        instrument=instrument,
        questions=[(item, choices_of(instrument, item)) for item in instrument.items],
        name=name,
    )


def answer(desk: Desk, asked: Asked) -> Told:
    """Keep the answers; help is offered where an answer calls for it, calmly and to nobody else."""
    instrument = _instrument(desk, asked)
    given = [_given(asked.words(f"item-{n}")) for n, _ in enumerate(instrument.items)]
    if all(each is None for each in given):
        raise DomainError(ErrorCode.INVALID_INPUT, gettext("every question was left out"))
    when = desk.when()
    desk.record(
        asked, lambda conn, recorder: answer_measure(conn, recorder, instrument, given, when)
    )
    return go_on("/help?done=measured" if offers_help(instrument, given) else "/measures?done=kept")


def _given(typed: str | None) -> int | None:
    if typed is None:
        return None
    if (number := typed_number(typed)) is None:
        raise UnknownChoiceError
    return number


def show_levels(desk: Desk, asked: Asked) -> Told:
    """Show the five levels of a goal as a ladder in the person's words."""
    goal = desk.read(lambda conn: show_goal(conn, goal_id(conn, asked), desk.today).goal)
    scale = desk.read(lambda conn: _scale_of(conn, goal.id))
    name = f"levels-{goal.id}"
    return page(
        desk,
        drafted(desk, asked, name),
        "levels.html",
        "goal",
        goal=goal,
        scale=scale,
        readers=desk.read(lambda conn: _readers(conn, goal.id, desk.today)),
        was=_levels_mark(scale),
        names=LEVELS,
        name=name,
    )


def _scale_of(conn: Connection, goal: str) -> GoalScale | None:
    return next((each for each in attainment(conn).scales if each.goal == goal), None)


def _readers(conn: Connection, goal: str, day: str) -> list[str]:
    """Return the names of those who see levels of a goal, as they were when they were shared."""
    lanes = [
        each.lane
        for each in documents(conn, "scale", ScaleDocument)
        if each.document.goal == goal and each.document.levels.value
    ]
    return list(dict.fromkeys(name for lane in lanes for name in audience(conn, lane, day)))


def _levels_mark(scale: GoalScale | None) -> str:
    return mark_of(*(() if scale is None else scale.levels))


def set_levels(desk: Desk, asked: Asked) -> Told:
    """Write the five levels down, or say which one describes how it is."""
    when = desk.when()
    chosen = asked.words("level")

    def work(conn: Connection, recorder: Recorder) -> Written:
        goal = goal_id(conn, asked)
        if chosen is not None:
            if chosen not in {str(each) for each in range(LEVEL_MIN, LEVEL_MAX + 1)}:
                raise UnknownChoiceError
            data = AttainmentRated(level=int(chosen), note=asked.words("note"))
            return rate_attainment(conn, recorder, goal, data, when)
        require_seen(asked, _levels_mark(_scale_of(conn, text_from_id(goal))))
        levels = [asked.words(f"level{number}") for number in LEVELS]
        if None in levels:
            raise DomainError(
                ErrorCode.INVALID_INPUT, gettext("each of the five levels needs a few words")
            )
        words = tuple(each for each in levels if each is not None)
        scale = ScaleSet(goal=text_from_id(goal), levels=words)
        return set_scale(conn, recorder, goal, scale, when, SETTLED)

    desk.record(asked, work)
    return go_on(f"/goals/{asked.ids['goal']}/levels?done=kept")
