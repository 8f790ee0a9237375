"""The members' web over stores in memory: signed in, with a clock of its own."""

import asyncio
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, cast

import httpx
import msgspec
import uvicorn

from tests.support.fakes import FakeClock, SeededRandomness
from tests.support.passwords import quick_passwords
from tests.support.shared_lanes import Writer
from trailmark_adapters.languages import Languages
from trailmark_adapters.nacl import NaclCipher
from trailmark_server.app import create_app
from trailmark_server.bell import Bell
from trailmark_server.credentials import RevokedCredentials
from trailmark_server.members.audience import Audience, find_audience
from trailmark_server.services import Services
from trailmark_server.serving import configured, listening_socket, own_urls, url_of
from trailmark_server.sessions import SignedIn, WebSessions, form_token, open_web_session
from trailmark_server.settings import Settings
from trailmark_server.storage.accounts import AccountRows, Acquaintance, Therapist
from trailmark_server.storage.accounts.memory.store import MemoryAccountStore
from trailmark_server.storage.log_store import open_log_store
from trailmark_server.storage.memory import MemoryTables
from trailmark_server.storage.memory_keys import MemoryKeyStore
from trailmark_server.storage.ports import MemberDraft
from trailmark_server.therapists.known_browsers import KnownBrowsers
from trailmark_server.throttle import Tries, account_tries, challenge_counts
from trailmark_server.tokens import secret_hash
from trailmark_shared.events.body import Body
from trailmark_shared.events.codec import encode_body
from trailmark_shared.ids import DeviceId, SpaceId, text_from_id

URL = "http://127.0.0.1:8740"
START = 1_790_697_600_000
"""A first session: 29 September 2026, 16:00 UTC."""

THERAPIST = Therapist(id=bytes([200]) * 16, name="Dr Demo", email="demo@example.org", created_at=0)
OTHER = Therapist(id=bytes([201]) * 16, name="Dr Other", email="other@example.org", created_at=0)


class _PresentRows:
    """The account rows as they are now: a write of the memory store puts others in their place."""

    def __init__(self, store: MemoryAccountStore) -> None:
        self._store = store

    def __getattr__(self, name: str) -> object:
        async def rows() -> AccountRows:
            return await self._store.read(lambda present: present)

        running = rows()
        try:
            running.send(None)
        except StopIteration as done:
            return getattr(done.value, name)
        raise AssertionError("the memory store never waits")


class Site(msgspec.Struct, frozen=True, kw_only=True):
    """A server in memory.

    Attributes:
        services: Its parts.
        clock: Its clock.
        token: Cookie of the therapist's session.
    """

    services: Services
    clock: FakeClock
    token: str = "demo-session"

    async def sign_in(self, therapist: Therapist = THERAPIST, token: str | None = None) -> None:
        """Add an account and open a session for it."""

        def work(rows: AccountRows) -> None:
            rows.save_therapist(therapist)
            open_web_session(rows, therapist, token or self.token, self.clock.ms)

        await self.services.accounts.write(work)

    async def know(
        self, space: SpaceId, label: str, *, confirmed: bool = True, joined_at: int = START
    ) -> None:
        """Note that the therapist knows a person by a label."""
        row = Acquaintance(
            therapist=THERAPIST.id,
            space=space,
            device=DeviceId(bytes(16)),
            label=label,
            joined_at=joined_at,
            confirmed_at=joined_at if confirmed else None,
        )
        await self.services.accounts.write(lambda rows: rows.save_acquaintance(row))

    async def deliver(self, writer: Writer) -> None:
        """Bring what a person noted to the server, and ring for it as a device's push does.

        Weeks may pass meanwhile, so the therapist signs in again.
        """
        await writer.deliver(self.services.events, self.clock)
        await self.sign_in()
        self.services.bell.ring(writer.space, writer.lane)

    async def say(self, writer: Writer, subject: bytes, body: Body) -> None:
        """Write as the therapist into a person's lane, whatever form it would come from."""
        draft = MemberDraft(
            form=self.services.randomness.token(16),
            body=encode_body(msgspec.structs.replace(body, subject=subject)),
        )
        actor = f"member/{text_from_id(THERAPIST.id)}"
        await self.services.events.write_as_member(writer.space, writer.lane, actor, [draft])

    @property
    def signed_in(self) -> SignedIn:
        """The therapist at the browser, as a request finds them."""
        return self.signed_in_as(THERAPIST, self.token)

    def signed_in_as(self, therapist: Therapist, token: str) -> SignedIn:
        """Return who sits at a browser that has the session of ``token``, opened just now."""
        return SignedIn(
            therapist=therapist,
            session_hash=secret_hash(token),
            form_token=form_token(token),
            opened_at=self.clock.ms,
        )

    async def audience(self, writer: Writer) -> Audience:
        """Return what the therapist may see of a person."""
        return await find_audience(self.services, self.signed_in, writer.space)

    @asynccontextmanager
    async def browser(
        self, token: str | None = None, languages: Languages | None = None
    ) -> AsyncGenerator[httpx.AsyncClient]:
        """Return a client that sends the session's cookie, and a browser's headers."""
        app = create_app(self.services, languages)
        transport = httpx.ASGITransport(app=cast("Any", app))
        async with httpx.AsyncClient(
            transport=transport,
            base_url=URL,
            cookies={self.services.web.cookie_name: self.token if token is None else token},
            headers={"Accept": "text/html", "Origin": URL},
        ) as client:
            yield client


async def new_site() -> Site:
    """Return an empty server in memory with the therapist signed in."""
    clock, randomness = FakeClock(START), SeededRandomness()
    accounts = MemoryAccountStore()
    keys = MemoryKeyStore(randomness)
    events = await open_log_store(
        MemoryTables(cast("AccountRows", _PresentRows(accounts))),
        keys,
        NaclCipher(),
        clock,
        randomness,
    )
    services = Services(
        settings=Settings(data=Path("unused"), public_url=URL),
        clock=clock,
        randomness=randomness,
        events=events,
        keys=keys,
        accounts=accounts,
        bell=Bell(),
        web=WebSessions(accounts, URL),
        tries=Tries(),
        account_tries=account_tries(),
        challenges=challenge_counts(),
        passwords=quick_passwords(),
        known_browsers=KnownBrowsers(bytes(32), URL),
        revoked=RevokedCredentials([]),
        signer=events.signer,
        stopping=asyncio.Event(),
    )
    site = Site(services=services, clock=clock)
    await site.sign_in()
    return site


@asynccontextmanager
async def served(site: Site) -> AsyncGenerator[str]:
    """Serve a site on a free port of this machine and yield its address."""
    opened = listening_socket("127.0.0.1", 0)
    own = own_urls(url_of(opened, tls=False))
    settings = msgspec.structs.replace(site.services.settings, own_urls=own)
    services = msgspec.structs.replace(site.services, settings=settings)
    server = uvicorn.Server(configured(create_app(services), None))
    task = asyncio.create_task(server.serve(sockets=[opened]))
    try:
        yield url_of(opened, tls=False)
    finally:
        site.services.stopping.set()
        server.should_exit = True
        await task


async def sharing_site(*writers: Writer, labels: Sequence[str] = ("Mira (Tuesdays)",)) -> Site:
    """Return a server to which these persons let the therapist in, each under a label."""
    site = await new_site()
    for writer, label in zip(writers, labels, strict=False):
        writer.let_in(THERAPIST.id, THERAPIST.name, START)
        await site.know(writer.space, label)
        await site.deliver(writer)
    return site


def timeline_path(writer: Writer) -> str:
    """Return the address of a person's timeline."""
    return f"/people/{text_from_id(writer.space)}/timeline"
