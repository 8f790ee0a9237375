"""The bell: who waits for a space hears that a lane moved, and reads the log by itself.

A ring carries no event. A subscriber holds the names of the lanes that moved and one wake-up, so a
slow reader costs nothing and nothing can overflow, be lost or be overtaken. Rings may repeat, come
late or not at all: ``watch_store`` compares the stored heads twice a second, which also
brings what other processes (the operator's commands) wrote.
"""

from __future__ import annotations

import asyncio
import math
from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping, Sequence
from types import TracebackType
from typing import Final, Self

import msgspec

from trailmark_server.logs import log_failure
from trailmark_shared.errors import TrailmarkError
from trailmark_shared.ids import Lane, SpaceId

POLL_SECONDS: Final = 0.5
"""Distance of the looks at the store; a revocation from another process acts within a second."""

LaneOfSpace = tuple[SpaceId, Lane]


class Wake(msgspec.Struct, frozen=True):
    """What was heard since the last wake-up.

    Attributes:
        lanes: Lanes that moved.
        access: Rights may have changed (a credential, a grant, an account): ask again.
    """

    lanes: frozenset[LaneOfSpace]
    access: bool


_NO_LANES: Final[frozenset[LaneOfSpace]] = frozenset()
"""One for all: nothing is heard most of the time."""


class Pauses(msgspec.Struct, frozen=True):
    """How long a reader's own rows may wait for more of them, milliseconds.

    Attributes:
        once: After a silence.
        often: Where it wrote before within this time.
    """

    once: int
    often: int


class Subscription:
    """One waiting reader; a context manager that ends with its reader."""

    __slots__ = (
        "_access",
        "_bell",
        "_heard",
        "_lanes",
        "_later",
        "_spaces",
        "_timer",
        "_wake",
        "_wrote_at",
    )

    def __init__(
        self, bell: Bell, spaces: Collection[SpaceId], wake: Callable[[], object] | None
    ) -> None:
        """Wait for the lanes of ``spaces``; ``wake``, or else ``wait``, when something is heard."""
        self._bell = bell
        self._spaces = tuple(spaces)
        self._lanes = self._later = _NO_LANES
        self._timer: asyncio.TimerHandle | None = None
        self._wrote_at = -math.inf
        self._access = False
        self._heard: asyncio.Event | None = None
        if wake is None:
            self._heard = asyncio.Event()
            wake = self._heard.set
        self._wake = wake

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    def start(self) -> None:
        """Hear from now on."""
        self._bell.add(self, self._spaces)

    def stop(self) -> None:
        """Hear no more."""
        self._bell.remove(self, self._spaces)
        if self._timer is not None:
            self._timer.cancel()

    def hear_moved(self, moved: frozenset[LaneOfSpace]) -> None:
        """Note that these lanes moved."""
        self._lanes = self._lanes | moved if self._lanes else moved
        self._wake()

    def hear_later(self, moved: frozenset[LaneOfSpace], pauses: Pauses) -> None:
        """Note that these lanes moved by what this reader wrote: that may wait for company."""
        self._later |= moved
        loop = asyncio.get_running_loop()
        now = loop.time()
        pause_ms = pauses.often if (now - self._wrote_at) * 1000 < pauses.often else pauses.once
        self._wrote_at = now
        if self._timer is None:
            self._timer = loop.call_later(pause_ms / 1000, self._ripen)

    def _ripen(self) -> None:
        self._timer = None
        if self._later:
            self._lanes |= self._later
            self._later = _NO_LANES
            self._wake()

    def hear_access(self) -> None:
        """Note that rights may have changed."""
        self._access = True
        self._wake()

    @property
    def has_news(self) -> bool:
        """Something was heard that nobody has taken yet."""
        return self._access or bool(self._lanes)

    def take(self) -> Wake:
        """Return what was heard since the last time, and forget it."""
        wake = Wake(self._lanes, self._access)
        if self._later:  # What is read now holds these rows too.
            self._later = self._later - self._lanes or _NO_LANES
        self._lanes = _NO_LANES
        self._access = False
        return wake

    async def wait(self) -> Wake:
        """Wait until something is heard and return it."""
        assert self._heard is not None, "another one is woken"
        await self._heard.wait()
        self._heard.clear()
        return self.take()


class Bell:
    """Rings of one server process.

    Attributes:
        tell: Told of every ring of this process (space or ``None`` for anybody, lane or ``None``
            for rights), where other processes share its store.
    """

    def __init__(self) -> None:
        self.tell: Callable[[SpaceId | None, Lane | None], None] | None = None
        # Subscribers hear in the order in which they came, so that a simulated run repeats.
        self._subscribers: dict[SpaceId, list[Subscription]] = {}

    @property
    def spaces(self) -> Collection[SpaceId]:
        """The spaces that somebody waits for."""
        return self._subscribers.keys()

    def subscribe(
        self, spaces: Collection[SpaceId], wake: Callable[[], object] | None = None
    ) -> Subscription:
        """Return a subscription to all lanes of ``spaces``; it begins when it is entered.

        Args:
            spaces: Whose lanes.
            wake: Called when something is heard; by default, somebody waits for it.
        """
        return Subscription(self, spaces, wake)

    def add(self, subscription: Subscription, spaces: Iterable[SpaceId]) -> None:
        """Let ``subscription`` hear."""
        for space in spaces:
            self._subscribers.setdefault(space, []).append(subscription)

    def remove(self, subscription: Subscription, spaces: Iterable[SpaceId]) -> None:
        """Stop ``subscription`` from hearing."""
        for space in spaces:
            waiting = self._subscribers.get(space, [])
            if subscription in waiting:
                waiting.remove(subscription)
            if not waiting:
                self._subscribers.pop(space, None)

    def ring(
        self,
        space: SpaceId,
        lane: Lane,
        by: Subscription | None = None,
        pauses: Pauses | None = None,
    ) -> None:
        """Say that rows of a lane were committed by this process.

        Args:
            space: Whose lane.
            lane: Which one.
            by: Whoever wrote them, if they listen.
            pauses: How long their own rows may wait for more of them; ``None``: not at all.
        """
        moved = frozenset({(space, lane)})
        for subscription in tuple(self._subscribers.get(space, ())):
            if subscription is by and pauses is not None:
                subscription.hear_later(moved, pauses)
            else:
                subscription.hear_moved(moved)
        if self.tell is not None:
            self.tell(space, lane)

    def deliver(self, space: SpaceId, lane: Lane) -> None:
        """Let those who wait for a lane hear that it moved."""
        moved = frozenset({(space, lane)})
        for subscription in tuple(self._subscribers.get(space, ())):
            subscription.hear_moved(moved)

    def ring_access(self, space: SpaceId | None = None) -> None:
        """Say that rights may have changed here, in one space or (``None``) anywhere."""
        self.deliver_access(space)
        if self.tell is not None:
            self.tell(space, None)

    def deliver_access(self, space: SpaceId | None = None) -> None:
        """Let those who wait in a space, or everybody, hear that rights may have changed."""
        groups = (
            tuple(self._subscribers.values())
            if space is None
            else (self._subscribers.get(space, []),)
        )
        for subscription in dict.fromkeys(one for group in groups for one in group):
            subscription.hear_access()


Heads = Mapping[LaneOfSpace, int]


async def watch_store(
    bell: Bell,
    read_version: Callable[[], Awaitable[int]],
    read_heads: Callable[[Sequence[SpaceId]], Awaitable[Heads]],
    interval_s: float = POLL_SECONDS,
) -> None:
    """Ring for whatever the store holds that nobody rang for; runs until it is cancelled.

    Args:
        bell: Where to ring.
        read_version: A number that changes with every commit of any process.
        read_heads: Heads of all lanes of the given spaces.
        interval_s: Distance of the looks, seconds.
    """
    version = -1
    heads: Heads = {}
    while True:
        try:
            present = await read_version()
            if present != version:
                version = present
                heads = _ring_moved(bell, heads, await read_heads(tuple(bell.spaces)))
        except TrailmarkError as error:
            log_failure("bell", error)  # a busy or full store is looked at again
        await asyncio.sleep(interval_s)


def _ring_moved(bell: Bell, known: Heads, found: Heads) -> Heads:
    for (space, lane), head in found.items():
        if known.get((space, lane)) != head:
            bell.deliver(space, lane)
    bell.deliver_access()
    return found
