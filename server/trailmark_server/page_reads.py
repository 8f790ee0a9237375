"""One reading of a page for all sessions that want it at the same moment.

A ring of the bell wakes every session of a lane at once, and all of them want the same rows. They
share one transaction, one signature and one encoding; each one's right is asked for by itself, in
that very transaction, and whoever has none is refused alone.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from functools import cached_property
from typing import Final, Protocol

from trailmark_server.storage.accounts import AccountRows
from trailmark_server.storage.ports import Check, Page
from trailmark_shared.errors import RefusedError
from trailmark_shared.ids import DeviceId, Lane, SpaceId
from trailmark_shared.protocol.frames import encode_for, encode_frame
from trailmark_shared.protocol.messages import AnyMessage, Events
from trailmark_shared.protocol.packing import is_packable, packed
from trailmark_shared.protocol.page_found import PageFound
from trailmark_shared.protocol.pages import runs_from_rows

_Place = tuple[SpaceId, Lane, int]
"""Whose lane, which one, and the seq before the first row."""


class Log(Protocol):
    """What is needed of ``EventStore``."""

    async def read_page(
        self,
        space: SpaceId,
        lane: Lane,
        after: int,
        check: Check | None = None,
        *,
        is_live: bool = False,
    ) -> Page:
        """Return the rows behind ``after``."""
        ...


class SharedPage:
    """A page, and the message that brings it to whoever holds none of its events.

    Attributes:
        page: As it was read.
    """

    def __init__(self, page: Page, place: _Place) -> None:
        """Take what was read behind ``place``."""
        self.page = page
        self._place = place

    @cached_property
    def message(self) -> Events | None:
        """The message, made when the first one needs it; ``None`` where there are no rows."""
        head = self.page.signed_head
        if head is None:
            return None
        _, lane, after = self._place
        return Events(lane=lane, after=after, runs=runs_from_rows(self.page.rows), signed_head=head)

    @cached_property
    def found(self) -> PageFound:
        """What a session is told."""
        page = self.page
        return PageFound(
            rows=page.rows,
            signed_head=page.signed_head,
            is_last=page.is_last,
            whole=self.message,
        )

    @cached_property
    def frame(self) -> bytes:
        """The bytes of ``message``, the same for all."""
        assert self.message is not None, "there are rows"
        return encode_frame(self.message)

    @cached_property
    def packed_frame(self) -> bytes:
        """The same in fewer bytes, where that saves any."""
        return packed(self.frame)


def frame_of(message: AnyMessage, shared: SharedPage | None, version: int) -> bytes:
    """Return the bytes of a message; those of a shared page are made once for all its readers.

    Args:
        message: What is to be sent.
        shared: The page that was read, where it was one.
        version: What both sides agreed to speak.
    """
    if shared is None or message is not shared.message:
        return encode_for(message, version)
    return shared.packed_frame if is_packable(message, version) else shared.frame


Tell = Callable[[SharedPage | Exception], None]
"""Told of the page, or why there is none."""


class _Reading:
    """What waits to be read at one place, and for whom."""

    def __init__(self) -> None:
        self.checks: dict[DeviceId, Check] = {}
        self.refused: dict[DeviceId, RefusedError] = {}
        self.waiting: list[tuple[DeviceId, Tell]] = []
        self.is_live = False

    def ask(self, rows: AccountRows) -> None:
        """Ask for every right; raise only where nobody has one."""
        self.refused = {}
        for device, check in self.checks.items():
            try:
                check(rows)
            except RefusedError as refused:
                self.refused[device] = refused
        if len(self.refused) == len(self.checks):
            raise next(iter(self.refused.values()))

    def settle(self, found: SharedPage | Exception) -> None:
        """Tell everybody."""
        for device, tell in self.waiting:
            tell(self.refused.get(device, found))


class PageReads:
    """Reads pages; whoever asks for one place before the reading begins shares it."""

    def __init__(self) -> None:
        """Begin with nothing to read."""
        self._readings: dict[_Place, _Reading] = {}
        self._tasks: Final = set[asyncio.Task[None]]()

    def ask(
        self,
        events: Log,
        place: _Place,
        device: DeviceId,
        check: Check,
        tell: Tell,
        *,
        is_live: bool,
    ) -> None:
        """Ask for the page behind a place.

        Args:
            events: The log.
            place: Whose lane, which one, and the seq before the first row.
            device: Who asks.
            check: Asks, in the transaction that reads, for their right.
            tell: Told once, later: of the page; of a ``RefusedError`` where the right is not there
                or the store takes no more.
            is_live: A ring woke whoever asks: what they want was just written.
        """
        reading = self._readings.get(place)
        if reading is None:
            reading = self._readings[place] = _Reading()
            # Whoever is woken by the same ring asks before this runs.
            asyncio.get_running_loop().call_soon(self._begin, events, place)
        reading.checks[device] = check
        reading.waiting.append((device, tell))
        reading.is_live |= is_live

    def _begin(self, events: Log, place: _Place) -> None:
        task = asyncio.create_task(self._run(events, place, self._readings.pop(place)))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _run(self, events: Log, place: _Place, reading: _Reading) -> None:
        try:
            page = await events.read_page(*place, reading.ask, is_live=reading.is_live)
        except asyncio.CancelledError:
            reading.settle(ConnectionAbortedError("the reading was ended"))
            raise
        except Exception as error:  # noqa: BLE001  (told to everybody who waits)
            reading.settle(error)
            return
        reading.settle(SharedPage(page, place))
