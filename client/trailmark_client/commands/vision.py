"""The vision, goals that come out of its answers, the plan after therapy, and therapy's end."""

from __future__ import annotations

from typing import Any, Final

import msgspec

from trailmark_adapters.sqlite import Connection
from trailmark_client.commands.cards import log_card, rewrite_card, write_card
from trailmark_client.commands.goals import add_goal
from trailmark_client.commands.stopping import Stopped, stop_member
from trailmark_client.commands.when import When
from trailmark_client.commands.written import Written
from trailmark_client.queries.cards import Card, card_of, latest_card
from trailmark_client.queries.members import members
from trailmark_client.recorder import Recorder
from trailmark_shared.errors import DomainError, ErrorCode
from trailmark_shared.events.goals import GoalDrafted
from trailmark_shared.events.registry import Kind
from trailmark_shared.events.vision import (
    MaintenancePlanned,
    Question,
    TherapyEnded,
    VisionGoalDrawn,
    VisionWritten,
)
from trailmark_shared.ids import text_from_id
from trailmark_shared.words import gettext, marked

QUESTIONS: Final[dict[str, str]] = {
    "feelings": marked("How would you like to feel from day to day?"),
    "relationships": marked("What would you like your relationships to be like?"),
    "overcome": marked("What would you like to have overcome?"),
    "text": marked("Anything else?"),
}
"""The questions, by the part of the vision that answers them."""


class Ended(msgspec.Struct, frozen=True, kw_only=True):
    """Therapy came to its end, within the caller's transaction.

    Attributes:
        written: The entry that says so.
        stopped: What was stopped, by grant.
    """

    written: Written
    stopped: tuple[Stopped, ...]


def write_vision(
    conn: Connection, recorder: Recorder, given: dict[str, Any], when: When
) -> Written:
    """Write the vision, or change some of its answers; the others stay.

    Args:
        conn: The store, inside a write transaction.
        recorder: Who writes events.
        given: Answers by question; ``None`` takes one away.
        when: Now, as the person's clock and zone say.

    Returns:
        What was written.

    Raises:
        DomainError: ``nothing_changed``: it says exactly that already.
    """
    return _write_one(conn, recorder, "vision", VisionWritten(), given, when)


def write_maintenance(
    conn: Connection, recorder: Recorder, given: dict[str, Any], when: When
) -> Written:
    """Write the plan after therapy, or change some of it, as ``write_vision``."""
    return _write_one(conn, recorder, "maintenance", MaintenancePlanned(), given, when)


def _write_one(
    conn: Connection,
    recorder: Recorder,
    kind: Kind,
    empty: VisionWritten | MaintenancePlanned,
    given: dict[str, Any],
    when: When,
) -> Written:
    known = latest_card(conn, kind)
    if known is None:
        return write_card(conn, recorder, msgspec.structs.replace(empty, **given), when)
    said = card_of(conn, kind, known).document.said.value or empty
    return rewrite_card(conn, recorder, known, msgspec.structs.replace(said, **given), when)


def draw_goal(
    conn: Connection,
    recorder: Recorder,
    question: Question,
    title: str | None,
    why: str | None,
    when: When,
) -> Written:
    """Turn an answer of the vision into a goal; the link is kept with the vision.

    Args:
        conn: The store, inside a write transaction.
        recorder: Who writes events.
        question: Which answer.
        title: The goal in the person's words; without it the words of the answer.
        why: Why it matters; without it the words of the answer, where there is a title.
        when: Now, as the person's clock and zone say.

    Returns:
        The goal; private like any other until it is shared.

    Raises:
        DomainError: ``not_found``: that question has no answer yet.
    """
    vision = latest_card(conn, "vision")
    answer = None if vision is None else _answer(card_of(conn, "vision", vision).document, question)
    if vision is None or answer is None:
        raise DomainError(
            ErrorCode.NOT_FOUND,
            gettext("this question has no answer yet; see trailmark vision write"),
        )
    draft = GoalDrafted(title=title or answer, why=why or (answer if title else None))
    goal = add_goal(conn, recorder, draft, when)
    drawn = VisionGoalDrawn(question=question, goal_drawn=text_from_id(goal.subject))
    log_card(conn, recorder, vision, drawn, when)
    return goal


def _answer(vision: Card, question: Question) -> str | None:
    return getattr(vision.said.value, question, None)


def end_therapy(conn: Connection, recorder: Recorder, text: str | None, when: When) -> Ended:
    """Bring therapy to its end: every therapist's access stops, everything stays with the person.

    Supporters stay let in: they are no part of therapy.

    Args:
        conn: The store, inside a write transaction.
        recorder: Who writes events.
        text: What the person wants to remember of it.
        when: Now, as the person's clock and zone say.

    Returns:
        What was written.
    """
    therapists = [each for each in members(conn) if each.role == "therapist" and each.unrevoked]
    stopped = [done for each in therapists for done in stop_member(conn, recorder, each, when)]
    written = write_card(conn, recorder, TherapyEnded(text=text), when)
    return Ended(written=written, stopped=tuple(stopped))
