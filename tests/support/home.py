"""A home server in memory: the real server session over lists, for tests of the client alone.

It keeps rules 1 and 3 in their simplest form. ``Wire`` is the client's transport to it; frames are
handled at once, and a test may cut the wire after so many frames.
"""

import asyncio
from collections import deque
from collections.abc import Callable, Iterable
from copy import deepcopy
from typing import Any

from tests.support.fakes import FakeClock
from tests.support.key_chains import named_by
from trailmark_adapters.nacl import NaclSigner
from trailmark_client.identity import HomeServer
from trailmark_client.transport import TransportClosedError
from trailmark_shared import chain, limits
from trailmark_shared.errors import ErrorCode
from trailmark_shared.events.envelope import Event, Row, without_body
from trailmark_shared.ids import PLAIN, SELF, Lane, SpaceId
from trailmark_shared.protocol import effects, messages
from trailmark_shared.protocol.close_codes import closing_of
from trailmark_shared.protocol.frames import decode_client_frame, encode_frame
from trailmark_shared.protocol.page_found import PageFound
from trailmark_shared.protocol.pages import cut_batch
from trailmark_shared.protocol.server_session import ServerSession
from trailmark_shared.protocol.signing_keys import first_key

Chains = dict[tuple[bytes, bytes], list[bytes]]


class LaneLog:
    """One lane of the server: its rows and the chains of its devices."""

    def __init__(self) -> None:
        self.rows: list[Row] = []
        self.chains: Chains = {}

    def hash_at(self, seq: int) -> bytes:
        return self.rows[seq - 1].lane_hash if seq else chain.GENESIS

    def holds(self, seq: int, hash_: bytes) -> bool:
        return seq <= len(self.rows) and self.hash_at(seq) == hash_

    def is_taken(self, event_id: bytes) -> bool:
        return any(
            row.event.id == event_id and row.code in (None, ErrorCode.ASIDE) for row in self.rows
        )

    def put(self, event: Event, received_at: int, offset: int, actor: str, code: str | None) -> Row:
        seq = len(self.rows) + 1
        kept = event if code in (None, ErrorCode.ASIDE) else without_body(event)
        row = Row(
            event=kept,
            seq=seq,
            received_at=received_at,
            offset=offset,
            actor=actor,
            code=code,
            lane_hash=chain.lane_hash(
                self.hash_at(seq - 1), event.hash, seq, received_at, offset, actor, code
            ),
        )
        self.rows.append(row)
        return row


Lie = Callable[[Any], messages.ServerMessage]


class Home:
    """The server: lanes of one space, a signing key, and what a test wants it to refuse.

    Attributes:
        heard: Everything that devices said to it, in all their sessions.
        unknown: Credentials that it does not know.
        lies: What it answers to a kind of message instead of what is right.
    """

    def __init__(self, space: SpaceId, clock: FakeClock | None = None) -> None:
        self.space = space
        self.clock = clock or FakeClock()
        self.signer = NaclSigner(b"s" * 32)
        self.keys = [first_key(self.signer.public_key)]
        self.lanes: dict[Lane, LaneLog] = {}
        self.wires: list[Wire] = []
        self.refused_ids: dict[bytes, str] = {}
        self.revoked: list[bytes] = []
        self.page_events = limits.PAGE_EVENTS_MAX
        self.refuses_offers = False
        self.credential_left_ms = limits.CREDENTIAL_TTL_MS
        self.is_away = False
        self.unknown: set[str] = set()
        self.cut_after: int | None = None
        self.heard: list[messages.ClientMessage] = []
        self.lies: dict[type[messages.Message], Lie] = {}

    def server(self) -> HomeServer:
        """Return what a device knows of this server."""
        return HomeServer(
            url="http://127.0.0.1:1",
            id=b"h" * 16,
            name="Home",
            signing_key=self.signer.public_key,
        )

    def rotate(self, seed: bytes) -> None:
        """Sign with another key from now on, named by the one before it."""
        new = NaclSigner(seed)
        self.keys.append(named_by(self.signer, new, self.clock.now_ms()))
        self.signer = new

    async def connect(self, url: str, credential: str) -> "Wire":
        """Be the client's connector."""
        assert url
        assert credential
        if self.is_away:
            raise lost()
        if credential in self.unknown:
            closing = closing_of(ErrorCode.NOT_SIGNED_IN)
            raise TransportClosedError(ErrorCode.NOT_SIGNED_IN, closing.meaning, closing.retry)
        wire = Wire(self, self.cut_after)
        self.wires.append(wire)
        return wire

    def lane(self, name: str) -> LaneLog:
        return self.lanes.setdefault(Lane(name), LaneLog())

    def backup(self) -> dict[Lane, LaneLog]:
        """Return a copy of everything."""
        return deepcopy(self.lanes)

    def restore(self, backup: dict[Lane, LaneLog]) -> None:
        """Go back to a copy; live sessions end."""
        for wire in self.wires:
            wire.lose()
        self.wires.clear()
        self.lanes = deepcopy(backup)

    def ring(self, lanes: Iterable[Lane]) -> None:
        """Tell all sessions that these lanes moved."""
        for wire in list(self.wires):
            wire.ring(lanes)

    def signed(self, lane: str, seq: int, hash_: bytes) -> messages.SignedHead:
        now = self.clock.now_ms()
        message = chain.head_bytes(self.space, Lane(lane), seq, hash_, now)
        return messages.SignedHead(
            seq=seq, hash=hash_, time=now, signature=self.signer.sign(message)
        )

    # --- what the session asks -----------------------------------------------------------------

    def open(self, hello: messages.Hello) -> effects.Opened:
        self.revoked.extend(hello.revoked)
        named = {each.lane: each for each in hello.lanes}
        for name in named:
            self.lane(name)
        return effects.Opened(
            space=self.space,
            now=self.clock.now_ms(),
            credential_expires_at=self.clock.now_ms() + self.credential_left_ms,
            lanes=[
                self._lane_state(name, log, hello, named.get(name))
                for name, log in self.lanes.items()
            ],
            keys=self.keys,
        )

    def _lane_state(
        self, name: Lane, log: LaneLog, hello: messages.Hello, told: messages.LaneHello | None
    ) -> effects.LaneState:
        own = log.chains.get((hello.device, hello.epoch), [])
        rewind, start = None, 0 if told is None else told.cursor
        if told is not None and not log.holds(told.cursor, told.cursor_hash):
            start = next((seq for seq, hash_ in told.back if log.holds(seq, hash_)), 0)
            head = self.signed(name, start, log.hash_at(start)) if start else None
            rewind = messages.Rewind(seq=start, signed_head=head)
        return effects.LaneState(
            welcome=messages.LaneWelcome(
                lane=name,
                head=len(log.rows),
                head_hash=log.hash_at(len(log.rows)),
                device_high=len(own),
                device_hash=own[-1] if own else chain.GENESIS,
                rewind=rewind,
            ),
            start=start,
        )

    def append(self, asked: effects.AppendBatch, device: bytes) -> effects.Appended:
        log, first = self.lane(asked.lane), asked.events[0]
        own = log.chains.setdefault((device, first.epoch), [])
        refused: list[messages.Refusal] = []
        upto = 0
        for event in asked.events:
            after = own[event.dseq - 2] if 1 < event.dseq <= len(own) + 1 else chain.GENESIS
            if event.dseq > len(own) + 1:
                gap = len(own) + 1
                return effects.Appended(
                    lane=asked.lane, epoch=first.epoch, upto=upto, refused=refused, gap=gap
                )
            is_known = event.dseq <= len(own) and own[event.dseq - 1] == event.hash
            if not is_known and (event.dseq <= len(own) or event.prev != after):
                fork = (event.dseq, after)
                return effects.Appended(
                    lane=asked.lane, epoch=first.epoch, upto=upto, refused=refused, fork=fork
                )
            if not is_known:
                code = self._code(log, event)
                own.append(event.hash)
                log.put(event, self.clock.now_ms(), asked.offset, "person", code)
                if code is not None and code != ErrorCode.DUPLICATE:
                    refused.append(messages.Refusal(dseq=event.dseq, code=code))
            upto = event.dseq
        return effects.Appended(lane=asked.lane, epoch=first.epoch, upto=upto, refused=refused)

    def _code(self, log: LaneLog, event: Event) -> str | None:
        assert event.lane != SELF or event.key != PLAIN or b"erased" in (event.body or b"erased")
        if log.is_taken(event.id):
            return ErrorCode.DUPLICATE
        return self.refused_ids.get(event.id)

    def page(self, asked: effects.ReadPage) -> tuple[list[Row], messages.SignedHead | None]:
        rows = self.lane(asked.lane).rows[asked.after : asked.after + self.page_events]
        if not rows:
            return [], None
        rows = rows[: cut_batch([row.event for row in rows])]
        return rows, self.signed(asked.lane, rows[-1].seq, rows[-1].lane_hash)

    def take(self, asked: effects.TakeOffer) -> tuple[int, str | None]:
        if self.refuses_offers:
            return 0, ErrorCode.FORGED_OFFER
        log = self.lane(asked.offer.lane)
        for row in asked.rows:
            if any(row.proof == known.proof for known in log.rows):
                continue
            own = log.chains.setdefault((row.event.device, row.event.epoch), [])
            code = row.code or self.refused_ids.get(row.event.id)
            if code is None and log.is_taken(row.event.id):
                code = ErrorCode.DUPLICATE
            if row.event.dseq == len(own) + 1:
                own.append(row.event.hash)
            elif code is None and row.event.hash not in own:
                code = ErrorCode.ASIDE
            log.put(row.event, row.received_at, row.offset, row.actor, code)
        return len(log.rows), None


class Wire:
    """The client's transport to a ``Home``, and the server's session at its other end."""

    def __init__(self, home: Home, cut_after: int | None) -> None:
        self.home = home
        self.session = ServerSession()
        self.sent: list[messages.ClientMessage] = []
        self._frames: asyncio.Queue[bytes | TransportClosedError] = asyncio.Queue()
        self._cut_after = cut_after
        self._is_open = True
        self.closed_with: tuple[int, str] | None = None

    @property
    def patience_ms(self) -> int:
        return limits.SEND_TIMEOUT_MS

    async def send(self, frame: bytes) -> None:
        if not self._is_open:
            raise lost()
        if self._cut_after is not None:
            if self._cut_after == 0:
                self.lose()
                raise lost()
            self._cut_after -= 1
        message = decode_client_frame(frame)
        self.sent.append(message)
        self.home.heard.append(message)
        if (lie := self.home.lies.get(type(message))) is not None:
            self.say(lie(message))
            return
        self._carry_out(self.session.receive(message, self.home.clock.now_ms()))

    async def receive(self) -> bytes:
        frame = await self._frames.get()
        if isinstance(frame, TransportClosedError):
            raise frame
        return frame

    async def close(self, code: int, reason: str) -> None:
        self.closed_with = self.closed_with or (code, reason)
        self._is_open = False
        if self in self.home.wires:
            self.home.wires.remove(self)

    def lose(self) -> None:
        """End without a word."""
        self._is_open = False
        self._frames.put_nowait(lost())

    def say(self, message: messages.ServerMessage) -> None:
        """Let the server say something by itself."""
        self._frames.put_nowait(encode_frame(message))

    def ring(self, lanes: Iterable[Lane]) -> None:
        if self._is_open:
            self._carry_out(self.session.lane_moved(lanes))

    def _carry_out(self, asked: Iterable[effects.Effect]) -> None:
        waiting = deque(asked)
        while waiting:
            waiting.extend(self._one(waiting.popleft()))

    def _one(self, effect: effects.Effect) -> Iterable[effects.Effect]:  # noqa: PLR0911  (one per effect)
        home, session = self.home, self.session
        match effect:
            case effects.Send(message=message):
                self._frames.put_nowait(encode_frame(message))
            case effects.Close(code=code):
                closing = closing_of(code)
                self._frames.put_nowait(
                    TransportClosedError(
                        code or ErrorCode.UNREACHABLE, closing.meaning, closing.retry
                    )
                )
            case effects.OpenSession(hello=hello):
                return session.opened(home.open(hello))
            case effects.AppendBatch():
                appended = home.append(effect, session.device)
                answers = session.appended(appended)
                asyncio.get_running_loop().call_soon(home.ring, [effect.lane])
                return answers
            case effects.ReadPage(lane=lane):
                rows, head = home.page(effect)
                return session.page_read(lane, PageFound(rows=rows, signed_head=head))
            case effects.TakeOffer(offer=offer):
                upto, code = home.take(effect)
                asyncio.get_running_loop().call_soon(home.ring, [Lane(offer.lane)])
                return session.offer_taken(Lane(offer.lane), upto, code)
            case effects.RecordRevocations(grants=grants):
                home.revoked.extend(grants)
                return session.revocations_recorded(grants)
            case effects.RenewCredential():
                return session.renewed("tmd_renewed", limits.CREDENTIAL_TTL_MS)
            case _:
                raise AssertionError(effect)
        return ()


def lost() -> TransportClosedError:
    """Return what a transport raises when the network went away."""
    return TransportClosedError(ErrorCode.UNREACHABLE, "the connection was lost", "later")
