"""One person with several devices in folders of a test, let in by one another without a network."""

from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

import msgspec

from tests.support.devices import connect_to, new_device, sync
from tests.support.home import Home
from trailmark_client.app import App
from trailmark_client.bundles import bundle_from_bytes, bundle_of, settle_in
from trailmark_client.identity import Secrets
from trailmark_client.server_answers import LetInAnswer, ServerAnswer
from trailmark_client.speaking import Knowledge
from trailmark_shared.device_graph.statements import HolderId
from trailmark_shared.ids import text_from_id

URL = "http://127.0.0.1:1"


class Devices:
    """The person's devices and their home server in memory.

    Attributes:
        home: The server.
        apps: The devices, the first one made the space.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        first = new_device(folder / "0", 1)
        self.home = Home(first.identity.space)
        connect_to(first, self.home)
        self.apps = [first]

    def fresh(self) -> App:
        """Return a device that was never used."""
        number = len(self.apps)
        app = new_device(self.folder / str(number), number + 1)
        self.apps.append(app)
        return app

    def let_in(self, first: App, second: App) -> None:
        """Let ``second`` in on ``first``, as when the person said yes there."""
        holder = second.identity.secrets.holder
        firm = first.write(lambda conn: first.key_sharing.let_in(conn, holder, "another"))
        bundle = bundle_from_bytes(bundle_of(first, firm))
        settle_in(second, URL, self.answer(), bundle)

    def answer(self) -> LetInAnswer:
        """Return what the server says to a device that is let in."""
        server = self.home.server()
        return LetInAnswer(
            space=text_from_id(self.home.space),
            credential="tmd_other",
            credential_expires_at=1,
            server=ServerAnswer(
                id=text_from_id(server.id), name="Home", signing_key=server.signing_key.hex()
            ),
            bundle="",
        )

    def add(self, by: App | None = None) -> App:
        """Return another device that was let in by ``by``, the first one by default."""
        app = self.fresh()
        self.let_in(by or self.apps[0], app)
        return app

    async def settle(self, *apps: App) -> None:
        """Let devices exchange everything until nothing is left to be said."""
        for app in (apps or tuple(self.apps)) * 3:
            ended = await sync(app, self.home)
            assert ended.is_done, ended

    def close(self) -> None:
        for app in self.apps:
            app.close()


@contextmanager
def devices(folder: Path) -> Generator[Devices]:
    """Open a person's first device and their server; close all devices at the end."""
    opened = Devices(folder)
    try:
        yield opened
    finally:
        opened.close()


def recovery_code(letter: bytes) -> Secrets:
    """Return a recovery code; codes of one letter are the same one."""
    return Secrets(kind="code", sign_seed=letter * 32, private_key=letter * 32)


def known(app: App) -> Knowledge:
    """Return what a device knows of the person's devices."""
    return app.read(app.key_sharing.known)


def members(app: App) -> set[bytes]:
    """Return who is the person's device or recovery code, as a device sees it."""
    return {bytes(each) for each in known(app).view.members}


def remove(app: App, *others: App) -> None:
    """Let devices go on another one, as ``device remove`` does."""
    gone = [HolderId(each.identity.device) for each in others]
    app.write(lambda conn: app.key_sharing.remove(conn, gone))


def keeps_copy(app: App, *, wanted: bool) -> None:
    """Answer on a device whether a private copy goes to the server."""
    app.write(
        lambda _conn: app.identity_file.update(
            lambda own: msgspec.structs.replace(own, private_copy=wanted)
        )
    )


def seals_with(app: App) -> bytes:
    """Return the value of the key that a device seals with now."""
    return app.identity.newest_key.key


def holds(app: App, key: bytes) -> bool:
    """Say whether a device holds a key of this value."""
    return any(each.key == key for each in app.identity.vault_keys)
