"""``GET /health…``: the store is asked, and what is linked is named."""

import sqlite3

import pytest

from tests.support.http import http_over
from tests.support.stores import MemoryParts
from trailmark_server.heads import SigningKeys
from trailmark_shared.errors import ErrorCode, StorageError


async def test_health_asks_the_store() -> None:
    parts = MemoryParts()
    async with http_over(parts) as http:
        response = await http.get("/health")

    assert (200, "ok") == (response.status_code, response.json()["status"])
    assert sqlite3.sqlite_version == response.json()["sqlite"]
    assert ["heads"] == parts.log.asked


async def test_a_server_without_its_keys_is_not_ready(monkeypatch: pytest.MonkeyPatch) -> None:
    parts = MemoryParts()

    async def away() -> SigningKeys:
        raise StorageError(ErrorCode.STORAGE_UNAVAILABLE, "away")

    monkeypatch.setattr(parts.keys, "signing_keys", away)
    async with http_over(parts) as http:
        ready, living = await http.get("/health/ready"), await http.get("/health/live")

    assert [503, 200] == [ready.status_code, living.status_code]
    assert "degraded" == ready.json()["status"]


async def test_a_server_that_stops_is_not_ready_and_still_lives() -> None:
    parts = MemoryParts()
    async with http_over(parts) as http:
        before = await http.get("/health/ready")
        parts.services.stopping.set()
        after, living = await http.get("/health/ready"), await http.get("/health/live")

    assert [200, 503, 200] == [each.status_code for each in (before, after, living)]
    assert "stopping" == after.json()["status"]
