"""Signing in by a link: looking does nothing, the button signs in, tries are counted."""

from tests.support.http import http_over
from tests.support.stores import MemoryParts
from trailmark_server.storage.accounts import AccountRows
from trailmark_server.therapists import accounts
from trailmark_shared import limits

OWN = {"Origin": "http://127.0.0.1:8740"}


async def parts_with_link() -> MemoryParts:
    parts = MemoryParts()

    def work(rows: AccountRows) -> None:
        now = parts.clock.now_ms()
        added = accounts.add_therapist(rows, b"m" * 16, "Dr Demo", "demo@example.org", now)
        accounts.add_sign_in_link(rows, added, "token", now)

    await parts.accounts.write(work)
    return parts


async def test_looking_does_not_use_the_link_up() -> None:
    parts = await parts_with_link()
    async with http_over(parts) as http:
        shown = await http.get("/enter/token")
        entered = await http.post("/enter/token", headers=OWN)

    assert "<button" in shown.text
    assert "set-cookie" not in shown.headers
    assert 303 == entered.status_code
    assert entered.headers["set-cookie"].startswith("trailmark=")


async def test_an_unknown_link_looks_like_any_other() -> None:
    async with http_over(await parts_with_link()) as http:
        known = await http.get("/enter/token")
        unknown = await http.get("/enter/unknown")

    assert known.content == unknown.content


async def test_tries_are_counted() -> None:
    async with http_over(MemoryParts()) as http:
        statuses = [
            (await http.post("/enter/unknown", headers=OWN)).status_code
            for _ in range(limits.TRIES_BURST + 1)
        ]

    assert [403] * limits.TRIES_BURST + [429] == statuses


async def statuses_of_tries(parts: MemoryParts, forwarded: list[str]) -> list[int]:
    """Try wrong links, each with its own ``X-Forwarded-For``; the peer is always 127.0.0.1."""
    async with http_over(parts) as http:
        return [
            (
                await http.post("/enter/unknown", headers={**OWN, "X-Forwarded-For": each})
            ).status_code
            for each in forwarded
        ]


async def test_another_address_in_a_header_brings_no_further_try() -> None:
    rotated = [f"198.51.100.{number}" for number in range(limits.TRIES_BURST + 1)]
    statuses = await statuses_of_tries(MemoryParts(), rotated)

    assert [403] * limits.TRIES_BURST + [429] == statuses


async def test_behind_a_trusted_proxy_each_address_has_its_own_tries() -> None:
    behind = MemoryParts(trusted_proxies=["127.0.0.1"])
    apart = [f"198.51.100.{number}" for number in range(limits.TRIES_BURST + 1)]
    forged = [f"198.51.100.{number}, 203.0.113.5" for number in range(limits.TRIES_BURST + 1)]

    assert [403] * len(apart) == await statuses_of_tries(behind, apart)
    assert [403] * limits.TRIES_BURST + [429] == await statuses_of_tries(behind, forged)


async def test_signing_out_without_a_session_is_refused() -> None:
    async with http_over(MemoryParts()) as http:
        response = await http.post("/sign-out", data={"form_token": "x"}, headers=OWN)

    assert 401 == response.status_code
