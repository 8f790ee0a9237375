"""A seeded world of devices and one server, with faults: the same seed is the same run.

Two phases: faults of every kind while people write, then quiet until everything has converged.
The oracles: nothing lost, nothing doubled, all logs equal, chains whole, outboxes empty.
"""

from collections import Counter
from random import Random

from tests.support.memory_client import MemoryClient
from tests.support.memory_server import POISON, MemoryServer
from tests.support.pairs import SessionPair
from trailmark_shared.errors import ErrorCode
from trailmark_shared.ids import SELF, Lane, SpaceId, care_lane
from trailmark_shared.protocol import frames, messages

LANES: tuple[Lane, ...] = (SELF, care_lane(bytes(16)), care_lane(bytes(15) + b"\x01"))
FAULTS = (
    "drop",
    "duplicate",
    "clone",
    "restore_server",
    "restore_client",
    "poison",
    "twice",
    "throttle",
    "forget_offers",
)
QUIET_STEPS_MAX = 12_000


class WorldError(AssertionError):
    """An oracle says no."""


class SyncWorld:
    """Devices, a server, links between them, and a seed that decides everything."""

    def __init__(self, seed: int) -> None:
        self.random = Random(seed)
        self.faults = {name for name in FAULTS if self.random.random() < self.random.random() + 0.2}
        self.seen: Counter[str] = Counter()
        self.server = MemoryServer(
            SpaceId(self.random.randbytes(16)), page_rows=self.random.choice((1, 2, 5, 500))
        )
        self.clients: list[MemoryClient] = []
        self.pairs: list[SessionPair] = []
        self.expected: set[bytes] = set()
        self.poisoned: set[bytes] = set()
        self.server_backup = self.server.backup()
        self.backups: list[tuple[MemoryClient, tuple[object, ...]]] = []
        self.lanes = LANES[: self.random.choice((1, 2, 3))]
        for _ in range(self.random.choice((1, 2, 3))):
            self._add(MemoryClient(self.server.space, self.random))

    def run(self) -> None:
        """Run both phases and ask the oracles."""
        for _ in range(self.random.choice((30, 80, 160))):
            self._step()
        self.faults.clear()
        for _ in range(QUIET_STEPS_MAX):
            if self._is_quiet():
                break
            self._work()
        else:
            raise WorldError(f"not quiet: {self._unsettled()}")
        self._check()

    def _add(self, client: MemoryClient) -> None:
        client.batch_events = self.random.choice((1, 2, 500))
        self.clients.append(client)

    # --- steps -------------------------------------------------------------------------------

    def _step(self) -> None:
        self.server.now += self.random.randrange(1_000)
        chance = self.random.random()
        if chance < 0.2:
            self._write()
        elif chance < 0.3 and self.faults:
            name = self.random.choice(sorted(self.faults))
            self.seen[name] += 1
            getattr(self, f"_{name}")()
        else:
            self._work()

    def _write(self) -> None:
        client = self.random.choice(self.clients)
        name = self.random.choice(self.lanes)
        is_poison = "poison" in self.faults and self.random.random() < 0.2
        for _ in range(self.random.choice((1, 1, 4))):
            event = client.write(name, (POISON if is_poison else b"{}") + self.random.randbytes(4))
            (self.poisoned if is_poison else self.expected).add(event.id)
        for pair in self._of(client):
            pair.run_client(pair.client_session.outbox_changed([name]))

    def _of(self, client: MemoryClient) -> list[SessionPair]:
        return [pair for pair in self.pairs if pair.client is client]

    def _work(self) -> None:
        """Let one side of one link take one frame, or connect a device that is not."""
        self._sweep()
        client = self.random.choice(self.clients)
        linked = self._of(client)
        if not linked:
            self._connect(client)
            return
        pair = self.random.choice(linked)
        if pair.paused is not None and self.random.random() < 0.3:
            pair.resume()
        elif pair.to_server and (not pair.to_client or self.random.random() < 0.5):
            pair.step_server()
        elif pair.to_client and "client" not in pair.closed:
            pair.step_client()

    def _connect(self, client: MemoryClient) -> None:
        pair = SessionPair(client, self.server, depth_first=self.random.random() < 0.5)
        pair.bells = self.pairs
        for sibling in self._of(client):
            sibling.siblings.append(pair)
            pair.siblings.append(sibling)
        self.pairs.append(pair)
        pair.connect()

    def _sweep(self) -> None:
        """Forget links that ended; a server still reads what reached it before a client's end."""
        for pair in list(self.pairs):
            if "client" in pair.closed:
                while pair.to_server and "server" not in pair.closed:
                    pair.step_server()
                self._unlink(pair)
            elif "server" in pair.closed and not pair.to_client:
                self._unlink(pair)

    def _unlink(self, pair: SessionPair) -> None:
        if pair in self.pairs:
            self.pairs.remove(pair)
        for sibling in pair.siblings:
            sibling.siblings.remove(pair)
        pair.siblings = []

    # --- faults ------------------------------------------------------------------------------

    def _drop(self) -> None:
        if self.pairs:
            pair = self.random.choice(self.pairs)
            for _ in range(self.random.randrange(len(pair.to_server) + 1)):
                if "server" not in pair.closed and pair.to_server:
                    pair.step_server()
            self._unlink(pair)

    def _duplicate(self) -> None:
        for pair in self.pairs:
            pushes = [
                frame
                for frame in pair.to_server
                if isinstance(frames.decode_client_frame(frame), messages.Push)
            ]
            if pushes:
                pair.to_server.append(self.random.choice(pushes))
                return

    def _clone(self) -> None:
        if len(self.clients) < 5:
            self._add(self.random.choice(self.clients).clone(self.random))

    def _restore_server(self) -> None:
        if self.random.random() < 0.5:
            self.server_backup = self.server.backup()
            return
        for pair in list(self.pairs):
            self._unlink(pair)
        self.server.restore(self.server_backup)
        self._forget()

    def _restore_client(self) -> None:
        client = self.random.choice(self.clients)
        kept = [backup for owner, backup in self.backups if owner is client]
        if not kept or self.random.random() < 0.5:
            self.backups.append((client, client.backup()))
            return
        for pair in self._of(client):
            self._unlink(pair)
        client.restore(self.random.choice(kept), identity=self.random.random() < 0.6)  # type: ignore[arg-type]
        self._forget()

    def _forget(self) -> None:
        """What nobody holds any more after a restore cannot be asked for."""
        held = self.server.ids().union(*(client.ids() for client in self.clients))
        self.expected &= held

    def _poison(self) -> None:
        self._write()

    def _twice(self) -> None:
        self._connect(self.random.choice(self.clients))

    def _throttle(self) -> None:
        if self.pairs:
            pair = self.random.choice(self.pairs)
            pair.run_server(pair.server_session.throttle(100))

    def _forget_offers(self) -> None:
        """The server keeps running but comes back without its last rows, unannounced."""
        for pair in list(self.pairs):
            self._unlink(pair)
        self.server_backup = self.server.backup()
        for lane in self.server_backup.values():
            cut = self.random.randrange(len(lane.rows) + 1)
            lane.rows = lane.rows[:cut]
            lane.chains = {}
            for row in lane.rows:
                hashes = lane.chain_of(row.event)
                if lane.continues(row.event):
                    hashes.append(row.event.hash)
        self.server.restore(self.server_backup)
        self._forget()

    # --- oracles -----------------------------------------------------------------------------

    def _is_quiet(self) -> bool:
        if any(pair.to_server or pair.to_client or pair.paused for pair in self.pairs):
            return False
        linked = {id(pair.client) for pair in self.pairs if pair.client_session.is_idle}
        return all(id(client) in linked for client in self.clients) and not self._unsettled()

    def _unsettled(self) -> list[str]:
        found: list[str] = []
        for index, client in enumerate(self.clients):
            for name, lane in client.lanes.items():
                if lane.outbox or lane.held:
                    found.append(f"{index} {name}: outbox {len(lane.outbox)} held {len(lane.held)}")
                if len(lane.rows) != len(self.server.lane(name).rows):
                    found.append(f"{index} {name}: {len(lane.rows)} rows")
        return found

    def _check(self) -> None:
        lost = self.expected - self.server.ids()
        if lost:
            raise WorldError(f"lost: {sorted(lost)}")
        for name, lane in self.server.lanes.items():
            counts = Counter(
                row.event.id for row in lane.rows if row.code in (None, ErrorCode.ASIDE)
            )
            doubled = [event_id for event_id, count in counts.items() if count > 1]
            if doubled or set(counts) & self.poisoned:
                raise WorldError(f"doubled or poisoned in {name}: {doubled}")
            for client in self.clients:
                mine = [row.lane_hash for row in client.lane(name).rows]
                if mine != [row.lane_hash for row in lane.rows]:
                    raise WorldError(f"a log of {name} differs")
                if client.missing:
                    raise WorldError("false alarm: rows were named missing that are in the log")
