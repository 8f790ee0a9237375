"""What a live session asks of the store once something was recorded beside it."""

from __future__ import annotations

import msgspec

from trailmark_adapters.sqlite import Connection
from trailmark_client.identity import Identity
from trailmark_client.storage.cursors import revoked_grants
from trailmark_client.storage.event_log import lanes_to_send, unsent_count
from trailmark_shared.ids import DEVICES, Lane


class LocalNews(msgspec.Struct, frozen=True):
    """What one state of the store tells a session.

    Attributes:
        lanes: Lanes with own events that are to be sent.
        waiting: How many such events there are.
        revoked: Grants that are revoked here.
        duties: Equal to that of another state where what devices say of each other, and all that
            this device keeps for it, are equal: then there is nothing new to say about keys.
    """

    lanes: list[Lane]
    waiting: int
    revoked: frozenset[bytes]
    duties: tuple[object, ...]


def local_news(conn: Connection, identity: Identity) -> LocalNews:
    """Return what is there now.

    Args:
        conn: The store; a read transaction is enough.
        identity: Whose events.
    """
    said = conn.execute(f"SELECT max(pos) FROM event WHERE lane IS '{DEVICES}'").fetchone()
    kept = conn.execute("SELECT name, value FROM setting ORDER BY name").fetchall()
    return LocalNews(
        lanes=lanes_to_send(conn),
        waiting=unsent_count(conn, identity),
        revoked=frozenset(revoked_grants(conn)),
        duties=(identity, said, kept),
    )
