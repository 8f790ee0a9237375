"""``POST /people/<space>/comments``: the therapist's first write, appended by the server.

The form carries its session's token, the origin is checked for every write of the server, and the
store asks for the grant in the transaction that appends. The event's id was made with the form, so
a form that is sent twice writes once.
"""

from __future__ import annotations

from typing import Any, Final

import msgspec
from litestar import Request, Response, post
from litestar.enums import MediaType
from litestar.params import FromPath
from litestar.response import Redirect

from trailmark_adapters.clock import local_time, zone_from_name
from trailmark_server.access import Verb
from trailmark_server.pages.audience import (
    Audience,
    NothingHereError,
)
from trailmark_server.pages.entries import entries_from_rows
from trailmark_server.pages.replies import page, require_form
from trailmark_server.pages.surroundings import new_id
from trailmark_server.pages.views import CommentForm
from trailmark_server.pages.visits import open_space
from trailmark_server.services import InjectedServices, Services
from trailmark_server.sessions import FORM_FIELD, SignedIn
from trailmark_server.storage.ports import MemberDraft
from trailmark_shared import limits
from trailmark_shared.events.body import Body
from trailmark_shared.events.codec import encode_body
from trailmark_shared.events.comments import CommentAdded
from trailmark_shared.ids import EventId, Lane, id_from_text, text_from_id
from trailmark_shared.projections.entries import Entry

ZONE_CHARS_MAX: Final = 64
"""Longest name of a time zone that is looked up."""


class Sent(msgspec.Struct, frozen=True, kw_only=True):
    """A comment form as it came in.

    Attributes:
        form: What it is about.
        text: The words, with one character for each end of a line.
        zone: The reader's time zone, ``UTC`` where none is known.
    """

    form: CommentForm
    text: str
    zone: str


@post("/people/{space:str}/comments", status_code=201)
async def add_comment(
    request: Request[Any, Any, Any], services: InjectedServices, space: FromPath[str]
) -> Response[Any]:
    """Append a comment, or say what is wrong and give the words back."""
    signed_in = await services.web.require(request, services.now())
    fields = {name: str(value) for name, value in (await request.form()).items()}
    require_form(signed_in, fields.get(FORM_FIELD, ""))
    audience = await open_space(services, signed_in, space)
    sent = _sent(fields, text_from_id(audience.space))
    is_htmx = bool(request.headers.get("HX-Request"))
    problem = problem_with(sent.text)
    if problem is not None:
        return _refused(signed_in, sent, problem, is_htmx=is_htmx)
    await _append(services, audience, sent)
    if is_htmx:
        return Response(new_id(services), status_code=201, media_type=MediaType.TEXT)
    return Redirect(_way_back(sent.form, text_from_id(audience.space)), status_code=303)


def problem_with(text: str) -> str | None:
    """Return what is wrong with the words of a comment, as a sentence, or ``None``."""
    if not text:
        return "There is nothing to send yet."
    if len(text) > limits.TEXT_CHARS_MAX:
        return (
            f"A comment has at most {limits.TEXT_CHARS_MAX} characters; this one has {len(text)}."
            " Your words are still here."
        )
    return None


def _sent(fields: dict[str, str], space: str) -> Sent:
    zone = fields.get("zone", "")
    is_known = 0 < len(zone) <= ZONE_CHARS_MAX and zone_from_name(zone) is not None
    return Sent(
        form=CommentForm(
            url=f"/people/{space}/comments",
            id=fields.get("comment", ""),
            lane=fields.get("lane", ""),
            about=fields.get("about", ""),
            cause=fields.get("cause", ""),
            origin="goal" if fields.get("origin") == "goal" else "timeline",
        ),
        text=fields.get("text", "").replace("\r\n", "\n").replace("\r", "\n").strip(),
        zone=zone if is_known else "UTC",
    )


def _refused(signed_in: SignedIn, sent: Sent, problem: str, *, is_htmx: bool) -> Response[Any]:
    if is_htmx:
        return Response(problem, status_code=422, media_type=MediaType.TEXT)
    return page("comment.html", signed_in, 422, comment=sent.form, text=sent.text, problem=problem)


def _way_back(form: CommentForm, space: str) -> str:
    if form.origin == "goal":
        return f"/people/{space}/goals/{form.about}#said"
    return f"/people/{space}/timeline#row-{form.cause}"


async def _append(services: Services, audience: Audience, sent: Sent) -> None:
    """Append the comment and ring for it.

    Raises:
        NothingHereError: The lane is not the therapist's, or what it answers is not there.
    """
    lane = Lane(sent.form.lane)
    if lane not in audience.lanes:
        raise NothingHereError
    answered = await _answered(services, audience, lane, sent.form)
    body = await _body(services, audience, lane, sent, answered)
    right = audience.right(Verb.COMMENT, lane)
    await services.events.write_as_member(
        audience.space,
        lane,
        right.written_by,
        [MemberDraft(id=EventId(id_from_text(sent.form.id)), body=encode_body(body))],
        right.check,
    )
    services.bell.ring(audience.space, lane)


async def _answered(services: Services, audience: Audience, lane: Lane, form: CommentForm) -> Entry:
    """Return the event that a comment answers; only what is there can be answered.

    Raises:
        NothingHereError: It is not there.
    """
    cause = id_from_text(form.cause)
    rows = await services.events.subject_rows(
        audience.space, lane, id_from_text(form.about), audience.reader(lane)
    )
    for entry in entries_from_rows(rows):
        if entry.id == cause:
            return entry
    raise NothingHereError


async def _body(
    services: Services, audience: Audience, lane: Lane, sent: Sent, answered: Entry
) -> Body:
    now = services.now()
    at = local_time(now, sent.zone)
    return Body(
        type="comment_added",
        ver=1,
        subject=services.randomness.token(limits.ID_BYTES),
        occurred_at=at.isoformat(timespec="seconds"),
        zone=sent.zone,
        day=at.date().isoformat(),
        recorded_at=now,
        cause=answered.id,
        data=CommentAdded(
            text=sent.text,
            about=sent.form.about,
            goal=await _goal_of(services, audience, lane, answered),
        ),
    )


async def _goal_of(
    services: Services, audience: Audience, lane: Lane, answered: Entry
) -> str | None:
    stored = await services.events.document(
        audience.space, lane, answered.body.subject, audience.reader(lane)
    )
    if stored is None:
        return None
    goal = stored.subject if stored.kind == "goal" else stored.parent
    return None if goal is None else text_from_id(goal)
