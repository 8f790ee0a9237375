"""Several servers on one PostgreSQL, as real processes, behind a small TCP proxy."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Generator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Self

from tests.support.processes import ServerProcess
from trailmark_server.settings import Databases


class InstanceProcess(ServerProcess):
    """One server of several; its folder holds nothing that the others need."""

    def __init__(self, data: Path, databases: Databases, public_url: str) -> None:
        super().__init__(data)
        self.databases = databases
        where = ("--database", databases.main, "--keys-database", databases.keys)
        self.options = (*where, "--public-url", public_url)


class Proxy:
    """Spreads connections over those that answer, one after the other.

    Attributes:
        port: Where it listens.
        ports: Of the servers behind it.
    """

    def __init__(self, port: int = 0) -> None:
        self.ports: list[int] = []
        self.port = port
        self._turn = 0
        self._loop = asyncio.new_event_loop()
        self._up = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def __enter__(self) -> Self:
        self._thread.start()
        self._up.wait()
        return self

    def __exit__(self, *_exception: object) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        server = self._loop.run_until_complete(
            asyncio.start_server(self._meet, "127.0.0.1", self.port)
        )
        self.port = server.sockets[0].getsockname()[1]
        self._up.set()
        self._loop.run_forever()
        server.close()
        left = asyncio.all_tasks(self._loop)
        for task in left:
            task.cancel()
        self._loop.run_until_complete(asyncio.gather(*left, return_exceptions=True))
        self._loop.close()

    async def _meet(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        for _ in self.ports:
            self._turn += 1
            port = self.ports[self._turn % len(self.ports)]
            with suppress(OSError):
                behind = await asyncio.open_connection("127.0.0.1", port)
                await asyncio.gather(_pass_on(reader, behind[1]), _pass_on(behind[0], writer))
                return
        writer.close()


async def _pass_on(source: asyncio.StreamReader, goal: asyncio.StreamWriter) -> None:
    with suppress(OSError):
        while data := await source.read(65536):
            goal.write(data)
            await goal.drain()
    with suppress(OSError):
        goal.close()


class Instances:
    """Servers behind a proxy.

    Attributes:
        each: The servers.
        proxy: What devices talk to.
    """

    def __init__(self, each: list[InstanceProcess], proxy: Proxy) -> None:
        self.each = each
        self.proxy = proxy

    @property
    def url(self) -> str:
        """Where devices reach them."""
        return self.proxy.url

    @property
    def admin(self) -> InstanceProcess:
        """One to run the operator's commands beside."""
        return self.each[0]


@contextmanager
def running_instances(folder: Path, databases: Databases) -> Generator[Instances]:
    """Start three servers and the proxy before them; end them all afterwards."""
    with ExitStack() as stack:
        proxy = stack.enter_context(Proxy())
        each = [
            InstanceProcess(folder / f"instance{number}", databases, proxy.url)
            for number in range(3)
        ]
        for instance in each:
            stack.enter_context(instance)
        proxy.ports = [instance.port for instance in each]
        yield Instances(each, proxy)
