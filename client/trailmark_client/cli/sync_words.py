"""What ``sync`` says: how the session stands, and what the exchange brought."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from trailmark_client.session_status import Status
from trailmark_shared.words import gettext, ngettext

if TYPE_CHECKING:
    from trailmark_client.cli.connecting import Synced


def status_words(status: Status) -> str:
    """Return how the session stands."""
    words = {
        "connecting": gettext("Connecting."),
        "exchanging": gettext("Exchanging."),
        "live": gettext("In step. News arrive by themselves."),
        "waiting": gettext("Not connected; everything is saved on this device. Trying again."),
        "stopped": gettext("Stopped."),
    }[status.phase]
    if not status.waiting:
        return words
    return gettext("{state} {n} not sent yet.").format(state=words, n=status.waiting)


def synced_lines(document: Synced, therapists: Sequence[str]) -> list[str]:
    """Return what an exchange brought.

    Args:
        document: The answer for programs.
        therapists: Who proposes each colleague of ``document.hand_overs``, in that order.
    """
    lines = [
        gettext("In step with the server. Received: {received}.").format(received=document.received)
    ]
    lines += [
        gettext("Sharing with {name} stopped.").format(name=name) for name in document.stopped
    ]
    lines += [
        gettext("The link for {name} works now.").format(name=name) for name in document.links
    ]
    if document.shared:
        lines.append(gettext("Shared as you wished: {n}.").format(n=len(document.shared)))
    lines += [
        gettext("{name} is not let in yet.").format(name=name) for name in document.waiting_for
    ]
    lines += [
        gettext(
            "{therapist} proposes that {colleague} goes on with you. Nothing changes unless you "
            "say so: trailmark hand-over list"
        ).format(therapist=therapist, colleague=colleague)
        for therapist, colleague in zip(therapists, document.hand_overs, strict=True)
    ]
    if document.refused:
        lines.append(
            ngettext(
                "The server did not take {n} entry; your words are still here: "
                "trailmark set-aside list",
                "The server did not take {n} entries; your words are still here: "
                "trailmark set-aside list",
                document.refused,
            ).format(n=document.refused)
        )
    return lines
