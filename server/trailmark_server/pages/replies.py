"""HTML answers, and the refusals of pages in calm words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from litestar import Request, Response
from litestar.enums import MediaType

from trailmark_server.http.origins import ForeignOriginError
from trailmark_server.http.problems import answer_problem, problem_of
from trailmark_server.members.audience import SharingEndedError
from trailmark_server.members.writing import Sending
from trailmark_server.pages.rendering import TEMPLATES
from trailmark_server.pages.typed import typed_in
from trailmark_server.pages.views import Viewer
from trailmark_server.services import Services
from trailmark_server.sessions import FORM_FIELD, SignedIn, check_form
from trailmark_shared.errors import (
    DomainError,
    ErrorCode,
    LimitExceededError,
    RefusedError,
    TrailmarkError,
)
from trailmark_shared.ids import Lane
from trailmark_shared.words import capital, gettext


class StaleFormError(RefusedError):
    """A form that was not drawn for this session; nothing was written."""

    def __init__(self) -> None:
        """Say what to do."""
        super().__init__(
            ErrorCode.NOT_AUTHORISED,
            gettext(
                "This page was drawn for an earlier sign-in. Load it again, then send once more."
            ),
        )


_CLOSED: Final = frozenset({ErrorCode.NOT_FOUND, ErrorCode.NOT_AUTHORISED, ErrorCode.MALFORMED_ID})
"""Codes that all say the same to a browser: nobody learns whether something exists."""


def page(
    template: str, signed_in: SignedIn | None, status: int = 200, /, **values: object
) -> Response[str]:
    """Return a page.

    Args:
        template: Its name.
        signed_in: Who looks, or ``None``.
        status: HTTP status.
        values: What it shows.
    """
    viewer = None
    if signed_in is not None:
        viewer = Viewer(name=signed_in.therapist.name, form_token=signed_in.form_token)
    html = TEMPLATES.render(template, viewer=viewer, **values)
    return Response(html, status_code=status, media_type=MediaType.HTML)


async def fields_of(request: Request[Any, Any, Any]) -> dict[str, str]:
    """Return the fields of a form by name; of one that is there twice, the last."""
    return {name: str(value) for name, value in (await request.form()).items()}


async def signed_in_form(
    request: Request[Any, Any, Any], services: Services
) -> tuple[SignedIn, dict[str, str]]:
    """Return who sent a form and what stands in it, once it is theirs.

    Raises:
        RefusedError: ``not_signed_in``.
        StaleFormError: The form was not drawn for their very session.
    """
    signed_in = await services.web.require(request, services.now())
    fields = await fields_of(request)
    try:
        check_form(signed_in, fields.get(FORM_FIELD, ""))
    except RefusedError:
        raise StaleFormError from None
    return signed_in, fields


def sending_of(fields: Mapping[str, str]) -> Sending:
    """Return what a form carries besides what it says."""
    return Sending(id=fields.get("event", ""), lane=Lane(fields.get("lane", "")))


def answer_refusal(request: Request[Any, Any, Any], error: TrailmarkError) -> Response[Any]:
    """Answer a refusal at a page; what is closed and what is not there get the same words."""
    if isinstance(error, StaleFormError | ForeignOriginError):
        return _not_sent(request, error)
    if isinstance(error, SharingEndedError):
        return page("ended.html", None, 410, ended=error.message, typed=typed_in(request))
    if error.code in _CLOSED:
        return page(
            "message.html",
            None,
            404,
            title=gettext("There is nothing here"),
            paragraphs=[gettext("The address may be mistyped, or sharing may have ended.")],
            typed=typed_in(request),
            link={"url": "/people", "words": gettext("To the people who share with you")},
        )
    if error.code == ErrorCode.NOT_SIGNED_IN:
        return page(
            "message.html",
            None,
            401,
            title=gettext("Please sign in first"),
            paragraphs=[gettext("You were signed out, or you come for the first time.")],
            typed=typed_in(request),
            link={"url": "/sign-in", "words": gettext("Sign in")},
        )
    if isinstance(error, DomainError | LimitExceededError) and request.method == "POST":
        return _refused(request, error)
    return answer_failure(request, error)


def answer_failure(request: Request[Any, Any, Any], error: Exception) -> Response[Any]:
    """Answer what no form can help; the words of one are given back, as nobody has them now."""
    answer = answer_problem(request, error)
    if request.headers.get("HX-Request") or not typed_in(request):
        return answer
    shown = problem_of(error)
    return page(
        "message.html",
        None,
        shown.status,
        title=gettext("This did not work ({status})").format(status=shown.status),
        paragraphs=[as_sentence(shown.detail)],
        typed=typed_in(request),
        link={"url": "/people", "words": gettext("To the people who share with you")},
    )


def _refused(request: Request[Any, Any, Any], error: TrailmarkError) -> Response[str]:
    """Say what is wrong with a form, and give its words back."""
    return page(
        "message.html",
        None,
        422,
        title=gettext("Nothing was sent"),
        paragraphs=[as_sentence(error.message)],
        typed=typed_in(request),
        link={"url": "/people", "words": gettext("To the people who share with you")},
    )


def as_sentence(words: str) -> str:
    """Return what is wrong as pages say it."""
    said = capital(words)
    return said if said.endswith(".") else f"{said}."


def _not_sent(
    request: Request[Any, Any, Any], error: StaleFormError | ForeignOriginError
) -> Response[Any]:
    if request.headers.get("HX-Request"):
        return Response(error.message, status_code=403, media_type=MediaType.TEXT)
    return page(
        "message.html",
        None,
        403,
        title=gettext("Nothing was sent"),
        paragraphs=[error.message],
        typed=typed_in(request),
        link={"url": "/people", "words": gettext("To the people who share with you")},
    )
