"""The API of the home server, for what a connected device asks of it."""

from __future__ import annotations

from trailmark_client.app import App
from trailmark_client.http_api import HttpApi
from trailmark_client.identity import HomeServer
from trailmark_shared.errors import ErrorCode, RefusedError
from trailmark_shared.words import gettext


def connected(app: App) -> tuple[HomeServer, HttpApi]:
    """Return the home server and its API.

    Raises:
        RefusedError: ``not_connected``: there is none yet.
    """
    identity = app.identity
    if identity.server is None:
        raise RefusedError(
            ErrorCode.NOT_CONNECTED,
            gettext(
                "this device is not connected to a therapist yet; with an invitation of theirs: "
                "trailmark connect"
            ),
        )
    return identity.server, HttpApi(identity.server.url, identity.credential)
