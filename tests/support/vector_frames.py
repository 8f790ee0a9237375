"""One example of every message, as bytes and as JSON with binary values in hex."""

import zlib
from typing import cast

import msgspec

from tests.support.key_chains import named_by
from tests.support.memory_server import SIGNER
from trailmark_adapters.nacl import NaclSigner
from trailmark_shared import chain
from trailmark_shared.ids import SELF, Lane, SpaceId, care_lane
from trailmark_shared.protocol import frames, messages
from trailmark_shared.protocol.packing import Packed
from trailmark_shared.protocol.signing_keys import first_key
from trailmark_shared.protocol.wire_types import WireEvent

_ID = bytes(range(16))
_EPOCH = bytes.fromhex("e0e1e2e3e4e5e6e7")
_HASH = bytes(range(32))
_SALT = bytes([0xA1]) * 16
_BODY = b'{"type":"win_noted"}'
_NOW = 1_800_000_000_000
_CARE = care_lane(_ID)


def _head(lane: Lane, seq: int) -> messages.SignedHead:
    message = chain.head_bytes(SpaceId(_ID), lane, seq, _HASH, _NOW)
    return messages.SignedHead(seq=seq, hash=_HASH, time=_NOW, signature=SIGNER.sign(message))


def _run(events: list[WireEvent], code: str | None = None) -> messages.Run:
    return messages.Run(
        device=_ID,
        epoch=_EPOCH,
        first=1,
        prev=chain.GENESIS,
        received_at=_NOW,
        offset=-250,
        actor="person",
        code=code,
        events=events,
    )


def _runs() -> list[messages.Run]:
    return [
        _run([(_ID, None, _SALT, _BODY), (_ID, b"vaultkey", _SALT, b"sealed")]),
        _run([(_ID, None, None, None)]),
        _run([(_ID, None, None, _HASH)], "malformed_body"),
    ]


CLIENT: tuple[messages.ClientMessage, ...] = (
    messages.Hello(
        protocol=(1, 1),
        app="trailmark",
        device=_ID,
        epoch=_EPOCH,
        now=_NOW,
        lanes=[messages.LaneHello(lane=SELF, cursor=2, cursor_hash=_HASH, back=[(1, _HASH)])],
        revoked=[_ID],
    ),
    messages.Revoked(grants=[_ID]),
    messages.Push(
        lane=_CARE,
        epoch=_EPOCH,
        first=1,
        prev=chain.GENESIS,
        last=_HASH,
        events=[(_ID, None, _SALT, _BODY)],
    ),
    messages.Ack(lane=SELF, upto=4, hash=_HASH),
    messages.Offer(
        lane=SELF, after=0, after_hash=chain.GENESIS, runs=_runs()[:1], signed_head=_head(SELF, 2)
    ),
    messages.Renew(),
    messages.Ping(now=-1),
    messages.Pong(now=_NOW),
    messages.Bye(),
)

_NEXT = NaclSigner(bytes(range(32, 64)))
KEYS = [first_key(SIGNER.public_key), named_by(SIGNER, _NEXT, _NOW)]

SERVER: tuple[messages.ServerMessage, ...] = (
    messages.Welcome(
        protocol=1,
        now=_NOW,
        limits={"page_events_max": 500},
        credential_expires_at=_NOW + 1,
        lanes=[
            messages.LaneWelcome(
                lane=SELF,
                head=4,
                head_hash=_HASH,
                device_high=0,
                device_hash=chain.GENESIS,
                rewind=messages.Rewind(seq=1, signed_head=_head(SELF, 1)),
            )
        ],
        keys=KEYS,
    ),
    messages.Pushed(
        lane=SELF, epoch=_EPOCH, upto=3, refused=[messages.Refusal(dseq=2, code="malformed_body")]
    ),
    messages.Fork(lane=SELF, epoch=_EPOCH, dseq=3, hash=_HASH),
    messages.Gap(lane=SELF, epoch=_EPOCH, wanted=2),
    messages.Events(lane=SELF, after=0, runs=_runs(), signed_head=_head(SELF, 4)),
    messages.Offered(lane=SELF, upto=4, code=None),
    messages.Revoked(grants=[_ID]),
    messages.Renewed(credential="tmd_example", expires_at=_NOW),
    messages.Ping(now=_NOW),
    messages.Pong(now=_NOW),
    messages.Throttle(ms=1_500),
    messages.GoingAway(spread_ms=30_000),
    messages.Error(code="internal", retry="later", message="something broke"),
    messages.Bye(),
)


def with_hex(value: object) -> object:
    """Return ``value`` as JSON can hold it: binary values in lower-case hex."""
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, dict):
        return {key: with_hex(item) for key, item in cast("dict[str, object]", value).items()}
    if isinstance(value, list | tuple):
        return [with_hex(item) for item in cast("list[object]", value)]
    return value


def message_as_json(message: messages.AnyMessage) -> object:
    """Return the message as JSON can hold it, its tag ``t`` included."""
    return with_hex(msgspec.to_builtins(message, builtin_types=(bytes,)))


def frames_file() -> dict[str, object]:
    """Return an example of every message of either side."""
    return {
        "about": "Every message as a frame (hex of MessagePack) and as JSON (binary in hex)",
        "client": [_case(message) for message in CLIENT],
        "server": [_case(message) for message in SERVER],
        "packed": [_packed_case(message) for message in (CLIENT[2], SERVER[4])],
    }


def _packed_case(message: messages.AnyMessage) -> dict[str, object]:
    # Stored, not deflated: that is the same bytes whoever's zlib writes it.
    frame = frames.encode_frame(message)
    inner = Packed(size=len(frame), data=zlib.compress(frame, 0))
    return {"message": message_as_json(message), "frame": msgspec.msgpack.encode(inner).hex()}


def _case(message: messages.AnyMessage) -> dict[str, object]:
    return {"message": message_as_json(message), "frame": frames.encode_frame(message).hex()}
