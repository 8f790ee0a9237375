"""Serving: one uvicorn in this process, on a socket of our own, until it is told to stop.

Tests, the demo and ``trailmark-server serve`` all start the server here.
"""

from __future__ import annotations

import asyncio
import gc
import signal
import socket
import ssl
from collections.abc import AsyncGenerator, Callable, Coroutine, Generator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager, suppress
from importlib import import_module
from pathlib import Path
from typing import Any, Final, cast

import msgspec
import uvicorn

from trailmark_adapters.threads import take_short_turns
from trailmark_server.app import create_app, open_services
from trailmark_server.descriptors import take_all
from trailmark_server.http.deadlines import BoundedHttp
from trailmark_server.http.web_sockets import LeanWebSocket
from trailmark_server.logs import quiet_uvicorn
from trailmark_server.metrics import metrics_app
from trailmark_server.running import held_by_server
from trailmark_server.services import Services
from trailmark_server.settings import Settings
from trailmark_shared import limits
from trailmark_shared.errors import DomainError, ErrorCode, StorageError
from trailmark_shared.words import gettext

STOP_SECONDS: Final = 5
"""How long requests may take to end once the server stops."""

GOODBYE_SECONDS: Final = 1.0
"""How long live sessions get for saying that the server goes away."""

_BACKLOG: Final = 2048

_NEW_OBJECTS: Final = 10_000
"""After so many new ones garbage in circles is looked for; Python's default is 700."""


class Certificate(msgspec.Struct, frozen=True, kw_only=True):
    """Files for TLS on the server itself, in PEM."""

    certificate: Path
    key: Path


def require_usable(certificate: Certificate) -> None:
    """Check that TLS can be spoken with a certificate and its key.

    Raises:
        DomainError: ``invalid_input``: a file cannot be read, or the two are no pair in PEM.
    """
    try:
        ssl.create_default_context(ssl.Purpose.CLIENT_AUTH).load_cert_chain(
            certificate.certificate, certificate.key
        )
    except (ssl.SSLError, ValueError):
        raise DomainError(
            ErrorCode.INVALID_INPUT,
            gettext("{cert} and {key} are no certificate and its private key, in PEM").format(
                cert=certificate.certificate, key=certificate.key
            ),
        ) from None
    except OSError as error:
        raise DomainError(
            ErrorCode.INVALID_INPUT,
            gettext("--tls-cert or --tls-key cannot be read ({why})").format(why=error.strerror),
        ) from None


def listening_socket(host: str, port: int) -> socket.socket:
    """Return a listening socket.

    ``TCP_USER_TIMEOUT`` frees the connection of a peer that takes no bytes; closing alone would
    wait for a full buffer for ever.

    Args:
        host: Address to listen at.
        port: Port, 0 for any free one.

    Raises:
        StorageError: ``storage_unavailable``: the address is taken or not ours.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    opened = socket.socket(family, socket.SOCK_STREAM)
    try:
        opened.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if hasattr(socket, "TCP_USER_TIMEOUT"):
            opened.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, limits.SEND_TIMEOUT_MS)
        opened.bind((host, port))
        opened.listen(_BACKLOG)
    except (OSError, UnicodeError) as error:
        opened.close()
        raise StorageError(
            ErrorCode.STORAGE_UNAVAILABLE,
            gettext(
                "cannot listen at {host}:{port} ({why}); choose another address or port"
            ).format(
                host=host, port=port, why=getattr(error, "strerror", None) or gettext("no host")
            ),
        ) from None
    opened.settimeout(0)
    return opened


def url_of(opened: socket.socket, *, tls: bool) -> str:
    """Return the address at which a listening socket is reached from this machine."""
    host, port = opened.getsockname()[:2]
    shown = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host, f"[{host}]" if ":" in host else host)  # noqa: S104
    return f"{'https' if tls else 'http'}://{shown}:{port}"


def own_urls(listening: str) -> tuple[str, ...]:
    """Return the addresses that browsers on this machine may name for ``listening``."""
    scheme, _, port = listening.partition("//")
    for loopback in ("127.0.0.1:", "[::1]:"):
        if port.startswith(loopback):
            return (listening, f"{scheme}//localhost:{port.removeprefix(loopback)}")
    return (listening,)


class Server(uvicorn.Server):
    """uvicorn that lets live sessions say goodbye before it closes their sockets.

    Attributes:
        services: The parts of the server.
    """

    def __init__(
        self,
        config: uvicorn.Config,
        services: Services,
        on_ready: Callable[[], None],
    ) -> None:
        super().__init__(config)
        self.services = services
        self._on_ready = on_ready

    @contextmanager
    def capture_signals(self) -> Generator[None]:
        """Leave signals to the caller: uvicorn would raise them again before stores are closed."""
        yield

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Begin to serve and say so."""
        await super().startup(sockets)
        if self.started:
            self._on_ready()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Stop: sessions are told to come back later, then sockets are closed."""
        for each in self.servers:
            each.close()
        self.services.stopping.set()
        self.services.bell.ring_access()
        with suppress(TimeoutError):
            async with asyncio.timeout(GOODBYE_SECONDS):
                await self.services.live.wait_until_empty()
        await super().shutdown(sockets)


def configured(app: object, certificate: Certificate | None) -> uvicorn.Config:
    """Return uvicorn's settings for ``app``."""
    return uvicorn.Config(
        cast("Any", app),
        interface="asgi3",
        http=BoundedHttp,
        ws=LeanWebSocket,
        ws_max_size=limits.FRAME_BYTES_MAX,
        ws_ping_interval=limits.PING_INTERVAL_MS / 1000,
        ws_ping_timeout=limits.PING_INTERVAL_MS / 1000,
        ws_per_message_deflate=False,
        lifespan="off",
        server_header=False,
        date_header=True,
        access_log=False,
        log_config=None,
        proxy_headers=False,
        timeout_graceful_shutdown=STOP_SECONDS,
        timeout_keep_alive=STOP_SECONDS,
        ssl_certfile=None if certificate is None else certificate.certificate,
        ssl_keyfile=None if certificate is None else certificate.key,
        ssl_context_factory=None if certificate is None else _tls_context,
    )


def _tls_context(_config: uvicorn.Config, make: Callable[[], ssl.SSLContext]) -> ssl.SSLContext:
    """Return the context of TLS: 1.2 or newer, whatever the machine's OpenSSL is told to allow."""
    context = make()
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context


async def serve(
    settings: Settings,
    opened: socket.socket,
    on_ready: Callable[[Server], None],
    certificate: Certificate | None = None,
    watched: socket.socket | None = None,
) -> None:
    """Serve until the server's ``should_exit``, then flush and close everything.

    Args:
        settings: What the server was told.
        opened: From ``listening_socket``; closed at the end.
        on_ready: Called once requests are answered, with the server; stop it by its
            ``should_exit``.
        certificate: For TLS on the server itself.
        watched: Where its numbers are shown; from ``listening_socket``, closed at the end.

    Raises:
        StorageError: The stores cannot be opened, or their files are being exchanged.
        IntegrityError: The stores are damaged.
    """
    quiet_uvicorn()
    try:
        async with AsyncExitStack() as stack:
            stack.enter_context(held_by_server(settings.data))
            services = await stack.enter_async_context(open_services(settings))
            config = configured(create_app(services), certificate)
            services.metrics.count_sessions(lambda: services.live.count)
            server = Server(config, services, lambda: on_ready(server))
            async with _watched(services, watched):
                await server.serve(sockets=[opened])
    finally:
        opened.close()
        if watched is not None:
            watched.close()


class _Quiet(uvicorn.Server):
    """uvicorn that leaves signals alone: the server beside it decides when both stop."""

    @contextmanager
    def capture_signals(self) -> Generator[None]:
        yield


@asynccontextmanager
async def _watched(services: Services, opened: socket.socket | None) -> AsyncGenerator[None]:
    """Show the numbers of the server at a socket of their own, for as long as the block lasts."""
    if opened is None:
        yield
        return
    app = metrics_app(services.metrics, services.clock.monotonic_ms)
    beside = _Quiet(configured(app, None))
    task = asyncio.create_task(beside.serve(sockets=[opened]))
    try:
        yield
    finally:
        beside.should_exit = True
        await task


def run(work: Coroutine[Any, Any, None]) -> None:
    """Run the server to its end, on uvloop where there is one: it costs a round trip far less."""
    take_short_turns()
    take_all()
    try:
        make = import_module("uvloop").new_event_loop
    except ModuleNotFoundError:  # on Windows
        make = None
    with asyncio.Runner(loop_factory=make) as runner:
        runner.run(work)


def spare_what_was_loaded() -> None:
    """Look for garbage in circles seldom, and never again among what there is now.

    The framework and its routes stay for as long as the process does. To look through them, and
    through all sessions, after each 700 new objects is a tenth of what a busy server does.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(_NEW_OBJECTS)


def stop_on_signals(server: uvicorn.Server) -> None:
    """Let SIGINT and SIGTERM stop ``server`` in good order; call it in the server's loop."""
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, server.handle_exit, number, None)


__all__ = [
    "Certificate",
    "Server",
    "configured",
    "listening_socket",
    "own_urls",
    "run",
    "serve",
    "spare_what_was_loaded",
    "stop_on_signals",
    "url_of",
]
