"""A client session and a server session joined by a fake link, each with its effects executed.

Frames cross as bytes, so every message is encoded and decoded on its way. Effects run either
breadth first or depth first: a session must work with both.
"""

from collections import deque
from collections.abc import Callable, Sequence

from tests.support.memory_client import MemoryClient
from tests.support.memory_server import MemoryServer
from trailmark_shared.ids import Lane
from trailmark_shared.protocol import effects, frames, messages
from trailmark_shared.protocol.client_session import ClientSession
from trailmark_shared.protocol.page_found import PageFound
from trailmark_shared.protocol.server_session import ServerSession
from trailmark_shared.protocol.states import State

Effects = Sequence[effects.Effect]
Execute = Callable[[effects.Effect], Effects]


def execute_all(asked: Effects, execute: Execute, *, depth_first: bool) -> None:
    """Execute effects and what their results ask for, in one of the two orders."""
    waiting = deque(asked)
    while waiting:
        more = execute(waiting.popleft())
        if depth_first:
            waiting.extendleft(reversed(more))
        else:
            waiting.extend(more)


class SessionPair:
    """One connection of a device with its server.

    Attributes:
        to_server: Frames on their way to the server.
        to_client: Frames on their way to the client.
        closed: How either side ended, ``None`` while it lives.
        paused: The client waits until ``resume`` is called.
        refused: What the server refused in this session.
    """

    def __init__(
        self, client: MemoryClient, server: MemoryServer, *, depth_first: bool = False
    ) -> None:
        self.client, self.server = client, server
        self.depth_first = depth_first
        self.client_session, self.server_session = ClientSession(), ServerSession()
        self.to_server: deque[bytes] = deque()
        self.to_client: deque[bytes] = deque()
        self.closed: dict[str, effects.Close] = {}
        self.paused: int | None = None
        self.altered: list[Lane] = []
        self.siblings: list[SessionPair] = []
        self.bells: list[SessionPair] = []
        self.transcript: list[tuple[str, bytes]] = []

    @property
    def is_open(self) -> bool:
        return not self.closed and self.client_session.state is not State.CLOSED

    # --- driving -----------------------------------------------------------------------------

    def connect(self) -> None:
        self.run_client(self.client_session.start(self.client.start(self.server.now)))

    def step_client(self) -> None:
        """Let the client take one frame."""
        frame = self.to_client.popleft()
        self.transcript.append(("server", frame))
        message = frames.decode_server_frame(frame)
        self.run_client(self.client_session.receive(message, self.server.now + self.client.clock))

    def step_server(self) -> None:
        """Let the server take one frame."""
        frame = self.to_server.popleft()
        self.transcript.append(("client", frame))
        message = frames.decode_client_frame(frame)
        self.run_server(self.server_session.receive(message, self.server.now))

    def ring(self, lanes: Sequence[Lane]) -> None:
        self.run_server(self.server_session.lane_moved(lanes))

    def resume(self) -> None:
        self.paused = None
        self.run_client(self.client_session.resume())

    def run(self) -> None:
        """Let both sides work until no frame is under way."""
        while self.to_server or self.to_client:
            while self.to_server:
                self.step_server()
            if self.to_client:
                self.step_client()

    def sync(self) -> None:
        """Connect, work until nothing is under way, and say bye."""
        self.connect()
        self.run()
        assert self.client_session.is_idle or self.closed
        self.run_client(self.client_session.bye())
        self.run()

    # --- executing ---------------------------------------------------------------------------

    def run_client(self, asked: Effects) -> None:
        execute_all(asked, self._execute_client, depth_first=self.depth_first)

    def run_server(self, asked: Effects) -> None:
        execute_all(asked, self._execute_server, depth_first=self.depth_first)

    def _execute_client(self, effect: effects.Effect) -> Effects:
        session, client = self.client_session, self.client
        match effect:
            case effects.Send(message=message):
                if "client" not in self.closed:
                    self.to_server.append(frames.encode_frame(message))
                return []
            case effects.Close():
                assert "client" not in self.closed, "closed twice"
                self.closed["client"] = effect
                return []
            case effects.CheckOwn(lanes=lanes):
                return session.own_checked(forked=client.is_forked(lanes))
            case effects.StorePage(page=page):
                stood = client.store_page(page)
                return session.page_stored(page, stood) if stood else session.page_broken()
            case effects.ReadOutbox(lane=lane, after=after):
                events = client.read_outbox(lane, after)
                is_all = not events or not client.read_outbox(lane, events[-1].dseq)
                return session.outbox_read(lane, events, is_all=is_all)
            case _:
                return self._execute_rare(effect)

    def _execute_rare(self, effect: effects.Effect) -> Effects:
        session, client = self.client_session, self.client
        match effect:
            case effects.FollowKeys(keys=keys):
                return session.keys_followed(trusted=client.follow_keys(keys))
            case effects.BeginRewind(lane=lane):
                stood = client.begin_rewind(effect)
                for sibling in self.siblings if stood is not None else ():
                    sibling.run_client(sibling.client_session.bye())
                return session.rewound(lane, stood)
            case effects.StartEpoch():
                epoch, lanes = client.start_epoch()
                for sibling in self.siblings:
                    sibling.run_client(sibling.client_session.epoch_started(epoch, lanes))
                return session.epoch_started(epoch, lanes)
            case effects.ReadHeld(lane=lane):
                return session.held_read(lane, client.read_held(lane))
            case effects.SettleHeld(lane=lane, refused=refused):
                needs_epoch = client.settle_held(lane, refused=refused)
                return session.held_settled(lane, needs_epoch=needs_epoch)
            case _:
                self._note(effect)
                return []

    def _note(self, effect: effects.Effect) -> None:
        match effect:
            case effects.SaveCredential(credential=credential):
                self.client.credential = credential
            case effects.Pause(ms=ms):
                self.paused = ms
            case effects.ReportAltered(lanes=lanes):
                self.altered.extend(lanes)
            case _:
                raise AssertionError(effect)

    def _execute_server(self, effect: effects.Effect) -> Effects:
        match effect:
            case effects.Send(message=message):
                if "server" not in self.closed:
                    self.to_client.append(frames.encode_frame(message))
                return []
            case effects.Close():
                assert "server" not in self.closed, "closed twice"
                self.closed["server"] = effect
                return []
            case _:
                return self._ask_server(effect)

    def _ask_server(self, effect: effects.Effect) -> Effects:
        session, server = self.server_session, self.server
        more: Effects = []
        match effect:
            case effects.OpenSession(hello=hello):
                more = session.opened(server.open(hello))
            case effects.ReadPage(lane=lane, after=after):
                rows, head = server.read_page(lane, after)
                more = session.page_read(lane, PageFound(rows=rows, signed_head=head))
            case effects.AppendBatch(lane=lane, events=events, offset=offset):
                answer = session.appended(server.append(lane, events, offset))
                more = [*answer, *self._rung(lane)]
            case effects.TakeOffer(offer=offer, rows=rows):
                lane = Lane(offer.lane)
                answer = session.offer_taken(lane, *server.take_offer(offer, rows))
                more = [*answer, *self._rung(lane)]
            case effects.RecordRevocations(grants=grants):
                server.revoked |= set(grants)
                more = session.revocations_recorded(grants)
            case effects.RenewCredential():
                more = session.renewed("tmd_renewed", server.now + 1)
            case _:
                raise AssertionError(effect)
        return more

    def _rung(self, lane: Lane) -> Effects:
        """Ring the bell for every session but this one, and return what it does here."""
        for other in self.bells:
            if other is not self:
                other.ring([lane])
        return self.server_session.lane_moved([lane])


def decoded(pair: SessionPair) -> list[tuple[str, messages.AnyMessage]]:
    """Return the messages that crossed, with who sent them."""
    return [
        (sender, frames.decode_client_frame(frame))
        if sender == "client"
        else (sender, frames.decode_server_frame(frame))
        for sender, frame in pair.transcript
    ]
