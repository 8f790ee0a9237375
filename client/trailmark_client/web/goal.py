"""A goal: its words, its next step, how it goes, how it has grown, and who can see it."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Final

import msgspec

from trailmark_adapters.sqlite import Connection
from trailmark_client.commands import conflicts, goals
from trailmark_client.commands.cards import write_card
from trailmark_client.commands.places import AS_AGREED, Choice, place_under
from trailmark_client.commands.sharing import share_goal
from trailmark_client.commands.steps import add_step
from trailmark_client.commands.when import parse_due
from trailmark_client.commands.withdrawing import withdraw_goal
from trailmark_client.commands.written import Written
from trailmark_client.queries.cards import CardLine, list_cards
from trailmark_client.queries.charting import goal_charts
from trailmark_client.queries.documents import find
from trailmark_client.queries.goals import GoalView, show_goal
from trailmark_client.queries.history import HistoryEvent, Moment, history_of_goal
from trailmark_client.queries.homes import goal_at_home
from trailmark_client.queries.lanes import open_lanes
from trailmark_client.recorder import Recorder
from trailmark_client.web import agreeing
from trailmark_client.web.asking import Asked, Told, UnknownChoiceError, WordsNeededError, go_on
from trailmark_client.web.desk import Desk
from trailmark_client.web.framing import drafted, page
from trailmark_client.web.today import next_step
from trailmark_client.web.wording import field_words, value_words
from trailmark_shared.domain.statuses import ALLOWED_MOVES, Lifecycle
from trailmark_shared.domain.targets import parse_target
from trailmark_shared.events.body import Reason
from trailmark_shared.events.coping import BarrierIdentified, CopingAdded
from trailmark_shared.events.steps import StepAdded
from trailmark_shared.ids import text_from_id
from trailmark_shared.projections.chart import Chart

SETTLED: Final = Reason(code="correction")
"""Why a value stands that two devices did not agree on."""

MOVES: Final[dict[str, tuple[Lifecycle, str, str]]] = {
    "rest": ("on-hold", "person-request", "rests"),
    "resume": ("active", "ready-again", "resumed"),
    "achieve": ("completed", "goal-reached", "achieved"),
}
"""What a button does: where the goal goes, the reason that the button is, what is said then."""

LEAVABLE: Final = frozenset(
    before for before, after in ALLOWED_MOVES.items() if "cancelled" in after
)
"""Where a goal stands that can be let go."""


class GoalPage(msgspec.Struct, frozen=True, kw_only=True):
    """What the page of a goal shows.

    Attributes:
        view: The goal with everything under it.
        charts: How it goes, drawn.
        history: How it has grown, the latest first.
        barriers: What stands in its way.
        coping: What helps with it.
        may_share: Names of those with whom it could be shared.
        step_readers: Names of those who see a new step.
    """

    view: GoalView
    charts: tuple[Chart, ...]
    history: Sequence[HistoryEvent]
    barriers: list[CardLine]
    coping: list[CardLine]
    may_share: list[str]
    step_readers: Sequence[str]


def goal_id(conn: Connection, asked: Asked) -> bytes:
    """Return the goal that an address names.

    Raises:
        DomainError: ``not_found`` and the like.
    """
    return find(conn, "goal", asked.ids["goal"])


def show(desk: Desk, asked: Asked) -> Told:
    """Show a goal."""
    shown = desk.read(lambda conn: _page(conn, goal_id(conn, asked), desk.today))
    goal = shown.view.goal
    return page(
        desk,
        drafted(desk, asked, f"goal-{goal.id}"),
        "goal.html",
        "goal",
        shown=shown,
        view=shown.view,
        goal=goal,
        step=next_step(shown.view),
        leavable=LEAVABLE,
        answers=agreeing.ANSWERS,
        said=agreeing.SAID,
        stands=agreeing.stands(shown.view),
        device=text_from_id(desk.identity().device),
        field_words=field_words,
        value_words=partial(value_words, today=desk.today),
    )


def _page(conn: Connection, goal: bytes, day: str) -> GoalPage:
    view = show_goal(conn, goal, day)
    history = history_of_goal(conn, goal, Moment())
    return GoalPage(
        view=view,
        charts=goal_charts(conn, goal, day),
        history=history.events[::-1],
        barriers=list_cards(conn, "barrier", day, view.goal.id),
        coping=list_cards(conn, "coping", day, view.goal.id),
        may_share=[name for lane in open_lanes(conn, day) for name in lane.names],
        step_readers=place_under(conn, goal_at_home(conn, goal), "steps", day, AS_AGREED).seen_by,
    )


def add_to(desk: Desk, asked: Asked) -> Told:
    """Add a step, something that stands in the way, or something that helps."""
    when = desk.when()

    def work(conn: Connection, recorder: Recorder) -> Written:
        goal = goal_id(conn, asked)
        named = text_from_id(goal)
        if text := asked.words("step"):
            due = parse_due(asked.words("due") or "none", now_ms=desk.now_ms, zone=desk.zone)
            choice = Choice(private="only-me" in asked.chosen("for"))
            added = StepAdded(goal=named, text=text, due=due)
            return add_step(conn, recorder, added, when, choice)
        if text := asked.words("barrier"):
            return write_card(conn, recorder, BarrierIdentified(text=text, goal=named), when)
        if text := asked.words("then"):
            data = CopingAdded(then=text, when=asked.words("if"), goal=named)
            return write_card(conn, recorder, data, when)
        raise WordsNeededError

    desk.record(asked, work)
    done = "step" if asked.words("step") else "kept"
    return go_on(f"/goals/{asked.ids['goal']}?done={done}")


def move(desk: Desk, asked: Asked) -> Told:
    """Let a goal rest, go on, or be reached."""
    known = MOVES.get(asked.typed("to"))
    if known is None:
        raise UnknownChoiceError
    to, code, done = known
    reason = Reason(code=code, text=asked.words("reason-text"))
    desk.record(
        asked,
        lambda conn, recorder: goals.move_goal(conn, recorder, goal_id(conn, asked), to, reason),
    )
    return go_on(f"/goals/{asked.ids['goal']}?done={done}")


def settle(desk: Desk, asked: Asked) -> Told:
    """Settle a field that two devices changed apart: keep one value, or write a new one."""
    field, event = asked.typed("field"), asked.words("event")

    def work(conn: Connection, recorder: Recorder) -> Written:
        goal = goal_id(conn, asked)
        if event is not None:
            return conflicts.keep_value(conn, recorder, goal, field, event, SETTLED)
        return _write_new(desk, conn, recorder, goal, (field, asked.words("value")))

    desk.record(asked, work)
    return go_on(f"/goals/{asked.ids['goal']}?done=settled")


def _write_new(
    desk: Desk, conn: Connection, recorder: Recorder, goal: bytes, said: tuple[str, str | None]
) -> Written:
    match said:
        case ("title" | "why" | "area" as field, str(words)):
            stands = show_goal(conn, goal, desk.today).goal.title
            title = words if field == "title" else stands
            more = {} if field == "title" else {field: words}
            return goals.reword_goal(
                conn, recorder, goal, goals.Words(title=title, **more), SETTLED
            )
        case ("due", words):
            due = parse_due(words or "none", now_ms=desk.now_ms, zone=desk.zone)
            return goals.reschedule_goal(conn, recorder, goal, due, SETTLED)
        case ("target", words):
            target = None if words is None else parse_target(words)
            return goals.adjust_target(conn, recorder, goal, target, SETTLED)
        case _:
            raise WordsNeededError


def share(desk: Desk, asked: Asked) -> Told:
    """Share a goal with those let in, or keep the wish until somebody is."""
    when = desk.when()
    written = desk.record(
        asked,
        lambda conn, recorder: share_goal(conn, recorder, goal_id(conn, asked), when),
    )
    done = "wished" if written.wished else "shared"
    return go_on(f"/goals/{asked.ids['goal']}?done={done}")


def withdraw(desk: Desk, asked: Asked) -> Told:
    """Take a goal back from everybody."""
    when = desk.when()
    desk.record(
        asked,
        lambda conn, recorder: withdraw_goal(conn, recorder, goal_id(conn, asked), when),
    )
    return go_on(f"/goals/{asked.ids['goal']}?done=private")
