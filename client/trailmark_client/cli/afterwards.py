"""What a command leaves to be done once its answer was told, so that nobody waits for it."""

from __future__ import annotations

from collections.abc import Callable, Generator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from typing import TYPE_CHECKING

from trailmark_client.cli.terminal import Terminal
from trailmark_shared.errors import ErrorCode, TrailmarkError
from trailmark_shared.words import gettext

if TYPE_CHECKING:
    from trailmark_client.app import App

_Work = Callable[[], None]

_WAITING: ContextVar[list[_Work] | None] = ContextVar("waiting", default=None)


@contextmanager
def afterwards() -> Generator[None]:
    """Do behind the block what was left in it; whoever is tired of it interrupts it."""
    waiting: list[_Work] = []
    token = _WAITING.set(waiting)
    try:
        yield
    finally:
        _WAITING.reset(token)
    with suppress(KeyboardInterrupt, TrailmarkError):
        for work in waiting:
            work()


def look_through_afterwards(app: App, terminal: Terminal) -> None:
    """Leave a look through the whole store, where one is due, to be done after the answer."""
    waiting = _WAITING.get()
    if waiting is not None and app.structure_check() is not None:
        waiting.append(lambda: _look_through(app, terminal))


def _look_through(known: App, terminal: Terminal) -> None:
    from trailmark_client.app import open_app
    from trailmark_client.cli.progress import counting
    from trailmark_client.storage.structure import beside

    with open_app(known.home, clock=known.clock, key=known.key) as app:
        check = app.structure_check()
        if check is None:  # another process was first
            return
        # Beside the terminal, so that an interrupt ends it at once.
        with counting(terminal, gettext("Checking"), None), beside(check) as looking:
            is_whole = looking.result()
        if is_whole is None:
            return
        app.note_structure(is_whole=is_whole)
    if not is_whole:
        terminal.warn_of(ErrorCode.CORRUPT_LOG, gettext("the database file is damaged"))
