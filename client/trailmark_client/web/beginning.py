"""The first two minutes: from one sentence to a goal with a target, a start and a first step.

Every answer is kept in the draft ``begin`` until the last one records all of it in one transaction,
so that going back, closing the window or a dead battery costs nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import msgspec

from trailmark_adapters.sqlite import Connection
from trailmark_client.commands.goals import add_goal
from trailmark_client.commands.steps import add_step
from trailmark_client.commands.when import parse_due
from trailmark_client.commands.written import Written
from trailmark_client.recorder import Recorder
from trailmark_client.storage.drafts import draft, drop_draft, keep_draft
from trailmark_client.web.asking import Asked, Told, WordsNeededError, go_on
from trailmark_client.web.desk import DRAFT_FIELD, Desk
from trailmark_client.web.framing import page
from trailmark_shared.domain.guidance import rewrite_of
from trailmark_shared.domain.targets import Target, parse_target, tenths_from_text
from trailmark_shared.errors import DomainError, ErrorCode
from trailmark_shared.events.goals import GoalDrafted
from trailmark_shared.events.steps import StepAdded
from trailmark_shared.ids import text_from_id
from trailmark_shared.words import gettext, marked

DRAFT: Final = "begin"

PARTS: Final = ("words", "notice", "target", "start", "step")
"""The questions, in order."""

TIMES: Final = tuple(range(1, 8))
"""How often a week something may be hoped for."""

_OPEN_FIRST: Final = {"words": "title", "notice": "measure", "target": "target", "start": "start"}
"""The field that answers each question."""

STEPS: Final[Mapping[str, str]] = {
    "ten-minutes": marked("Give it ten minutes"),
    "tell-somebody": marked("Tell one person about it"),
    "look": marked("Notice when it is a little easier"),
}
"""First steps that are offered; one of their own may stand in their place."""

DAYS: Final[Mapping[str, str]] = {
    "today": marked("Today"),
    "tomorrow": marked("Tomorrow"),
    "in 1 week": marked("Within a week"),
    "none": marked("No day"),
}
"""When the first step may be."""


def welcome(desk: Desk, asked: Asked) -> Told:
    """Say what this is, and ask the one question."""
    return _shown(desk, asked, "words")


def show(desk: Desk, asked: Asked) -> Told:
    """Show one question; one that comes too early leads to the first that is open."""
    part = asked.ids["part"]
    given = desk.read(lambda conn: draft(conn, DRAFT))
    before = PARTS[: PARTS.index(part)] if part in PARTS else PARTS
    unanswered = next((each for each in before if not _is_answered(given, each)), None)
    if unanswered is not None:
        return go_on(f"/begin/{unanswered}")
    return _shown(desk, asked, part if part in PARTS else PARTS[-1])


def _is_answered(given: Mapping[str, tuple[str, ...]], part: str) -> bool:
    if part == "target" and given.get("measure") == ("done",):
        return True
    field = _OPEN_FIRST[part]
    return any(each.strip() for each in given.get(field, ()))


def _shown(desk: Desk, asked: Asked, part: str) -> Told:
    given = desk.read(lambda conn: draft(conn, DRAFT) | draft(conn, f"{DRAFT}-{part}"))
    shown = msgspec.structs.replace(asked, form={**given, **asked.form})
    title = shown.typed("title")
    return page(
        desk,
        shown,
        f"begin/{part}.html",
        "begin",
        number=PARTS.index(part) + 1,
        count=len(PARTS),
        rewrite=rewrite_of(title),
        steps=STEPS,
        days=DAYS,
        times=TIMES,
        before=_before(part, shown.typed("measure")),
    )


def _before(part: str, measure: str) -> str:
    """Return the question before one, where somebody goes back."""
    if part == "start" and measure == "done":
        return "notice"
    return PARTS[max(PARTS.index(part) - 1, 0)]


def answer(desk: Desk, asked: Asked) -> Told:
    """Keep one answer and ask the next question; the last answer records everything."""
    part = asked.ids["part"]
    if part not in PARTS:
        raise DomainError(ErrorCode.NOT_FOUND, gettext("there is no such question"))
    if part == "words" and asked.words("title") is None:
        raise WordsNeededError
    typed = {name: values for name, values in asked.form.items() if name != DRAFT_FIELD}
    given = desk.read(lambda conn: draft(conn, DRAFT)) | typed
    if part == PARTS[-1]:
        return _record(desk, given)

    def keep(conn: Connection) -> None:
        keep_draft(conn, DRAFT, given, desk.now_ms)
        drop_draft(conn, f"{DRAFT}-{part}")

    desk.store.write(keep)
    following = PARTS[PARTS.index(part) + 1]
    if following == "target" and given.get("measure") == ("done",):
        following = "start"
    return go_on(f"/begin/{following}")


def _record(desk: Desk, given: Mapping[str, tuple[str, ...]]) -> Told:
    said = Asked(form={**given, DRAFT_FIELD: (DRAFT,)})
    goal = GoalDrafted(
        title=said.words("own-title") or said.words("title") or "",
        target=_target(said),
        baseline_tenths=tenths_from_text(said.typed("start")),
    )
    step = said.words("own-step") or gettext(STEPS.get(said.typed("step"), ""))
    due = parse_due(said.typed("day") or "none", now_ms=desk.now_ms, zone=desk.zone)
    when = desk.when()

    def work(conn: Connection, recorder: Recorder) -> Written:
        written = add_goal(conn, recorder, goal, when)
        if step:
            first = StepAdded(goal=text_from_id(written.subject), text=step, due=due)
            add_step(conn, recorder, first, when)
        drop_draft(conn, f"{DRAFT}-{PARTS[-1]}")
        return written

    written = desk.record(said, work)
    return go_on(f"/begun/{text_from_id(written.subject)}")


def _target(said: Asked) -> Target:
    match said.typed("measure"):
        case "count":
            return parse_target(f"at-least {said.typed('target')} per week")
        case "rating":
            return parse_target(f"reach {said.typed('target')}")
        case _:
            return parse_target("done")


def begun(desk: Desk, asked: Asked) -> Told:
    """Say that the goal is saved, who sees it, and what may be done next; none of it is needed."""
    in_app = desk.server_address is not None
    return page(desk, asked, "begin/done.html", "begin", in_app=in_app)
