"""A device that records and syncs until it is killed, and says what is safe as soon as it is.

Run as ``python device.py HOME``. Every line is one fact: ``saved ID`` after the local commit,
``sent ID`` after the server's ``pushed``.
"""

from __future__ import annotations

import asyncio
import itertools
import sys
from pathlib import Path

from trailmark_client.app import App, open_app, open_async
from trailmark_client.commands.notes import note
from trailmark_client.commands.reflections import reflect
from trailmark_client.live_session import Ports
from trailmark_client.replicator import Replicator
from trailmark_client.transport import Transport
from trailmark_client.web_socket import open_websocket
from trailmark_shared.events.notes import WinNoted
from trailmark_shared.events.reflections import ReflectionWritten
from trailmark_shared.ids import text_from_id
from trailmark_shared.protocol.frames import decode_client_frame, decode_server_frame
from trailmark_shared.protocol.messages import Push, Pushed

PACE_S = 0.004


def tell(word: str, event: bytes) -> None:
    """Print one fact, at once."""
    sys.stdout.write(f"{word} {text_from_id(event)}\n")
    sys.stdout.flush()


class Witness:
    """A transport that tells which events the server called durable."""

    def __init__(self, inner: Transport) -> None:
        self._inner = inner
        self._pushed: dict[tuple[str, bytes, int], bytes] = {}

    @property
    def patience_ms(self) -> int:
        return self._inner.patience_ms

    async def send(self, frame: bytes) -> None:
        message = decode_client_frame(frame)
        if isinstance(message, Push):
            for place, wire in enumerate(message.events):
                self._pushed[message.lane, message.epoch, message.first + place] = wire[0]
        await self._inner.send(frame)

    async def receive(self) -> bytes:
        frame = await self._inner.receive()
        message = decode_server_frame(frame)
        if isinstance(message, Pushed):
            refused = {each.dseq for each in message.refused}
            for key, event in list(self._pushed.items()):
                lane, epoch, dseq = key
                if (lane, epoch) == (message.lane, message.epoch) and dseq <= message.upto:
                    del self._pushed[key]
                    if dseq not in refused:
                        tell("sent", event)
        return frame

    async def close(self, code: int, reason: str) -> None:
        await self._inner.close(code, reason)


async def connect(url: str, credential: str) -> Transport:
    return Witness(await open_websocket(url, credential))


def record(app: App, number: int) -> bytes:
    """Record one win (shared) or reflection (private) and return its event id."""
    when = app.recorder.now()
    if number % 2:
        data = WinNoted(text=f"win {number}")
        written = app.write(lambda conn: note(conn, app.recorder, data, when))
    else:
        words = ReflectionWritten(text=f"reflection {number}")
        written = app.write(lambda conn: reflect(conn, app.recorder, words, when))
    return written.events[0]


async def main(home: Path) -> None:
    app = open_app(home)
    database = open_async(app)
    async with database:
        ports = Ports(database, app.vault, app.clock, app.randomness)
        replicator = Replicator(ports, connect)
        running = asyncio.create_task(replicator.run())
        sys.stdout.write("ready\n")
        sys.stdout.flush()
        for number in itertools.count():
            tell("saved", record(app, number))
            replicator.notify()
            await asyncio.sleep(PACE_S)
        await running


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1])))
