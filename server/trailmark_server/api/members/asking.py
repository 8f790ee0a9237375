"""Who asks, what a write must carry, and how refusals are answered and documented."""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated, Any, Final

import msgspec
from litestar import Request, Response
from litestar.di import NamedDependency, Provide
from litestar.openapi.datastructures import ResponseSpec
from litestar.openapi.spec import Example
from litestar.params import HeaderParameter

from trailmark_server.http.origins import ForeignOriginError
from trailmark_server.http.problems import (
    PROBLEM_TYPE,
    Problem,
    answer_problem,
    problem,
    problem_bytes,
)
from trailmark_server.services import InjectedServices, Services
from trailmark_server.sessions import SignedIn, check_form
from trailmark_shared.errors import ErrorCode, RefusedError, TrailmarkError
from trailmark_shared.words import gettext

FORM_HEADER: Final = "X-Form-Token"
"""Name of the header that carries the session's form token with every write."""

Reading = NamedDependency[SignedIn]
"""How a handler asks for the therapist who reads: ``signed_in: Reading``."""

Writing = NamedDependency[SignedIn]
"""How a handler asks for the therapist who writes: ``writer: Writing``."""

_CLOSED: Final = frozenset({ErrorCode.NOT_FOUND, ErrorCode.NOT_AUTHORISED, ErrorCode.MALFORMED_ID})
"""Codes that all say the same: nobody learns whether something exists."""


class StaleTokenError(RefusedError):
    """A write without the form token of this very session; nothing was written."""

    def __init__(self) -> None:
        """Say what to do."""
        super().__init__(
            ErrorCode.NOT_AUTHORISED,
            gettext("send the form_token of GET /api/members/session in the header {name}").format(
                name=FORM_HEADER
            ),
        )


async def provide_signed_in(
    request: Request[Any, Any, Any], services: InjectedServices
) -> SignedIn:
    """Return the therapist who asks.

    Raises:
        RefusedError: ``not_signed_in``.
    """
    return await services.web.require(request, services.now())


async def provide_writer(
    signed_in: Reading,
    form_token: Annotated[
        str,
        HeaderParameter(
            name=FORM_HEADER,
            description="The `form_token` of `GET /api/members/session`.",
        ),
    ] = "",
) -> SignedIn:
    """Return the therapist who writes.

    Raises:
        RefusedError: ``not_signed_in``.
        StaleTokenError: The form token is not that of the session.
    """
    try:
        check_form(signed_in, form_token)
    except RefusedError:
        raise StaleTokenError from None
    return signed_in


DEPENDENCIES: Final = {
    "signed_in": Provide(provide_signed_in),
    "writer": Provide(provide_writer),
}
"""For the router of these routes."""


def answer_refusal(request: Request[Any, Any, Any], error: TrailmarkError) -> Response[bytes]:
    """Answer a refusal; what is closed and what is not there get the same words and status."""
    is_about_the_request = isinstance(error, ForeignOriginError | StaleTokenError)
    if is_about_the_request or error.code not in _CLOSED | {ErrorCode.NOT_SHARED}:
        answer = answer_problem(request, error)
        if answer.status_code == HTTPStatus.UNAUTHORIZED:
            # Who is asked for more is asked for the cookie: no credential in a header opens this.
            services: Services = request.app.state.services
            named = f'Cookie cookie-name="{services.web.cookie_name}"'
            answer.headers["WWW-Authenticate"] = named
        return answer
    shown = (
        problem(error.code, error.message, HTTPStatus.GONE)
        if error.code == ErrorCode.NOT_SHARED
        else NOTHING_HERE
    )
    return Response(problem_bytes(shown), status_code=shown.status, media_type=PROBLEM_TYPE)


NOTHING_HERE: Final = problem(ErrorCode.NOT_FOUND, "there is nothing here")
"""Answer for whatever is closed, mistyped or gone."""

_SHOWN: Final = {
    HTTPStatus.BAD_REQUEST: (
        "The request is not what this address takes.",
        problem(ErrorCode.INVALID_INPUT, "the request is not what this address takes"),
    ),
    HTTPStatus.UNAUTHORIZED: (
        "Nobody is signed in.",
        problem(ErrorCode.NOT_SIGNED_IN, "sign in first; ask for a new link"),
    ),
    HTTPStatus.FORBIDDEN: (
        "The request came from elsewhere, or carries no form token of this session.",
        problem(ErrorCode.NOT_AUTHORISED, StaleTokenError().message),
    ),
    HTTPStatus.NOT_FOUND: ("It does not exist, or is closed to you.", NOTHING_HERE),
    HTTPStatus.CONFLICT: (
        "Something else was written under this id already, and stands.",
        problem(ErrorCode.DUPLICATE, "this was sent already, in other words, which stand"),
    ),
    HTTPStatus.GONE: (
        "The person let you in once, and no more.",
        problem(ErrorCode.NOT_SHARED, "Sharing ended on 3 Nov 2026", HTTPStatus.GONE),
    ),
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: (
        "The request is too large.",
        problem(ErrorCode.TOO_LARGE, "the request is too large"),
    ),
    HTTPStatus.TOO_MANY_REQUESTS: (
        "Too many of these at once.",
        problem(ErrorCode.RATE_LIMITED, "too many open invitations; withdraw one first"),
    ),
    HTTPStatus.INTERNAL_SERVER_ERROR: (
        "Something broke on the server; what was said to be saved is safe.",
        problem(
            ErrorCode.INTERNAL, "something broke on the server; what was said to be saved is safe"
        ),
    ),
    HTTPStatus.SERVICE_UNAVAILABLE: (
        "The server is busy, stops, or its store does not answer. Ask again.",
        problem(ErrorCode.OVERLOADED, "the server is busy; try again"),
    ),
    HTTPStatus.INSUFFICIENT_STORAGE: (
        "The server's disk is full; reads are written down, too.",
        problem(ErrorCode.DISK_FULL, "the disk is full; free some space and try again"),
    ),
}
OF_EVERYBODY: Final = (
    HTTPStatus.INTERNAL_SERVER_ERROR,
    HTTPStatus.SERVICE_UNAVAILABLE,
    HTTPStatus.INSUFFICIENT_STORAGE,
)
"""What any route may answer, whoever asks for what."""

_OF_ALL: Final = (HTTPStatus.BAD_REQUEST, HTTPStatus.UNAUTHORIZED, *OF_EVERYBODY)
_OF_WRITES: Final = (HTTPStatus.FORBIDDEN, HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
_OF_A_PERSON: Final = (HTTPStatus.NOT_FOUND, HTTPStatus.GONE)


def refusals(
    *more: HTTPStatus, writes: bool = False, person: bool = False
) -> dict[int, ResponseSpec]:
    """Return the refusals of a route, for its ``responses``.

    Args:
        more: Further statuses.
        writes: It changes something.
        person: It is about one person.
    """
    statuses = [
        *_OF_ALL,
        *(_OF_WRITES if writes else ()),
        *(_OF_A_PERSON if person else ()),
        *more,
    ]
    return {int(status): _response(status) for status in statuses}


def _response(status: HTTPStatus) -> ResponseSpec:
    description, shown = _SHOWN[status]
    example = Example(summary=shown.code, value=msgspec.to_builtins(shown))
    return ResponseSpec(
        data_container=Problem,
        description=description,
        media_type=PROBLEM_TYPE,
        generate_examples=False,
        examples=[example],
    )
