"""The edge of a real server: headers on everything, errors in one shape, no secret in any log."""

import json
import logging

import httpx
import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus

from tests.support.origins import LOOK_ALIKES, look_alike
from tests.support.server import RunningServer, add_device, receive, send, socket_of
from trailmark_server.http.headers import CONTENT_SECURITY_POLICY
from trailmark_server.pages.rendering import STATIC_FOLDER
from trailmark_server.sessions import form_token
from trailmark_server.storage.accounts import AccountRows
from trailmark_server.therapists import accounts
from trailmark_shared import limits
from trailmark_shared.errors import ErrorCode, StorageError
from trailmark_shared.ids import DeviceId, SpaceId

SPACE = SpaceId(b"s" * 16)
PHONE = DeviceId(b"p" * 16)
TOKEN = "one-time-token-of-a-link"


async def invite_therapist(server: RunningServer, token: str = TOKEN) -> None:
    now = server.services.now()

    def work(rows: AccountRows) -> None:
        added = accounts.add_therapist(rows, b"m" * 16, "Dr Demo", "demo@example.org", now)
        accounts.add_sign_in_link(rows, added, token, now)

    await server.services.accounts.write(work)


def static_file() -> str:
    return next(path.name for path in STATIC_FOLDER.iterdir() if path.is_file())


def is_guarded(response: httpx.Response) -> bool:
    headers = response.headers
    return (
        headers["content-security-policy"] == CONTENT_SECURITY_POLICY
        and headers["x-content-type-options"] == "nosniff"
        and headers["referrer-policy"] == "same-origin"
        and headers["cross-origin-opener-policy"] == "same-origin"
        and "permissions-policy" in headers
        and "server" not in headers
    )


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/health", 200),
        ("GET", "/", 200),
        ("GET", f"/enter/{TOKEN}", 200),
        ("GET", "/static/" + static_file(), 200),
        ("GET", "/static/nothing", 404),
        ("GET", "/nothing", 404),
        ("PUT", "/health", 405),
        ("POST", "/api/join", 400),
        ("GET", "/api/devices", 401),
        ("GET", "/../etc/passwd", 404),
        ("GET", "/static/../../app.py", 404),
    ],
)
async def test_every_response_is_guarded(
    http: httpx.AsyncClient, method: str, path: str, status: int
) -> None:
    response = await http.request(method, path)

    assert status == response.status_code
    assert is_guarded(response)
    if not path.startswith("/static/"):
        assert "no-store" == response.headers["cache-control"]


async def test_an_upgrade_at_a_page_is_refused_and_guarded(server: RunningServer) -> None:
    url = server.socket_url.replace("/sync", "/people")
    with pytest.raises(InvalidStatus) as caught:
        async with connect(url, proxy=None):
            pass

    refused = caught.value.response
    assert 403 == refused.status_code
    assert is_guarded(
        httpx.Response(refused.status_code, headers=list(refused.headers.raw_items()))
    )


async def test_errors_have_one_shape(http: httpx.AsyncClient) -> None:
    for response in (
        await http.get("/nothing"),
        await http.put("/health"),
        await http.get("/api/devices"),
        await http.post("/api/join", json=[1]),
    ):
        shown = response.json()

        assert "application/problem+json" == response.headers["content-type"]
        assert {"type", "title", "status", "code", "detail"} == set(shown) - {"fields"}
        assert response.status_code == shown["status"]
        assert shown["code"] in set(ErrorCode)


async def test_a_failure_tells_nothing(
    server: RunningServer,
    http: httpx.AsyncClient,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    async def broken(_: object) -> None:
        raise ValueError("somebody's private words")

    monkeypatch.setattr(server.services.accounts, "read", broken)
    response = await http.get("/api/devices", headers={"Authorization": "Bearer tmd_x"})

    assert 500 == response.status_code
    assert ErrorCode.INTERNAL == response.json()["code"]
    assert is_guarded(response)
    assert "private words" not in response.text + caplog.text


async def test_a_store_that_does_not_answer_is_degraded(
    server: RunningServer, http: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def away(_: object) -> None:
        raise StorageError(ErrorCode.STORAGE_UNAVAILABLE, "away")

    monkeypatch.setattr(server.services.events, "heads", away)
    response = await http.get("/health")

    assert (503, "degraded") == (response.status_code, response.json()["status"])


async def test_health_names_version_and_sqlite(http: httpx.AsyncClient) -> None:
    shown = (await http.get("/health")).json()

    assert {"status", "version", "sqlite"} == set(shown)
    assert "ok" == shown["status"]


async def test_bodies_are_bounded(http: httpx.AsyncClient) -> None:
    response = await http.post("/api/join", content=b" " * (limits.REQUEST_BYTES_MAX + 1))

    assert (413, ErrorCode.TOO_LARGE) == (response.status_code, response.json()["code"])


@pytest.mark.parametrize("path", [f"/enter/{TOKEN}", "/api/join", "/sign-out"])
@pytest.mark.parametrize("kind", LOOK_ALIKES)
async def test_writes_from_other_sites_are_refused(
    server: RunningServer, http: httpx.AsyncClient, path: str, kind: str
) -> None:
    await invite_therapist(server)
    response = await http.post(path, headers={"Origin": look_alike(kind, server.url)})

    assert 403 == response.status_code
    assert "set-cookie" not in response.headers


async def test_a_link_is_not_used_up_by_another_site(
    server: RunningServer, http: httpx.AsyncClient
) -> None:
    """Nobody is signed in as somebody else by a page that they came across."""
    await invite_therapist(server)
    forged = await http.post(f"/enter/{TOKEN}")
    entered = await http.post(f"/enter/{TOKEN}", headers={"Origin": server.url})

    assert (403, 303) == (forged.status_code, entered.status_code)


async def test_a_link_signs_in_once_and_only_by_its_button(
    server: RunningServer, http: httpx.AsyncClient
) -> None:
    await invite_therapist(server)
    preview = await http.get(f"/enter/{TOKEN}")
    own = {"Origin": server.url}
    entered = await http.post(f"/enter/{TOKEN}", headers=own)
    again = await http.post(f"/enter/{TOKEN}", headers=own)
    unknown = await http.post("/enter/unknown", headers=own)

    assert 200 == preview.status_code
    assert (303, "/people") == (entered.status_code, entered.headers["location"])
    cookie = entered.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=lax" in cookie
    assert (403, again.content) == (again.status_code, unknown.content)
    assert 200 == (await http.get("/people")).status_code


async def test_signing_out_needs_the_form_and_ends_the_session(
    server: RunningServer, http: httpx.AsyncClient
) -> None:
    await invite_therapist(server)
    http.headers["Origin"] = server.url
    await http.post(f"/enter/{TOKEN}")
    forged = await http.post("/sign-out", data={"form_token": "guess"})
    cookie = http.cookies.get("trailmark")
    assert cookie is not None
    left = await http.post("/sign-out", data={"form_token": form_token(cookie)})
    http.cookies.set("trailmark", cookie)
    after = await http.get("/people")

    assert (403, 303) == (forged.status_code, left.status_code)
    assert after.status_code in {303, 401}


async def test_no_secret_is_logged(
    server: RunningServer, http: httpx.AsyncClient, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    await invite_therapist(server)
    phone = await add_device(server.services, SPACE, PHONE)
    for spelled in (f"/enter/{TOKEN}", f"/enter//{TOKEN}", f"//enter/{TOKEN}/", f"/ENTER/{TOKEN}"):
        await http.get(server.url + spelled)
    await http.post(f"/enter/{TOKEN}", headers={"Origin": server.url})
    cookie = http.cookies.get("trailmark") or ""
    await http.get("/people")
    await http.get("/api/devices?token=in-the-query", headers=phone.headers)
    await http.post("/api/join", json={"code": "SECRET-CODE"})
    async with socket_of(server, phone) as socket:
        await send(socket, phone.hello())
        await receive(socket)

    lines = [
        json.dumps([record.getMessage(), getattr(record, "fields", {})])
        for record in caplog.records
        if record.name.startswith(("trailmark", "uvicorn", "litestar"))
    ]
    logged = "\n".join(lines)
    assert lines
    for secret in (TOKEN, cookie, phone.credential, "in-the-query", "SECRET-CODE"):
        assert secret not in logged
