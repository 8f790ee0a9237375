"""What a kill can keep the store from learning when a device is connected.

The identity file comes first, fsynced, then the commit. Between the two an imported ``self`` would
still stand where a log of another space stood.
"""

from __future__ import annotations

from trailmark_adapters.sqlite import SqliteFile
from trailmark_client.identity import Identity
from trailmark_client.storage.settings import IMPORTED_FROM, setting


def finish_connecting(file: SqliteFile, identity: Identity) -> None:
    """Let what was imported wait to be sent, where the device is connected and it does not yet.

    Args:
        file: The store; no session is open over it.
        identity: Who this device is.
    """
    if identity.server is None or file.read(lambda conn: setting(conn, IMPORTED_FROM)) is None:
        return
    # Only asked for here: hardly any start has something imported.
    from trailmark_client.storage.importing import send_imported  # noqa: PLC0415

    file.write(send_imported)
