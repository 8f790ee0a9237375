"""Whole sessions, frame by frame, from fixed seeds: what two implementations say to each other."""

from collections.abc import Callable, Mapping
from random import Random
from typing import Any, Final

from tests.support.memory_client import MemoryClient
from tests.support.memory_server import POISON, SIGNER, MemoryServer
from tests.support.pairs import SessionPair, decoded
from tests.support.vector_frames import message_as_json
from trailmark_shared import chain
from trailmark_shared.ids import SELF, SpaceId

SPACE: Final = SpaceId(bytes.fromhex("00112233445566778899aabbccddeeff"))


def _device(seed: int) -> MemoryClient:
    client = MemoryClient(SPACE, Random(seed))
    client.clock = -250
    return client


def _server() -> MemoryServer:
    return MemoryServer(SPACE, page_rows=2)


def _session(client: MemoryClient, server: MemoryServer) -> SessionPair:
    pair = SessionPair(client, server)
    pair.sync()
    return pair


def _transcript(about: str, pair: SessionPair) -> dict[str, Any]:
    log = pair.server.lane(SELF)
    return {
        "about": about,
        "space": SPACE.hex(),
        "server_public_key": SIGNER.public_key.hex(),
        "steps": [
            {"from": sender, "message": message_as_json(message), "frame": frame.hex()}
            for (sender, message), (_, frame) in zip(decoded(pair), pair.transcript, strict=True)
        ],
        "end": {
            "lane": SELF,
            "head": len(log.rows),
            "head_hash": (log.rows[-1].lane_hash if log.rows else chain.GENESIS).hex(),
            "codes": [row.code for row in log.rows],
        },
    }


def first_sync() -> dict[str, Any]:
    client = _device(1)
    for number in range(3):
        client.write(SELF, b'{"n":%d}' % number)
    return _transcript(
        "A device pushes three events; they come back without body, two rows a page",
        _session(client, _server()),
    )


def catch_up() -> dict[str, Any]:
    server, phone = _server(), _device(1)
    for number in range(3):
        phone.write(SELF, b'{"n":%d}' % number)
    _session(phone, server)
    return _transcript(
        "A second device reads three events, bodies included, and acknowledges each page",
        _session(_device(2), server),
    )


def fork() -> dict[str, Any]:
    server, phone = _server(), _device(1)
    phone.write(SELF, b'{"n":1}')
    _session(phone, server)
    twin = phone.clone(Random(2))
    twin.clock = -250
    phone.write(SELF, b'{"phone":2}')
    twin.write(SELF, b'{"twin":2}')
    waiting = SessionPair(twin, server)
    waiting.connect()
    waiting.step_server()
    waiting.step_client()
    _session(phone, server)
    waiting.run()
    return _transcript(
        "A copied data folder: the twin's push is a fork, it writes again under a new epoch",
        waiting,
    )


def gap() -> dict[str, Any]:
    client = _device(1)
    for number in range(3):
        client.write(SELF, b'{"n":%d}' % number)
    client.lane(SELF).outbox.pop(0)
    return _transcript(
        "An event before the batch is gone for ever: gap, then a new epoch from dseq 1",
        _session(client, _server()),
    )


def rewind_and_offer() -> dict[str, Any]:
    server, phone = _server(), _device(1)
    for number in range(2):
        phone.write(SELF, b'{"n":%d}' % number)
    _session(phone, server)
    backup = server.backup()
    phone.write(SELF, b'{"n":2}')
    _session(phone, server)
    server.restore(backup)
    phone.write(SELF, b'{"n":3}')
    return _transcript(
        "The server came back from an old backup: rewind, read again, offer, then push",
        _session(phone, server),
    )


def refusal() -> dict[str, Any]:
    client = _device(1)
    client.write(SELF, b"{}")
    client.write(SELF, POISON)
    client.write(SELF, b"{}")
    return _transcript(
        "The second of three events is refused: a stub with its own seq, the third flows on",
        _session(client, _server()),
    )


TRANSCRIPTS: Final[Mapping[str, Callable[[], dict[str, Any]]]] = {
    "first_sync": first_sync,
    "catch_up": catch_up,
    "fork": fork,
    "gap": gap,
    "rewind_and_offer": rewind_and_offer,
    "refusal": refusal,
}
"""Every transcript by its name."""
