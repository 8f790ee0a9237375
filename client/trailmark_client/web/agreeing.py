"""What both sides say to a shared goal, and the person's own answer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from trailmark_adapters.sqlite import Connection
from trailmark_client.commands.agreements import record_agreement
from trailmark_client.commands.written import Written
from trailmark_client.queries.documents import find
from trailmark_client.queries.goals import GoalView, show_goal
from trailmark_client.recorder import Recorder
from trailmark_client.web.asking import Asked, Told, go_on
from trailmark_client.web.desk import Desk
from trailmark_shared.domain.proposals import Acceptance
from trailmark_shared.errors import DomainError, ErrorCode
from trailmark_shared.events.body import Reason
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
        raise DomainError(ErrorCode.INVALID_INPUT, gettext("please choose one of the list"))
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
