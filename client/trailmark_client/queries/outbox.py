"""What is saved on this device and not sent yet."""

from __future__ import annotations

from trailmark_adapters.sqlite import Connection
from trailmark_client.identity import Identity
from trailmark_client.storage import event_log


def unsent(conn: Connection, identity: Identity) -> int:
    """Return how many events wait for the home server; none where there is no server yet."""
    return 0 if identity.server is None else event_log.unsent_count(conn, identity)
