"""Another person's device that means ill: signed in, it sends whatever it overheard or made up."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from tests.simulation.ledger import STRANGERS_SPACE, check
from tests.simulation.network import ClientEnd, Faults, Link, handshake
from trailmark_shared import limits
from trailmark_shared.errors import TrailmarkError
from trailmark_shared.ids import DeviceId
from trailmark_shared.protocol import messages
from trailmark_shared.protocol.frames import decode_server_frame, encode_frame

if TYPE_CHECKING:
    from tests.simulation.world import World

_DEVICE: Final = DeviceId(b"another's device")
_SAID_MAX: Final = 12
_PATIENCE_S: Final = 5


class Stranger:
    """Somebody with an account of their own, and with frames of others in their hands.

    Attributes:
        overheard: The latest frames that devices of the person sent.
    """

    def __init__(self, world: World) -> None:
        self.overheard: deque[bytes] = deque(maxlen=300)
        self._world = world
        self._sent: list[bytes] = []

    async def visit(self) -> bool:
        """Sign in, greet, and send what no device would.

        Returns:
            Whether the server was there to be troubled.
        """
        world, server = self._world, self._world.server
        if not server.is_serving:
            return False
        credential, _ = server.sign_in_again(STRANGERS_SPACE, _DEVICE)
        if world.random.random() < 0.3:
            await asyncio.wait({server.spawn(self._post(credential))}, timeout=_PATIENCE_S)
            return True
        link = Link(0, world.random, Faults(), self._watch)
        server.accept(link, credential)
        try:
            await self._talk(await handshake(link))
        except TrailmarkError:
            world.ledger.counts["stranger sent away"] += 1
        except TimeoutError:
            check("I13", link.is_dead, "a stranger was neither served nor sent away")
            world.ledger.counts["stranger left waiting"] += 1
        link.cut()
        return True

    async def _talk(self, end: ClientEnd) -> None:
        random = self._world.random
        if random.random() < 0.8:
            await self._say(end, self._hello())
        for _ in range(random.randrange(1, _SAID_MAX)):
            await self._say(end, self._anything())
            await asyncio.sleep(random.expovariate(20))
        async with asyncio.timeout(_PATIENCE_S):
            while True:
                await end.receive()

    async def _post(self, credential: str) -> None:
        frames = [self._hello(), *(self._anything() for _ in range(_SAID_MAX))]
        self._sent += frames
        for frame in await self._world.server.post(frames, credential):
            self._watch("stranger", frame)

    async def _say(self, end: ClientEnd, frame: bytes) -> None:
        self._sent.append(frame)
        await end.send(frame)

    def _hello(self) -> bytes:
        hello = messages.Hello(
            protocol=(messages.PROTOCOL_OLDEST, messages.PROTOCOL_VERSION),
            app="stranger",
            device=_DEVICE,
            epoch=self._world.random.randbytes(8),
            now=0,
            lanes=[],
            revoked=self._grants(),
        )
        return encode_frame(hello)

    def _grants(self) -> list[bytes]:
        """Grants of the person, which are not theirs to stop."""
        found = "SELECT subject FROM document WHERE kind = 'grant' ORDER BY subject"
        devices = self._world.joined()
        grants = devices[0].app.read(lambda conn: conn.execute(found).fetchall()) if devices else []
        return [grant for (grant,) in grants][: limits.REVOKED_GRANTS_MAX]

    def _anything(self) -> bytes:
        makes: tuple[Callable[[], bytes], ...] = (self._replay, self._bent, self._cut, self._noise)
        return self._world.random.choice(makes)()

    def _replay(self) -> bytes:
        """A frame of the person, as it was sent."""
        return self._world.random.choice(self.overheard) if self.overheard else self._noise()

    def _bent(self) -> bytes:
        """A frame of the person with some bytes changed."""
        random, frame = self._world.random, bytearray(self._replay())
        for _ in range(random.randrange(1, 6)):
            frame[random.randrange(len(frame))] = random.randrange(256)
        return bytes(frame)

    def _cut(self) -> bytes:
        """The beginning of a frame of the person."""
        frame = self._replay()
        return frame[: self._world.random.randrange(1, len(frame) + 1)]

    def _noise(self) -> bytes:
        return self._world.random.randbytes(self._world.random.choice((1, 20, 4000)))

    def _watch(self, to: str, frame: bytes) -> None:
        world = self._world
        world.trace.update(f"{world.loop.time():.6f} stranger {to} ".encode() + frame)
        if to == "server":
            return
        message = decode_server_frame(frame)
        world.ledger.counts[f"to stranger {type(message).__name__.lower()}"] += 1
        if not isinstance(message, messages.Events):
            return
        bodies = [each[3] for run in message.runs for each in run.events if each[3]]
        theirs = all(any(body in sent for sent in self._sent) for body in bodies)
        check("I6", theirs, "a stranger was sent what they had not brought")
