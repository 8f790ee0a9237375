"""Laying the desk at which a page works."""

from __future__ import annotations

from trailmark_client.app import App
from trailmark_client.behind_pages.far import HomeServer
from trailmark_client.behind_pages.own import OwnDevices
from trailmark_client.web.desk import Desk, Phase


def desk_of(app: App, phase: Phase) -> Desk:
    """Return where one question is answered; what only one shell knows, it lays on top.

    Args:
        app: This device, in the thread that answers.
        phase: How it stands to its home server.
    """
    return Desk(
        store=app,
        recorder=app.recorder,
        identity=lambda: app.identity,
        now_ms=app.clock.now_ms(),
        zone=app.clock.zone_name(),
        phase=phase,
        far=HomeServer(app),
        own=OwnDevices(app),
        ordering=app.key_sharing,
        erased_there=app.erasure_file.erased_there(app.identity.space),
    )
