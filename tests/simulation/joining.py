"""How devices of the simulated person come in, stay in, and leave: every step may be cut."""

from __future__ import annotations

import asyncio
from collections import Counter
from typing import TYPE_CHECKING

from tests.simulation.server import URL
from trailmark_client.device_joining import (
    ask_to_join,
    confirm_device,
    finish_joining,
    invite_device,
    refuse_device,
    who_asks,
)
from trailmark_client.own_devices import asked, change_key, remove_device
from trailmark_client.recovery import keep_code, new_code, recover, send_kept
from trailmark_shared.errors import DomainError, ErrorCode, RefusedError, StorageError
from trailmark_shared.ids import DeviceId

if TYPE_CHECKING:
    from tests.simulation.device import SimDevice
    from tests.simulation.world import World

_PATIENCE = 6
"""Turns after which a device that the others do not know, or let wait, is let in again."""

_REST_S = 30.0
"""How long the person does something else when they tried too often."""

_OVER = (ErrorCode.WRONG_CODE, ErrorCode.NOT_AUTHORISED, ErrorCode.OTHER_HOME_SERVER)
"""Answers to which the person makes another code. The last one is right where a device was put back
from before the words were compared, and the server changed its key since: it never showed them."""


class Joining:
    """What the person does about devices and keys.

    Attributes:
        recovery_code: The code that they wrote down last.
        removed: Devices that they removed, and recovery codes that they replaced.
        shut_out: Devices whose id was removed: another one lets them in under another id.
    """

    def __init__(self, world: World) -> None:
        self._world = world
        self.recovery_code: str | None = None
        self.removed: set[bytes] = set()
        self.shut_out: set[SimDevice] = set()
        self._codes: dict[SimDevice, tuple[SimDevice, str]] = {}
        self._lacking: dict[SimDevice, int] = {}
        self._waited: Counter[SimDevice] = Counter()
        self._rests_until: dict[SimDevice, float] = {}

    def turn(self, device: SimDevice) -> None:
        """Do on one device what is to be done now about letting devices in.

        Raises:
            RefusedError: Whatever the server says; the next turn goes on.
            StorageError: The disk is full.
        """
        chance = device.crash_chance
        device.crash_chance = 5 * chance
        try:
            self._settle(device)
            self._answer(device)
            is_out = not device.is_joined or device in self.shut_out
            if is_out or device in self._codes or self._is_left_out(device):
                if self._rests_until.get(device, 0.0) <= self._world.loop.time():
                    self._join(device)
            elif not self._world.is_quiet and self._world.random.random() < 0.03:
                self._make_recovery(device)
            send_kept(device.app)
        except DomainError as error:
            if error.code != ErrorCode.MISSING_KEY:
                raise
            self._world.ledger.counts[str(error.code)] += 1
        finally:
            device.crash_chance = chance

    def _settle(self, device: SimDevice) -> None:
        """Say who goes, where a device asks because two removed each other."""
        if not device.is_joined or self._world.random.random() < 0.5:
            return
        concerned = {
            bytes(one.id) for each in asked(device.app) for one in (each.by, *each.against)
        }
        gone = concerned & self.removed
        if gone:
            remove_device(device.app, *(DeviceId(each) for each in sorted(gone)))
            self._world.ledger.counts["settled"] += 1

    def _answer(self, device: SimDevice) -> None:
        app, world = device.app, self._world
        if app.identity.open_code is None:
            return
        asking = who_asks(app)
        if asking is None:
            return
        if not world.is_quiet and world.random.random() < 0.1:
            refuse_device(app)
            world.ledger.counts["turned away"] += 1
            return
        lookup = app.identity.open_code.lookup
        waiting = [other.app.identity.waiting for other in self._codes if other.is_up]
        server = app.identity.server
        assert server is not None
        phrases = {
            each.phrase
            for each in waiting
            if each is not None
            and each.lookup == lookup
            # A key that the server changed meanwhile is another word: they begin anew.
            and each.server.signing_key == server.signing_key
        }
        assert phrases <= {asking.phrase}, "the words differ"
        try:
            confirm_device(app, asking)
        except DomainError:
            # The others do not know this device: another one must let both in.
            refuse_device(app)
            raise
        world.ledger.counts["confirmed"] += 1

    def _join(self, device: SimDevice) -> None:
        world = self._world
        by, code = self._codes.get(device, (None, ""))
        if by is not None and by not in world.present:
            # Nobody waits for the yes of a device that is destroyed.
            del self._codes[device]
            by = None
        if by is None:
            others = [
                each
                for each in world.joined()
                if each is not device and each.app.identity.device != device.app.identity.device
            ]
            if others and world.server.is_serving:
                other = world.random.choice(others)
                self._codes[device] = other, self._code_of(other)
            elif (
                not device.is_joined and device is world.devices[0] and world.random.random() < 0.2
            ):
                world.let_in(device)
            return
        try:
            ask_to_join(device.app, URL, code)
            if finish_joining(device.app):
                del self._codes[device]
                self._lacking.pop(device, None)
                self.shut_out.discard(device)
                world.ledger.counts["joined"] += 1
            elif by.is_up and by.app.identity.open_code is None:
                self._tire(device)
        except RefusedError as refused:
            if refused.code in _OVER:
                del self._codes[device]
            if refused.code == ErrorCode.RATE_LIMITED:
                self._rests_until[device] = world.loop.time() + _REST_S
            raise

    def _tire(self, device: SimDevice) -> None:
        """Begin anew after a while: the other device was put back and knows of no code."""
        self._waited[device] += 1
        if self._waited[device] > _PATIENCE:
            del self._codes[device], self._waited[device]

    def _code_of(self, by: SimDevice) -> str:
        """Make a code on another machine, which may die of it; this one goes on."""
        try:
            return invite_device(by.app).text
        except asyncio.CancelledError:
            raise RefusedError(ErrorCode.UNREACHABLE, "the other device died", "later") from None

    def _is_left_out(self, device: SimDevice) -> bool:
        """Say whether who let this device in is gone and nobody else heard of it."""
        if not self._world.is_quiet:
            return False
        known = device.app.read(device.app.key_sharing.known)
        if known.is_in or known.is_alone:
            self._lacking.pop(device, None)
            return False
        self._lacking[device] = self._lacking.get(device, 0) + 1
        return self._lacking[device] > _PATIENCE

    def _make_recovery(self, device: SimDevice) -> None:
        code = new_code(device.app)
        members = device.app.read(device.app.key_sharing.known).view.members
        old = {bytes(each.id) for each in members.values() if each.kind == "code"}
        self.recovery_code = code
        self.removed |= old
        keep_code(device.app, code)
        self._world.removed |= dict.fromkeys(old, frozenset[bytes]())
        self._world.ledger.counts["recovery codes"] += 1

    def come_back(self, device: SimDevice) -> bool:
        """Let a device that the server forgot in again with the recovery code, if it works."""
        if self.recovery_code is None:
            return False
        try:
            recover(device.app, URL, self.recovery_code)
        except (RefusedError, StorageError) as refused:
            self._world.ledger.counts[f"recover {refused.code}"] += 1
            return False
        self._world.ledger.counts["recovered"] += 1
        return True

    def change_keys(self, device: SimDevice) -> bool:
        """Change the keys on a device, whatever others do at the same time."""
        try:
            change_key(device.app)
        except DomainError:
            return False
        return True

    def remove(self, by: SimDevice, device: SimDevice) -> bool:
        """Remove a device; say whether its keys are of no use any more."""
        self.removed.add(device.app.identity.device)
        return remove_device(by.app, device.app.identity.device)
