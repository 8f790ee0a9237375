"""A colleague whom a therapist proposes: shown, taken up as an invitation would be, or declined.

Nothing of it is kept on this device until the person takes it up.
"""

from __future__ import annotations

from contextlib import suppress
from typing import Final

from trailmark_adapters.sqlite import Connection
from trailmark_client.app import App
from trailmark_client.home_api import connected
from trailmark_client.joining import Redeemed, code_hash, keep_redeemed, refuse_too_many
from trailmark_client.queries.pending import forget_pending, pending_grant, pending_grants
from trailmark_client.server_answers import HandOverAnswer, HandOversAnswer, JoinAnswer, Nothing
from trailmark_shared.errors import RefusedError

PATH: Final = "/api/hand-overs"


def list_hand_overs(app: App) -> list[HandOverAnswer]:
    """Return the colleagues whom therapists propose to the person, the oldest first.

    One whom the person took up elsewhere, or let in, is not among them.

    Raises:
        RefusedError: ``not_connected``, ``unreachable`` and the like.
    """
    _, api = connected(app)
    found = api.ask("GET", PATH, HandOversAnswer).hand_overs
    waiting = {each.member for each in app.read(pending_grants)}
    return [each for each in found if not each.taken or each.colleague.id in waiting]


def hand_overs_now(app: App) -> list[HandOverAnswer]:
    """Return the same, or nothing where the server cannot be asked now: it is the next time."""
    with suppress(RefusedError):
        return list_hand_overs(app)
    return []


def take_up(app: App, hand_over: HandOverAnswer) -> Redeemed:
    """Come to know a colleague whom a therapist proposes; they have no grant afterwards.

    Args:
        app: This device, connected.
        hand_over: What the person takes up.

    Returns:
        What to compare before ``complete``.

    Raises:
        RefusedError: ``not_found``: it is not proposed any more; ``unreachable`` and the like.
        DomainError: ``invalid_input``: ``limits.PENDING_GRANTS_MAX`` invitations wait already.
    """
    server, api = connected(app)
    hashed = _hashed(hand_over)
    app.read(lambda conn: refuse_too_many(conn, hashed))
    path = f"{PATH}/{hand_over.therapist.id}"
    return keep_redeemed(app, server.url, api.ask("POST", path, JoinAnswer), hashed)


def decline(app: App, hand_over: HandOverAnswer) -> None:
    """Let a proposal go, also one that was taken up and whose grant is not written yet.

    Who proposed it is not told. A colleague who has not confirmed the words loses sight of them.

    Raises:
        RefusedError: ``unreachable`` and the like.
    """
    _, api = connected(app)
    api.ask("DELETE", f"{PATH}/{hand_over.therapist.id}", Nothing)
    member, hashed = hand_over.colleague.id, _hashed(hand_over)

    def forget(conn: Connection) -> None:
        pending = pending_grant(conn, member)
        if pending is not None and pending.code == hashed:
            forget_pending(conn, member)

    app.write(forget)


def _hashed(hand_over: HandOverAnswer) -> str:
    """Return what stands in place of a code for who is taken up."""
    return code_hash(f"{hand_over.therapist.id} {hand_over.colleague.id}")
