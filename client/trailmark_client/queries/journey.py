"""What somebody's way was: where it began, what they did, what they take along.

No number of entries, no gap and nothing that was let go by the way stands in it: it is theirs to
keep and to show.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import msgspec

from trailmark_adapters.sqlite import Connection
from trailmark_client.queries.cards import list_cards
from trailmark_client.queries.documents import at_home, entries_of
from trailmark_client.queries.goals import list_goals, show_goal
from trailmark_client.queries.homes import goal_at_home
from trailmark_client.queries.progress import SegmentLine, goal_progress
from trailmark_shared.dates import day_text
from trailmark_shared.domain.dates import place_in_time
from trailmark_shared.domain.targets import parse_target
from trailmark_shared.events.goals import GoalData
from trailmark_shared.events.registry import Kind
from trailmark_shared.ids import id_from_text
from trailmark_shared.projections.note import NoteDocument
from trailmark_shared.projections.sentences import target_words
from trailmark_shared.words import gettext


class GoalOfJourney(msgspec.Struct, frozen=True, kw_only=True):
    """A goal as it is told at the end.

    Attributes:
        title: Its words now.
        first_words: Its words at the beginning.
        why: Why it matters, or null.
        status: Where it stands, in words.
        progress: How it went against what was hoped for, in a sentence, or null.
        steps_reached: Words of the steps that were reached.
        looked_back: What was said in looking back on it, by part.
    """

    title: str
    first_words: str
    why: str | None
    status: str
    progress: str | None
    steps_reached: list[str]
    looked_back: dict[str, Any]


class Journey(msgspec.Struct, frozen=True, kw_only=True):
    """A way, told.

    Attributes:
        first_day: The local date of the first entry, or null.
        last_day: That of the latest, or null.
        challenges: What was hard.
        vision: What was wished for.
        goals: The goals, in the person's own order; those entered by mistake are left out.
        wins: What went well, with its day.
        celebrations: What was celebrated.
        insights: What was understood.
        helps: What helps.
        people: Who stands by the person.
        afterwards: How it is kept up.
        endings: What is taken along.
    """

    first_day: str | None
    last_day: str | None
    challenges: list[str]
    vision: list[str]
    goals: list[GoalOfJourney]
    wins: list[str]
    celebrations: list[str]
    insights: list[str]
    helps: list[str]
    people: list[str]
    afterwards: list[str]
    endings: list[str]


def journey(conn: Connection, day: str) -> Journey:
    """Return what somebody's way was.

    Args:
        conn: The store.
        day: The person's local date.
    """
    days = conn.execute("SELECT min(day), max(day) FROM event WHERE day <= ?", (day,))
    first, last = days.fetchone()
    wins = sorted(
        at_home(conn, "win", NoteDocument),
        key=lambda each: place_in_time(each.document.day, each.document.occurred_at),
    )
    return Journey(
        first_day=first,
        last_day=last,
        challenges=_cards(conn, "challenge", day),
        vision=_cards(conn, "vision", day),
        goals=[_goal(conn, id_from_text(each.id), day) for each in list_goals(conn, day)],
        wins=[
            f"{day_text(each.document.day)}: {each.document.text}"
            for each in wins
            if each.document.text
        ],
        celebrations=_cards(conn, "celebration", day),
        insights=_cards(conn, "insight", day),
        helps=_cards(conn, "coping", day),
        people=_cards(conn, "support_person", day),
        afterwards=_lines(conn, "maintenance", day),
        endings=_cards(conn, "ending", day),
    )


def _cards(conn: Connection, kind: Kind, day: str) -> list[str]:
    return [each.words for each in list_cards(conn, kind, day) if each.words]


def _lines(conn: Connection, kind: Kind, day: str) -> list[str]:
    return [words for each in list_cards(conn, kind, day) for words in each.said.values() if words]


def _goal(conn: Connection, goal: bytes, day: str) -> GoalOfJourney:
    view = show_goal(conn, goal, day)
    return GoalOfJourney(
        title=view.goal.title,
        first_words=_first_words(conn, goal) or view.goal.title,
        why=view.why,
        status=view.goal.status_words,
        progress=_progress(goal_progress(conn, goal, day).segments),
        steps_reached=[each.text for each in view.steps if each.status == "reached"],
        looked_back=view.around.looked_back,
    )


def _progress(segments: Sequence[SegmentLine]) -> str | None:
    """Return how it went with its latest numbers; nothing where all of it was a shortfall."""
    last = next((each for each in reversed(segments) if each.points or each.bars), None)
    if last is None or (last.told and not last.met):
        return None
    if last.target is None:
        return last.summary
    target = target_words(parse_target(last.target))
    return gettext("{target}: {standing}").format(target=target, standing=last.summary)


def _first_words(conn: Connection, goal: bytes) -> str | None:
    lanes: Iterable[str] = goal_at_home(conn, goal).copies
    begun = [
        (entry.effective_at, entry.body.data.title)
        for lane in lanes
        for entry in entries_of(conn, lane, goal)
        if isinstance(entry.body.data, GoalData)
    ]
    return min(begun)[1] if begun else None
