"""The outermost layer: headers on whatever goes out, one line per request."""

from typing import Any, cast

import pytest
from litestar.types import ASGIApp, Message, Receive, Scope, Send

from tests.support.fakes import FakeClock
from trailmark_server.headers import EdgeLayer


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


async def test_tls_is_insisted_on_behind_tls() -> None:
    found = await sent_by(EdgeLayer(app_that_sends(start()), FakeClock(), tls=True), "/")

    assert b"max-age=31536000" == found[b"strict-transport-security"]


async def test_refused_upgrades_carry_them_too() -> None:
    refusal = start("websocket.http.response.start")
    layer = EdgeLayer(app_that_sends(refusal), FakeClock(), tls=False)

    assert b"content-security-policy" in await sent_by(layer, "/sync", "websocket")


async def test_other_messages_are_left_alone(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO")
    layer = EdgeLayer(app_that_sends({"type": "websocket.send"}), FakeClock(), tls=False)

    assert {} == await sent_by(layer, "/sync", "websocket")
    assert {} == await sent_by(layer, "/health", "websocket")
    assert ["/sync"] == [getattr(record, "fields", {})["path"] for record in caplog.records]
