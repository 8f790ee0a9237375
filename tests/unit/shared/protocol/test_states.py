"""design.md 6: both machines are total over state x message; the tables say what happens."""

from collections.abc import Callable

import pytest

from tests.support.session_steps import (
    EPOCH,
    HELLO,
    greet,
    head_at,
    opened_client,
    opened_server,
    own_events,
    page_of,
    welcome_of,
)
from trailmark_shared.errors import ErrorCode
from trailmark_shared.ids import SELF
from trailmark_shared.protocol import effects, messages, pages
from trailmark_shared.protocol.client_session import ClientSession
from trailmark_shared.protocol.server_session import ServerSession
from trailmark_shared.protocol.states import (
    CLIENT_MESSAGES,
    CLIENT_TABLE,
    SERVER_MESSAGES,
    SERVER_TABLE,
    Action,
    State,
)

_OFFER = messages.Offer(
    lane=SELF,
    after=0,
    after_hash=bytes(32),
    runs=page_of(SELF, 0, 1).runs,
    signed_head=head_at(1),
)

EXAMPLES: tuple[messages.AnyMessage, ...] = (
    HELLO,
    messages.Revoked(grants=[bytes(16)]),
    welcome_of(),
    pages.push_from_events(own_events(1)),
    messages.Pushed(lane=SELF, epoch=EPOCH, upto=1, refused=[]),
    messages.Fork(lane=SELF, epoch=EPOCH, dseq=1, hash=bytes(32)),
    messages.Gap(lane=SELF, epoch=EPOCH, wanted=1),
    page_of(SELF, 0, 1),
    messages.Ack(lane=SELF, upto=1, hash=bytes(32)),
    _OFFER,
    messages.Offered(lane=SELF, upto=1, code=None),
    messages.Renew(),
    messages.Renewed(credential="tmd_x", expires_at=1),
    messages.Ping(now=1),
    messages.Pong(now=1),
    messages.Throttle(ms=1),
    messages.GoingAway(spread_ms=1),
    messages.Error(code="internal", retry="later", message="?"),
    messages.Bye(),
)
BY_TYPE = {type(message): message for message in EXAMPLES}
ANSWERS = {messages.Ack, messages.Offered, messages.Renewed}
"""What is taken only where it was asked for."""


def client_in(state: State) -> ClientSession:
    session = ClientSession()
    if state is State.GREETING:
        greet(session)
    elif state is State.OPEN:
        session = opened_client()
    elif state is State.CLOSED:
        session.close(None, "over")
    return session


def server_in(state: State) -> ServerSession:
    session = ServerSession()
    if state is State.GREETING:
        session.receive(HELLO, 0)
    elif state is State.OPEN:
        session = opened_server()
    elif state is State.CLOSED:
        session.refuse(ErrorCode.INTERNAL, "over")
    return session


ROLES = {
    "client": (CLIENT_TABLE, SERVER_MESSAGES, client_in),
    "server": (SERVER_TABLE, CLIENT_MESSAGES, server_in),
}


@pytest.mark.parametrize("role", ROLES)
class TestTable:
    """Every (role, state, message) has an action, and the session does what the table says."""

    def test_is_total(self, role: str) -> None:
        table, known, _ = ROLES[role]

        assert set(State) == set(table)
        assert [set(known)] * len(State) == [set(row) for row in table.values()]

    @pytest.mark.parametrize("state", State)
    def test_is_what_the_session_does(self, role: str, state: State) -> None:
        table, known, session_in = ROLES[role]
        make: Callable[[State], ClientSession | ServerSession] = session_in
        for kind in known:
            session = make(state)
            asked = session.receive(BY_TYPE[kind], 0)  # type: ignore[arg-type]
            closes = [effect for effect in asked if isinstance(effect, effects.Close)]
            match table[state][kind]:
                case Action.IGNORE:
                    assert ([], State.CLOSED) == (asked, session.state)
                case Action.REFUSE:
                    assert [ErrorCode.UNEXPECTED_MESSAGE] == [close.code for close in closes]
                    assert session.state is State.CLOSED
                    assert {effects.Send, effects.Close} >= {type(effect) for effect in asked}
                case Action.HANDLE if kind not in ANSWERS:
                    codes = [close.code for close in closes]
                    assert ErrorCode.UNEXPECTED_MESSAGE not in codes
                    assert (session.state is State.CLOSED) is bool(closes)
                case _:  # an answer to nothing that was asked: out of turn for another reason
                    assert session.state is State.CLOSED


def test_every_message_has_an_example() -> None:
    assert {*CLIENT_MESSAGES, *SERVER_MESSAGES} == set(BY_TYPE)
