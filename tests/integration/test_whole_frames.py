"""What a broken or hostile peer may send to a real server: each gets its name, others go on."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress

import httpx
import msgspec
import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect as open_socket

from tests.support.processes import ServerProcess
from tests.support.server import WireDevice
from tests.support.whole import World, events_of, written
from trailmark_shared import chain, limits
from trailmark_shared.errors import ErrorCode
from trailmark_shared.ids import SELF, Epoch
from trailmark_shared.protocol import messages, pages
from trailmark_shared.protocol.frames import (
    decode_server_frame,
    encode_frame,
    join_frames,
    split_frames,
)

PATIENCE_S = 20
SEALED = bytes(320)
Said = list[messages.ServerMessage]
Carrier = Callable[[ServerProcess, WireDevice, Sequence[bytes]], Said]


def over_socket(server: ServerProcess, device: WireDevice, frames: Sequence[bytes]) -> Said:
    """Say all of it over a socket; return everything that was answered until it closed."""
    said: Said = []
    with open_socket(
        server.url.replace("http", "ws", 1) + "/sync",
        additional_headers=device.headers,
        compression=None,
        proxy=None,
        max_size=None,
    ) as socket:
        with suppress(ConnectionClosed):
            for frame in frames:
                socket.send(frame)
        with suppress(ConnectionClosed):
            while True:
                frame = socket.recv(timeout=PATIENCE_S)
                assert isinstance(frame, bytes)
                said.append(decode_server_frame(frame))
    return said


def over_post(server: ServerProcess, device: WireDevice, frames: Sequence[bytes]) -> Said:
    """Say all of it in one request."""
    answer = httpx.post(
        f"{server.url}/sync",
        content=join_frames(frames),
        headers=device.headers,
        trust_env=False,
        timeout=PATIENCE_S,
    )
    assert 200 == answer.status_code
    return [decode_server_frame(frame) for frame in split_frames(answer.content)]


CARRIERS = [pytest.param(over_socket, id="socket"), pytest.param(over_post, id="post")]


@pytest.fixture
def peer(world: World) -> WireDevice:
    """The phone's credential in the hands of a program that writes a numbering of its own."""
    identity = world.phone.identity_file.current
    assert identity.credential is not None
    made = WireDevice(identity.space, identity.device, identity.credential)
    made.epoch = Epoch(b"a peer's")
    return made


def essence(said: Said) -> list[object]:
    """Return what was answered, without times and without pages."""
    kinds: list[object] = []
    for each in said:
        match each:
            case messages.Error() | messages.Offered():
                kinds.append((type(each), each.code))
            case messages.Pushed():
                kinds.append((type(each), each.upto, [one.code for one in each.refused]))
            case messages.Gap():
                kinds.append((type(each), each.wanted))
            case messages.Fork():
                kinds.append((type(each), each.dseq))
            case messages.Welcome() | messages.Events() | messages.Bye():
                continue
            case _:
                kinds.append(type(each))
    return kinds


def spoken(device: WireDevice, *said: messages.ClientMessage | bytes) -> list[bytes]:
    """Return a session: hello, what is said, goodbye."""
    frames = [each if isinstance(each, bytes) else encode_frame(each) for each in said]
    return [encode_frame(device.hello()), *frames, encode_frame(messages.Bye())]


def push(peer: WireDevice, *numbers: int) -> messages.Push:
    """Return a batch of the peer's events by their numbers, recorded as far as needed."""
    while len(peer.outbox.get(SELF, ())) < max(numbers):
        peer.record(SEALED)
    return pages.push_from_events([peer.outbox[SELF][number - 1] for number in numbers])


def forged_offer(peer: WireDevice) -> messages.Offer:
    """Return rows that no server ever signed."""
    event = peer.record(SEALED)
    assert event.salt is not None
    run = messages.Run(
        device=event.device,
        epoch=event.epoch,
        first=event.dseq,
        prev=event.prev,
        received_at=1,
        offset=0,
        actor="person",
        code=None,
        events=[(event.id, event.key, event.salt, event.body)],
    )
    hash_ = chain.lane_hash(chain.GENESIS, event.hash, 1, 1, 0, "person", None)
    head = messages.SignedHead(seq=1, hash=hash_, time=1, signature=bytes(64))
    return messages.Offer(
        lane=SELF, after=0, after_hash=chain.GENESIS, runs=[run], signed_head=head
    )


@pytest.mark.parametrize("say", CARRIERS)
def test_each_kind_of_nonsense_has_its_name(world: World, peer: WireDevice, say: Carrier) -> None:
    first, second = push(peer, 1), push(peer, 2)
    assert [(messages.Pushed, 1, [])] == essence(say(world.server, peer, spoken(peer, first)))
    twin = WireDevice(peer.space, peer.device, peer.credential)
    twin.epoch = peer.epoch
    malformed: list[object] = [(messages.Error, ErrorCode.MALFORMED_FRAME)]
    broken: list[object] = [(messages.Error, ErrorCode.BROKEN_PAGE)]
    cases: list[tuple[str, messages.ClientMessage | bytes, list[object]]] = [
        ("no message", b"\xc1", malformed),
        ("deep", b"\x91" * 100_000 + b"\xc0", malformed),
        ("wrong hash", msgspec.structs.replace(second, last=bytes(32)), broken),
        ("again", first, [(messages.Pushed, 1, [])]),
        ("gap", push(peer, 4), [(messages.Gap, 2)]),
        ("fork", push(twin, 1), [(messages.Fork, 1)]),
        ("forged", forged_offer(twin), [(messages.Offered, ErrorCode.FORGED_OFFER)]),
        ("hello twice", peer.hello(), [(messages.Error, ErrorCode.UNEXPECTED_MESSAGE)]),
    ]
    for name, frame, answer in cases:
        assert (name, answer) == (name, essence(say(world.server, peer, spoken(peer, frame))))

    # Nobody else noticed any of it, and the log is what it would be without.
    saved = events_of(world.phone.run("win", "all the while"))
    world.settle()
    assert saved <= written(world.laptop.database)
    world.check()


def test_a_socket_and_a_post_answer_alike(world: World, peer: WireDevice) -> None:
    over = {}
    for number, say in enumerate((over_socket, over_post)):
        peer.outbox.clear()
        peer.epoch = Epoch(bytes([number + 1]) * limits.EPOCH_BYTES)
        frames = spoken(peer, push(peer, 1, 2, 3), push(peer, 2, 3), push(peer, 9))
        over[say] = essence(say(world.server, peer, frames))

    assert over[over_socket] == over[over_post]
    assert [(messages.Pushed, 3, [])] * 2 + [(messages.Gap, 4)] == over[over_post]


def test_an_oversized_frame_ends_only_its_own_session(world: World, peer: WireDevice) -> None:
    said = over_socket(world.server, peer, spoken(peer, bytes(limits.FRAME_BYTES_MAX + 1)))

    assert [] == essence(said)
    refused = httpx.post(
        f"{world.server.url}/sync",
        content=join_frames([bytes(limits.FRAME_BYTES_MAX + 1)]),
        headers=peer.headers,
        trust_env=False,
    )
    assert (413, ErrorCode.TOO_LARGE) == (refused.status_code, refused.json()["code"])
    world.settle()
    world.check()
