"""The outermost layer: headers on whatever goes out, one line per request."""

import re
from http import HTTPStatus
from typing import Any, cast

import httpx
import pytest
from litestar.routes import HTTPRoute
from litestar.types import ASGIApp, Message, Receive, Scope, Send

from tests.support.fakes import FakeClock
from tests.support.stores import MemoryParts
from trailmark_server.app import create_app
from trailmark_server.http.headers import (
    CONTENT_SECURITY_POLICY,
    PERMISSIONS_POLICY,
    EdgeLayer,
    bare_answer,
)
from trailmark_shared.ids import text_from_id


async def sent_by(layer: EdgeLayer, path: str, kind: str = "http") -> dict[bytes, bytes]:
    sent: list[dict[str, Any]] = []

    async def receive() -> Message:
        raise AssertionError("nothing is read")

    async def send(message: Message) -> None:
        sent.append(cast("dict[str, Any]", message))

    scope = cast("Scope", {"type": kind, "path": path})
    await layer(scope, cast("Receive", receive), cast("Send", send))
    return dict(sent[0].get("headers", ()))


def app_that_sends(message: dict[str, Any]) -> ASGIApp:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        del scope, receive
        await send(cast("Message", message))

    return app


def start(kind: str = "http.response.start", *headers: tuple[bytes, bytes]) -> dict[str, Any]:
    return {"type": kind, "status": 200, "headers": list(headers)}


async def test_headers_are_added_and_own_ones_kept() -> None:
    own = start("http.response.start", (b"Cache-Control", b"max-age=5"))
    found = await sent_by(EdgeLayer(app_that_sends(own), FakeClock(), tls=False), "/people")

    assert b"nosniff" == found[b"x-content-type-options"]
    assert b"max-age=5" == found[b"Cache-Control"]
    assert b"cache-control" not in found
    assert b"strict-transport-security" not in found


async def test_only_static_files_may_be_kept() -> None:
    layer = EdgeLayer(app_that_sends(start()), FakeClock(), tls=False)

    assert b"cache-control" not in await sent_by(layer, "/static/x.css")
    assert b"no-store" == (await sent_by(layer, "/people"))[b"cache-control"]


@pytest.mark.parametrize(
    ("status", "own", "seconds"), [(429, (), b"60"), (503, (), b"5"), (503, (b"7",), b"7")]
)
async def test_who_may_come_back_is_told_when(
    status: int, own: tuple[bytes, ...], seconds: bytes
) -> None:
    answer = start("http.response.start", *((b"retry-after", each) for each in own))
    layer = EdgeLayer(app_that_sends({**answer, "status": status}), FakeClock(), tls=False)

    assert seconds == (await sent_by(layer, "/people"))[b"retry-after"]
    assert b"retry-after" not in await sent_by(
        EdgeLayer(app_that_sends(start()), FakeClock(), tls=False), "/people"
    )


async def test_tls_is_insisted_on_behind_tls() -> None:
    found = await sent_by(EdgeLayer(app_that_sends(start()), FakeClock(), tls=True), "/")

    assert b"max-age=31536000; includeSubDomains" == found[b"strict-transport-security"]


async def test_refused_upgrades_carry_them_too() -> None:
    refusal = start("websocket.http.response.start")
    layer = EdgeLayer(app_that_sends(refusal), FakeClock(), tls=False)

    assert b"content-security-policy" in await sent_by(layer, "/sync", "websocket")


@pytest.mark.parametrize("tls", [True, False])
def test_an_answer_of_no_application_carries_them_too(*, tls: bool) -> None:
    head, _, rest = bare_answer(HTTPStatus.BAD_REQUEST, tls=tls).partition(b"\r\n\r\n")
    first, *lines = head.decode().split("\r\n")
    found = {name: value for name, _, value in (line.partition(": ") for line in lines)}

    assert ("HTTP/1.1 400 Bad Request", b"") == (first, rest)
    assert tls == ("strict-transport-security" in found)
    assert [] == [name for name, value in ALWAYS.items() if found.get(name, value) != value]
    assert (set(ALWAYS) - {"strict-transport-security"}) | {"cache-control"} <= set(found)


async def test_an_upgrade_that_nobody_takes_carries_them_too(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level("INFO")
    closed = app_that_sends({"type": "websocket.close", "code": 4404})
    found = await sent_by(EdgeLayer(closed, FakeClock(), tls=False), "/people", "websocket")

    assert b"content-security-policy" in found
    assert [403] == [getattr(record, "fields", {})["status"] for record in caplog.records]


async def test_a_socket_that_was_open_is_closed_as_it_says() -> None:
    sent: list[dict[str, Any]] = []

    async def opened(scope: Scope, receive: Receive, send: Send) -> None:
        del scope, receive
        for kind in ("websocket.accept", "websocket.close"):
            await send(cast("Message", {"type": kind, "code": 4404}))

    async def send(message: Message) -> None:
        sent.append(cast("dict[str, Any]", message))

    layer = EdgeLayer(opened, FakeClock(), tls=False)
    scope = cast("Scope", {"type": "websocket", "path": "/sync"})
    await layer(scope, cast("Receive", None), cast("Send", send))

    assert ["websocket.accept", "websocket.close"] == [each["type"] for each in sent]


async def test_other_messages_are_left_alone(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO")
    layer = EdgeLayer(app_that_sends({"type": "websocket.send"}), FakeClock(), tls=False)

    assert {} == await sent_by(layer, "/sync", "websocket")
    assert {} == await sent_by(layer, "/health", "websocket")
    assert ["/…"] == logged(caplog)


async def test_what_was_typed_as_an_address_is_not_logged(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level("INFO")
    app = create_app(MemoryParts("https://trail.example.org").services)
    transport = httpx.ASGITransport(app=cast("Any", app))
    typed = "Maya%20Zebrafish"
    known = text_from_id(b"k" * 16)
    paths = (
        "/SQZFC-ZXSVG",
        f"/{typed}",
        f"/people/{typed}",
        f"/people/{known}/goals/{typed}",
        f"/static/{typed}",
        f"/app/{typed}",
        "/static/live.js",
        "/enter/token",
    )
    async with httpx.AsyncClient(transport=transport, base_url="https://trail.example.org") as http:
        for path in paths:
            await http.get(path)

    assert [
        "/…",
        "/…",
        "/people/…",
        f"/people/{known}/goals/…",
        "/static/…",
        "/app/…",
        "/static/live.js",
        "/enter/…",
    ] == logged(caplog)


def logged(caplog: pytest.LogCaptureFixture) -> list[str]:
    records = [each for each in caplog.records if each.getMessage() in {"request", "socket"}]
    return [getattr(each, "fields", {})["path"] for each in records]


# --- every route ----------------------------------------------------------------------------------


def http_routes(app: Any) -> list[tuple[str, str]]:  # noqa: ANN401  (the framework's routes are untyped)
    """Return method and a path of every route, parameters filled in."""
    found = [
        (str(method), re.sub(r"\{[^}]+\}", "x", route.path_format))
        for route in app.routes
        if isinstance(route, HTTPRoute)
        for method in route.methods
    ]
    return sorted(found)


async def test_every_route_carries_them_whatever_it_answers() -> None:
    parts = MemoryParts("https://trail.example.org")
    app = cast("EdgeLayer", create_app(parts.services))
    transport = httpx.ASGITransport(app=cast("Any", app), raise_app_exceptions=False)
    routes = http_routes(cast("Any", app.inner).inner.inner)
    assert {("POST", "/sign-in"), ("GET", "/account"), ("POST", "/api/join")} <= set(routes)
    bare: list[str] = []
    async with httpx.AsyncClient(transport=transport, base_url="https://trail.example.org") as http:
        for method, path in [*routes, ("GET", "/static/live.js"), ("GET", "/nothing")]:
            for origin in ("https://trail.example.org", "https://evil.example"):
                answer = await http.request(method, path, headers={"Origin": origin})
                bare += [f"{method} {path}: {name}" for name in missing(answer, path)]

    assert [] == bare


ALWAYS = {
    "content-security-policy": CONTENT_SECURITY_POLICY,
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": PERMISSIONS_POLICY,
    "strict-transport-security": "max-age=31536000; includeSubDomains",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
}


def missing(answer: httpx.Response, path: str) -> list[str]:
    """Return the names of headers that are not as they must be."""
    headers = answer.headers
    wrong = [name for name, value in ALWAYS.items() if headers.get(name) != value]
    if headers.get("referrer-policy") not in {"same-origin", "strict-origin"}:
        wrong.append("referrer-policy")
    if not path.startswith("/static/") and headers.get("cache-control") != "no-store":
        wrong.append("cache-control")
    return wrong + [name for name in headers if name.startswith("access-control-")]


def test_nothing_is_loaded_from_elsewhere_and_no_script_stands_in_a_page() -> None:
    directives = [each.strip().partition(" ") for each in CONTENT_SECURITY_POLICY.split(";")]
    parts = {name: value for name, _, value in directives}

    assert {"'none'", "'self'", "'self' data:"} == set(parts.values())
    none = {name for name, value in parts.items() if value == "'none'"}
    assert {"default-src", "object-src", "base-uri", "frame-ancestors"} == none
    assert "publickey-credentials-get=(self)" in PERMISSIONS_POLICY
