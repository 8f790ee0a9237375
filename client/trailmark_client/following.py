"""What follows from what therapists and other devices said, while a session stays open.

Only once everything was exchanged: before that, this device cannot say what followed what.
"""

from __future__ import annotations

from contextlib import suppress

from trailmark_adapters.sqlite import Connection
from trailmark_client.app import App
from trailmark_client.commands.stopping import settle_stops
from trailmark_client.commands.wishes import carry_out_wishes
from trailmark_client.joining import complete
from trailmark_client.queries.pending import pending_grants
from trailmark_shared.errors import DomainError, RefusedError


def follow(app: App) -> bool:
    """Let in who confirmed, end what a stop ended, and share what was wished.

    Args:
        app: This device, in a thread that may wait for the server.

    Returns:
        Whether something was recorded, or somebody waits no more.
    """
    asked = [each.member for each in app.read(pending_grants) if each.agreed is not None]
    let_in = [member for member in asked if _is_let_in(app, member)]
    recorder, device = app.recorder, app.identity.device
    when = recorder.now()
    stopped = app.write(lambda conn: settle_stops(conn, recorder, when))
    shared = app.write(lambda conn: carry_out_wishes(conn, recorder, when, device=device))
    return bool(let_in or stopped or shared)


def is_waiting(conn: Connection) -> bool:
    """Say whether a therapist's word is waited for, of whose invitation the server knows."""
    waiting = pending_grants(conn)
    return any(each.agreed is not None and not each.is_unknown for each in waiting)


def _is_let_in(app: App, member: str) -> bool:
    with suppress(RefusedError, DomainError):
        return complete(app, member) is not None
    return False
