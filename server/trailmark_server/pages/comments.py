"""``POST /people/<space>/comments``: the therapist's first write, appended by the server.

The form carries its session's token, the origin is checked for every write of the server, and the
store asks for the grant in the transaction that appends. The form has an id, so one that is sent
twice writes once.
"""

from __future__ import annotations

from typing import Any, Final

import msgspec
from litestar import Request, Response, post
from litestar.enums import MediaType
from litestar.params import FromPath
from litestar.response import Redirect

from trailmark_server.members import comments, writing
from trailmark_server.members.surroundings import new_id
from trailmark_server.members.visits import open_space
from trailmark_server.pages.replies import page, signed_in_form
from trailmark_server.pages.views import CommentForm
from trailmark_server.services import InjectedServices
from trailmark_server.sessions import SignedIn
from trailmark_shared.domain.typed_words import clean_words
from trailmark_shared.ids import Lane, text_from_id
from trailmark_shared.words import gettext, marked

FORM_HEADER: Final = "Trailmark-Form"
"""Header of an answer to a script: the id that its form has from now on."""

_SENT_BEFORE: Final = marked(
    "A comment was sent from here already, in other words, and it stands. To send these words as "
    "well, send them once more."
)


class Sent(msgspec.Struct, frozen=True, kw_only=True):
    """A comment form as it came in.

    Attributes:
        form: What it is about.
        text: The words, with one character for each end of a line.
    """

    form: CommentForm
    text: str


@post("/people/{space:str}/comments", status_code=201)
async def add_comment(
    request: Request[Any, Any, Any], services: InjectedServices, space: FromPath[str]
) -> Response[Any]:
    """Append a comment, or say what is wrong and give the words back."""
    signed_in, fields = await signed_in_form(request, services)
    audience = await open_space(services, signed_in, space)
    sent = _sent(fields, text_from_id(audience.space))
    is_htmx = bool(request.headers.get("HX-Request"))
    problem = comments.problem_with(sent.text)
    if problem is not None:
        return _refused(signed_in, sent, problem, is_htmx=is_htmx)
    try:
        await comments.add_comment(services, audience, _comment(sent))
    except writing.SentBeforeError:
        form = msgspec.structs.replace(sent.form, id=new_id(services))  # sent again, it is another
        anew = msgspec.structs.replace(sent, form=form)
        return _refused(signed_in, anew, gettext(_SENT_BEFORE), is_htmx=is_htmx)
    if is_htmx:
        return Response(new_id(services), status_code=201, media_type=MediaType.TEXT)
    return Redirect(_way_back(sent.form, text_from_id(audience.space)), status_code=303)


def _sent(fields: dict[str, str], space: str) -> Sent:
    return Sent(
        form=CommentForm(
            url=f"/people/{space}/comments",
            id=fields.get("comment", ""),
            lane=fields.get("lane", ""),
            about=fields.get("about", ""),
            cause=fields.get("cause", ""),
            origin="goal" if fields.get("origin") == "goal" else "timeline",
        ),
        text=clean_words(fields.get("text", "")),
    )


def _comment(sent: Sent) -> comments.NewComment:
    return comments.NewComment(
        id=sent.form.id,
        lane=Lane(sent.form.lane),
        about=sent.form.about,
        cause=sent.form.cause,
        text=sent.text,
    )


def _refused(signed_in: SignedIn, sent: Sent, problem: str, *, is_htmx: bool) -> Response[Any]:
    if is_htmx:
        anew = {FORM_HEADER: sent.form.id}
        return Response(problem, status_code=422, media_type=MediaType.TEXT, headers=anew)
    return page("comment.html", signed_in, 422, comment=sent.form, text=sent.text, problem=problem)


def _way_back(form: CommentForm, space: str) -> str:
    if form.origin == "goal":
        return f"/people/{space}/goals/{form.about}#said"
    return f"/people/{space}/timeline#row-{form.cause}"
