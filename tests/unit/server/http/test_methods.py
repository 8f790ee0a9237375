"""Methods: HEAD wherever GET works, ``Allow`` whole, and nothing else changed."""

from http import HTTPStatus
from typing import Any, cast

import httpx
import pytest
from litestar.types import Message, Receive, Scope, Send

from tests.support.shared_lanes import Writer
from tests.support.web_site import Site, new_site, served, sharing_site, timeline_path
from trailmark_server.http.methods import MethodLayer


@pytest.fixture
async def site() -> Site:
    return await new_site()


@pytest.mark.parametrize(
    ("path", "methods"),
    [
        ("/health", "GET, HEAD, OPTIONS"),
        ("/api/join", "OPTIONS, POST"),
        ("/sync", "OPTIONS, POST"),
        ("/api/members/session", "DELETE, GET, HEAD, OPTIONS"),
        ("/api/members/people/x/hand-over", "DELETE, GET, HEAD, OPTIONS, PUT"),
        ("/static/live.js", "GET, HEAD, OPTIONS"),
    ],
)
async def test_allow_names_all_that_an_address_takes(site: Site, path: str, methods: str) -> None:
    async with site.browser() as browser:
        asked = await browser.options(path)
        wrong = await browser.patch(path)

    assert (204, methods) == (asked.status_code, asked.headers["allow"])
    assert (405, methods) == (wrong.status_code, wrong.headers["allow"])


async def test_head_is_answered_as_get_without_a_body() -> None:
    mira = Writer(1)
    site = await sharing_site(mira)
    paths = ("/health", "/nothing", "/static/live.js", "/api/members/people", timeline_path(mira))
    found: list[tuple[int, bool, bytes]] = []
    async with served(site) as url, httpx.AsyncClient(base_url=url, trust_env=False) as http:
        http.cookies.set(site.services.web.cookie_name, site.token)
        for path in paths:
            told, given = await http.head(path), await http.get(path)
            is_same = (
                told.headers["content-type"],
                told.headers["content-length"],
            ) == (given.headers["content-type"], given.headers["content-length"])
            found.append((told.status_code, is_same, told.content))

    assert [
        (200, True, b""),
        (404, True, b""),
        (200, True, b""),
        (200, True, b""),
        (200, True, b""),
    ] == found


async def test_head_of_a_live_page_ends() -> None:
    mira = Writer(1)
    site = await sharing_site(mira)
    async with served(site) as url, httpx.AsyncClient(base_url=url, trust_env=False) as http:
        http.cookies.set(site.services.web.cookie_name, site.token)
        told = await http.head("/people/live", headers={"Origin": url})
        after = await http.get("/health")

    assert (200, "text/event-stream") == (
        told.status_code,
        told.headers["content-type"].partition(";")[0],
    )
    assert 200 == after.status_code


async def test_sockets_are_left_alone() -> None:
    seen: list[Any] = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        seen.extend([scope, receive, send])

    asked = cast("Scope", {"type": "websocket"})
    receive, send = cast("Receive", object()), cast("Send", object())
    await MethodLayer(app, {})(asked, receive, send)

    assert [asked, receive, send] == seen


async def test_what_was_asked_stays_as_it_was() -> None:
    asked = cast("Scope", {"type": "http", "method": "HEAD"})
    sent: list[Message] = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        del receive
        assert "GET" == cast("Any", scope)["method"]
        await send(
            {
                "type": "http.response.start",
                "status": HTTPStatus.OK,
                "headers": list[tuple[bytes, bytes]](),
            }
        )
        await send(cast("Message", {"type": "http.response.body", "body": b"words"}))

    async def send(message: Message) -> None:
        sent.append(message)

    await MethodLayer(app, {})(asked, cast("Receive", None), send)

    assert "HEAD" == cast("Any", asked)["method"]
    assert [b""] == [cast("Any", each)["body"] for each in sent[1:]]
