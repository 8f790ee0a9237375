"""The real application of a home server, over memory, for the client's HTTP side."""

import asyncio
from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import Any, cast

import httpx
import msgspec

from tests.support.home import Home
from tests.support.http_home import Answer, HttpHome, http_home
from tests.support.stores import MemoryParts
from trailmark_adapters.nacl import NaclSigner
from trailmark_client.app import App
from trailmark_client.identity import HomeServer
from trailmark_server import credentials
from trailmark_server.app import create_app
from trailmark_server.heads import next_key
from trailmark_server.storage.accounts import AccountRows, Device, Recovery
from trailmark_shared.ids import DeviceId
from trailmark_shared.protocol.signing_keys import first_key

_BAD_GATEWAY = 502


class ServerHome(HttpHome):
    """A home server whose answers are the real ones.

    Attributes:
        parts: What it is made of.
        lost: How many of the next answers are lost on their way back.
    """

    def __init__(self) -> None:
        super().__init__()
        self.parts = MemoryParts()
        self.lost = 0
        self._bent: dict[tuple[str, str], Callable[[Any], None]] = {}
        self._app = cast("Any", create_app(self.parts.services))

    def answer(self, method: str, path: str, body: dict[str, Any], credential: str) -> Answer:
        self.asked.append((method, path, body))
        headers = {"Authorization": credential} if credential else {}
        answer = asyncio.run(self._answer(method, path, body, headers))
        if self.lost:
            self.lost -= 1
            return _BAD_GATEWAY, b"lost"
        if (method, path) in self._bent:
            said = msgspec.json.decode(cast("bytes", answer[1]))
            self._bent[method, path](said)
            return answer[0], said
        return answer

    def bend(self, method: str, path: str, change: Callable[[Any], None]) -> None:
        """Let every answer of a route be changed on its way back."""
        self._bent[method, path] = change

    def straighten(self) -> None:
        """Answer as it is again."""
        self._bent.clear()

    async def _answer(
        self, method: str, path: str, body: dict[str, Any], headers: dict[str, str]
    ) -> Answer:
        transport = httpx.ASGITransport(app=self._app)
        async with httpx.AsyncClient(transport=transport, base_url=self.url) as http:
            sent = msgspec.json.encode(body) if body else b""
            headers["Content-Type"] = "application/json"
            response = await http.request(method, path, content=sent, headers=headers)
            return response.status_code, response.content

    def change_signing_key(self) -> None:
        """Let a new key sign from now on."""
        keys, signer, seed = self.parts.keys, self.parts.services.signer, b"n" * 32

        async def change() -> None:
            made = next_key(await keys.signing_keys(), seed, self.parts.clock.now_ms())
            await keys.add_signing_key(made, seed, signer.public_key)
            signer.use(await keys.signing_keys())

        asyncio.run(change())

    def connect(self, app: App) -> None:
        """Make a device the first one of its person here, as if it had redeemed an invitation."""
        identity, now = app.identity, self.parts.clock.now_ms()
        key = self.parts.services.signer.public_key
        server = HomeServer(
            url=self.url,
            id=b"h" * 16,
            name="Home",
            signing_key=key,
        )
        credential = f"tmd_{identity.device.hex()}"

        def admit(rows: AccountRows) -> None:
            credentials.admit_device(
                rows, identity.space, identity.device, identity.device_name, credential, now
            )

        asyncio.run(self.parts.accounts.write(admit))
        app.write(
            lambda _conn: app.identity_file.update(
                lambda own: msgspec.structs.replace(
                    own, server=server, credential=credential, credential_expires_at=2**50
                )
            )
        )

    def lanes(self, app: App) -> Home:
        """Return the other half of this server, where devices of a person exchange entries."""
        home = Home(app.identity.space)
        home.signer = NaclSigner(bytes(32))
        home.keys = [first_key(home.signer.public_key)]
        return home

    def known(self, app: App) -> list[Device]:
        """Return the person's devices that the server knows, removed ones too."""
        space = app.identity.space
        return asyncio.run(self.parts.accounts.read(lambda rows: list(rows.devices(space))))

    def revoke(self, app: App, device: DeviceId) -> None:
        """Sign a device out for ever, as whoever runs the server can."""
        space, now = app.identity.space, self.parts.clock.now_ms()
        asyncio.run(
            self.parts.accounts.write(
                lambda rows: credentials.revoke_device(rows, space, device, now)
            )
        )

    def keep(self, app: App, *, holder: bytes) -> None:
        """Let another device have made a recovery code in place of the one that works."""
        row = Recovery(
            space=app.identity.space,
            lookup_hash=holder * 2,
            authenticator_hash=holder * 2,
            holder=holder,
            bundle=b"sealed",
            made_at=self.parts.clock.now_ms() + 1,
            made_by=holder,
        )
        asyncio.run(self.parts.accounts.write(lambda rows: rows.save_recovery(row)))

    def paths(self) -> list[str]:
        """Return what was asked, each as ``METHOD path``."""
        return [f"{method} {path}" for method, path, _ in self.asked]


@contextmanager
def server_api() -> Generator[ServerHome]:
    """Serve a home server in memory on an ephemeral port of the loopback."""
    home = ServerHome()
    with http_home(home):
        yield home
