"""The account tables in memory: the reference that the SQLite ones are compared with."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import TypeVar

from trailmark_server.storage.accounts.memory.access_log import MemoryAccessLog
from trailmark_server.storage.accounts.memory.erasures import MemoryErasures
from trailmark_server.storage.accounts.memory.hand_overs import MemoryHandOvers
from trailmark_server.storage.accounts.memory.joining import MemoryJoining
from trailmark_server.storage.accounts.memory.recovery import MemoryRecovery
from trailmark_server.storage.accounts.memory.sign_in import MemorySignIn
from trailmark_server.storage.accounts.memory.spaces import MemorySpaces
from trailmark_server.storage.accounts.memory.supporters import MemorySupporters
from trailmark_server.storage.accounts.memory.therapists import MemoryTherapists
from trailmark_server.storage.accounts.port import AccountRows
from trailmark_server.storage.accounts.spaces import DeviceStanding
from trailmark_shared.ids import DeviceId, SpaceId

T = TypeVar("T")


class MemoryAccountRows(
    MemoryTherapists,
    MemorySignIn,
    MemoryJoining,
    MemoryHandOvers,
    MemorySpaces,
    MemoryAccessLog,
    MemorySupporters,
    MemoryErasures,
    MemoryRecovery,
):
    """All tables; see ``AccountRows``."""

    def __init__(self) -> None:
        MemoryTherapists.__init__(self)
        MemorySignIn.__init__(self)
        MemoryJoining.__init__(self)
        MemoryHandOvers.__init__(self)
        MemorySpaces.__init__(self)
        MemoryRecovery.__init__(self)
        MemoryAccessLog.__init__(self)
        MemorySupporters.__init__(self)
        MemoryErasures.__init__(self)

    def device_standing(self, space: SpaceId, device: DeviceId) -> DeviceStanding:
        """Return how a device of a space stands."""
        row = self.device(space, device)
        return DeviceStanding(
            is_erased=self.erasure(space) is not None,
            expires_at=0 if row is None else row.expires_at,
            revoked_at=None if row is None else row.revoked_at,
        )

    def drop_expired(self, before: int) -> None:
        """Forget links, browsers of supporters and invitations that expired before this time."""
        MemoryTherapists.drop_expired(self, before)
        MemoryJoining.drop_expired(self, before)
        MemoryHandOvers.drop_expired(self, before)
        MemorySpaces.drop_expired(self, before)
        MemorySupporters.drop_expired(self, before)
        erased = self._erasures.keys()
        self._devices = {
            key: row
            for key, row in self._devices.items()
            if row.space not in erased or row.expires_at >= before
        }

    def erase_space(self, space: SpaceId) -> None:
        """Forget everything of a person but that their space and devices were there, unnamed."""
        MemoryJoining.erase_space(self, space)
        MemoryHandOvers.erase_space(self, space)
        MemorySpaces.erase_space(self, space)
        MemoryAccessLog.erase_space(self, space)
        MemorySupporters.erase_space(self, space)
        self.drop_recovery(space)


class MemoryAccountStore:
    """Transactions over the tables in memory; a failed one leaves them as they were."""

    def __init__(self) -> None:
        self._rows = MemoryAccountRows()

    async def read(self, work: Callable[[AccountRows], T]) -> T:
        """Return what ``work`` returns."""
        return work(self._rows)

    async def write(self, work: Callable[[AccountRows], T]) -> T:
        """Return what ``work`` returns; its changes stand together or not at all."""
        rows = copy.copy(self._rows)
        rows.__dict__.update({name: dict(table) for name, table in vars(self._rows).items()})
        result = work(rows)
        self._rows = rows
        return result
