"""The live device sessions of this process: which ones there are, and what they share.

A device has few at once, pushes as fast as all of them together may, and reads pages with whoever
wants the same.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from typing import Final, Protocol

from trailmark_server.access import DeviceActor
from trailmark_server.page_reads import PageReads
from trailmark_server.throttle import Bucket
from trailmark_shared import limits
from trailmark_shared.errors import ErrorCode, RefusedError
from trailmark_shared.ids import DeviceId, SpaceId
from trailmark_shared.words import gettext

_BUCKETS_MAX: Final = 10_000


class Session(Protocol):
    """What is needed of a device's session."""

    def end(self, code: ErrorCode, message: str) -> None:
        """End it from outside."""
        ...


class LiveSessions:
    """The live sessions of this process, how fast each device pushes, ``pages`` for all of them."""

    def __init__(self) -> None:
        self.pages = PageReads()
        self._sessions: dict[tuple[SpaceId, DeviceId], list[Session]] = {}
        self._buckets: OrderedDict[tuple[SpaceId, DeviceId], Bucket] = OrderedDict()
        self._empty = asyncio.Event()
        self._empty.set()

    @property
    def count(self) -> int:
        """How many sessions are live."""
        return sum(len(sessions) for sessions in self._sessions.values())

    def add(self, actor: DeviceActor, session: Session) -> None:
        """Add a session; the device's oldest one ends when there are too many."""
        sessions = self._sessions.setdefault((actor.space, actor.device), [])
        sessions.append(session)
        self._empty.clear()
        for oldest in sessions[: -limits.SESSIONS_PER_DEVICE_MAX]:
            oldest.end(ErrorCode.RATE_LIMITED, "this device has too many sessions")

    def remove(self, actor: DeviceActor, session: Session) -> None:
        """Remove a session that has ended."""
        sessions = self._sessions.get((actor.space, actor.device), [])
        if session in sessions:
            sessions.remove(session)
        if not sessions:
            self._sessions.pop((actor.space, actor.device), None)
        if not self._sessions:
            self._empty.set()

    async def wait_until_empty(self) -> None:
        """Wait until no session is live."""
        await self._empty.wait()

    def end_others(self, actor: DeviceActor, session: Session) -> None:
        """End the device's other sessions: they still believe in rows that are gone."""
        for other in self._sessions.get((actor.space, actor.device), []):
            if other is not session:
                other.end(ErrorCode.BROKEN_PAGE, "the log was rewound; connect again")

    def charge(self, actor: DeviceActor, count: int, now: int) -> int:
        """Count what a device has the server write, over all of its sessions.

        Args:
            actor: The device.
            count: Events, or revoked grants that nobody had named before.
            now: Monotonic clock, milliseconds.

        Returns:
            For how many milliseconds the device is to send no more; 0 for not at all.

        Raises:
            RefusedError: ``rate_limited``: it would be longer than ``limits.THROTTLE_MS_MAX``.
        """
        wait_ms = self._bucket(actor, now).take(count, now)
        if wait_ms > limits.THROTTLE_MS_MAX:
            raise RefusedError(ErrorCode.RATE_LIMITED, gettext("too many events at once"), "later")
        return wait_ms

    def _bucket(self, actor: DeviceActor, now: int) -> Bucket:
        key = (actor.space, actor.device)
        bucket = self._buckets.get(key)
        if bucket is None:
            bucket = Bucket(limits.DEVICE_EVENTS_BURST, limits.DEVICE_EVENTS_PER_SECOND, now)
            self._buckets[key] = bucket
            if len(self._buckets) > _BUCKETS_MAX:
                self._buckets.popitem(last=False)
        self._buckets.move_to_end(key)
        return bucket
