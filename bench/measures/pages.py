"""The therapist's web: how soon pages begin, how large they are, how soon open ones move.

One therapist, 200 people. Pages are asked for one after the other over one connection; the limit
is what the same server takes to say that it lives. Then every person's timeline is open at once,
and their devices write. In a plain run everybody shares 100 events; the long part has two years of
seven a day, 5 000 events each, and takes minutes to prepare.
"""

from __future__ import annotations

import asyncio
import gzip
import itertools
import re
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Final

from websockets.asyncio.client import ClientConnection, connect

from bench.browsing import Answer, LivePage, Reader
from bench.figures import Figure, figure, percentile
from bench.practice import (
    TOKEN,
    PracticePerson,
    check_in_body,
    fill,
    goal_id,
    people,
    sign_in,
)
from bench.processes import cpu_s
from bench.programs import Server
from bench.running import Run
from tests.support.server import WireDevice
from trailmark_adapters.clock import SystemClock
from trailmark_adapters.randomness import SystemRandomness
from trailmark_server import credentials
from trailmark_server.storage.accounts import AccountRows
from trailmark_server.stores import write_accounts
from trailmark_shared import limits
from trailmark_shared.ids import DeviceId, text_from_id
from trailmark_shared.protocol import messages
from trailmark_shared.protocol.frames import decode_server_frame, encode_frame
from trailmark_shared.protocol.pages import push_from_events

PEOPLE: Final = 200
EVENTS: Final = 100
LONG_EVENTS: Final = 5_000
SAMPLE: Final = 20
"""People whose pages are asked for, spread over all."""

_CHANGES: Final = 400
_A_SECOND: Final = 50
_COOKIE: Final = f"trailmark={TOKEN}"

_Ask = Callable[[Reader, str], Answer]
_PLACES: Final[Mapping[str, str]] = {
    "timeline": "timeline",
    "timeline_of_a_kind": "timeline?kind=setback",
    "session": "session",
    "plan": "plan",
    "goal": f"goals/{text_from_id(goal_id(0))}",
    "audit": f"goals/{text_from_id(goal_id(0))}/audit",
}
"""Pages about one person."""


def prepare(place: Path) -> None:
    """Fill a server's folder with the practice."""
    fill(place / "server", PEOPLE, EVENTS, SystemClock().now_ms())


def prepare_long(place: Path) -> None:
    """Fill a server's folder with two years of the practice."""
    fill(place / "server", PEOPLE, LONG_EVENTS, SystemClock().now_ms())


def measure(run: Run) -> list[Figure]:
    """Measure ``pages_200``."""
    sign_in(run.place / "server", SystemClock().now_ms())
    with Server(run.place / "server") as server:
        return _all_open(run, server)


def measure_long(run: Run) -> list[Figure]:
    """Measure the first byte of every page, its size, and ``pages_200``."""
    sign_in(run.place / "server", SystemClock().now_ms())
    with Server(run.place / "server") as server:
        with Reader(server.url, _COOKIE) as reader:
            found = _pages(reader, run.repeats)
        return [*found, *_all_open(run, server)]


def _all_open(run: Run, server: Server) -> list[Figure]:
    live = [asyncio.run(_live(server)) for _ in run.turns(f"pages_{PEOPLE}")]
    return [
        *(
            figure(
                f"pages_{PEOPLE}{suffix}", [percentile(ms, share) for ms, _ in live], "ms", "lower"
            )
            for suffix, share in (("", 0.5), ("_p99", 0.99))
        ),
        figure(f"pages_{PEOPLE}_cpu", [cpu for _, cpu in live], "ms of CPU a change", "lower"),
    ]


def _pages(reader: Reader, repeats: int) -> list[Figure]:
    known = people(PEOPLE)[:: PEOPLE // SAMPLE]
    floor = [reader.get("/health").first_byte_ms for _ in range(5 * SAMPLE)]
    asked: dict[str, list[Callable[[], Answer]]] = {
        "caseload": [lambda n=n: reader.get(f"/people?page={n}") for n in (1, 3, 5) * SAMPLE],
        "timeline_earlier": [lambda each=each: _earlier(reader, each) for each in known],
    }
    for name, path in _PLACES.items():
        asked[name] = [lambda each=each, path=path: reader.get(_url(each, path)) for each in known]
    found: list[Figure] = []
    for name, questions in asked.items():
        answers = [[each() for each in questions] for _ in range(repeats)]
        found += _figures(name, answers, floor)
    return found


def _figures(
    name: str, answers: Sequence[Sequence[Answer]], floor: Sequence[float]
) -> list[Figure]:
    times = [[each.first_byte_ms for each in some] for some in answers]
    sizes = [len(each.body) / 1000 for some in answers for each in some]
    packed = [len(gzip.compress(some[0].body)) / 1000 for some in answers]
    return [
        figure(f"{name}_ms", [percentile(ms, 0.5) for ms in times], "ms", "lower", limit=floor),
        figure(f"{name}_ms_p99", [percentile(ms, 0.99) for ms in times], "ms", "lower"),
        figure(f"{name}_kb", sizes, "kB", "lower"),
        figure(f"{name}_kb_packed", packed, "kB", "lower"),
    ]


def _url(person: PracticePerson, path: str) -> str:
    return f"/people/{text_from_id(person.space)}/{path}"


def _earlier(reader: Reader, person: PracticePerson) -> Answer:
    """Go back through some pages of a timeline; return the last of them."""
    answer = reader.get(_url(person, "timeline"))
    for _ in range(3):
        [path] = re.findall(r'href="([^"]+)" data-hx-get', answer.body.decode())
        answer = reader.get(path.replace("&amp;", "&"))
    return answer


async def _live(server: Server) -> tuple[list[float], float]:
    """Open everybody's timeline, let everybody write; return latencies and CPU a change, in ms."""
    everybody = people(PEOPLE)
    devices = _devices(server, everybody)
    after = await _open_all(server, everybody)
    sockets = [await _welcome(server, each) for each in devices]
    pushed: dict[str, float] = {}
    latencies: list[float] = []

    async def watch(number: int, page: LivePage) -> None:
        waiting = len(range(number, _CHANGES, PEOPLE))
        while waiting:  # a message may bring several rows
            for row in re.findall(r'id="row-(\w+)"', await page.rows()):
                latencies.append((time.perf_counter() - pushed[row]) * 1000)
                waiting -= 1

    watching = asyncio.gather(*itertools.starmap(watch, enumerate(after)))
    hearing = [asyncio.ensure_future(_hear(each)) for each in sockets]
    cpu = cpu_s(server.pid)
    for change in range(_CHANGES):
        device, socket = devices[change % PEOPLE], sockets[change % PEOPLE]
        subject = SystemRandomness().token(limits.ID_BYTES)
        body = check_in_body(SystemClock().now_ms(), subject, change)
        event = device.record(body, everybody[change % PEOPLE].lane)
        pushed[text_from_id(event.id)] = time.perf_counter()
        await socket.send(encode_frame(push_from_events([event])))
        await asyncio.sleep(1 / _A_SECOND)
    await watching
    spent = (cpu_s(server.pid) - cpu) / _CHANGES * 1000
    for page in after:
        page.close()
    for socket in sockets:
        await socket.close()
    await asyncio.gather(*hearing)
    return latencies, spent


async def _hear(socket: ClientConnection) -> None:
    """Take what the server says to a device, so that it never waits to be heard."""
    async for _ in socket:
        pass


async def _open_all(server: Server, everybody: Sequence[PracticePerson]) -> list[LivePage]:
    with Reader(server.url, _COOKIE) as reader:
        addresses = [
            re.findall(r'data-live="([^"]+)"', reader.get(_url(each, "timeline")).body.decode())[0]
            for each in everybody
        ]
    return [await LivePage.opened(server.url, each, _COOKIE) for each in addresses]


def _devices(server: Server, everybody: Sequence[PracticePerson]) -> list[WireDevice]:
    """Let one more device of everybody in."""
    token, made = SystemRandomness().token, list[WireDevice]()

    def work(rows: AccountRows) -> None:
        for person in everybody:
            device = DeviceId(token(limits.ID_BYTES))
            credential = credentials.credential_text(token(limits.CREDENTIAL_BYTES))
            now = SystemClock().now_ms()
            credentials.admit_device(rows, person.space, device, "phone", credential, now)
            made.append(WireDevice(person.space, device, credential))

    write_accounts(server.data, work)
    return made


async def _welcome(server: Server, device: WireDevice) -> ClientConnection:
    socket = await connect(
        server.url.replace("http", "ws", 1) + "/sync",
        additional_headers=device.headers,
        compression=None,
        proxy=None,
        max_size=None,
        ping_interval=None,
    )
    await socket.send(encode_frame(device.hello(now=SystemClock().now_ms())))
    while True:
        frame = await socket.recv()
        assert isinstance(frame, bytes)
        message = decode_server_frame(frame)
        assert not isinstance(message, messages.Error), message
        if isinstance(message, messages.Welcome):
            return socket
