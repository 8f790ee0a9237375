"""What is no JSON in UTF-8, or is broken off, is no failure of the server."""

from typing import Any, cast

import pytest

from tests.support.http import http_over
from tests.support.stores import MemoryParts
from trailmark_server.app import create_app


@pytest.mark.parametrize("body", [b'{"code": "\xff"}', b"\xff", b'{"code": "\xed\xa0\x80"}', b"{"])
async def test_a_body_that_is_no_text_is_a_wrong_request(
    body: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    async with http_over(MemoryParts()) as http:
        answer = await http.post(
            "/api/join", content=body, headers={"Content-Type": "application/json"}
        )

    assert (400, "invalid_input") == (answer.status_code, answer.json()["code"])
    assert "failure" not in caplog.text


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
