"""What comes next: the step to start with, the days ahead, and what may want a look."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final, Literal

import msgspec

from trailmark_adapters.sqlite import Connection
from trailmark_client.queries.cards import list_cards
from trailmark_client.queries.documents import documents_among
from trailmark_client.queries.goals import GoalLine, GoalView, list_goals, show_goal
from trailmark_client.queries.lines import StepLine
from trailmark_client.queries.planning import wholes_by_part
from trailmark_client.queries.progress import goal_progress
from trailmark_shared.ids import Lane, id_from_text
from trailmark_shared.projections.fields import Facts
from trailmark_shared.projections.search import words_of

_WEIGHTS: Final = {"high": 3, "medium": 2, None: 1, "low": 0}
_WORKED_ON: Final = frozenset({"planned", "accepted", "active"})

AheadKind = Literal["goal", "step", "resting", "review"]
"""What a day ahead belongs to."""

Sign = Literal["marked", "day_passed", "rest_over", "two_devices", "harder"]
"""Why something may want a look."""


class NextStep(msgspec.Struct, frozen=True, kw_only=True):
    """The step to start with, of one goal.

    Attributes:
        goal: Id of the goal.
        title: Its words.
        why: Why it matters, or null.
        step: The step.
    """

    goal: str
    title: str
    why: str | None
    step: StepLine


class AheadLine(msgspec.Struct, frozen=True, kw_only=True):
    """A day that something is hoped for or planned on.

    Attributes:
        day: The local date.
        kind: What it belongs to.
        id: Id of that.
        words: What it says.
        goal: Id of the goal, or null.
        has_passed: The day lies behind; it can be moved at any time.
    """

    day: str
    kind: AheadKind
    id: str
    words: str
    goal: str | None
    has_passed: bool


class AttentionLine(msgspec.Struct, frozen=True, kw_only=True):
    """Something that may want a look.

    Attributes:
        sign: Why.
        id: Id of what it is about.
        words: What that says.
        mark: Id of the person's own mark, or null.
        note: What they wrote with it, or null.
    """

    sign: Sign
    id: str
    words: str
    mark: str | None = None
    note: str | None = None


def start_here(conn: Connection, day: str) -> list[NextStep]:
    """Return for each goal that is worked on the open step that matters most, in their order.

    Args:
        conn: The store.
        day: The person's local date, on which grants count.
    """
    found: list[NextStep] = []
    for view in _worked_on(conn, day):
        step = first_step(view.steps)
        if step is not None:
            goal = view.goal
            found.append(NextStep(goal=goal.id, title=goal.title, why=view.why, step=step))
    return found


def first_step(steps: Sequence[StepLine]) -> StepLine | None:
    """Return the open step that matters most; of equal ones the first in their order."""
    still_open = [each for each in steps if each.status == "open"]
    return max(still_open, key=_weight, default=None)


def _weight(step: StepLine) -> int:
    return sum(_WEIGHTS[each] for each in (step.importance, step.urgency, step.impact))


def _worked_on(conn: Connection, day: str) -> Iterator[GoalView]:
    wholes = wholes_by_part(conn)
    lines = [each for each in list_goals(conn, day) if each.status in _WORKED_ON]
    for each in sorted(lines, key=lambda line: line.id in wholes):
        yield show_goal(conn, id_from_text(each.id), day)


def ahead(conn: Connection, day: str) -> list[AheadLine]:
    """Return every day that something is hoped for or planned on, the earliest first.

    Args:
        conn: The store.
        day: The person's local date.
    """
    found: list[AheadLine] = []
    for view in _worked_on(conn, day):
        found += _of_goal(view, day)
    for goal in list_goals(conn, day):
        if goal.status == "on-hold":
            until = show_goal(conn, id_from_text(goal.id), day).resting_until
            found += _line(until, "resting", goal.id, goal.title, goal.id, day)
    for review in list_cards(conn, "review", day):
        if review.status == "scheduled":
            words = review.said.get("text", "")
            found += _line(review.said["on"], "review", review.id, words, None, day)
    return sorted(found, key=lambda each: (each.day, each.kind, each.id))


def _of_goal(view: GoalView, day: str) -> Iterator[AheadLine]:
    goal = view.goal
    yield from _line(goal.due, "goal", goal.id, goal.title, goal.id, day)
    for step in view.steps:
        if step.status == "open":
            yield from _line(step.due, "step", step.id, step.text, goal.id, day)


def _line(
    at: str | None, kind: AheadKind, id_: str, words: str, goal: str | None, today: str
) -> Iterator[AheadLine]:
    if at is not None:
        yield AheadLine(day=at, kind=kind, id=id_, words=words, goal=goal, has_passed=at < today)


def attention(conn: Connection, day: str) -> list[AttentionLine]:
    """Return what may want a look: what the person marked, then what the entries show.

    Args:
        conn: The store.
        day: The person's local date.
    """
    marked = [
        AttentionLine(
            sign="marked",
            id=each.said["about"],
            words=_words_of(conn, each.said["about"]),
            mark=each.id,
            note=each.said.get("text"),
        )
        for each in list_cards(conn, "attention", day)
        if each.status == "open"
    ]
    seen = [
        AttentionLine(
            sign="rest_over" if each.kind == "resting" else "day_passed",
            id=each.id,
            words=each.words,
        )
        for each in ahead(conn, day)
        if each.has_passed
    ]
    goals = list_goals(conn, day)
    apart = [_seen(each, "two_devices") for each in goals if each.conflicts]
    harder = [
        _seen(each.goal, "harder") for each in _worked_on(conn, day) if _is_harder(conn, each, day)
    ]
    return [*marked, *seen, *apart, *harder]


def _seen(goal: GoalLine, sign: Sign) -> AttentionLine:
    return AttentionLine(sign=sign, id=goal.id, words=goal.title)


def _is_harder(conn: Connection, view: GoalView, day: str) -> bool:
    """The latest numbers go where the person does not want to go; one or two say nothing."""
    segments = goal_progress(conn, id_from_text(view.goal.id), day).segments
    return bool(segments) and segments[-1].suggests == "worsening"


def _words_of(conn: Connection, subject: str) -> str:
    return first_line(conn, id_from_text(subject)) or ""


def first_line(conn: Connection, subject: bytes) -> str | None:
    """Return the first line of what something says, or ``None`` where it says nothing here."""
    row = conn.execute(
        "SELECT lane FROM document WHERE subject = ? ORDER BY lane = 'self' DESC, lane LIMIT 1",
        (subject,),
    ).fetchone()
    held = [] if row is None else documents_among(conn, Lane(row[0]), [subject], Facts)
    words = words_of(held[0].document) if held else ""
    return words.partition("\n")[0] or None
