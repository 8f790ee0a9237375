"""What is no JSON in UTF-8 is no failure of the server."""

import pytest

from tests.support.http import http_over
from tests.support.stores import MemoryParts


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
