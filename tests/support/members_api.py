"""A program that asks the members' API in memory, as somebody who is signed in on the web."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

import httpx

from tests.support.shared_lanes import Writer
from tests.support.web_site import OTHER, Site
from trailmark_server.sessions import form_token
from trailmark_shared.ids import text_from_id

BASE = "/api/members"
STRANGER = "stranger-session"
"""Cookie of the session that ``stranger`` opens."""


@asynccontextmanager
async def members_api(site: Site, token: str | None = None) -> AsyncGenerator[httpx.AsyncClient]:
    """Return a client with cookie, own origin and form token; addresses begin behind ``BASE``."""
    async with site.browser(token) as client:
        client.base_url = client.base_url.join(f"{BASE}/")
        client.headers["Accept"] = "application/json"
        client.headers["X-Form-Token"] = form_token(token or site.token)
        yield client


async def stranger(site: Site) -> str:
    """Sign in a therapist whom nobody let in; return the cookie."""
    await site.sign_in(OTHER, STRANGER)
    return STRANGER


def person_path(writer: Writer, rest: str = "") -> str:
    """Return the address of a person, behind ``BASE``."""
    return f"people/{text_from_id(writer.space)}{rest}"
