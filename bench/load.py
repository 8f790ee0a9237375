"""Load over real sockets: people with devices each, against 1, 2 and 4 servers on PostgreSQL.

    .venv/bin/python -m bench.load --people 100 --devices 2 --events 20 --instances 1 2 4
    .venv/bin/python -m bench.load --sqlite

One device of each person pushes one event after the other, each once the one before is durable; the
others of the person wait for it. Told are events a second, the time until a push is durable and
until another device has the event, and what servers and PostgreSQL spend on it. Everything runs on
one machine, the load itself too: compare rows of one run, not runs.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import tempfile
import time
from collections.abc import Generator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from statistics import quantiles
from urllib.parse import urlsplit

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from tests.support.instances import InstanceProcess
from tests.support.postgres import PostgresServer, running_postgres
from tests.support.processes import ServerProcess
from tests.support.server import WireDevice
from trailmark_adapters.randomness import SystemRandomness
from trailmark_server import credentials
from trailmark_server.settings import Databases
from trailmark_server.storage.accounts import AccountRows
from trailmark_server.stores import write_accounts
from trailmark_shared import limits
from trailmark_shared.ids import SELF, DeviceId, SpaceId
from trailmark_shared.protocol import messages, pages
from trailmark_shared.protocol.frames import decode_server_frame, encode_frame

BODY_BYTES = 552
TICKS = os.sysconf("SC_CLK_TCK")
AT_ONCE = 100


@dataclass
class Seen:
    """What the devices saw, in seconds."""

    pushed: list[float] = field(default_factory=list[float])
    arrived: list[float] = field(default_factory=list[float])


def let_in(
    data: Path, databases: Databases | None, people: int, devices: int
) -> list[list[WireDevice]]:
    """Let all devices in, beside the servers."""
    token = SystemRandomness().token
    made = [
        [
            WireDevice(
                space, DeviceId(token(limits.ID_BYTES)), credentials.credential_text(token(32))
            )
            for _ in range(devices)
        ]
        for space in (SpaceId(token(limits.ID_BYTES)) for _ in range(people))
    ]

    def work(rows: AccountRows) -> None:
        now = int(time.time() * 1000)
        for person in made:
            for each in person:
                credentials.admit_device(
                    rows, each.space, each.device, "phone", each.credential, now
                )

    write_accounts(data, work, databases)
    return made


class Person:
    """One person's devices, each with a socket to another server."""

    def __init__(self, devices: Sequence[WireDevice], seen: Seen) -> None:
        self.devices = devices
        self.seen = seen
        self._sent_at = 0.0
        self._durable = asyncio.Event()
        self._there = [asyncio.Event() for _ in devices]
        self._sockets: list[ClientConnection] = []
        self._readers: list[asyncio.Task[None]] = []

    async def come(self, urls: Sequence[str], first: int) -> None:
        """Open all sockets."""
        for number, device in enumerate(self.devices):
            url = urls[(first + number) % len(urls)].replace("http", "ws", 1) + "/sync"
            socket = await connect(
                url, additional_headers=device.headers, compression=None, proxy=None,
                ping_interval=None, open_timeout=120,
            )  # fmt: skip
            await socket.send(encode_frame(device.hello()))
            await socket.recv()
            self._sockets.append(socket)
            self._readers.append(asyncio.create_task(self._read(number, socket)))

    async def _read(self, number: int, socket: ClientConnection) -> None:
        with suppress(ConnectionClosed):
            while True:
                frame = await socket.recv()
                assert isinstance(frame, bytes)
                message = decode_server_frame(frame)
                if isinstance(message, messages.Pushed):
                    self.seen.pushed.append(time.perf_counter() - self._sent_at)
                    self._durable.set()
                elif isinstance(message, messages.Events):
                    if number:
                        self.seen.arrived.append(time.perf_counter() - self._sent_at)
                    self._there[number].set()
                    head = message.signed_head
                    ack = messages.Ack(lane=message.lane, upto=head.seq, hash=head.hash)
                    await socket.send(encode_frame(ack))

    async def write(self, events: int) -> None:
        """Push one event after the other, each once all devices have the one before."""
        device, socket = self.devices[0], self._sockets[0]
        for _ in range(events):
            event = device.record(os.urandom(BODY_BYTES), SELF)
            self._durable.clear()
            for there in self._there:
                there.clear()
            self._sent_at = time.perf_counter()
            await socket.send(encode_frame(pages.push_from_events([event])))
            await self._durable.wait()
            for there in self._there:
                await there.wait()

    async def leave(self) -> None:
        """Close all sockets."""
        for socket in self._sockets:
            await socket.close()
        await asyncio.gather(*self._readers)


def cpu_seconds(pids: Sequence[int]) -> float:
    """Return what processes have spent, those of their children included that have ended."""
    total = 0
    for pid in pids:
        with suppress(OSError):
            fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
            total += sum(int(fields[index]) for index in (11, 12, 13, 14))
    return total / TICKS


def resident_kib(pids: Sequence[int]) -> int:
    """Return the memory that processes hold, in KiB."""
    total = 0
    for pid in pids:
        status = Path(f"/proc/{pid}/status").read_text()
        total += int(status.partition("VmRSS:")[2].split()[0])
    return total


def family(parent: int) -> list[int]:
    """Return a process and its children."""
    found = [parent]
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            if int(stat.read_text().rpartition(")")[2].split()[1]) == parent:
                found.append(int(stat.parent.name))
    return found


async def measure(
    urls: Sequence[str], people: Sequence[Sequence[WireDevice]], events: int,
    servers: Sequence[int], postmaster: int | None,
) -> str:  # fmt: skip
    """Let everybody come, write and leave; return the row of the table."""
    seen = Seen()
    before_kib = resident_kib(servers)
    crowd = [Person(devices, seen) for devices in people]
    gate = asyncio.Semaphore(AT_ONCE)

    async def come(number: int, person: Person) -> None:
        async with gate:
            await person.come(urls, number)

    await asyncio.gather(*(come(number, person) for number, person in enumerate(crowd)))
    sessions = sum(len(person.devices) for person in crowd)
    kib = (resident_kib(servers) - before_kib) / sessions
    database = [] if postmaster is None else family(postmaster)
    started, spent, spent_there = time.perf_counter(), cpu_seconds(servers), cpu_seconds(database)
    await asyncio.gather(*(person.write(events) for person in crowd))
    took = time.perf_counter() - started
    count = len(seen.pushed)
    server_us = (cpu_seconds(servers) - spent) / count * 1e6
    there_us = (cpu_seconds(database) - spent_there) / count * 1e6
    await asyncio.gather(*(person.leave() for person in crowd))
    times = " | ".join(f"{at * 1000:.1f}" for at in _percentiles(seen.pushed))
    live = " | ".join(f"{at * 1000:.1f}" for at in _percentiles(seen.arrived))
    return (
        f"| {len(urls)} | {sessions} | {count / took:.0f} | {times} | {live} "
        f"| {server_us:.0f} | {there_us:.0f} | {kib:.0f} |"
    )


def _percentiles(values: Sequence[float]) -> tuple[float, float]:
    if len(values) < 2:  # noqa: PLR2004
        return (0.0, 0.0)
    cut = quantiles(values, n=100)
    return cut[49], cut[98]


@contextmanager
def postgres_servers(
    postgres: PostgresServer, folder: Path, count: int
) -> Generator[tuple[list[InstanceProcess], Databases]]:
    """Yield servers on databases of their own."""

    async def made() -> Databases:
        return Databases(main=await postgres.create("main"), keys=await postgres.create("keys"))

    databases = asyncio.run(made())
    with ExitStack() as stack:
        servers = [
            InstanceProcess(folder / f"{count}-{number}", databases, "http://127.0.0.1:1")
            for number in range(count)
        ]
        for server in servers:
            stack.enter_context(server)
        yield servers, databases


def main() -> None:
    """Measure what was asked for and print a table."""
    asked = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    asked.add_argument("--people", type=int, default=100)
    asked.add_argument("--devices", type=int, default=2, help="of each person")
    asked.add_argument("--events", type=int, default=20, help="of each person")
    asked.add_argument("--instances", type=int, nargs="+", default=[1, 2, 4])
    asked.add_argument("--sqlite", action="store_true", help="one server on its folder instead")
    told = asked.parse_args()
    print(
        "| servers | sessions | events/s | durable p50 ms | p99 | at another device p50 ms | p99 "
        "| server CPU/event us | PostgreSQL CPU/event us | KiB/session |"
    )
    print("|---|---|---|---|---|---|---|---|---|---|")
    with tempfile.TemporaryDirectory() as named, ExitStack() as stack:
        folder = Path(named)
        if told.sqlite:
            server = stack.enter_context(ServerProcess(folder / "server"))
            people = let_in(server.data, None, told.people, told.devices)
            print(asyncio.run(measure([server.url], people, told.events, [server.pid], None)))
            return
        postgres = stack.enter_context(running_postgres(is_durable=True))
        socket_folder = urlsplit(postgres.url).query.removeprefix("host=")
        postmaster = int(Path(socket_folder, "data", "postmaster.pid").read_text().split()[0])
        for count in told.instances:
            with postgres_servers(postgres, folder, count) as (servers, databases):
                people = let_in(servers[0].data, databases, told.people, told.devices)
                urls = [server.url for server in servers]
                pids = [server.pid for server in servers]
                print(asyncio.run(measure(urls, people, told.events, pids, postmaster)), flush=True)


if __name__ == "__main__":
    main()
