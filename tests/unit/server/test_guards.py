"""The guards: what a cookie could allow must come from one of the server's own pages."""

import pytest

from tests.support.http import http_over
from tests.support.origins import LOOK_ALIKES, look_alike
from tests.support.stores import MemoryParts

OWN = "http://127.0.0.1:8740"

FORMS = [
    "/enter/unknown",
    "/sign-out",
    "/people/00000000000000000000000000/confirm",
    "/people/00000000000000000000000000/comments",
]
"""What a browser's form can reach: some of it signs in, the rest lives by the cookie."""

WITHOUT_COOKIE = ["/api/join", "/api/device-joins", "/api/device-invitations", "/sync"]
STREAM = "/people/00000000000000000000000000/live"


async def refused(
    path: str, headers: dict[str, str], method: str = "POST", accept: str = "*/*"
) -> bool:
    """Say whether the guard refused, rather than what stands behind it."""
    async with http_over(MemoryParts()) as http:
        response = await http.request(method, path, headers={"Accept": accept, **headers})
    assert response.status_code < 500
    return response.status_code == 403 and "page of this server" in response.text


@pytest.mark.parametrize("path", FORMS)
@pytest.mark.parametrize("kind", LOOK_ALIKES)
async def test_forms_of_other_sites_are_refused(path: str, kind: str) -> None:
    assert await refused(path, {"Origin": look_alike(kind, OWN)})


@pytest.mark.parametrize("path", FORMS)
async def test_forms_name_their_page(path: str) -> None:
    assert await refused(path, {})
    assert not await refused(path, {"Origin": OWN})


@pytest.mark.parametrize("path", FORMS)
async def test_what_a_browser_adds_by_itself_proves_no_program(path: str) -> None:
    """A browser that signed in to a proxy sends its password along to whichever page asks."""
    assert await refused(path, {"Authorization": "Basic bWU6c2VjcmV0"})


@pytest.mark.parametrize("path", WITHOUT_COOKIE)
async def test_programs_name_no_page(path: str) -> None:
    assert not await refused(path, {})
    assert not await refused(path, {"Origin": OWN})


@pytest.mark.parametrize("path", [*WITHOUT_COOKIE, "/sign-out"])
@pytest.mark.parametrize("kind", LOOK_ALIKES)
async def test_pages_of_other_sites_may_not_use_them_either(path: str, kind: str) -> None:
    named = {"Origin": look_alike(kind, OWN), "Authorization": "Bearer tmd_x"}

    assert await refused(path, named)


async def test_a_credential_in_a_header_proves_a_program() -> None:
    """So a route for programs that nobody marked is not closed to them."""
    assert await refused("/sign-out", {})
    assert not await refused("/sign-out", {"Authorization": "Bearer tmd_x"})


@pytest.mark.parametrize("kind", LOOK_ALIKES)
async def test_streams_of_other_sites_are_refused(kind: str) -> None:
    named = {"Origin": look_alike(kind, OWN), "Sec-Fetch-Site": "same-origin"}

    assert await refused(STREAM, named, "GET")


@pytest.mark.parametrize("site", ["cross-site", "same-site", "none"])
async def test_a_stream_is_for_an_own_page(site: str) -> None:
    assert await refused(STREAM, {}, "GET")
    assert await refused(STREAM, {"Sec-Fetch-Site": site}, "GET")
    assert not await refused(STREAM, {"Sec-Fetch-Site": "same-origin"}, "GET")
    assert not await refused(STREAM, {"Origin": OWN}, "GET")


async def test_a_browser_is_told_in_a_page() -> None:
    async with http_over(MemoryParts()) as http:
        headers = {"Origin": "https://evil.example", "Accept": "text/html"}
        response = await http.post("/sign-out", headers=headers)

    assert (403, True) == (response.status_code, "Nothing was sent" in response.text)


async def test_reading_names_no_origin() -> None:
    async with http_over(MemoryParts()) as http:
        response = await http.get("/health", headers={"Origin": "http://evil.example"})

    assert 200 == response.status_code
    assert "access-control-allow-origin" not in response.headers
