"""Erasing everything as a home server sees it: it is told, and relays what it was given."""

from __future__ import annotations

from typing import Any, Final

import msgspec

from tests.support.http_home import HttpHome
from trailmark_adapters.sqlite import Connection
from trailmark_client.app import App
from trailmark_client.identity import HomeServer, Identity
from trailmark_shared.events.control import StatementMade
from trailmark_shared.ids import DEVICES

PATH: Final = "/api/space/erasure"
DONE: Final[dict[str, Any]] = {"erased_at": 7, "erased_by": "person", "proofs": []}


def at_home(app: App, home: HttpHome) -> None:
    """Let a device be connected with a home server."""
    server = HomeServer(url=home.url, id=b"h" * 16, name="Home", signing_key=b"k" * 32)

    def connected(current: Identity) -> Identity:
        return msgspec.structs.replace(current, server=server, credential="tmd_test")

    app.write(lambda _conn: app.identity_file.update(connected))


def tell(by: App, app: App) -> None:
    """Let a device read what another one said of devices."""
    said = by.read(lambda conn: by.key_sharing.known(conn).graph.statements)

    def read(conn: Connection) -> None:
        for each in said:
            data = StatementMade(statement=each.raw)
            app.recorder.record(conn, DEVICES, each.id[:16], data)
        app.key_sharing.look(conn)

    app.write(read)


def relays(home: HttpHome) -> None:
    """Let the server relay what it is given, as the real one does."""

    def take(body: dict[str, Any], _credential: str) -> tuple[int, object]:
        home.relay["proofs"] = [body]
        return 200, DONE

    home.routes["POST", PATH] = take
    home.routes["GET", PATH] = lambda _body, _credential: (200, DONE | home.relay)
