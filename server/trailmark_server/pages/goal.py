"""``/people/<space>/goals/<goal>``: a goal, how it has grown, and how it stood on a past day."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any, Final
from urllib.parse import urlencode

import msgspec
from litestar import Request, Response, get
from litestar.params import FromPath, FromQuery

from trailmark_server.members.audience import (
    Audience,
)
from trailmark_server.members.dates import end_of_day_ms, iso, moment_words, short_day
from trailmark_server.members.documents import documents_of_kind
from trailmark_server.members.entries import entries_from_rows
from trailmark_server.members.marks import PLAIN_MARK
from trailmark_server.members.progress import local_day
from trailmark_server.members.surroundings import Goals, home_of, new_id, read_comments, read_goals
from trailmark_server.members.visits import note_visit, open_space
from trailmark_server.members.writing import entries_there
from trailmark_server.pages.goal_parts import GoalParts, read_parts
from trailmark_server.pages.goal_view import (
    fields_of_goal,
    history_rows,
    notice_of_goal,
    steps_of_goal,
)
from trailmark_server.pages.person import head_of
from trailmark_server.pages.proposals import propose_url
from trailmark_server.pages.replies import page
from trailmark_server.pages.timeline import live_url_of, read_cursors
from trailmark_server.pages.views import AsOf, Comment, CommentForm, Comparison, Goal
from trailmark_server.services import InjectedServices, Services
from trailmark_shared.domain.looks import Look
from trailmark_shared.ids import Lane, id_from_text, text_from_id
from trailmark_shared.phrases import head_words
from trailmark_shared.projections.entries import Entry
from trailmark_shared.projections.goal import fold_goal
from trailmark_shared.projections.history import as_of as as_received_by
from trailmark_shared.projections.history import goal_history
from trailmark_shared.projections.step import StepDocument, fold_step
from trailmark_shared.words import gettext, marked

_KNOWN_THEN: Final = marked("As it was known at the end of {day} (UTC).")
_KNOWN_SO_FAR: Final = marked(
    "By the end of {day} (UTC) more may reach the server; this is what is known so far."
)
_NOT_THERE_YET: Final = marked("Nothing of this goal had reached the server by the end of {day}.")


@get("/people/{space:str}/goals/{goal:str}")
async def show_goal(
    request: Request[Any, Any, Any],
    services: InjectedServices,
    space: FromPath[str],
    goal: FromPath[str],
    as_of: FromQuery[str | None] = None,
) -> Response[str]:
    """Show a goal.

    Args:
        request: The request.
        services: The server.
        space: Whose.
        goal: Which one.
        as_of: A day (UTC): only what had reached the server by its end.

    Returns:
        The page.
    """
    by_itself = "HX-Request" in request.headers  # the open page follows a change
    signed_in = await services.web.require(request, services.now(), by_itself=by_itself)
    audience = await open_space(services, signed_in, space)
    subject = id_from_text(goal)
    cursors = await read_cursors(services, audience)
    goals = await read_goals(services, audience)
    lane, _ = home_of(goals, text_from_id(subject))
    upto = end_of_day_ms(as_of) if as_of else None
    rows = await services.events.subject_rows(audience.space, lane, subject, audience.reader(lane))
    entries = entries_from_rows(rows)
    known = entries if upto is None else as_received_by(entries, upto)
    shown = await _goal(
        services,
        audience,
        Shown(goals=goals, lane=lane, subject=subject, upto=upto),
        known,
    )
    if upto is not None:
        shown = msgspec.structs.replace(
            shown, self_url=f"{shown.url}?{urlencode({'as_of': as_of})}"
        )
    await note_visit(services, audience.space, audience.member, Look.GOAL)
    live_url = live_url_of(audience, cursors)
    return page(
        "goal.html",
        signed_in,
        person=await head_of(services, audience, live_url),
        goal=shown,
        parts=await read_parts(services, audience, lane, subject, known, upto)
        if known
        else GoalParts(),
        history=history_rows(goal_history(known), audience.names),
        as_of=None if upto is None else _as_of(as_of or "", known, is_over=upto < services.now()),
    )


def _as_of(day: str, known: Sequence[Entry], *, is_over: bool) -> AsOf:
    words = (_KNOWN_THEN if is_over else _KNOWN_SO_FAR) if known else _NOT_THERE_YET
    return AsOf(value=day, words=gettext(words).format(day=short_day(day)))


class Shown(msgspec.Struct, frozen=True, kw_only=True):
    """Which goal a page shows, from where, and until when.

    Attributes:
        goals: All goals that the therapist may see.
        lane: The lane that it is read from.
        subject: The goal.
        upto: Only what had reached the server by then, milliseconds UTC; ``None`` for now.
    """

    goals: Goals
    lane: Lane
    subject: bytes
    upto: int | None


async def _goal(services: Services, audience: Audience, which: Shown, entries: list[Entry]) -> Goal:
    goal, lane = text_from_id(which.subject), which.lane
    space = text_from_id(audience.space)
    document = fold_goal(entries) if entries else None
    shared = document.shares[-1].event if document and document.shares else ""
    is_open = document is not None and not document.frozen and shared
    can_comment = is_open and audience.allows("comment", lane)
    url = f"/people/{space}/goals/{goal}"
    title = document.title.value if document else None
    return Goal(
        id=goal,
        lane=lane,
        title=title or gettext("A goal"),
        mark=which.goals.marks.get(goal, PLAIN_MARK),
        url=url,
        self_url=url,
        notice=notice_of_goal(document, audience.label, partial(local_day, entries, ()))
        if document
        else None,
        fields=fields_of_goal(document, audience.names) if document else (),
        steps=steps_of_goal(
            await _steps(services, audience, which),
            propose_url(space, what="step_change", goal=goal)
            if is_open and which.upto is None and audience.allows("propose", lane)
            else "",
        ),
        comments=await _comments(services, audience, which),
        comment=CommentForm(
            url=f"/people/{space}/comments",
            id=new_id(services),
            lane=lane,
            about=goal,
            cause=shared,
            origin="goal",
        )
        if can_comment
        else None,
        comparison=None if which.upto is not None else await _comparison(services, audience, lane),
    )


async def _comparison(services: Services, audience: Audience, lane: Lane) -> Comparison:
    """Return the words of a lane as the server has it now."""
    proof = await services.events.lane_proof(audience.space, lane, audience.reader(lane))
    assert proof.head is not None, "the goal is in it"
    space = text_from_id(audience.space)
    return Comparison(
        entry=proof.head.seq,
        words=head_words(proof.head.hash, proof.head.seq),
        export_url=f"/api/members/people/{space}/export?{urlencode({'lane': lane})}",
    )


async def _steps(
    services: Services, audience: Audience, which: Shown
) -> list[tuple[str, StepDocument]]:
    lane, goal, upto = which.lane, which.subject, which.upto
    known = await documents_of_kind(services, audience, lane, "step", StepDocument, goal)
    if upto is None:
        return known
    found: list[tuple[str, StepDocument]] = []
    for step, _ in known:
        written = await entries_there(services, audience, lane, id_from_text(step))
        entries = as_received_by(written, upto)
        if entries:
            found.append((step, fold_step(entries)))
    return found


async def _comments(services: Services, audience: Audience, which: Shown) -> list[Comment]:
    """What was said about the goal and its parts, by the past day that is shown."""
    return [
        Comment(
            id=subject,
            author=audience.names.get(document.created_by, document.created_by),
            at=iso(document.created_at),
            when=f"{moment_words(document.created_at)} UTC",
            text=document.text,
        )
        for subject, document in await read_comments(
            services, audience, which.lane, [which.subject]
        )
        if which.upto is None or document.created_at <= which.upto
    ]
