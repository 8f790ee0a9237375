"""The states of both sessions and what each message does in each of them.

Theory of operation: a session is born ``NEW``, greets, works, and ends ``CLOSED``. The tables are
total: for every (state, message) they name a handler, a refusal or silence, and a test walks them
all. ``HANDLE`` runs the session's handler; ``REFUSE`` answers ``error unexpected_message`` and
closes, changing nothing else; ``IGNORE`` is only for what may still be in flight after the end.
The tables in ``docs/protocol.md`` are generated from here.
"""

from __future__ import annotations

from enum import StrEnum
from types import MappingProxyType
from typing import Final, get_args

from trailmark_shared.protocol import messages


class State(StrEnum):
    """Where a session stands."""

    NEW = "new"
    GREETING = "greeting"
    OPEN = "open"
    CLOSED = "closed"


class Action(StrEnum):
    """What a message does in a state."""

    HANDLE = "handle"
    REFUSE = "refuse"
    IGNORE = "ignore"


CLIENT_MESSAGES: Final[tuple[type[messages.Message], ...]] = get_args(messages.ClientMessage)
"""What a client may send."""

SERVER_MESSAGES: Final[tuple[type[messages.Message], ...]] = get_args(messages.ServerMessage)
"""What a server may send."""

_ALWAYS: Final = (messages.Ping, messages.Pong, messages.Bye)
_FROM_SERVER: Final = (*_ALWAYS, messages.Error, messages.GoingAway)

_Table = MappingProxyType[State, MappingProxyType[type[messages.Message], Action]]


def _row(
    known: tuple[type[messages.Message], ...],
    handled: tuple[type[messages.Message], ...],
    otherwise: Action = Action.REFUSE,
) -> MappingProxyType[type[messages.Message], Action]:
    return MappingProxyType(
        {message: Action.HANDLE if message in handled else otherwise for message in known}
    )


CLIENT_TABLE: Final[_Table] = MappingProxyType(
    {
        State.NEW: _row(SERVER_MESSAGES, ()),
        State.GREETING: _row(SERVER_MESSAGES, (messages.Welcome, *_FROM_SERVER)),
        State.OPEN: _row(
            SERVER_MESSAGES,
            (
                messages.Pushed,
                messages.Fork,
                messages.Gap,
                messages.Events,
                messages.Offered,
                messages.Revoked,
                messages.Renewed,
                messages.Throttle,
                *_FROM_SERVER,
            ),
        ),
        State.CLOSED: _row(SERVER_MESSAGES, (), Action.IGNORE),
    }
)
"""What a client session does with each message of a server."""

SERVER_TABLE: Final[_Table] = MappingProxyType(
    {
        State.NEW: _row(CLIENT_MESSAGES, (messages.Hello, messages.Bye)),
        State.GREETING: _row(CLIENT_MESSAGES, ()),
        State.OPEN: _row(
            CLIENT_MESSAGES,
            (
                messages.Revoked,
                messages.Push,
                messages.Ack,
                messages.Offer,
                messages.Renew,
                *_ALWAYS,
            ),
        ),
        State.CLOSED: _row(CLIENT_MESSAGES, (), Action.IGNORE),
    }
)
"""What a server session does with each message of a client."""
