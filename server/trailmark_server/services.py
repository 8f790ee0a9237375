"""What a running server consists of; the handlers' one dependency."""

from __future__ import annotations

import asyncio
from hashlib import sha256
from typing import Any

import msgspec
from litestar.connection import ASGIConnection
from litestar.di import NamedDependency

from trailmark_adapters.clock import Clock
from trailmark_adapters.randomness import Randomness
from trailmark_server.bell import Bell
from trailmark_server.credentials import RevokedCredentials
from trailmark_server.drawn import Drawn
from trailmark_server.heads import HeadSigner
from trailmark_server.http.origins import origin_of_url
from trailmark_server.invitations import code_key
from trailmark_server.live_sessions import LiveSessions
from trailmark_server.metrics import Metrics
from trailmark_server.sessions import WebSessions
from trailmark_server.settings import Settings
from trailmark_server.storage.accounts import AccountStore
from trailmark_server.storage.ports import EventStore, KeyStore
from trailmark_server.therapists.known_browsers import KnownBrowsers
from trailmark_server.therapists.passwords import Passwords
from trailmark_server.throttle import Tries
from trailmark_shared import limits
from trailmark_shared.protocol.messages import SigningKey


class Services(msgspec.Struct, frozen=True, kw_only=True):
    """The parts of a server, chosen by ``app``.

    Attributes:
        settings: What it was told.
        clock: Its clock.
        randomness: Its randomness.
        events: The log.
        keys: What must survive a restore of the log.
        accounts: The account tables.
        bell: Wakes live sessions and pages.
        web: Web sessions of therapists.
        tries: Counts tries of codes, links and passwords by address.
        account_tries: Counts tries of passwords by account.
        challenges: Counts passkey challenges by address.
        passwords: Hashes and compares them.
        known_browsers: Tells browsers at which somebody signed in before.
        revoked: Credentials that no backup brings back.
        signer: Signs the heads of lanes; knows every key that ever did.
        stopping: Set when the server stops: live sessions and pages end.
        live: The sessions that are live, and how fast each device may push.
        metrics: Numbers about it.
        drawn: What open pages show alike.
    """

    settings: Settings
    clock: Clock
    randomness: Randomness
    events: EventStore
    keys: KeyStore
    accounts: AccountStore
    bell: Bell
    web: WebSessions
    tries: Tries
    account_tries: Tries
    challenges: Tries
    passwords: Passwords
    known_browsers: KnownBrowsers
    revoked: RevokedCredentials
    signer: HeadSigner
    stopping: asyncio.Event
    live: LiveSessions = msgspec.field(default_factory=LiveSessions)
    metrics: Metrics = msgspec.field(default_factory=Metrics)
    drawn: Drawn[Any] = msgspec.field(default_factory=Drawn[Any])

    @property
    def server_id(self) -> bytes:
        """The server's id, 16 bytes: bound to its first signing key, which survives restores."""
        first = self.signer.chain[0].key
        return sha256(b"trailmark-server/1" + first).digest()[: limits.ID_BYTES]

    @property
    def own_origins(self) -> frozenset[str]:
        """Origins of the server's own pages."""
        urls = (self.settings.public_url, *self.settings.own_urls)
        return frozenset(origin_of_url(url) for url in urls)

    def address_of(self, connection: ASGIConnection[Any, Any, Any, Any]) -> str:
        """Return what the tries of a connection are counted by."""
        return self.settings.trusted_proxies.address_of(connection)

    async def signing_chain(self) -> tuple[SigningKey, ...]:
        """Return the keys that sign heads, the newest last; asked anew, as below.

        Words that two people compare are made of the newest, on whichever instance they ask.
        """
        return (await self.keys.signing_keys()).chain

    async def code_key(self) -> bytes:
        """Return the key of invitation codes; asked anew, for another process may replace it."""
        return code_key((await self.keys.signing_keys()).seed)

    def now(self) -> int:
        """Return the server clock, milliseconds UTC."""
        return self.clock.now_ms()


InjectedServices = NamedDependency[Services]
"""How a handler asks for the server's parts: ``services: InjectedServices``."""
