"""The guard: whoever does not come from the person's own browser learns and changes nothing."""

from typing import Any, cast

import pytest
from litestar.types import ASGIApp, Message, Receive, Scope, Send

from tests.support.fakes import SeededRandomness
from trailmark_client.local_site.entering import Entrance
from trailmark_client.local_site.guard import (
    CONTENT_SECURITY_POLICY,
    NOT_IN,
    OTHER_NAME,
    OTHER_ORIGIN,
    Guard,
    cookie_of,
)

HOST = "t-abc.localhost:8790"
ORIGIN = f"http://{HOST}"
Headers = dict[str, str]


async def inner(scope: Scope, receive: Receive, send: Send) -> None:
    del scope, receive
    await send(cast("Message", {"type": "http.response.start", "status": 200, "headers": []}))
    await send(cast("Message", {"type": "http.response.body", "body": b"private"}))


class Door:
    """A guard, and questions to it."""

    def __init__(self) -> None:
        entrance = Entrance(SeededRandomness())
        self.cookie = entrance.enter(entrance.new_link()) or ""
        self._guard = Guard(cast("ASGIApp", inner), HOST, entrance)

    @property
    def in_it(self) -> Headers:
        return {"host": HOST, "cookie": f"other=1; trailmark={self.cookie}"}

    async def ask(
        self, headers: Headers, method: str = "GET", path: str = "/"
    ) -> tuple[int, str, Headers]:
        sent: list[dict[str, Any]] = []

        async def receive() -> Message:
            raise AssertionError("nothing is read")

        async def send(message: Message) -> None:
            sent.append(cast("dict[str, Any]", message))

        raw = [(name.encode(), value.encode()) for name, value in headers.items()]
        scope = {"type": "http", "method": method, "path": path, "headers": raw}
        await self._guard(cast("Scope", scope), cast("Receive", receive), send)
        start, body = sent
        told = {name.decode(): value.decode() for name, value in start["headers"]}
        return start["status"], body["body"].decode(), told


async def test_own_browser_reads_and_writes() -> None:
    door = Door()

    assert "private" == (await door.ask(door.in_it))[1]
    assert "private" == (await door.ask(door.in_it | {"origin": ORIGIN}, "POST"))[1]


@pytest.mark.parametrize(
    "host", ["127.0.0.1:8790", "evil.example:8790", "t-abc.localhost", "t-abc.localhost:8791", ""]
)
async def test_other_names_are_not_answered(host: str) -> None:
    door = Door()

    assert (421, OTHER_NAME) == (await door.ask(door.in_it | {"host": host}))[:2]


@pytest.mark.parametrize(
    "origin",
    ["null", "http://evil.example", "https://t-abc.localhost:8790", f"{ORIGIN}.evil.example"],
)
async def test_changes_of_other_pages_are_refused(origin: str) -> None:
    door = Door()
    answer = await door.ask(door.in_it | {"origin": origin}, "POST")

    assert (403, OTHER_ORIGIN) == answer[:2]


async def test_change_that_names_no_page_is_refused() -> None:
    door = Door()

    assert (403, OTHER_ORIGIN) == (await door.ask(door.in_it, "POST"))[:2]


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
async def test_other_sites_cannot_lead_here(site: str) -> None:
    door = Door()

    assert (403, OTHER_ORIGIN) == (await door.ask(door.in_it | {"sec-fetch-site": site}))[:2]


@pytest.mark.parametrize("cookie", ["", "trailmark=", "trailmark=guess", "trailmarks=x"])
async def test_who_was_not_let_in_reads_nothing(cookie: str) -> None:
    door = Door()

    assert (403, NOT_IN) == (await door.ask({"host": HOST, "cookie": cookie}))[:2]


async def test_link_and_style_are_there_before_somebody_is_in() -> None:
    door = Door()

    assert 200 == (await door.ask({"host": HOST}, path="/enter/abc"))[0]
    assert 200 == (await door.ask({"host": HOST}, path="/static/pages.css"))[0]


async def test_every_answer_is_kept_by_nobody_and_loads_nothing() -> None:
    door = Door()
    for headers in (door.in_it, {"host": "evil.example"}):
        told = (await door.ask(headers))[2]

        assert CONTENT_SECURITY_POLICY == told["content-security-policy"]
        assert ("no-store", "DENY") == (told["cache-control"], told["x-frame-options"])
        assert "same-origin" == told["cross-origin-resource-policy"]


async def test_socket_is_not_opened() -> None:
    async def fail(*_: object) -> Message:
        raise AssertionError("nothing is read or sent")

    guard = Guard(cast("ASGIApp", inner), HOST, Entrance(SeededRandomness()))
    await guard(cast("Scope", {"type": "websocket"}), cast("Any", fail), cast("Any", fail))


def test_cookie_is_for_these_pages_alone() -> None:
    header = cookie_of("secret").to_header(header="")

    assert "HttpOnly" in header
    assert "SameSite=strict" in header
    assert "Domain" not in header
