"""Letting a goal go, which is asked first since it stays so; and a new one in its place."""

from __future__ import annotations

from typing import Final

from trailmark_adapters.sqlite import Connection
from trailmark_client.commands import goals
from trailmark_client.commands.written import Written
from trailmark_client.queries.goals import GoalView, show_goal
from trailmark_client.recorder import Recorder
from trailmark_client.web.asking import Asked, Told, go_on
from trailmark_client.web.changing import REASONS
from trailmark_client.web.desk import Desk
from trailmark_client.web.framing import drafted, page
from trailmark_client.web.goal import LEAVABLE, goal_id
from trailmark_shared.events.body import Reason
from trailmark_shared.events.goals import GoalDrafted
from trailmark_shared.ids import text_from_id

_NO_REASON: Final = "person-request"
"""Nobody has to say why."""

_BEGUN_ANEW: Final = "ready-again"


def _view(desk: Desk, asked: Asked) -> GoalView:
    return desk.read(lambda conn: show_goal(conn, goal_id(conn, asked), desk.today))


def show(desk: Desk, asked: Asked) -> Told:
    """Ask whether a goal shall go; one that cannot is shown as it stands, unless it was sent."""
    goal = _view(desk, asked).goal
    if goal.status not in LEAVABLE and asked.method == "GET":
        return go_on(f"/goals/{goal.id}")
    return page(desk, asked, "let_go.html", "goal", goal=goal, reasons=REASONS)


def let_go(desk: Desk, asked: Asked) -> Told:
    """Let a goal go."""
    code = asked.typed("reason")
    reason = Reason(code=code if code in REASONS else _NO_REASON, text=asked.words("reason-text"))
    desk.record(
        asked,
        lambda conn, recorder: goals.move_goal(
            conn, recorder, goal_id(conn, asked), "cancelled", reason
        ),
    )
    return go_on(f"/goals/{asked.ids['goal']}?done=let-go")


def show_new(desk: Desk, asked: Asked) -> Told:
    """Ask for a goal in the place of another; where there is one, show it, unless this was sent."""
    view = _view(desk, asked)
    goal = view.goal
    if goal.replaced_by is not None and asked.method == "GET":
        return go_on(f"/goals/{goal.replaced_by}")
    name = f"instead-{goal.id}"
    return page(
        desk, drafted(desk, asked, name), "instead.html", "goal", goal=goal, why=view.why, name=name
    )


def put_new(desk: Desk, asked: Asked) -> Told:
    """Write a goal down in the place of another."""
    title, when = asked.needed("title"), desk.when()

    def work(conn: Connection, recorder: Recorder) -> Written:
        draft = GoalDrafted(title=title, why=asked.words("why"))
        reason = Reason(code=_BEGUN_ANEW)
        return goals.replace_goal(conn, recorder, goal_id(conn, asked), draft, when, reason)

    written = desk.record(asked, work)
    return go_on(f"/goals/{text_from_id(written.subject)}?done=grew")
