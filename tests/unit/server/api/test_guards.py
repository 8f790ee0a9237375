"""The guard of writes: other sites' pages may read nothing and write nothing here."""

import pytest

from tests.support.http import http_over
from tests.support.stores import MemoryParts


@pytest.mark.parametrize(
    ("origin", "status"),
    [("http://127.0.0.1:8740", 403), ("null", 403), ("http://evil.example", 403), (None, 403)],
)
async def test_who_may_post(origin: str | None, status: int) -> None:
    """All are refused, but only the own origin gets as far as the code of the link."""
    headers = {} if origin is None else {"Origin": origin}
    async with http_over(MemoryParts()) as http:
        response = await http.post("/enter/unknown", headers=headers)

    is_own = origin in {None, "http://127.0.0.1:8740"}
    assert (status, "wrong_code" if is_own else "not_authorised") == (
        response.status_code,
        response.json()["code"],
    )


async def test_reading_names_no_origin() -> None:
    async with http_over(MemoryParts()) as http:
        response = await http.get("/health", headers={"Origin": "http://evil.example"})

    assert 200 == response.status_code
    assert "access-control-allow-origin" not in response.headers
