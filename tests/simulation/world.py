"""One run: a person's devices, their server and therapist, faults, then quiet, then judgement."""

import asyncio
from collections.abc import Callable, Collection, Sequence
from functools import partial
from hashlib import sha256
from pathlib import Path
from random import Random

import msgspec

from tests.simulation.device import Dialled, SimDevice, stored_ids
from tests.simulation.faults import Chaos
from tests.simulation.imports import Imports
from tests.simulation.joining import Joining
from tests.simulation.judge import Judge, unsettled
from tests.simulation.knowledge import Knowledge
from tests.simulation.ledger import STRANGERS_SPACE, Ledger, check
from tests.simulation.machines import Machine, SimClock
from tests.simulation.network import Faults, Link, handshake
from tests.simulation.person import act
from tests.simulation.requests import RequestEnd, RequestFaults, RequestLine
from tests.simulation.server import URL, SimHttp, SimServer
from tests.simulation.strangers import Stranger
from tests.simulation.supporter import Supporters
from tests.simulation.therapist import Therapist
from tests.simulation.virtual_loop import VirtualLoop, until
from trailmark_adapters.sqlite import Connection
from trailmark_client.joining import complete, redeem
from trailmark_client.queries.pending import Agreed, pending_grants
from trailmark_server.stores import MAIN_FILE
from trailmark_shared.domain.consent import CONSENT_ACTIONS, CONSENT_CLASSES
from trailmark_shared.errors import ErrorCode, RefusedError, StorageError
from trailmark_shared.ids import Lane, text_from_id
from trailmark_shared.protocol import messages

_EVERYTHING = Agreed(classes=CONSENT_CLASSES, actions=CONSENT_ACTIONS)

YEARS_MS = 10 * 365 * 24 * 3600 * 1000
_HOUR_MS = 3600 * 1000
_OFFSETS_MS = (0, 0, 0, _HOUR_MS, -_HOUR_MS, YEARS_MS, -YEARS_MS, 1234)
_LIVENESS_S = 600
_ANSWERED_S = 60
"""A ``hello`` that was not answered by then never will be."""


def _revoked_grants(conn: Connection) -> list[tuple[bytes]]:
    return conn.execute("SELECT id FROM revoked_grant").fetchall()


class World:
    """Everything of one run; the seed decides all of it.

    Attributes:
        random: The only source of chance.
        server: The server.
        devices: All devices ever, destroyed ones too.
        has_private_copy: The person wants a sealed copy of private entries on the server.
        is_quiet: The faults have stopped.
        knowledge: Who had seen what when they wrote.
        removed: Devices that were removed, and the vault keys that each of them took along; no
            more once another device may have lost what it wrote about that.
    """

    def __init__(self, seed: int, folder: Path, *, is_told: bool = False) -> None:
        self.seed = seed
        self.random = Random(seed)
        self.folder = folder
        self.loop = VirtualLoop()
        self.ledger = Ledger()
        self.faults = Faults()
        # Dice of its own: seeds that never meet such a network are the runs they were.
        self.request_faults = RequestFaults(Random(f"plain requests {seed}"))
        self.is_quiet = False
        self.is_told = is_told
        self.has_private_copy = self.random.random() < 0.8
        self.devices: list[SimDevice] = []
        self.removed: dict[bytes, frozenset[bytes]] = {}
        self.trace = sha256()
        self.knowledge = Knowledge()
        self.therapist = Therapist(self)
        self.stranger = Stranger(self)
        self.joining = Joining(self)
        self.imports = Imports(self)
        self.writes_s = self.random.choice((1.0, 3.0, 8.0))
        self._links = 0
        self._hellos: dict[int, tuple[float, Sequence[bytes]]] = {}
        self._offered: dict[int, float] = {}
        self._is_rewound = False
        clock = SimClock(self.loop, self.random.choice(_OFFSETS_MS))
        self.server = SimServer(folder / "server", self.random, clock, self.ledger.note_commit)
        self.server.on_crash = self.crash
        SimHttp.server = self.server

    # --- machines --------------------------------------------------------------------------------

    def add_device(self) -> SimDevice:
        """Return a machine that was never used, switched off."""
        number = len(self.devices)
        clock = SimClock(self.loop, self.random.choice(_OFFSETS_MS))
        device = SimDevice(
            f"device{number}", self.folder / f"device{number}", self.random, clock, self._dial
        )
        device.on_crash = self.crash
        device.live = self._live
        device.sign_in = self._sign_in
        device.on_cursor = self._note_cursor
        self.devices.append(device)
        return device

    @property
    def present(self) -> list[SimDevice]:
        """Devices that were not destroyed."""
        return [device for device in self.devices if not device.is_gone]

    def joined(self) -> list[SimDevice]:
        """Devices that run and have a home server."""
        return [each for each in self.present if each.is_up and each.is_joined]

    def crash(self, machine: Machine) -> None:
        """Kill a machine now and start it again later."""
        self.tell(f"crash {machine.name}")
        self.ledger.counts[f"kill {machine.name[:6]}"] += 1
        machine.stop(linger=True)
        self.restart(machine)

    def restart(self, machine: Machine) -> None:
        """Start a machine again after a while."""
        pause = self.random.expovariate(0.4)
        self.loop.call_later(pause, lambda: self._start(machine))

    def _start(self, machine: Machine) -> None:
        if machine.is_up or (isinstance(machine, SimDevice) and machine.is_gone):
            return
        self.tell(f"start {machine.name}")
        machine.start()
        if isinstance(machine, SimDevice):
            self.check_own(machine)

    def tell(self, words: str) -> None:
        """Print a line of the trace, where it is wanted."""
        if self.is_told:
            print(f"{self.loop.time():9.3f} {words}")  # noqa: T201

    # --- the network -----------------------------------------------------------------------------

    async def _dial(self, device: SimDevice, url: str, credential: str) -> Dialled:
        assert url == URL
        await asyncio.sleep(self.random.expovariate(20))
        if device.is_offline or not self.server.is_serving:
            raise RefusedError(ErrorCode.UNREACHABLE, "the server cannot be reached", "later")
        share = self.request_faults.share
        if share and self.random.random() < share:
            line = RequestLine(self, device)
            return line, RequestEnd(line, url, credential, device)
        watch = self.watched(device)
        link = Link(self._links, self.random, self.faults, watch)
        self.server.accept(link, credential)
        return link, await handshake(link)

    def watched(self, device: SimDevice) -> Callable[[str, bytes], None]:
        """Return what looks at each frame of another connection, or request, of a device."""
        self._links += 1
        return partial(self._watch, device, self._links)

    def _watch(self, device: SimDevice, number: int, to: str, frame: bytes) -> None:
        self.trace.update(f"{self.loop.time():.6f} {number} {to} ".encode() + frame)
        self.ledger.counts["frames"] += 1
        if to == "server":
            said = self.ledger.watch_client_frame(frame)
            self.stranger.overheard.append(frame)
            if isinstance(said, messages.Hello):
                self._hellos[number] = (self.loop.time(), said.revoked)
            if isinstance(said, messages.Offer):
                self._offered[number] = self.loop.time()
                self.reopen()
            if self.is_told:
                self.tell(f"{device.name} #{number} -> {type(said).__name__}")
            return
        message = self.ledger.watch_server_frame(frame)
        if self.is_told:
            self.tell(f"{device.name} #{number} <- {type(message).__name__}")
        if isinstance(message, messages.Welcome):
            rewound = [each.lane for each in message.lanes if each.rewind is not None]
            device.rewinds.update(rewound)
            self.ledger.counts["rewinds"] += len(rewound)
            _, revoked = self._hellos.pop(number, (0.0, ()))
            self._note_told(revoked)
            self._is_rewound = bool(rewound)
        if isinstance(message, messages.Offered):
            self._offered.pop(number, None)
            self.reopen()
        if isinstance(message, messages.Revoked):
            self._note_told(message.grants)
        if isinstance(message, messages.Pushed):
            self._check_durable(message)

    def check_named(self, revoked: Collection[bytes], hello: messages.Hello) -> None:
        """A request names what its session named before, since the server may be put back."""
        check("I7", set(hello.revoked).issuperset(revoked), "a request forgets a revocation")

    @property
    def is_closed(self) -> bool:
        """The server met a device that it must ask first, and surely none has spoken since."""
        now = self.loop.time()
        under_way = [*(at for at, _ in self._hellos.values()), *self._offered.values()]
        is_speaking = any(now - at < _ANSWERED_S for at in under_way)
        return self._is_rewound and not is_speaking

    def reopen(self) -> None:
        """Forget that the server waits for a device: one speaks, or a backup knows of none."""
        self._is_rewound = False

    def _note_told(self, grants: Sequence[bytes]) -> None:
        for each in (self.server.keys, self.server.main):
            kept = {id_ for (id_,) in each.file.read(_revoked_grants)}
            check("I7", kept.issuperset(grants), "a revocation was answered before it was kept")
        self.ledger.note_told(grants)

    def _check_durable(self, pushed: messages.Pushed) -> None:
        if pushed.upto == 0:
            return
        high = self.server.main.file.read(
            lambda conn: conn.execute(
                "SELECT high FROM chain JOIN lane ON lane.number = chain.lane"
                " WHERE name = ? AND epoch = ? AND space != ?",
                (pushed.lane, pushed.epoch, STRANGERS_SPACE),
            ).fetchone()
        )
        is_durable = high is not None and high[0] >= pushed.upto
        check("I5", is_durable, "an event was called sent before its commit")

    def _note_cursor(self, device: SimDevice, lane: str, seq: int, hash_: bytes) -> None:
        is_announced = device.moved_back[lane] <= device.rewinds[lane]
        check("I3", is_announced, f"{device.name} went back in {lane} without a rewind")
        is_known = seq == 0 or (lane, seq, hash_) in self.ledger.committed
        check("I4", is_known, f"{device.name} stands in {lane} where no log ever stood")

    def _sign_in(self, device: SimDevice) -> None:
        """Let a device in again that the server does not know any more."""
        if self.server.is_serving and not self.joining.come_back(device):
            identity = device.app.identity
            try:
                given = self.server.sign_in_again(identity.space, identity.device)
            except RefusedError:
                # Put back under an id that was removed: it comes in as another device.
                self.joining.shut_out.add(device)
                return
            self.ledger.counts["signed in again"] += 1
            device.take_credential(*given)

    # --- people ----------------------------------------------------------------------------------

    async def _live(self, device: SimDevice) -> None:
        """What the person does on one device, until it dies."""
        while True:
            await asyncio.sleep(self.random.expovariate(1 / self.writes_s))
            try:
                self.imports.turn(device)
                self.joining.turn(device)
                if device.app.read(pending_grants):
                    self._complete(device)
                self._write(device)
            except StorageError:
                self.ledger.counts["disk full"] += 1
            except RefusedError as refused:
                self.ledger.counts[f"join {refused.code}"] += 1
                # A copy of this device took its credential; a session that is open tells nothing.
                if refused.code == ErrorCode.NOT_SIGNED_IN and device.is_joined:
                    self._sign_in(device)

    def _write(self, device: SimDevice) -> None:
        written = None if self.is_quiet else act(device, self.random)
        if written is None:
            return
        device.app.read(lambda conn: self.knowledge.note(conn, written.subject, written.events))
        lanes = dict(
            device.app.read(
                lambda conn: [
                    conn.execute("SELECT id, lane FROM event WHERE id = ?", (each,)).fetchone()
                    for each in written.events
                ]
            )
        )
        check("I10", set(written.events) <= lanes.keys(), "what was just saved is not there")
        for event_id, lane in lanes.items():
            device.wrote[event_id] = lane
            if not self.imports.is_imported(device, lane):
                self.ledger.save(lane, event_id)

    @property
    def _member(self) -> str:
        return text_from_id(self.therapist.id)

    def _complete(self, device: SimDevice) -> None:
        chance, device.crash_chance = device.crash_chance, 0.0
        try:
            self._note_written(device, lambda: complete(device.app, self._member))
        finally:
            device.crash_chance = chance

    def let_in(self, device: SimDevice) -> None:
        """Redeem an invitation of the therapist on a device; the grant follows when confirmed."""
        if not self.server.is_serving:
            return
        chance, device.crash_chance = device.crash_chance, 0.0
        try:
            app = device.app
            redeem(app, URL, self.server.invitation(self.therapist.id), _EVERYTHING)
            app.write(
                lambda _conn: app.identity_file.update(
                    lambda current: msgspec.structs.replace(
                        current, private_copy=self.has_private_copy
                    )
                )
            )
            self._note_written(device, lambda: complete(app, self._member))
        finally:
            device.crash_chance = chance

    def _note_written(self, device: SimDevice, work: Callable[[], object]) -> None:
        """Remember as saved whatever ``work`` adds to the outbox."""
        before = dict(device.app.read(_outbox))
        work()
        for event_id, lane in device.app.read(_outbox):
            if event_id not in before:
                self.ledger.save(lane, event_id)
                device.wrote[event_id] = lane

    # --- judging on the way ----------------------------------------------------------------------

    def check_own(self, device: SimDevice) -> None:
        """Everything that this device called saved is still in its store."""
        gone = device.wrote.keys() - device.ids()
        check("I10", not gone, f"{len(gone)} own events of {device.name} are gone")

    def forget_what_is_gone(self) -> None:
        """After a destruction demand only what still exists somewhere."""
        found = stored_ids(self.server.folder / MAIN_FILE)
        for device in self.present:
            found |= device.ids()
        before = len(self.ledger.expected)
        for event_id in self.ledger.expected.keys() - found:
            del self.ledger.expected[event_id]
        self.ledger.counts["destroyed events"] += before - len(self.ledger.expected)

    def end(self) -> None:
        """Switch everything off and close the loop."""

        async def switch_off() -> None:
            for machine in (self.server, *self.devices):
                machine.stop(linger=False)
            await asyncio.sleep(0)

        self.loop.recover()
        self.loop.run_until_complete(switch_off())
        self.loop.end()

    # --- the run ---------------------------------------------------------------------------------

    async def run(self) -> None:
        """Live through faults, then through quiet, then be judged."""
        self.server.start()
        await until(lambda: self.server.is_serving)
        self.server.add_therapist(self.therapist.id)
        for _ in range(self.random.randrange(2, 5)):
            device = self.add_device()
            device.start()
            self.imports.begin(device)
        readers = [
            self.loop.create_task(self.therapist.run()),
            self.loop.create_task(Supporters(self).run()),
        ]
        await Chaos(self).run()
        self.is_quiet = True
        self.tell("quiet")
        await self._wait_until_converged()
        for reader in readers:
            reader.cancel()
        await Judge(self).judge()

    async def _wait_until_converged(self) -> None:
        end = self.loop.time() + _LIVENESS_S
        reasons = ["nothing looked at"]
        while reasons and self.loop.time() < end:
            await asyncio.sleep(1)
            reasons = unsettled(self)
        check("I13", not reasons, f"not settled after {_LIVENESS_S} s: {reasons[:4]}")


def _outbox(conn: Connection) -> list[tuple[bytes, Lane]]:
    return conn.execute("SELECT id, lane FROM event WHERE seq IS NULL").fetchall()
