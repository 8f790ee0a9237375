"""Today: what matters now, checking in with one tap, a win, a hard day."""

from __future__ import annotations

from typing import Final

import msgspec

from trailmark_adapters.sqlite import Connection
from trailmark_client.commands import undoing
from trailmark_client.commands.check_ins import CheckIn
from trailmark_client.commands.check_ins import check_in as record_check_in
from trailmark_client.commands.notes import note
from trailmark_client.commands.places import Choice, place_of_note
from trailmark_client.commands.steps import reach_step
from trailmark_client.commands.written import Written
from trailmark_client.queries.documents import find
from trailmark_client.queries.goals import GoalLine, GoalView, list_goals, show_goal
from trailmark_client.queries.lines import StepLine
from trailmark_client.queries.progress import goal_progress
from trailmark_client.queries.proposals import open_proposals
from trailmark_client.queries.taken_back import what_to_undo
from trailmark_client.web.asking import Asked, Told, go_on
from trailmark_client.web.desk import Desk
from trailmark_client.web.framing import drafted, page
from trailmark_shared.domain.targets import tenths_from_text
from trailmark_shared.events.notes import SetbackNoted, WinNoted
from trailmark_shared.ids import id_from_text, text_from_id
from trailmark_shared.projections.card_kinds import CHOSEN_ONE_BY_ONE
from trailmark_shared.words import gettext

ACTIVE_SHOWN: Final = 3
"""Goals that are in view at once; the others wait under one word."""

RATINGS: Final = tuple(range(11))
"""Numbers that a check-in offers."""


class Card(msgspec.Struct, frozen=True, kw_only=True):
    """A goal that is worked on, as Today shows it.

    Attributes:
        goal: The goal.
        is_count: It is counted, not rated.
        standing: How it goes, in a sentence.
        today: The latest number of today, or ``None``.
        step: Its next open step, or ``None``.
    """

    goal: GoalLine
    is_count: bool
    standing: str
    today: int | float | None
    step: StepLine | None


class Day(msgspec.Struct, frozen=True, kw_only=True):
    """What Today shows.

    Attributes:
        matters: The step to begin with, or ``None``.
        matters_goal: Its goal, or ``None``.
        why: Why that goal matters, or ``None``.
        cards: Goals that are worked on.
        more: Further ones that are worked on.
        resting: Goals that rest or are planned.
        suggested: How many suggestions wait for an answer.
    """

    matters: StepLine | None
    matters_goal: GoalLine | None
    why: str | None
    cards: list[Card]
    more: list[GoalLine]
    resting: list[GoalLine]
    suggested: int


def show(desk: Desk, asked: Asked) -> Told:
    """Show Today; before there is a goal, the way to the first one."""
    day = desk.read(lambda conn: _day(conn, desk.today))
    if not (day.cards or day.resting or desk.read(lambda conn: list_goals(conn, desk.today))):
        return go_on("/begin")
    return page(desk, asked, "today.html", "today", day=day, ratings=RATINGS)


def _day(conn: Connection, today: str) -> Day:
    lines = list_goals(conn, today)
    active = [each for each in lines if each.status == "active"]
    shown = active[:ACTIVE_SHOWN]
    views = {each.id: show_goal(conn, id_from_text(each.id), today) for each in shown}
    cards = [_card(conn, views[each.id], today) for each in shown]
    first = next((each for each in cards if each.step is not None), None)
    return Day(
        matters=None if first is None else first.step,
        matters_goal=None if first is None else first.goal,
        why=None if first is None else views[first.goal.id].why,
        cards=cards,
        more=active[ACTIVE_SHOWN:],
        resting=[each for each in lines if each.status in {"on-hold", "planned", "accepted"}],
        suggested=len(open_proposals(conn, today)),
    )


def _card(conn: Connection, view: GoalView, today: str) -> Card:
    progress = goal_progress(conn, id_from_text(view.goal.id), today)
    target = view.goal.target or ""
    said = [each for each in view.check_ins if each.day == today]
    return Card(
        goal=view.goal,
        is_count=target.startswith(("at-least", "at-most")),
        standing=progress.segments[-1].summary,
        today=said[-1].value if said else None,
        step=next_step(view),
    )


def next_step(view: GoalView) -> StepLine | None:
    """Return the step of a goal to begin with: the first one that is open."""
    return next((each for each in view.steps if each.status == "open"), None)


def check_in(desk: Desk, asked: Asked) -> Told:
    """Record a number with one tap, or that today is skipped."""
    text = asked.words("value")
    value = None if text is None else tenths_from_text(text)
    said = CheckIn(value_tenths=value, note=asked.words("note"))
    when = desk.when(asked.words("at"))
    written = desk.record(
        asked,
        lambda conn, recorder: record_check_in(
            conn, recorder, find(conn, "goal", asked.ids["goal"]), said, when
        ),
    )
    done = "skipped" if value is None else "checked-in"
    return go_on(f"/?done={done}&id={text_from_id(written.subject)}")


def show_win(desk: Desk, asked: Asked) -> Told:
    """Show the form for something that went well."""
    return page(desk, drafted(desk, asked, "win"), "win.html", "today", readers=_readers(desk))


def win(desk: Desk, asked: Asked) -> Told:
    """Record something that went well."""
    written = _note(desk, asked, WinNoted(text=asked.needed("text")))
    return go_on(f"/?done=win&id={text_from_id(written.subject)}")


def show_hard(desk: Desk, asked: Asked) -> Told:
    """Show the form for a hard day."""
    return page(desk, drafted(desk, asked, "hard"), "hard.html", "today", readers=_readers(desk))


def hard(desk: Desk, asked: Asked) -> Told:
    """Record a hard moment; a day can be too hard for words. Nothing resets."""
    text = asked.words("text") or gettext("A hard day")
    data = SetbackNoted(text=text, helped=asked.words("helped"))
    written = _note(desk, asked, data)
    return go_on(f"/?done=hard&id={text_from_id(written.subject)}")


def _readers(desk: Desk) -> tuple[str, ...]:
    """Return who sees a win or a hard moment as it is written."""
    return desk.read(lambda conn: place_of_note(conn, None, desk.today).seen_by)


def _note(desk: Desk, asked: Asked, data: WinNoted | SetbackNoted) -> Written:
    choice = Choice(private="only-me" in asked.chosen("for"))
    return desk.record(
        asked, lambda conn, recorder: note(conn, recorder, data, desk.when(), choice)
    )


def reach(desk: Desk, asked: Asked) -> Told:
    """Mark a step as reached."""
    desk.record(
        asked,
        lambda conn, recorder: reach_step(
            conn, recorder, find(conn, "step", asked.ids["step"]), desk.when()
        ),
    )
    return go_on(f"{asked.typed('from') or '/'}?done=reached")


def undo(desk: Desk, asked: Asked) -> Told:
    """Take back what was just recorded, and say what others still read of it."""
    when = desk.when()
    written = desk.record(
        asked,
        lambda conn, recorder: undoing.undo(
            conn, recorder, what_to_undo(conn, asked.ids["entry"], when.day), when
        ),
    )
    desk.store.clean()
    return go_on(f"/?done={_undone(written)}")


def _undone(written: Written) -> str:
    if not written.seen_by or written.kind == "goal":
        return "undone"
    if written.kind in {"comment", "excerpt", *CHOSEN_ONE_BY_ONE}:
        return "undone-shared"
    return f"undone-read&id={text_from_id(written.subject)}"
