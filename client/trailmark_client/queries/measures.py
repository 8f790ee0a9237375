"""What was measured: how often and how strongly, answered questionnaires, levels of goals."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import msgspec

from trailmark_adapters.sqlite import Connection
from trailmark_client.queries.documents import Held, at_home, children, children_at_home
from trailmark_client.queries.homes import GoalAtHome, goals_at_home
from trailmark_shared.domain.attainment import Attained, t_score_hundredths
from trailmark_shared.domain.dates import place_in_time
from trailmark_shared.domain.targets import number_from_tenths
from trailmark_shared.domain.trends import Trend, trend_of
from trailmark_shared.errors import DomainError, ErrorCode
from trailmark_shared.ids import SELF, text_from_id
from trailmark_shared.projections.measures import (
    MeasureDocument,
    OccurrenceDocument,
    ScaleDocument,
)
from trailmark_shared.words import gettext

_HUNDREDTHS = 100


class Meant(msgspec.Struct, frozen=True, kw_only=True):
    """What a person means by a name that they typed.

    Attributes:
        what: The words that count together.
        goal: The goal that counts it, as the last one said; or ``None``.
    """

    what: str
    goal: str | None


class OccurrenceLine(msgspec.Struct, frozen=True, kw_only=True):
    """Something that happened once.

    Attributes:
        id: Its id.
        what: What it is.
        day: The local date it belongs to.
        happened: When, RFC 3339.
        intensity: How strong it was, 0 to 10, or null.
        note: The person's words, or null.
        goal: Id of the goal that counts it, or null.
    """

    id: str
    what: str
    day: str
    happened: str
    intensity: int | float | None
    note: str | None
    goal: str | None


class MeasureLine(msgspec.Struct, frozen=True, kw_only=True):
    """An answered questionnaire.

    Attributes:
        id: Its id.
        instrument: Code of the questionnaire.
        version: Which wording was answered.
        title: What people call it.
        day: The local date it belongs to.
        answers: The value of each answer, null for left out.
        score: The sum, or null where an answer that counts was left out.
    """

    id: str
    instrument: str
    version: str
    title: str
    day: str
    answers: list[int | None]
    score: int | None


class MeasureSeries(msgspec.Struct, frozen=True, kw_only=True):
    """Answers to one wording of one questionnaire.

    Attributes:
        instrument: Its code.
        version: The wording; another one is another series.
        title: What people call it.
        trend: ``rising``, ``falling``, ``steady``, or null for fewer than three sums.
        measures: A line each, the earliest first.
    """

    instrument: str
    version: str
    title: str
    trend: Trend | None
    measures: list[MeasureLine]


class LevelRating(msgspec.Struct, frozen=True, kw_only=True):
    """Which level described how a goal was.

    Attributes:
        day: The local date it belongs to.
        level: From -2 to +2.
        words: That level in the person's words, as they read at that time.
        note: What the person said to it, or null.
    """

    day: str
    level: int
    words: str | None
    note: str | None


class GoalScale(msgspec.Struct, frozen=True, kw_only=True):
    """The five levels of a goal.

    Attributes:
        goal: Id of the goal.
        title: The goal in the person's own words.
        levels: What each level looks like, from -2 to +2.
        weight: How much it counts beside others.
        ratings: What was said, the earliest first.
    """

    goal: str
    title: str
    levels: list[str]
    weight: int
    ratings: list[LevelRating]


class Attainment(msgspec.Struct, frozen=True, kw_only=True):
    """How goals go against what was expected.

    Attributes:
        t_score: The T-score over the latest level of each goal, 50 for as expected; or null.
        scales: Goals that have levels.
    """

    t_score: float | None
    scales: list[GoalScale]


def occurrence_meant(conn: Connection, typed: str) -> Meant:
    """Return what is meant by a name: one known already, by its beginning, or a new one.

    Raises:
        DomainError: ``ambiguous_id``: several known names begin like that; ``invalid_input``:
            nothing was typed.
    """
    known: dict[str, OccurrenceDocument] = {}
    held = at_home(conn, "occurrence", OccurrenceDocument)
    for each in sorted(held, key=lambda each: each.document.created_at):
        if each.document.what is not None:
            known[each.document.what.casefold()] = each.document
    wanted = " ".join(typed.split())
    if not wanted:
        raise DomainError(
            ErrorCode.INVALID_INPUT, gettext("say in a word what happened; one is enough")
        )
    begins = [name for name in known if name.startswith(wanted.casefold())]
    if wanted.casefold() in known:
        begins = [wanted.casefold()]
    if len(begins) > 1:
        raise DomainError(
            ErrorCode.AMBIGUOUS_ID,
            gettext("more than one thing that you noted before begins like that; type more of it"),
        )
    if not begins:
        return Meant(what=wanted, goal=None)
    document = known[begins[0]]
    return Meant(what=document.what or wanted, goal=document.goal)


def list_occurrences(conn: Connection) -> list[OccurrenceLine]:
    """Return everything that happened, the earliest first."""
    return _in_order(at_home(conn, "occurrence", OccurrenceDocument))


def occurrences_of_goal(conn: Connection, goal: GoalAtHome) -> list[OccurrenceLine]:
    """Return what happened that a goal counts, the earliest first."""
    return _in_order(children_at_home(conn, "occurrence", goal.id, goal.lane, OccurrenceDocument))


def _in_order(held: Iterable[Held[OccurrenceDocument]]) -> list[OccurrenceLine]:
    lines = [
        OccurrenceLine(
            id=text_from_id(each.subject),
            what=each.document.what or "",
            day=each.document.day.value or "",
            happened=each.document.occurred_at or "",
            intensity=_number(each.document.intensity_tenths.value),
            note=each.document.note.value,
            goal=each.document.goal,
        )
        for each in held
    ]
    return sorted(lines, key=lambda each: (place_in_time(each.day, each.happened), each.id))


def list_measures(conn: Connection) -> list[MeasureSeries]:
    """Return every answered questionnaire: a series for each wording, the earliest first."""
    series: dict[tuple[str, str], list[MeasureLine]] = {}
    for line in _measures(conn):
        series.setdefault((line.instrument, line.version), []).append(line)
    return [
        MeasureSeries(
            instrument=instrument,
            version=version,
            title=lines[-1].title,
            trend=trend_of([each.score for each in lines if each.score is not None]),
            measures=lines,
        )
        for (instrument, version), lines in sorted(series.items())
    ]


def _measures(conn: Connection) -> list[MeasureLine]:
    """Return the answers to all questionnaires, those of one day in the order of writing."""
    held = at_home(conn, "measure", MeasureDocument)
    return [
        MeasureLine(
            id=text_from_id(each.subject),
            instrument=each.document.instrument or "",
            version=each.document.version or "",
            title=each.document.title or "",
            day=each.document.day or "",
            answers=list(each.document.answers.value or ()),
            score=each.document.score.value,
        )
        for each in sorted(
            held, key=lambda each: (each.document.day or "", each.document.created_at)
        )
    ]


def scale_of_goal(conn: Connection, goal: bytes) -> Held[ScaleDocument] | None:
    """Return the five levels of a goal; two devices may have written them apart: the first."""
    held = children(conn, "scale", SELF, goal, ScaleDocument)
    return held[0] if held else None


def attainment(conn: Connection) -> Attainment:
    """Return how goals go against what was expected of each."""
    scales: list[GoalScale] = []
    for goal in goals_at_home(conn):
        held = scale_of_goal(conn, goal.id)
        if held is not None:
            scales.append(_scale(text_from_id(goal.id), goal.document.title.value, held.document))
    return Attainment(t_score=_t_score(scales), scales=scales)


def _scale(goal: str, title: str | None, document: ScaleDocument) -> GoalScale:
    return GoalScale(
        goal=goal,
        title=title or "",
        levels=list(document.levels.value or ()),
        weight=document.weight.value or 1,
        ratings=[
            LevelRating(day=each.day, level=each.level, words=each.words, note=each.note)
            for each in document.ratings
        ],
    )


def _t_score(scales: Sequence[GoalScale]) -> float | None:
    latest = [
        Attained(level=each.ratings[-1].level, weight=each.weight)
        for each in scales
        if each.ratings
    ]
    score = t_score_hundredths(latest)
    return None if score is None else score / _HUNDREDTHS


def _number(tenths: int | None) -> int | float | None:
    return None if tenths is None else number_from_tenths(tenths)
