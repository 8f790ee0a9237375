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


def home_or_elsewhere(app: App, url: str) -> HttpApi:
    """Return the API of a server that may let this device in, or in again.

    Only its own home is shown the credential that this device has: nobody else may take the place
    of a device that is signed in there.

    Raises:
        RefusedError: ``insecure_address``.
    """
    api, home = HttpApi(url), app.identity.server
    if home is None or home.url != api.url:
        return api
    return HttpApi(url, app.identity.credential)
