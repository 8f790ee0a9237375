"""Starting the pages: a socket on this machine, a name, a link that works once, a browser."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import webbrowser
from collections.abc import Callable, Generator
from contextlib import contextmanager, suppress
from html import escape
from pathlib import Path
from typing import Any, Final, cast

import msgspec
import uvicorn

from trailmark_adapters.clock import Clock
from trailmark_adapters.randomness import Randomness
from trailmark_client.app import is_locked
from trailmark_client.behind_pages.in_step import InStep
from trailmark_client.behind_pages.news import News
from trailmark_client.connector import open_transport
from trailmark_client.local_site.entering import Entrance, host_name
from trailmark_client.local_site.latch import Latch
from trailmark_client.local_site.locking import Locksmith
from trailmark_client.local_site.looking_through import LookingThrough
from trailmark_client.local_site.site import Parts, create_site, watch
from trailmark_client.local_site.worker import HeldKey, Worker
from trailmark_shared.errors import ErrorCode, StorageError
from trailmark_shared.projections.fold import make_decoders
from trailmark_shared.words import gettext

LOOPBACK: Final = "127.0.0.1"

LINK_FILE: Final = "open.html"
"""Leads a browser to the link; only its owner can read it, and it is gone once it was used."""

STOP_S: Final = 3

_BACKLOG: Final = 64


class Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """How the pages are to be opened.

    Attributes:
        port: Where to listen; 0 for any free port.
        is_plain: Answer to ``127.0.0.1`` instead of a name of their own, for browsers that do not
            resolve names below ``localhost``.
        is_browsing: Start the browser.
    """

    port: int = 0
    is_plain: bool = False
    is_browsing: bool = True


def listening_socket(port: int) -> socket.socket:
    """Return a listening socket that this machine alone can reach.

    Args:
        port: The port, 0 for any free one.

    Raises:
        StorageError: ``storage_unavailable``: the port is taken.
    """
    opened = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    try:
        opened.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        opened.bind((LOOPBACK, port))
        opened.listen(_BACKLOG)
    except (OSError, OverflowError):
        opened.close()
        raise StorageError(
            ErrorCode.STORAGE_UNAVAILABLE,
            gettext(
                "cannot listen at port {port} of this machine; choose another one, or none"
            ).format(port=port),
        ) from None
    opened.settimeout(0)
    return opened


class _Server(uvicorn.Server):
    """uvicorn that leaves signals to the caller and says when it serves."""

    def __init__(self, config: uvicorn.Config, on_ready: Callable[[], None]) -> None:
        super().__init__(config)
        self._on_ready = on_ready

    @contextmanager
    def capture_signals(self) -> Generator[None]:
        """Leave signals to ``serve``: the stores are closed first."""
        yield

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Begin to serve and say so."""
        await super().startup(sockets)
        if self.started:
            self._on_ready()


async def serve(
    home: Path,
    wanted: Wanted,
    clock: Clock,
    randomness: Randomness,
    on_ready: Callable[[str], None],
) -> None:
    """Serve the pages until SIGINT or SIGTERM.

    Args:
        home: The folder of the person's data.
        wanted: How to open them.
        clock: The clock.
        randomness: Chance.
        on_ready: Called with the link that works once.

    Raises:
        StorageError: The port is taken, or the store cannot be used.
        IntegrityError: The store or the identity is damaged.
    """
    opened = listening_socket(wanted.port)
    name = LOOPBACK if wanted.is_plain else host_name(randomness)
    host = f"{name}:{opened.getsockname()[1]}"
    held = HeldKey()
    near, far = (Worker(home, clock, randomness, held) for _ in range(2))
    news, entrance = News(), Entrance(randomness)
    in_step = InStep(far, clock, randomness, news, open_transport)
    latch = Latch(held, (far, near), clock, news)
    looking = LookingThrough(near, latch)
    latch.beside = lambda: (watch(near, news), in_step.run(), looking.run())
    parts = Parts(
        near=near,
        far=far,
        news=news,
        in_step=in_step,
        entrance=entrance,
        host=host,
        latch=latch,
        locksmith=Locksmith(home, far, latch, randomness),
    )
    make_decoders()
    mending = asyncio.create_task(looking.mend())
    try:
        if not is_locked(home):
            # The first to open a folder may have to begin there, or to rescue what is damaged.
            await near.run(lambda app: app.home)
            latch.open(None)
        await _serving(parts, opened, home, wanted, on_ready)
    finally:
        opened.close()
        mending.cancel()
        await asyncio.gather(mending, return_exceptions=True)
        await latch.shut()
        await far.close()
        await near.close()


async def _serving(
    parts: Parts,
    opened: socket.socket,
    home: Path,
    wanted: Wanted,
    on_ready: Callable[[str], None],
) -> None:
    link = f"http://{parts.host}/enter/{parts.entrance.new_link()}"
    file = home / LINK_FILE

    def ready() -> None:
        if wanted.is_browsing:
            open_browser(file, link)
        on_ready(link)

    config = uvicorn.Config(
        cast("Any", create_site(parts)),
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
        date_header=False,
        proxy_headers=False,
        ws="none",
        timeout_graceful_shutdown=STOP_S,
    )
    server = _Server(config, ready)

    def stop() -> None:
        parts.news.close()
        server.should_exit = True

    loop = asyncio.get_running_loop()
    for each in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(each, stop)
    idle = asyncio.create_task(parts.latch.shut_when_idle())
    try:
        await server.serve([opened])
    finally:
        idle.cancel()
        await asyncio.gather(idle, return_exceptions=True)
        file.unlink(missing_ok=True)


def open_browser(file: Path, link: str) -> None:
    """Lead the browser to the link by a file that only its owner can read.

    A link among a program's arguments could be read, and used first, by everybody on the machine.

    Args:
        file: Where to write it.
        link: The link that works once.
    """
    page = (
        '<!doctype html><meta charset="utf-8"><title>Trailmark</title>'
        f'<meta http-equiv="refresh" content="0; url={escape(link)}">'
        f'<a href="{escape(link)}">Open your pages</a>'
    )
    file.unlink(missing_ok=True)
    target = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    with os.fdopen(target, "w", encoding="utf-8") as written:
        written.write(page)
    with suppress(webbrowser.Error):
        webbrowser.open(file.as_uri())
