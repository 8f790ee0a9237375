"""Recovery over HTTP: strange requests are refused, tries are counted."""

import pytest

from tests.support.http import http_over
from tests.support.stores import MemoryParts
from trailmark_shared import limits
from trailmark_shared.ids import text_from_id

ASKS = {
    "lookup": "0a" * 16,
    "authenticator": "0b" * 32,
    "device": text_from_id(b"l" * 16),
    "device_name": "laptop",
}


@pytest.mark.parametrize("change", [{"lookup": "0a" * 15}, {"authenticator": "X" * 64}])
async def test_strange_requests_are_refused(change: dict[str, str]) -> None:
    async with http_over(MemoryParts()) as http:
        response = await http.post("/api/recover", json=ASKS | change)

    assert 400 == response.status_code


async def test_wrong_codes_are_counted() -> None:
    async with http_over(MemoryParts()) as http:
        answers = [
            await http.post("/api/recover", json=ASKS) for _ in range(limits.TRIES_BURST + 1)
        ]

    assert (403, "wrong_code") == (answers[0].status_code, answers[0].json()["code"])
    assert (429, "rate_limited") == (answers[-1].status_code, answers[-1].json()["code"])
