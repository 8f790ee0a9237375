"""Changing a goal: its words, its target, its day, with the reason; never over somebody's head.

A form names the values that it was drawn from. Where one of them changed meanwhile, on another
device or by an accepted proposal, both are shown and nothing is recorded until the person has seen
it.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Final

import msgspec

from trailmark_adapters.sqlite import Connection
from trailmark_client.commands import goals
from trailmark_client.commands.when import parse_due
from trailmark_client.queries.goals import GoalView, show_goal
from trailmark_client.recorder import Recorder
from trailmark_client.web.asking import Asked, Told, go_on
from trailmark_client.web.desk import Desk
from trailmark_client.web.framing import drafted, page
from trailmark_client.web.goal import goal_id
from trailmark_client.web.wording import field_words, value_words
from trailmark_shared.domain.guidance import rewrite_of
from trailmark_shared.domain.targets import parse_target
from trailmark_shared.domain.typed_words import clean_words
from trailmark_shared.errors import DomainError, ErrorCode
from trailmark_shared.events.body import Reason
from trailmark_shared.words import gettext, marked

FIELDS: Final = ("title", "why", "limits", "due", "target")
"""What the form changes."""

REASONS: Final[Mapping[str, str]] = {
    "new-insight": marked("I see it differently now"),
    "obstacle": marked("Something stands in the way"),
    "priorities-shifted": marked("Other things matter more now"),
    "too-ambitious": marked("It was more than is possible now"),
    "too-easy": marked("It has become easy"),
    "no-longer-fits": marked("It does not fit any more"),
    "life-event": marked("Something happened in my life"),
    "other": marked("Something else"),
}
"""Reasons that are offered; none of them says that somebody did too little."""

KINDS: Final[Mapping[str, str]] = {
    "at-least": marked("At least so often"),
    "at-most": marked("At most so often"),
    "reach": marked("A number from 0 to 10"),
    "reduce-by": marked("So many percent less"),
    "done": marked("Done, or not yet"),
    "none": marked("No measure"),
}

PERIODS: Final[Mapping[str, str]] = {
    "day": marked("a day"),
    "week": marked("a week"),
    "month": marked("a month"),
}


class Draft(msgspec.Struct, frozen=True, kw_only=True):
    """A goal as the form shows it.

    Attributes:
        values: What stands, by field; the empty text for nothing.
        kind: Of its target.
        number: Of its target.
        unit: Of its target.
        per: Of its target.
        by: The day of its target, for a reduction that has one.
    """

    values: Mapping[str, str]
    kind: str
    number: str
    unit: str
    per: str
    by: str


def show(desk: Desk, asked: Asked) -> Told:
    """Show the form."""
    view = desk.read(lambda conn: show_goal(conn, goal_id(conn, asked), desk.today))
    name = f"change-{view.goal.id}"
    asked = drafted(desk, asked, name)
    stands = _draft(view)
    return page(
        desk,
        asked,
        "change.html",
        "goal",
        goal=view.goal,
        stands=stands,
        apart=_changed_meanwhile(asked, stands),
        reasons=REASONS,
        kinds=KINDS,
        periods=PERIODS,
        name=name,
        rewrite=rewrite_of(view.goal.title),
        field_words=field_words,
        value_words=partial(value_words, today=desk.today),
    )


def _draft(view: GoalView) -> Draft:
    target = None if view.goal.target is None else parse_target(view.goal.target)
    kind = "none" if target is None else (view.goal.target or "").split()[0]
    words = (view.goal.target or "").split()
    return Draft(
        values=_values(view),
        kind=kind,
        number=words[1].removesuffix("%") if len(words) > 1 else "",
        unit=(target.unit or "") if target else "",
        per=(target.per or "week") if target else "week",
        by=(target.by or "") if target else "",
    )


def _values(view: GoalView) -> dict[str, str]:
    return {
        "title": clean_words(view.goal.title),
        "why": clean_words(view.why or ""),
        "limits": clean_words(view.limits or ""),
        "due": view.goal.due or "",
        "target": view.goal.target or "",
    }


def _changed_meanwhile(asked: Asked, stands: Draft) -> list[str]:
    """Return the fields that stand otherwise than when the form was drawn."""
    return [
        field
        for field in FIELDS
        if f"was-{field}" in asked.form and asked.typed(f"was-{field}") != stands.values[field]
    ]


def change(desk: Desk, asked: Asked) -> Told:
    """Record what was changed, all of it or nothing."""
    reason = _reason(asked)
    target = _typed_target(asked)

    def work(conn: Connection, recorder: Recorder) -> None:
        goal = goal_id(conn, asked)
        view = show_goal(conn, goal, desk.today)
        _refuse_unclear(asked, view, target)
        stands = _values(view)
        wanted = _wanted(asked, stands, target)
        changed = {name for name, value in stands.items() if wanted[name] != value}
        if not changed:
            raise DomainError(ErrorCode.NOTHING_CHANGED, gettext("it already says exactly that"))
        if reason is None:
            raise DomainError(ErrorCode.REASON_REQUIRED, gettext("say why"))
        if changed & {"title", "why", "limits"}:
            words = goals.Words(
                title=wanted["title"] or view.goal.title,
                why=wanted["why"] or None,
                limits=wanted["limits"] if "limits" in changed else None,
            )
            goals.reword_goal(conn, recorder, goal, words, reason)
        if "due" in changed:
            due = parse_due(wanted["due"] or "none", now_ms=desk.now_ms, zone=desk.zone)
            goals.reschedule_goal(conn, recorder, goal, due, reason)
        if "target" in changed:
            _set_target(conn, recorder, goal, target, reason, is_first=view.goal.target is None)

    desk.record(asked, work)
    return go_on(f"/goals/{asked.ids['goal']}?done=changed")


def _refuse_unclear(asked: Asked, view: GoalView, target: str | None) -> None:
    if _changed_meanwhile(asked, _draft(view)):
        raise DomainError(
            ErrorCode.INVALID_INPUT,
            gettext("it was changed elsewhere meanwhile; look at both, then save again"),
        )
    if target is None and view.goal.target is None and asked.words("number"):
        raise DomainError(
            ErrorCode.INVALID_INPUT,
            gettext("choose what the number counts, or leave it empty"),
        )


def _wanted(asked: Asked, stands: Mapping[str, str], target: str | None) -> Mapping[str, str]:
    """Return what the form wants the fields to say, empty for nothing."""
    typed = {name: asked.words(name) or "" for name in ("title", "why", "limits", "due")}
    if "limits" not in asked.form:  # the form of a window that is older than the field
        typed["limits"] = stands["limits"]
    return typed | {"target": target or ""}


def _set_target(
    conn: Connection,
    recorder: Recorder,
    goal: bytes,
    target: str | None,
    reason: Reason,
    *,
    is_first: bool,
) -> None:
    wanted = None if target is None else parse_target(target)
    if is_first and wanted is not None:
        goals.set_target(conn, recorder, goal, wanted)
    else:
        goals.adjust_target(conn, recorder, goal, wanted, reason)


def _reason(asked: Asked) -> Reason | None:
    code = asked.typed("reason")
    return Reason(code=code, text=asked.words("reason-text")) if code in REASONS else None


def _typed_target(asked: Asked) -> str | None:
    """Return the target in the grammar of ``domain.targets``, or ``None`` for none."""
    number, unit = asked.words("number") or "", asked.words("unit")
    match asked.typed("kind"):
        case "at-least" | "at-most" as kind:
            middle = f" {' '.join(unit.split())}" if unit else ""
            return f"{kind} {number}{middle} per {asked.typed('per', 'week')}"
        case "reach":
            return f"reach {number}"
        case "reduce-by":
            by = asked.words("by")
            return f"reduce-by {number}%" + (f" by {by}" if by else "")
        case "done":
            return "done"
        case _:
            return None
