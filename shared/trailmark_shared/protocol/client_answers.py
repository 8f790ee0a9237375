"""What a client says or does at once, whatever else its session is about."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from trailmark_shared import limits
from trailmark_shared.protocol import effects, messages
from trailmark_shared.words import marked

ALTERED_WORDS: Final = marked(
    "the server shows another history than the one this device holds; nothing of it was taken. "
    "Keep this device, run trailmark verify, and ask whoever runs the server"
)

UNKNOWN_KEY_WORDS: Final = marked(
    "the server signs with a key that does not follow from the one known here; nothing was sent. "
    "Ask whoever runs it to put back its newest keys.db"
)

Told = messages.Renewed | messages.Ping | messages.Pong | messages.Revoked | messages.Throttle
"""Messages that a client takes in the same way wherever it stands."""


def answers_to(message: Told, now: int) -> list[effects.Effect]:
    """Return what follows from a message that concerns no lane.

    Args:
        message: What the server said.
        now: Device clock, milliseconds UTC.

    Returns:
        Effects to execute in order; none for what only confirms.
    """
    match message:
        case messages.Renewed(credential=credential, expires_at=expires_at):
            return [effects.SaveCredential(credential=credential, expires_at=expires_at)]
        case messages.Ping():
            return [effects.Send(message=messages.Pong(now=now))]
        case messages.Throttle(ms=ms):
            return [effects.Pause(ms=min(ms, limits.THROTTLE_MS_MAX))]
        case _:  # pong, revoked: confirmations
            return []


def words_of_revocations(grants: Sequence[bytes]) -> list[effects.Effect]:
    """Return the messages that name revoked grants, each within its bound."""
    size = limits.REVOKED_GRANTS_MAX
    return [
        effects.Send(message=messages.Revoked(grants=list(grants[at : at + size])))
        for at in range(0, len(grants), size)
    ]
