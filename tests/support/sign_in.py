"""Therapists at browsers, for tests of signing in: a site in memory, and forms that are sent."""

import re
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any

import httpx

from tests.support.authenticator import Authenticator
from tests.support.stores import MemoryParts
from trailmark_server.app import create_app
from trailmark_server.storage.accounts import AccountRows, Password, Therapist, WebSession
from trailmark_server.therapists.accounts import add_sign_in_link
from trailmark_server.tokens import TOKEN_BYTES, token_text

SITE = "http://localhost:8740"
"""An address at which passkeys work."""

DEMO = Therapist(id=b"m" * 16, name="Dr Demo", email="demo@example.org", created_at=0)
OTHER = Therapist(id=b"n" * 16, name="Dr Other", email="other@example.org", created_at=0)
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"


class Browser:
    """A browser that keeps cookies, names its page and fills in forms."""

    def __init__(self, http: httpx.AsyncClient) -> None:
        self.http = http

    async def open(self, path: str) -> httpx.Response:
        return await self.http.get(path)

    async def send(self, path: str, **fields: str) -> httpx.Response:
        """Send a form with the token of the account's page, as its forms carry it."""
        token = fields.pop("form_token", None) or await self.form_token()
        return await self.http.post(path, data={"form_token": token, **fields})

    async def form_token(self) -> str:
        found = re.search(r'name="form_token" value="([^"]+)"', (await self.open("/account")).text)
        return found[1] if found else ""

    async def enter(self, parts: MemoryParts, whose: Therapist = DEMO) -> None:
        """Sign in by a fresh link."""
        token = token_text(parts.services.randomness.token(TOKEN_BYTES))
        await parts.accounts.write(
            lambda rows: add_sign_in_link(rows, whose, token, parts.clock.now_ms())
        )
        assert 303 == (await self.http.post(f"/enter/{token}")).status_code

    async def sign_in(self, email: str, password: str) -> httpx.Response:
        return await self.http.post("/sign-in", data={"email": email, "password": password})

    async def add_passkey(self, key: Authenticator, name: str = "Phone") -> httpx.Response:
        """Ask, let the authenticator make a passkey, and send it."""
        asked = await self.send("/account/passkeys/challenge")
        assert 200 == asked.status_code, asked.text
        return await self.send("/account/passkeys", answer=key.make(asked.text), name=name)

    async def use_passkey(self, key: Authenticator, **bent: Any) -> httpx.Response:  # noqa: ANN401
        """Sign in by a passkey."""
        asked = await self.http.post("/sign-in/passkey/challenge")
        answer = key.use(asked.text, **bent)
        return await self.http.post("/sign-in/passkey", data={"answer": answer})


@asynccontextmanager
async def browser_at(
    parts: MemoryParts, address: str = "127.0.0.1", user_agent: str = FIREFOX
) -> AsyncGenerator[Browser]:
    """Open a browser in front of a site in memory.

    Args:
        parts: The site.
        address: Where the browser comes from.
        user_agent: What it calls itself.
    """
    if parts.served is None or parts.served[0] is not parts.services:
        parts.served = parts.services, create_app(parts.services)
    app = parts.served[1]
    url = parts.services.settings.public_url
    transport = httpx.ASGITransport(app=app, client=(address, 1))
    headers = {"Accept": "text/html", "Origin": url, "User-Agent": user_agent}
    async with httpx.AsyncClient(transport=transport, base_url=url, headers=headers) as http:
        yield Browser(http)


async def site_with(
    *therapists: Therapist,
    url: str = SITE,
    password: str | None = None,
    **settings: Any,  # noqa: ANN401
) -> MemoryParts:
    """Return a site in memory with these accounts; the first has the password, if one is given."""
    parts = MemoryParts(url, **settings)
    hash_ = None if password is None else await parts.services.passwords.hash(password)

    def work(rows: AccountRows) -> None:
        for each in therapists:
            rows.save_therapist(each)
        if hash_ is not None:
            rows.save_password(Password(therapist=therapists[0].id, hash=hash_, changed_at=0))

    await parts.accounts.write(work)
    return parts


async def sessions_of(parts: MemoryParts, whose: Therapist = DEMO) -> list[WebSession]:
    """Return the sessions that are kept for a therapist."""
    return await parts.accounts.read(lambda rows: list(rows.web_sessions(whose.id)))


async def told(parts: MemoryParts, whose: Therapist = DEMO) -> list[tuple[str, str]]:
    """Return kind and detail of what a therapist was told, the latest first."""
    notices = await parts.accounts.read(lambda rows: list(rows.notices(whose.id)))
    return [(each.kind, each.detail) for each in notices]
