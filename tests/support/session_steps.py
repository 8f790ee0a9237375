"""Sessions brought to where a test begins, and the messages that such tests feed."""

from collections.abc import Sequence

from trailmark_shared import chain, ids
from trailmark_shared.events.envelope import Event, write_event
from trailmark_shared.ids import SELF, DeviceId, Epoch, EventId, Lane, SpaceId
from trailmark_shared.protocol import effects, messages
from trailmark_shared.protocol.client_session import ClientSession
from trailmark_shared.protocol.server_session import ServerSession
from trailmark_shared.protocol.signing_keys import first_key

SPACE = SpaceId(b"s" * 16)
DEVICE = DeviceId(bytes(16))
EPOCH = Epoch(b"epoch..1")
KEY = first_key(bytes(32))


def greet(
    session: ClientSession,
    *,
    cursor: int = 0,
    revoked: Sequence[bytes] = (),
    needs_epoch: bool = False,
    held: Sequence[Lane] = (),
) -> list[effects.Effect]:
    lane = messages.LaneHello(lane=SELF, cursor=cursor, cursor_hash=bytes(32), back=[])
    return session.start(
        effects.Start(
            space=SPACE,
            device=DEVICE,
            epoch=EPOCH,
            now=5,
            lanes=[lane],
            revoked=revoked,
            needs_epoch=needs_epoch,
            held=held,
        )
    )


def welcome_of(
    *, head: int = 0, protocol: int = 1, rewind: messages.Rewind | None = None
) -> messages.Welcome:
    lane = messages.LaneWelcome(
        lane=SELF,
        head=head,
        head_hash=bytes(32),
        device_high=0,
        device_hash=bytes(32),
        rewind=rewind,
    )
    return messages.Welcome(
        protocol=protocol,
        now=7,
        limits={},
        credential_expires_at=1_000,
        lanes=[lane],
        keys=[KEY],
    )


def welcomed_client(
    *,
    cursor: int = 0,
    head: int = 0,
    needs_epoch: bool = False,
    held: Sequence[Lane] = (),
    rewind: messages.Rewind | None = None,
) -> ClientSession:
    """Return a session that trusts the server and has asked for its own chain."""
    session = ClientSession()
    greet(session, cursor=cursor, needs_epoch=needs_epoch, held=held)
    session.receive(welcome_of(head=head, rewind=rewind), 0)
    session.keys_followed(trusted=True)
    return session


def opened_client(*, head: int = 0, forked: bool = False) -> ClientSession:
    """Return an open session that has asked for the outbox of ``self``."""
    session = welcomed_client(head=head)
    session.own_checked(forked=forked)
    return session


def own_events(count: int, *, body: bytes = b"{}") -> list[Event]:
    events: list[Event] = []
    for dseq in range(1, count + 1):
        events.append(
            write_event(
                event_id=EventId(dseq.to_bytes(16, "big")),
                space=SPACE,
                lane=SELF,
                device=DEVICE,
                epoch=EPOCH,
                dseq=dseq,
                key=ids.PLAIN,
                prev=events[-1].hash if events else chain.GENESIS,
                salt=bytes(16),
                body=body,
            )
        )
    return events


def head_at(seq: int) -> messages.SignedHead:
    return messages.SignedHead(seq=seq, hash=bytes([seq % 256]) * 32, time=1, signature=bytes(64))


def page_of(lane: Lane, after: int, upto: int) -> messages.Events:
    """Return a page by its frame only: the session does not look inside."""
    run = messages.Run(
        device=DEVICE,
        epoch=EPOCH,
        first=1,
        prev=chain.GENESIS,
        received_at=1,
        offset=0,
        actor="person",
        code=None,
        events=[(bytes(16), None, bytes(16), b"{}")],
    )
    return messages.Events(lane=lane, after=after, runs=[run], signed_head=head_at(upto))


def stood(lane: Lane, cursor: int, *, held: bool = False) -> effects.PageStored:
    return effects.PageStored(lane=lane, cursor=cursor, cursor_hash=bytes([cursor]) * 32, held=held)


HELLO = messages.Hello(
    protocol=(1, 1), app="t", device=DEVICE, epoch=EPOCH, now=5, lanes=[], revoked=[]
)


def opened_server() -> ServerSession:
    """Return an open session that has asked for the first page of ``self``."""
    session = ServerSession()
    session.receive(HELLO, 12)
    session.opened(
        effects.Opened(
            space=SPACE,
            now=12,
            credential_expires_at=1_000,
            lanes=[
                effects.LaneState(
                    welcome=messages.LaneWelcome(
                        lane=SELF,
                        head=0,
                        head_hash=bytes(32),
                        device_high=0,
                        device_hash=bytes(32),
                        rewind=None,
                    ),
                    start=0,
                )
            ],
            keys=[KEY],
        )
    )
    return session
