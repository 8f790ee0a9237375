"""Errors at the edge: one shape for all of them, and no text of a person in any.

Over HTTP every error is ``application/problem+json`` (RFC 9457) with ``type``, ``title``,
``status``, ``code`` and ``detail``. Errors of ours bring their own sentence; whatever else happens
gets a fixed one, because the message of a foreign exception may quote what somebody sent. A browser
that asks for a page gets the same words as a small page.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Generator, Mapping
from html import escape
from http import HTTPStatus
from math import ceil
from types import MappingProxyType
from typing import Any, Final, cast

import msgspec
from litestar import Request, Response
from litestar.enums import MediaType, ParamType
from litestar.exceptions import HTTPException, InternalServerException, ValidationException

from trailmark_server.logs import log_failure
from trailmark_server.throttle import TooManyTriesError
from trailmark_shared.errors import ErrorCode, RefusedError, Retry, TrailmarkError
from trailmark_shared.protocol import messages
from trailmark_shared.protocol.frames import encode_frame
from trailmark_shared.words import Texts, gettext, language, marked

_Handler = Callable[[Request[Any, Any, Any], Exception], Response[bytes]]

PROBLEM_TYPE: Final = "application/problem+json"
_ERROR_CHARS_MAX: Final = 200
_TYPE_PREFIX: Final = "urn:trailmark:problem:"

_CUT_SHORT: Final = "client disconnected prematurely"
"""What the framework says where a body ends before its length: the line was cut, nothing broke."""

_STATUS_BY_CODE: Final[Mapping[ErrorCode, HTTPStatus]] = MappingProxyType(
    {
        ErrorCode.NOT_SIGNED_IN: HTTPStatus.UNAUTHORIZED,
        ErrorCode.SIGNED_OUT: HTTPStatus.UNAUTHORIZED,
        ErrorCode.NOT_AUTHORISED: HTTPStatus.FORBIDDEN,
        ErrorCode.WRONG_CODE: HTTPStatus.FORBIDDEN,
        ErrorCode.SIGN_IN_REFUSED: HTTPStatus.FORBIDDEN,
        ErrorCode.PROOF_NEEDED: HTTPStatus.FORBIDDEN,
        ErrorCode.NOT_FOUND: HTTPStatus.NOT_FOUND,
        ErrorCode.DUPLICATE: HTTPStatus.CONFLICT,
        ErrorCode.SPACE_ERASED: HTTPStatus.GONE,
        ErrorCode.TOO_LARGE: HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
        ErrorCode.RATE_LIMITED: HTTPStatus.TOO_MANY_REQUESTS,
        ErrorCode.OVERLOADED: HTTPStatus.SERVICE_UNAVAILABLE,
        ErrorCode.GOING_AWAY: HTTPStatus.SERVICE_UNAVAILABLE,
        ErrorCode.STORAGE_UNAVAILABLE: HTTPStatus.SERVICE_UNAVAILABLE,
        ErrorCode.DISK_FULL: HTTPStatus.INSUFFICIENT_STORAGE,
        ErrorCode.CORRUPT_LOG: HTTPStatus.INTERNAL_SERVER_ERROR,
        ErrorCode.SEAL_BROKEN: HTTPStatus.INTERNAL_SERVER_ERROR,
        ErrorCode.INTERNAL: HTTPStatus.INTERNAL_SERVER_ERROR,
    }
)
"""Status of each code that can reach the edge; the others are the sender's (400)."""

_CODE_BY_STATUS: Final[Mapping[int, ErrorCode]] = MappingProxyType(
    {
        400: ErrorCode.INVALID_INPUT,
        401: ErrorCode.NOT_SIGNED_IN,
        403: ErrorCode.NOT_AUTHORISED,
        404: ErrorCode.NOT_FOUND,
        405: ErrorCode.INVALID_INPUT,
        413: ErrorCode.TOO_LARGE,
        415: ErrorCode.INVALID_INPUT,
        429: ErrorCode.RATE_LIMITED,
        503: ErrorCode.OVERLOADED,
    }
)

_DETAIL_BY_CODE: Final[Mapping[ErrorCode, str]] = Texts(
    {
        ErrorCode.INVALID_INPUT: marked("the request is not what this address takes"),
        ErrorCode.NOT_SIGNED_IN: marked("sign in first"),
        ErrorCode.NOT_AUTHORISED: marked("there is nothing here for you"),
        ErrorCode.NOT_FOUND: marked("there is nothing here"),
        ErrorCode.TOO_LARGE: marked("the request is too large"),
        ErrorCode.RATE_LIMITED: marked("too many tries; wait a little"),
        ErrorCode.OVERLOADED: marked("the server is busy; try again"),
        ErrorCode.INTERNAL: marked(
            "something broke on the server; what was said to be saved is safe"
        ),
    }
)

_WHOLE_BODY: Final = "data"
_NAMED_FIELD: Final = re.compile(r"field `(\w{1,64})`")
_NAME: Final = re.compile(r"[\w.\[\]-]{0,64}", re.ASCII)


class WrongField(msgspec.Struct, frozen=True, kw_only=True):
    """A part of a request that its address does not take.

    Attributes:
        place: `path`, `query`, `header`, `cookie` or `body`.
        name: Its name there, with dots where it is nested; empty for the body as a whole.
    """

    place: str
    name: str


class Problem(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One error as it goes out.

    Attributes:
        type: A name of the kind of problem, as a URN.
        title: The status in words.
        status: The HTTP status.
        code: ``ErrorCode``.
        detail: One sentence for people.
        fields: What in the request is not what the address takes, where that is known.
    """

    type: str
    title: str
    status: int
    code: str
    detail: str
    fields: tuple[WrongField, ...] = ()


def problem(code: ErrorCode, detail: str, status: int | None = None) -> Problem:
    """Return the problem of a code.

    Args:
        code: What is wrong.
        detail: One sentence without anybody's words.
        status: The HTTP status, when it is not the code's own.
    """
    number = _STATUS_BY_CODE.get(code, HTTPStatus.BAD_REQUEST) if status is None else status
    return Problem(
        type=_TYPE_PREFIX + code,
        title=HTTPStatus(number).phrase,
        status=int(number),
        code=code,
        detail=detail,
    )


def problem_of(error: Exception) -> Problem:
    """Return the problem that an exception is for the outside."""
    if isinstance(error, TrailmarkError):
        return problem(error.code, error.message)
    if isinstance(error, InternalServerException) and error.detail == _CUT_SHORT:
        return problem(ErrorCode.INVALID_INPUT, _DETAIL_BY_CODE[ErrorCode.INVALID_INPUT])
    if isinstance(error, HTTPException):
        known = _CODE_BY_STATUS.get(error.status_code)
        code = known or (
            ErrorCode.INTERNAL
            if error.status_code >= HTTPStatus.INTERNAL_SERVER_ERROR
            else ErrorCode.INVALID_INPUT
        )
        shown = problem(code, _DETAIL_BY_CODE[code], error.status_code)
        return msgspec.structs.replace(shown, fields=tuple(_wrong_fields(error)))
    if isinstance(error, RecursionError):
        return problem(ErrorCode.TOO_DEEP, gettext("the request is nested too deeply"))
    return problem(ErrorCode.INTERNAL, _DETAIL_BY_CODE[ErrorCode.INTERNAL])


def _wrong_fields(error: HTTPException) -> Generator[WrongField]:
    """Yield what a validation found, by place and name: what it says of them may quote values."""
    found = cast("object", error.extra)
    if not isinstance(error, ValidationException) or not isinstance(found, list):
        return
    for each in cast("list[dict[str, object]]", found):
        source = each.get("source", "")
        place = str(source.value if isinstance(source, ParamType) else source)
        name = str(each.get("key", ""))
        if place == "body" and name == _WHOLE_BODY:
            missing_or_unknown = _NAMED_FIELD.search(str(each.get("message", "")))
            name = missing_or_unknown[1] if missing_or_unknown else ""
        if _NAME.fullmatch(name):
            yield WrongField(place=place, name=name)


def error_frame(error: TrailmarkError) -> bytes:
    """Return what a device is told of an error that ends its session."""
    retry: Retry = "after_upgrade" if error.code is ErrorCode.PROTOCOL_VERSION else "later"
    if isinstance(error, RefusedError):
        retry = error.retry
    message = error.message[:_ERROR_CHARS_MAX]
    return encode_frame(messages.Error(code=error.code, retry=retry, message=message))


def problem_bytes(shown: Problem) -> bytes:
    """Return the body of a problem response."""
    return msgspec.json.encode(shown)


def _page(shown: Problem) -> bytes:
    title = escape(gettext("This did not work ({status})").format(status=shown.status))
    return (
        f'<!doctype html><html lang="{language().tag}"><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{title}</title><main><h1>{title}</h1><p>{escape(shown.detail)}</p></main>"
    ).encode()


def answer_problem(request: Request[Any, Any, Any], error: Exception) -> Response[bytes]:
    """Answer an exception: as a small page for browsers, else as problem+json."""
    shown = problem_of(error)
    if shown.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        log_failure("request", error)
    headers = dict(error.headers or {}) if isinstance(error, HTTPException) else {}
    allowed = {name: value for name, value in headers.items() if name.lower() == "allow"}
    if isinstance(error, TooManyTriesError):
        allowed["Retry-After"] = str(ceil(error.wait_ms / 1000))
    wants_page = "text/html" in request.headers.get("accept", "")
    if wants_page and not request.url.path.startswith("/api/"):
        return Response(
            _page(shown), status_code=shown.status, media_type=MediaType.HTML, headers=allowed
        )
    if shown.status == HTTPStatus.UNAUTHORIZED:
        allowed["WWW-Authenticate"] = "Bearer"
    return Response(
        problem_bytes(shown), status_code=shown.status, media_type=PROBLEM_TYPE, headers=allowed
    )


EXCEPTION_HANDLERS: Final[Mapping[type[Exception], _Handler]] = MappingProxyType(
    {TrailmarkError: answer_problem, HTTPException: answer_problem, Exception: answer_problem}
)
"""For ``Litestar(exception_handlers=…)``."""
