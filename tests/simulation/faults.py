"""Everything that goes wrong in a run: each seed switches a random part of it on."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Mapping
from contextlib import suppress
from typing import TYPE_CHECKING, Final

from tests.simulation.device import SimDevice
from tests.simulation.machines import Machine, fill_disk, free_disk
from tests.simulation.person import poison, revoke
from tests.simulation.server import SimHttp
from tests.simulation.virtual_loop import until
from trailmark_shared.errors import RefusedError, StorageError

if TYPE_CHECKING:
    from tests.simulation.world import World

KINDS: Final[Mapping[str, float]] = {
    "offline": 3,
    "kill_device": 3,
    "kill_server": 3,
    "restore_device": 3,
    "clone": 2,
    "restore_server": 3,
    "restore_both": 2,
    "clock_jump": 1,
    "poison": 2,
    "second_process": 2,
    "destroy": 1,
    "full_device": 1,
    "full_server": 1,
    "revoke": 2,
    "let_in_again": 1,
    "change_keys": 2,
    "remove": 1,
    "stranger": 2,
    "new_signing_key": 1,
    "older_folds": 1,
}
"""Faults that happen at moments, and how often compared with each other."""

_DEVICES_MAX = 5
_DAY_MS = 24 * 3600 * 1000


class Chaos:
    """The faults of one run."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._random = world.random
        self._backups: list[tuple[SimDevice, str]] = []
        self._server_backups: list[str] = []
        self._without_keys: set[str] = set()
        self._copies = 0
        self.kinds = [kind for kind in KINDS if self._random.random() < 0.5]
        faults, choice = world.faults, self._random.choice
        faults.cut = choice((0, 0, 0.01, 0.05))
        faults.stall = choice((0, 0, 0.02))
        faults.repeat_push = choice((0, 0, 0.1))
        SimHttp.lost = choice((0, 0, 0.1))
        self._crash_chance = choice((0, 0, 0.003, 0.01))

    async def run(self) -> None:
        """Let things go wrong for a while, then mend everything."""
        world, random = self._world, self._random
        world.tell(f"faults {self.kinds} {vars(world.faults)} crash {self._crash_chance}")
        world.tell(f"requests {vars(world.request_faults)}")
        await asyncio.sleep(random.expovariate(0.1))
        self._let_crash(self._crash_chance)
        for _ in range(random.randrange(2, 14)):
            await asyncio.sleep(random.expovariate(0.15))
            self._let_crash(self._crash_chance)
            self._back_up()
            if self.kinds:
                weights = [KINDS[kind] for kind in self.kinds]
                kind = random.choices(self.kinds, weights)[0]
                world.tell(f"fault {kind}")
                if await getattr(self, f"_{kind}")():
                    world.ledger.counts[f"fault {kind}"] += 1
        await asyncio.sleep(random.expovariate(0.1))
        await self._mend()

    async def _mend(self) -> None:
        world = self._world
        world.faults.stop()
        world.request_faults.stop()
        SimHttp.lost = 0.0
        self._let_crash(0.0)
        for device in world.present:
            device.is_offline = False
            if device.is_up:
                free_disk([device.app.file, device.database.file])
        if world.server.is_up:
            free_disk([world.server.main.file, world.server.keys.file])
        await until(lambda: all(machine.is_up for machine in (world.server, *world.present)))

    def _let_crash(self, chance: float) -> None:
        world = self._world
        machines: tuple[Machine, ...] = (world.server, *world.present)
        for machine in machines:
            machine.crash_chance = chance

    def _back_up(self) -> None:
        """Copy something now and then: a restore later takes one of these."""
        world, random = self._world, self._random
        if random.random() < 0.5:
            self._copies += 1
            path = f"backup-server{self._copies}"
            world.server.back_up(world.folder / path)
            self._server_backups.append(path)
        device = random.choice(world.present)
        if random.random() < 0.5:
            self._copies += 1
            path = f"backup{self._copies}"
            device.copy_to(world.folder / path)
            self._backups.append((device, path))

    def _running(self) -> SimDevice | None:
        running = [device for device in self._world.present if device.is_up]
        return self._random.choice(running) if running else None

    async def _halt(self, machine: Machine) -> None:
        """Stop a machine and wait until its files are shut; a start of before may come between."""
        machine.stop(linger=self._random.random() < 0.5)
        await asyncio.sleep(0.01)
        while machine.is_up:
            machine.stop(linger=False)
            await asyncio.sleep(0.01)

    # --- faults: each returns whether there was something to break ---

    async def _offline(self) -> bool:
        device = self._running()
        if device is not None:
            self._take_off(device)
        return device is not None

    def _take_off(self, device: SimDevice) -> None:
        device.is_offline = True
        for link in device.links:
            link.cut()
        pause = self._random.expovariate(0.05)
        self._world.loop.call_later(pause, lambda: setattr(device, "is_offline", False))

    async def _kill_device(self) -> bool:
        device = self._running()
        if device is not None:
            self._world.crash(device)
        return device is not None

    async def _kill_server(self) -> bool:
        if self._world.server.is_up:
            self._world.crash(self._world.server)
            return True
        return False

    async def _restore_device(self) -> bool:
        able = [each for each in self._backups if not each[0].is_gone]
        if not able:
            return False
        device, path = self._random.choice(able)
        return await self._put_back(device, path, 0.5)

    async def _restore_both(self) -> bool:
        """Server and one device are put back to the same days, while the others are away."""
        able = [each for each in self._backups if not each[0].is_gone]
        if not able or not self._server_backups:
            return False
        device, path = able[-1]
        for other in self._world.joined():
            if other is not device:
                self._take_off(other)
        return await self._restore_server() and await self._put_back(device, path, 1.0)

    async def _put_back(self, device: SimDevice, path: str, identity_chance: float) -> bool:
        world = self._world
        await self._halt(device)
        # Put back from before it joined, the only device could not join again: see the docs.
        is_alone = not [each for each in world.joined() if each is not device]
        with_identity = not is_alone and self._random.random() < identity_chance
        if with_identity:
            # A store that is newer than its identity is no backup that anybody could have.
            at = self._backups.index((device, path))
            later = [each for each in self._backups[at + 1 :] if each[0] is not device]
            self._backups[at + 1 :] = later
        world.tell(f"restore {device.name} from {path}, identity {with_identity}")
        world.removed.clear()
        device.restore(world.folder / path, with_identity=with_identity)
        found = device.ids()
        device.wrote = {each: lane for each, lane in device.wrote.items() if each in found}
        world.forget_what_is_gone()
        world.restart(device)
        return True

    async def _clone(self) -> bool:
        world = self._world
        able = [each for each in world.joined() if each.is_joined]
        if not able or len(world.devices) >= _DEVICES_MAX:
            return False
        original = self._random.choice(able)
        twin = world.add_device()
        original.copy_to(twin.folder)
        twin.wrote = dict(original.wrote)
        twin.rewinds, twin.moved_back = original.rewinds.copy(), original.moved_back.copy()
        world.tell(f"{twin.name} is a clone of {original.name}")
        twin.start()
        return True

    async def _restore_server(self) -> bool:
        world, server = self._world, self._world.server
        if not self._server_backups:
            return False
        await self._halt(server)
        path = self._random.choice(self._server_backups)
        with_keys = path not in self._without_keys and self._random.random() < 0.3
        if with_keys:
            # Persons' keys made later are gone: what they sealed is no backup any more.
            del self._server_backups[self._server_backups.index(path) + 1 :]
        world.tell(f"restore server from {path}, keys {with_keys}")
        server.restore(world.folder / path, with_keys=with_keys)
        world.ledger.forget_heads()
        world.reopen()
        if with_keys:
            world.ledger.may_be_seen |= world.ledger.revoked
        world.forget_what_is_gone()
        server.start()
        if self._random.random() < 0.5:
            await asyncio.sleep(0.05)
            await world.therapist.look_once()
        return True

    async def _clock_jump(self) -> bool:
        world = self._world
        device = self._running()
        if device is None or self._random.random() < 0.3:
            world.server.clock.offset_ms += self._random.choice((-30, -1, 1, 30)) * _DAY_MS
        else:
            device.clock.offset_ms = self._random.choice((-3650, -1, 0, 1, 3650)) * _DAY_MS
        return True

    async def _poison(self) -> bool:
        device = self._running()
        try:
            written = None if device is None else poison(device, self._random)
        except (asyncio.CancelledError, StorageError):
            return True
        if device is None or written is None:
            return False
        lane, event_id = written
        self._world.ledger.save(lane, event_id)
        self._world.ledger.poison[event_id] = lane
        device.wrote[event_id] = lane
        return True

    async def _second_process(self) -> bool:
        device = self._running()
        if device is None or not device.is_joined:
            return False
        device.also_sync()
        return True

    async def _destroy(self) -> bool:
        world = self._world
        others = world.joined()
        if len(others) < 2 or len(world.present) < 3:
            return False
        device = self._random.choice(others)
        left = {each.app.identity.device for each in others if each is not device}
        out = {each.app.identity.device for each in world.present if not each.is_joined}
        # A copy of a device lets nobody of its own id in.
        if len(left) == 1 and left <= out:
            return False
        device.is_gone = True
        device.stop(linger=self._random.random() < 0.5)
        await asyncio.sleep(0.01)
        shutil.rmtree(device.folder)
        world.forget_what_is_gone()
        world.removed.clear()
        world.tell(f"{device.name} is destroyed")
        return True

    async def _full_device(self) -> bool:
        device = self._running()
        if device is None:
            return False
        fill_disk([device.app.file, device.database.file])
        await asyncio.sleep(self._random.expovariate(0.1))
        if device.is_up:
            free_disk([device.app.file, device.database.file])
        return True

    async def _full_server(self) -> bool:
        server = self._world.server
        if not server.is_up:
            return False
        fill_disk([server.main.file, server.keys.file])
        await asyncio.sleep(self._random.expovariate(0.1))
        if server.is_up:
            free_disk([server.main.file, server.keys.file])
        return True

    async def _revoke(self) -> bool:
        device = self._running()
        try:
            written = None if device is None else revoke(device)
        except (asyncio.CancelledError, StorageError):
            return True
        if device is None or written is None:
            return False
        lane, event_id = written
        self._world.ledger.save(lane, event_id)
        device.wrote[event_id] = lane
        return True

    async def _let_in_again(self) -> bool:
        joined = self._world.joined()
        if not joined:
            return False
        try:
            self._world.let_in(self._random.choice(joined))
        except (RefusedError, StorageError):
            return False
        return True

    async def _change_keys(self) -> bool:
        joined = self._world.joined()
        try:
            return bool(joined) and self._world.joining.change_keys(self._random.choice(joined))
        except (asyncio.CancelledError, StorageError):
            return True

    async def _remove(self) -> bool:
        """A device is removed on another one; it may have copied everything that it held."""
        world = self._world
        joined = world.joined()
        if len(joined) < 2 or len(world.present) < 3:
            return False
        by, device = self._random.sample(joined, 2)
        # A copy under the same id would be shut out, too, also one that is down.
        ids = [each.app.identity.device for each in world.present]
        if ids.count(device.app.identity.device) > 1:
            return False
        identity = device.app.identity
        taken_along = frozenset(each.id for each in identity.vault_keys)
        # Whom the removed device had removed, or which code it had replaced, and nobody read of it
        # yet, is lost with it; what this other one has read it holds firm.
        heard = by.app.read(by.app.key_sharing.known).view.left_out
        world.removed = {each: keys for each, keys in world.removed.items() if each in heard}
        with suppress(asyncio.CancelledError, StorageError, RefusedError):
            if world.joining.remove(by, device):
                world.removed[identity.device] = taken_along
        device.is_gone = True
        device.stop(linger=self._random.random() < 0.5)
        await asyncio.sleep(0.01)
        shutil.rmtree(device.folder)
        world.forget_what_is_gone()
        world.tell(f"{device.name} was removed on {by.name}")
        return True

    async def _stranger(self) -> bool:
        return await self._world.stranger.visit()

    async def _new_signing_key(self) -> bool:
        server = self._world.server
        if not server.is_serving:
            return False
        # Devices that followed the new key refuse whoever has none but the old one: see the docs.
        self._without_keys.update(self._server_backups)
        await asyncio.wait({server.spawn(server.rotate_signing_key())})
        return True

    async def _older_folds(self) -> bool:
        """Server and devices start over read models of a version that folded otherwise."""
        world = self._world
        for machine in (world.server, *world.present):
            await self._halt(machine)
            machine.age_read_models()
            world.restart(machine)
        return True
