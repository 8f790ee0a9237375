"""Errors at the edge: a stable code, the right status, nobody's words."""

from typing import Any, cast

import msgspec
import pytest
from litestar import Request
from litestar.exceptions import (
    HTTPException,
    InternalServerException,
    MethodNotAllowedException,
    NotFoundException,
    ValidationException,
)

from tests.support.stores import MemoryParts
from trailmark_server.app import create_app
from trailmark_server.http.problems import PROBLEM_TYPE, answer_problem, problem_of
from trailmark_server.throttle import TooManyTriesError
from trailmark_shared.errors import DomainError, ErrorCode, RefusedError, SealError, StorageError


def request_for(path: str, accept: str = "*/*") -> "Request[Any, Any, Any]":
    scope: Any = {
        "type": "http",
        "path": path,
        "root_path": "",
        "query_string": b"",
        "server": ("127.0.0.1", 80),
        "scheme": "http",
        "headers": [(b"accept", accept.encode())],
    }
    return Request(scope)


@pytest.mark.parametrize(
    ("error", "status", "code"),
    [
        (RefusedError(ErrorCode.WRONG_CODE, "x"), 403, ErrorCode.WRONG_CODE),
        (RefusedError(ErrorCode.NOT_SIGNED_IN, "x"), 401, ErrorCode.NOT_SIGNED_IN),
        (DomainError(ErrorCode.INVALID_INPUT, "x"), 400, ErrorCode.INVALID_INPUT),
        (StorageError(ErrorCode.DISK_FULL, "x"), 507, ErrorCode.DISK_FULL),
        (SealError(ErrorCode.SEAL_BROKEN, "x"), 500, ErrorCode.SEAL_BROKEN),
        (NotFoundException(), 404, ErrorCode.NOT_FOUND),
        (MethodNotAllowedException(), 405, ErrorCode.INVALID_INPUT),
        (ValidationException("quoted words"), 400, ErrorCode.INVALID_INPUT),
        (InternalServerException("quoted words"), 500, ErrorCode.INTERNAL),
        (HTTPException(status_code=418), 418, ErrorCode.INVALID_INPUT),
        (RecursionError(), 400, ErrorCode.TOO_DEEP),
        (ValueError("quoted words"), 500, ErrorCode.INTERNAL),
    ],
)
def test_each_error_has_its_status_and_code(error: Exception, status: int, code: ErrorCode) -> None:
    shown = problem_of(error)

    assert (status, code) == (shown.status, shown.code)
    assert "quoted" not in str(shown)


@pytest.mark.parametrize("path", ["/api/join", "/sync", "/sign-in"])
async def test_who_hangs_up_in_the_middle_of_a_body_is_no_failure(
    path: str, caplog: pytest.LogCaptureFixture
) -> None:
    messages: list[dict[str, Any]] = [
        {"type": "http.request", "body": b"{", "more_body": True},
        {"type": "http.disconnect"},
    ]
    status: list[int] = []

    async def receive() -> dict[str, Any]:
        return messages.pop(0)

    async def send(message: dict[str, Any]) -> None:
        status.extend([message["status"]] if "status" in message else [])

    parts = MemoryParts()
    origin = parts.services.settings.public_url.encode()
    scope = {
        "type": "http",
        "method": "POST",
        "path": path,
        "raw_path": path.encode(),
        "query_string": b"",
        "root_path": "",
        "headers": [
            (b"origin", origin),
            (b"authorization", b"Bearer tmd_x"),
            (b"content-type", b"application/x-www-form-urlencoded"),
        ],
    }
    await cast("Any", create_app(parts.services))(scope, receive, send)

    assert status[0] in {400, 401}
    assert "failure" not in caplog.text


def test_programs_get_problem_json() -> None:
    response = answer_problem(
        request_for("/api/devices"), RefusedError(ErrorCode.NOT_SIGNED_IN, "sign in")
    )

    assert PROBLEM_TYPE == response.media_type
    assert "Bearer" == response.headers["WWW-Authenticate"]
    assert "sign in" == msgspec.json.decode(response.content)["detail"]


def test_who_tried_too_often_is_told_for_how_long() -> None:
    response = answer_problem(request_for("/api/join"), TooManyTriesError(5_001))

    assert ("6", 429) == (response.headers["Retry-After"], response.status_code)


def test_browsers_get_a_page_with_escaped_words() -> None:
    response = answer_problem(
        request_for("/people", "text/html"), RefusedError(ErrorCode.NOT_FOUND, "<b>")
    )

    assert b"&lt;b&gt;" in response.content
    assert b"width=device-width" in response.content
    assert 404 == response.status_code


def test_allowed_methods_are_told() -> None:
    error = MethodNotAllowedException(headers={"Allow": "GET", "X-Other": "no"})

    assert {"Allow": "GET"} == answer_problem(request_for("/health"), error).headers
