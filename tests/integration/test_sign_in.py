"""Signing in before real servers: over TLS, and what the operator's commands end at once."""

from __future__ import annotations

import ssl
from collections.abc import AsyncGenerator
from contextlib import closing
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus

from tests.support.browsing import browser_at
from tests.support.certificates import certificate_in, trusting
from tests.support.server import RunningServer, add_device, receive, running_server, send
from tests.support.whole import World
from trailmark_client.addresses import checked_url
from trailmark_server.serving import Certificate
from trailmark_server.storage.accounts import AccountRows
from trailmark_server.therapists import accounts
from trailmark_shared.errors import RefusedError
from trailmark_shared.ids import DeviceId, SpaceId, text_from_id
from trailmark_shared.protocol import messages

TOKEN = "one-time-token-of-a-link"


# --- over TLS -------------------------------------------------------------------------------------


@pytest.fixture
def certificate(tmp_path: Path) -> Certificate:
    return certificate_in(tmp_path)


@pytest.fixture
def trust(certificate: Certificate) -> ssl.SSLContext:
    return trusting(certificate)


@pytest.fixture
async def server(tmp_path: Path, certificate: Certificate) -> AsyncGenerator[RunningServer]:
    (tmp_path / "data").mkdir()
    async with running_server(tmp_path / "data", certificate=certificate) as running:
        yield running


@pytest.fixture
async def http(server: RunningServer, trust: ssl.SSLContext) -> AsyncGenerator[httpx.AsyncClient]:
    own = {"Origin": server.url, "Accept": "text/html"}
    async with httpx.AsyncClient(
        base_url=server.url, headers=own, verify=trust, trust_env=False
    ) as client:
        yield client


async def invite_therapist(server: RunningServer) -> None:
    now = server.services.now()

    def work(rows: AccountRows) -> None:
        added = accounts.add_therapist(rows, b"m" * 16, "Dr Demo", "demo@example.org", now)
        accounts.add_sign_in_link(rows, added, TOKEN, now)

    await server.services.accounts.write(work)


async def test_cookies_are_bound_to_the_host_and_tls_is_insisted_on(
    server: RunningServer, http: httpx.AsyncClient
) -> None:
    await invite_therapist(server)
    entered = await http.post(f"/enter/{TOKEN}")
    page = await http.get("/account")

    assert server.url.startswith("https://")
    cookies = entered.headers.get_list("set-cookie")
    assert {"__Host-trailmark", "__Host-trailmark-known"} == {
        each.partition("=")[0] for each in cookies
    }
    for cookie in cookies:
        parts = {part.strip().lower() for part in cookie.split(";")[1:]}
        assert {"secure", "httponly", "path=/"} <= parts
        assert not any(part.startswith("domain") for part in parts)
        assert parts & {"samesite=lax", "samesite=strict"}
        assert len(cookie) < 4096
    assert (303, 200) == (entered.status_code, page.status_code)
    for answer in (entered, page, await http.get("/nothing")):
        assert "max-age=31536000; includeSubDomains" == answer.headers["strict-transport-security"]


async def test_plain_http_at_the_port_of_tls_is_no_way_in(server: RunningServer) -> None:
    plain = server.url.replace("https", "http", 1)
    async with httpx.AsyncClient(base_url=plain, trust_env=False) as client:
        with pytest.raises(httpx.TransportError):
            await client.get("/sign-in")
    with pytest.raises(RefusedError):
        checked_url(plain.replace("127.0.0.1", "trail.example.org"))


async def test_devices_speak_over_tls_and_foreign_pages_do_not(
    server: RunningServer, trust: ssl.SSLContext
) -> None:
    phone = await add_device(server.services, SpaceId(b"s" * 16), DeviceId(b"p" * 16))
    url = server.url.replace("https", "wss", 1) + "/sync"
    async with connect(
        url, additional_headers=phone.headers, ssl=trust, compression=None, proxy=None
    ) as socket:
        await send(socket, phone.hello())
        assert isinstance(await receive(socket), messages.Welcome)
    foreign = {**phone.headers, "Origin": server.url.replace("https", "http", 1)}
    with pytest.raises(InvalidStatus) as caught:
        async with connect(url, additional_headers=foreign, ssl=trust, proxy=None):
            pass

    assert 403 == caught.value.response.status_code
    assert "strict-transport-security" in caught.value.response.headers


# --- what the operator ends -----------------------------------------------------------------------


@pytest.mark.parametrize(
    "command",
    [("therapist", "disable"), ("therapist", "link", "--forget-credentials")],
)
def test_an_open_page_hears_at_once_that_its_reader_is_out(
    world: World, command: tuple[str, ...]
) -> None:
    whose = ("--email", "okafor@example.org")
    link = str(world.server.admin("therapist", "link", *whose)["link"])
    person = text_from_id(world.phone.identity_file.current.space)
    with closing(browser_at(world.server)) as browser:
        assert 303 == browser.post(urlsplit(link).path).status_code
        with browser.stream("GET", f"/people/{person}/live") as page:
            assert 200 == page.status_code
            world.server.admin(*command, *whose)
            told = b"".join(page.iter_raw())
        after = browser.get("/people", headers={"Accept": "text/html"})

    assert b"event: ended" in told
    assert b"There is nothing to see here now" in told
    assert (401, True) == (after.status_code, 'href="/sign-in"' in after.text)
