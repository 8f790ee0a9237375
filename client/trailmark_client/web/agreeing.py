"""What both sides say to a shared goal: the person's own answer, and words to those who see it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from trailmark_adapters.sqlite import Connection
from trailmark_client.commands.agreements import record_agreement
from trailmark_client.commands.comments import answering, comment
from trailmark_client.commands.written import Written
from trailmark_client.queries.documents import documents, find
from trailmark_client.queries.goals import GoalView, show_goal
from trailmark_client.queries.readable import PERSON
from trailmark_client.recorder import Recorder
from trailmark_client.web.asking import Asked, Told, UnknownChoiceError, go_on
from trailmark_client.web.desk import Desk
from trailmark_client.web.framing import drafted, page
from trailmark_shared.domain.proposals import Acceptance
from trailmark_shared.errors import DomainError, ErrorCode
from trailmark_shared.events.body import Reason
from trailmark_shared.ids import text_from_id
from trailmark_shared.projections.comment import CommentDocument
from trailmark_shared.words import gettext, marked

ANSWERS: Final[Mapping[Acceptance, str]] = {
    "agree": marked("I agree with it as it stands"),
    "disagree": marked("I do not agree with it as it stands"),
    "pending": marked("I would like time to think about it"),
}
"""What the person may say to a goal."""

SAID: Final[Mapping[str, str]] = {
    "agree": marked("{who} agreed with it"),
    "disagree": marked("{who} did not agree with it"),
    "pending": marked("{who} asked for time to think about it"),
}
"""What a side said to it."""


def stands(view: GoalView) -> str:
    """Return what an answer to a goal is about, for a form to hold."""
    goal = view.goal
    parts = (goal.title, view.why, goal.area, goal.target, goal.due, goal.priority, goal.status)
    return "\n".join(each or "" for each in parts)


def answer(desk: Desk, asked: Asked) -> Told:
    """Say whether the person agrees with a goal as the page showed it."""
    said: Acceptance | None = next(
        (each for each in ANSWERS if each == asked.typed("answer")), None
    )
    if said is None:
        raise UnknownChoiceError
    words, when = asked.words("why"), desk.when()
    reason = None if words is None else Reason(code="other", text=words)

    def work(conn: Connection, recorder: Recorder) -> Written:
        goal = find(conn, "goal", asked.ids["goal"])
        if stands(show_goal(conn, goal, when.day)).split() != asked.typed("stands").split():
            raise DomainError(
                ErrorCode.INVALID_INPUT, gettext("it reads otherwise now; look at it once more")
            )
        return record_agreement(conn, recorder, goal, said, when, reason)

    desk.record(asked, work)
    return go_on(f"/goals/{asked.ids['goal']}?done=kept")


def show_words(desk: Desk, asked: Asked) -> Told:
    """Show the form for words that those who see the goal read."""
    view = desk.read(
        lambda conn: show_goal(conn, find(conn, "goal", asked.ids["goal"]), desk.today)
    )
    return page(
        desk,
        drafted(desk, asked, f"say-{view.goal.id}"),
        "say.html",
        "goal",
        goal=view.goal,
        readers=desk.read(lambda conn: _readers(conn, view.goal.id, desk.today)),
        said=[each for each in view.notes if each.kind == "comment" and each.text],
        own=desk.read(_own_comments),
    )


def _own_comments(conn: Connection) -> set[str]:
    return {
        text_from_id(each.subject)
        for each in documents(conn, "comment", CommentDocument)
        if each.document.created_by == PERSON
    }


def _readers(conn: Connection, goal: str, day: str) -> tuple[str, ...]:
    try:
        return answering(conn, goal, day).names
    except DomainError:
        return ()


def say(desk: Desk, asked: Asked) -> Told:
    """Say something where others see the goal."""
    text, when = asked.needed("text"), desk.when()

    def work(conn: Connection, recorder: Recorder) -> Written:
        goal = find(conn, "goal", asked.ids["goal"])
        return comment(conn, recorder, answering(conn, text_from_id(goal), when.day), text, when)

    written = desk.record(asked, work)
    return go_on(f"/goals/{asked.ids['goal']}?done=said&id={text_from_id(written.subject)}")
