"""A real server in this process: uvicorn on a free port, SQLite in a folder, real sockets."""

import asyncio
import socket
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

from websockets.asyncio.client import ClientConnection, connect

from tests.support.cluster import databases_of
from trailmark_adapters.randomness import SystemRandomness
from trailmark_server import credentials, serving
from trailmark_server.services import Services
from trailmark_server.serving import Server
from trailmark_server.settings import Settings
from trailmark_shared import limits
from trailmark_shared.events.envelope import Event, write_event
from trailmark_shared.ids import (
    PLAIN,
    SELF,
    DeviceId,
    Epoch,
    EventId,
    KeyId,
    Lane,
    SpaceId,
    neighbouring_id,
)
from trailmark_shared.protocol import messages
from trailmark_shared.protocol.frames import decode_server_frame, encode_frame

KEY = KeyId(b"vaultkey")


class RunningServer:
    """A server that answers.

    Attributes:
        url: Where.
        services: Its parts.
    """

    def __init__(self, url: str, server: Server) -> None:
        self.url = url
        self.services: Services = server.services
        self.server = server

    @property
    def socket_url(self) -> str:
        """Address of the device socket."""
        return self.url.replace("http", "ws", 1) + "/sync"

    def stop(self) -> None:
        """Ask it to stop in good order, as SIGTERM does."""
        self.server.should_exit = True


@asynccontextmanager
async def running_server(
    data: Path,
    send_buffer: int | None = None,
    certificate: serving.Certificate | None = None,
    name: str = "127.0.0.1",
) -> AsyncGenerator[RunningServer]:
    """Serve ``data`` until the block ends.

    Args:
        data: The data folder.
        send_buffer: Bytes that the system buffers for a peer that does not read.
        certificate: For TLS on the server itself.
        name: What its public address calls it.
    """
    opened = serving.listening_socket("127.0.0.1", 0)
    if send_buffer is not None:
        opened.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, send_buffer)
    url = serving.url_of(opened, tls=certificate is not None).replace("127.0.0.1", name)
    async with databases_of(data) as databases:
        settings = Settings(
            data=data, public_url=url, own_urls=serving.own_urls(url), databases=databases
        )
        async with _served(settings, opened, certificate, url) as running:
            yield running


@asynccontextmanager
async def _served(
    settings: Settings,
    opened: socket.socket,
    certificate: serving.Certificate | None,
    url: str,
) -> AsyncGenerator[RunningServer]:
    ready: asyncio.Future[Server] = asyncio.get_running_loop().create_future()
    task = asyncio.create_task(serving.serve(settings, opened, ready.set_result, certificate))
    await asyncio.wait([ready, task], return_when=asyncio.FIRST_COMPLETED)
    if task.done():
        task.result()
    running = RunningServer(url, ready.result())
    try:
        yield running
    finally:
        running.stop()
        await task


class WireDevice:
    """A device that speaks frames by hand, for tests of the wire.

    Attributes:
        credential: What it signs in with.
    """

    def __init__(self, space: SpaceId, device: DeviceId, credential: str) -> None:
        self.space = space
        self.device = device
        self.credential = credential
        self.epoch = Epoch(device[: limits.EPOCH_BYTES])
        self.outbox: dict[Lane, list[Event]] = {}

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.credential}"}

    def record(self, body: bytes, lane: Lane = SELF, key: KeyId = KEY) -> Event:
        """Write the next event of this device."""
        events = self.outbox.setdefault(lane, [])
        randomness = SystemRandomness()
        token = randomness.token(limits.ID_BYTES)
        event = write_event(
            event_id=EventId(neighbouring_id(token, self.epoch, len(events) + 1)),
            space=self.space,
            lane=lane,
            device=self.device,
            epoch=self.epoch,
            dseq=len(events) + 1,
            key=PLAIN if lane != SELF else key,
            prev=events[-1].hash if events else bytes(32),
            salt=randomness.token(limits.SALT_BYTES),
            body=body,
        )
        events.append(event)
        return event

    def hello(
        self,
        lanes: Sequence[messages.LaneHello] = (),
        *,
        credential: str | None = None,
        revoked: Sequence[bytes] = (),
        now: int = 0,
    ) -> messages.Hello:
        return messages.Hello(
            protocol=(1, 1),
            app="test",
            device=self.device,
            epoch=self.epoch,
            now=now,
            lanes=list(lanes),
            revoked=list(revoked),
            credential=credential,
        )


async def add_device(
    services: Services, space: SpaceId, device: DeviceId, name: str = "phone"
) -> WireDevice:
    """Let a device in without an invitation."""
    credential = credentials.credential_text(services.randomness.token(limits.CREDENTIAL_BYTES))
    await services.accounts.write(
        lambda rows: credentials.admit_device(rows, space, device, name, credential, services.now())
    )
    return WireDevice(space, device, credential)


@asynccontextmanager
async def socket_of(
    server: RunningServer, device: WireDevice | None = None, **headers: str
) -> AsyncGenerator[ClientConnection]:
    """Open a device socket; headers are given with underscores for hyphens."""
    given = {name.replace("_", "-"): value for name, value in headers.items()}
    sent = {**(device.headers if device is not None else {}), **given}
    async with connect(
        server.socket_url, additional_headers=sent, compression=None, proxy=None, max_size=None
    ) as connection:
        yield connection


async def send(connection: ClientConnection, message: messages.AnyMessage) -> None:
    """Send one message."""
    await connection.send(encode_frame(message))


async def receive(connection: ClientConnection) -> messages.ServerMessage:
    """Return the next message."""
    frame = await connection.recv()
    assert isinstance(frame, bytes)
    return decode_server_frame(frame)
