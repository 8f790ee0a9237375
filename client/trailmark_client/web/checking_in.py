"""Checking in with words, for an earlier time, or only for oneself."""

from __future__ import annotations

from trailmark_client.commands.check_ins import CheckIn, check_in
from trailmark_client.commands.places import Choice
from trailmark_client.queries.goals import show_goal
from trailmark_client.web.asking import Asked, Told, go_on
from trailmark_client.web.desk import Desk
from trailmark_client.web.framing import drafted, page
from trailmark_client.web.goal import goal_id
from trailmark_client.web.today import RATINGS
from trailmark_shared.domain.targets import tenths_from_text
from trailmark_shared.errors import DomainError, ErrorCode
from trailmark_shared.ids import text_from_id
from trailmark_shared.words import gettext


def show(desk: Desk, asked: Asked) -> Told:
    """Show the form."""
    view = desk.read(lambda conn: show_goal(conn, goal_id(conn, asked), desk.today))
    name = f"check-in-{view.goal.id}"
    return page(
        desk,
        drafted(desk, asked, name),
        "check_in.html",
        "goal",
        goal=view.goal,
        name=name,
        ratings=RATINGS,
        is_count=(view.goal.target or "").startswith(("at-least", "at-most")),
    )


def record(desk: Desk, asked: Asked) -> Told:
    """Record a number, or that it is skipped, for the moment that is meant."""
    is_skipped = asked.typed("skip") == "yes"
    text = asked.words("value")
    if text is None and not is_skipped:
        raise DomainError(
            ErrorCode.INVALID_INPUT, gettext("choose a number, or skip: skipping is an answer, too")
        )
    value = None if is_skipped or text is None else tenths_from_text(text)
    is_earlier = asked.typed("when") == "earlier"
    at = asked.words("at") if is_earlier else None
    if is_earlier and at is None:
        raise DomainError(
            ErrorCode.INVALID_INPUT, gettext("say at what time it was, or choose now")
        )
    when = desk.when(at)
    said = CheckIn(
        value_tenths=value,
        note=asked.words("note"),
        choice=Choice(private=asked.typed("private") == "yes"),
    )
    written = desk.record(
        asked, lambda conn, recorder: check_in(conn, recorder, goal_id(conn, asked), said, when)
    )
    done = "skipped" if value is None else "checked-in"
    return go_on(f"/goals/{asked.ids['goal']}?done={done}&id={text_from_id(written.subject)}")
