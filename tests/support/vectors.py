"""Test vectors: how each file of tests/golden is computed from fixed inputs.

The files are facts that other implementations keep too. They are written by explicit request only
(``python -m tests.support.vectors``); a test compares them with what the code computes today.
"""

from base64 import b64encode
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final

import msgspec

from tests.support.exports import a_lane, lines_of
from tests.support.transcripts import TRANSCRIPTS
from tests.support.vector_frames import frames_file
from trailmark_adapters.nacl import NaclCipher, NaclSigner
from trailmark_client.device_joining import BUNDLE_LABEL
from trailmark_client.identity import VaultKey
from trailmark_client.key_sharing import Bundle
from trailmark_shared import chain, codes, ids, sealing
from trailmark_shared.events.body import Body
from trailmark_shared.events.codec import control_mac_input, encode_body
from trailmark_shared.events.control import DeviceAdded
from trailmark_shared.ids import DeviceId, Epoch, EventId, KeyId, Lane, SpaceId
from trailmark_shared.phrases import comparison_phrase, head_words

GOLDEN: Final = Path(__file__).parents[1] / "golden"
SEED: Final = bytes(range(32))

SPACE: Final = SpaceId(bytes.fromhex("00112233445566778899aabbccddeeff"))
DEVICE: Final = DeviceId(bytes.fromhex("d0d1d2d3d4d5d6d7d8d9dadbdcdddedf"))
EPOCH: Final = Epoch(bytes.fromhex("e0e1e2e3e4e5e6e7"))
KEY_ID: Final = KeyId(bytes.fromhex("1112131415161718"))
VAULT_KEY: Final = bytes(range(64, 96))
NONCE: Final = bytes(range(24))

File = dict[str, Any]


def ids_file() -> File:
    values = [bytes(16), bytes(15) + b"\x01", SPACE, bytes.fromhex("ff" * 16), bytes(range(16))]
    lanes = [ids.SELF, ids.care_lane(SPACE), ids.circle_lane(bytes(16))]
    return {
        "about": "16 bytes and their text: Crockford base 32, lower case, 26 characters",
        "ids": [{"bytes": value.hex(), "text": ids.text_from_id(value)} for value in values],
        "read_as_the_same": [
            {"typed": "0OIL" + "0" * 22, "text": "0011" + "0" * 22},
        ],
        "refused": ["", "0" * 25, "0" * 27, "8" + "0" * 25, "u" + "0" * 25, "-" * 26],
        "lanes": list(lanes),
        "not_lanes": ["", "Self", "care/", "care/8" + "0" * 25, "care/u" + "0" * 25, "self\n"],
    }


def header_and_hashes_file() -> File:
    """Return two events of one chain and their rows, with every intermediate value."""
    signer = NaclSigner(SEED)
    lane = ids.care_lane(SPACE)
    first = _event_case(1, lane, ids.PLAIN, chain.GENESIS, b'{"type":"win_noted"}')
    second = _event_case(2, lane, KEY_ID, bytes.fromhex(first["hash"]), b"")
    row = _row_case(first, 1, chain.GENESIS, None)
    stub = _row_case(second, 2, bytes.fromhex(row["lane_hash"]), "malformed_body")
    seq, hash_, time = 2, bytes.fromhex(stub["lane_hash"]), 1_800_000_000_001
    head = chain.head_bytes(SPACE, lane, seq, hash_, time)
    return {
        "about": "Header bytes, commitment, event hash, lane hash and a signed head, step by step",
        "events": [first, second],
        "rows": [row, stub],
        "head": {
            "signing_seed": SEED.hex(),
            "public_key": signer.public_key.hex(),
            "space": SPACE.hex(),
            "lane": lane,
            "seq": seq,
            "lane_hash": hash_.hex(),
            "time": time,
            "bytes": head.hex(),
            "signature": signer.sign(head).hex(),
        },
    }


def _event_case(dseq: int, lane: Lane, key: KeyId, prev: bytes, body: bytes) -> File:
    event_id, salt = EventId(bytes([dseq]) * 16), bytes([0xA0 + dseq]) * 16
    commit = chain.commitment(salt, body)
    header = chain.header_bytes(event_id, SPACE, lane, DEVICE, EPOCH, dseq, key)
    return {
        "id": event_id.hex(),
        "space": SPACE.hex(),
        "lane": lane,
        "device": DEVICE.hex(),
        "epoch": EPOCH.hex(),
        "dseq": dseq,
        "key": key.hex(),
        "salt": salt.hex(),
        "body": body.hex(),
        "prev": prev.hex(),
        "header": header.hex(),
        "commit": commit.hex(),
        "hash": chain.event_hash(prev, header, commit).hex(),
    }


def _row_case(event: File, seq: int, previous: bytes, code: str | None) -> File:
    received_at, offset, actor = 1_800_000_000_000, -3_600_000, "person"
    hash_ = bytes.fromhex(event["hash"])
    computed = chain.lane_hash(previous, hash_, seq, received_at, offset, actor, code)
    return {
        "previous": previous.hex(),
        "hash": hash_.hex(),
        "seq": seq,
        "received_at": received_at,
        "offset": offset,
        "actor": actor,
        "code": code,
        "fields": msgspec.msgpack.encode((seq, received_at, offset, actor, code)).hex(),
        "lane_hash": computed.hex(),
    }


def signing_keys_file() -> File:
    """Return three keys that follow each other."""
    seeds = [SEED, bytes(range(32, 64)), bytes(range(64, 96))]
    times = [1_800_000_000_000, 1_900_000_000_000]
    signers = [NaclSigner(seed) for seed in seeds]
    steps: list[File] = []
    for old, new, time in zip(signers, signers[1:], times, strict=False):
        statement = chain.succession_bytes(old.public_key, new.public_key, time)
        steps.append(
            {
                "old": old.public_key.hex(),
                "new": new.public_key.hex(),
                "time": time,
                "bytes": statement.hex(),
                "signature": old.sign(statement).hex(),
            }
        )
    return {
        "about": "A succession of signing keys: each statement is signed by the old key",
        "seeds": [seed.hex() for seed in seeds],
        "steps": steps,
    }


def lane_export_file() -> File:
    """Return a whole export, line by line, and the words of each of its entries."""
    rows = a_lane()
    return {
        "about": "trailmark-lane-export/1: the lines of a file, and the words as of each entry",
        "lines": [line.decode() for line in lines_of(rows)],
        "words": [
            {
                "seq": row.seq,
                "lane_hash": row.lane_hash.hex(),
                "words": head_words(row.lane_hash, row.seq),
            }
            for row in rows
        ],
    }


def sealing_file() -> File:
    cipher, event_id = NaclCipher(), EventId(bytes([1]) * 16)
    body = b'{"type":"reflection_written"}'
    sealed = sealing.seal_body(cipher, KEY_ID, VAULT_KEY, NONCE, event_id, body)
    other_id, other_key = KeyId(bytes.fromhex("2122232425262728")), bytes(range(96, 128))
    wrapped = sealing.wrap_key(cipher, KEY_ID, VAULT_KEY, NONCE, other_id, other_key)
    mac_input = b"trailmark-control/1" + SPACE + event_id + b'{"data":{}}'
    secret = bytes([0x0B]) * 22
    return {
        "about": "Padding, sealed bodies, derived keys, control MACs and wrapped vault keys",
        "pad": [
            {"body": text.hex(), "padded": sealing.pad(text).hex()}
            for text in (b"", b"\x80", bytes(255), bytes(256))
        ],
        "seal": {
            "key_id": KEY_ID.hex(),
            "key": VAULT_KEY.hex(),
            "nonce": NONCE.hex(),
            "event_id": event_id.hex(),
            "associated": (event_id + KEY_ID).hex(),
            "body": body.hex(),
            "sealed": sealed.hex(),
        },
        "derive_key": [
            {
                "source": "RFC 5869, test case 3",
                "secret": secret.hex(),
                "label": "",
                "length": 42,
                "key": sealing.derive_key(secret, b"", 42).hex(),
            },
            {
                "secret": VAULT_KEY.hex(),
                "label": b"trailmark-control/1".hex(),
                "length": 32,
                "key": sealing.derive_key(VAULT_KEY, b"trailmark-control/1").hex(),
            },
        ],
        "control_tag": {
            "vault_key": VAULT_KEY.hex(),
            "mac_input": mac_input.hex(),
            "tag": sealing.control_tag(VAULT_KEY, mac_input).hex(),
        },
        "wrap_key": {
            "under_id": KEY_ID.hex(),
            "under": VAULT_KEY.hex(),
            "nonce": NONCE.hex(),
            "key_id": other_id.hex(),
            "key": other_key.hex(),
            "associated": (b"trailmark-wrap/1" + KEY_ID + other_id).hex(),
            "wrapped": wrapped.hex(),
        },
    }


def codes_file() -> File:
    cases = [
        (bytes(8), bytes(16)),
        (bytes(range(8)), bytes(range(8, 24))),
        (b"\xff" * 8, b"\xff" * 16),
    ]
    return {
        "about": "Device codes: 8 bytes lookup, 16 bytes secret, one check character",
        "codes": [
            {
                "lookup": lookup.hex(),
                "secret": secret.hex(),
                "text": codes.text_from_device_code(codes.DeviceCode(lookup, secret)),
            }
            for lookup, secret in cases
        ],
    }


def joining_file() -> File:
    """Return what two devices, and device and server, must compute alike when joining."""
    cipher, code = NaclCipher(), codes.DeviceCode(bytes(range(8)), bytes(range(8, 24)))
    signing_key, member = NaclSigner(SEED).public_key, bytes(range(16, 32))
    bundle = msgspec.json.encode(
        Bundle(
            space=SPACE,
            server_url="https://trailmark.example",
            signing_key=signing_key,
            vault_keys=(VaultKey(id=KEY_ID, key=VAULT_KEY),),
            private_copy=True,
        )
    )
    key = sealing.derive_key(code.secret, BUNDLE_LABEL)
    event_id, body = EventId(bytes([1]) * 16), _control_body()
    mac_input = control_mac_input(event_id, SPACE, body)
    return {
        "about": "Comparison phrase, bundle for a second device, MAC of a whole control body",
        "phrase": {
            "signing_key": signing_key.hex(),
            "space": SPACE.hex(),
            "device": DEVICE.hex(),
            "member": member.hex(),
            "phrase": comparison_phrase(signing_key, SPACE, DEVICE, member),
        },
        "bundle": {
            "lookup": code.lookup.hex(),
            "lookup_hash": sealing.fingerprint(code.lookup).hex(),
            "secret": code.secret.hex(),
            "key": key.hex(),
            "nonce": NONCE.hex(),
            "plain": bundle.decode(),
            "bundle": b64encode(NONCE + cipher.seal(key, NONCE, bundle, code.lookup)).decode(),
        },
        "control": {
            "vault_key": VAULT_KEY.hex(),
            "space": SPACE.hex(),
            "event_id": event_id.hex(),
            "body": body.decode(),
            "mac_input": mac_input.hex(),
            "tag": sealing.control_tag(VAULT_KEY, mac_input).hex(),
        },
    }


def _control_body() -> bytes:
    """Return the body of a ``device_added`` whose name needs care when it is written."""
    return encode_body(
        Body(
            type="device_added",
            ver=1,
            subject=DEVICE,
            occurred_at="2026-09-21T16:13:20+02:00",
            zone="Europe/Berlin",
            day="2026-09-21",
            recorded_at=1_790_000_000_000,
            data=DeviceAdded(device=ids.text_from_id(DEVICE), name='Gerät "🌙"\\/\t\x01\x7f'),
        )
    )


FILES: Final[Mapping[str, Callable[[], File]]] = {
    "ids.json": ids_file,
    "header_and_hashes.json": header_and_hashes_file,
    "signing_keys.json": signing_keys_file,
    "lane_export.json": lane_export_file,
    "sealing.json": sealing_file,
    "codes.json": codes_file,
    "joining.json": joining_file,
    "frames.json": frames_file,
    **{f"transcripts/{name}.json": build for name, build in TRANSCRIPTS.items()},
}
"""Every file of this kind in tests/golden, and what computes it."""


def text_of(build: Callable[[], File]) -> str:
    """Return what a file holds: JSON, keys as built, two blanks a level."""
    return msgspec.json.format(msgspec.json.encode(build()), indent=2).decode() + "\n"


def write_missing() -> list[str]:
    """Write the files that do not exist yet; one that exists is a fact and stays."""
    written: list[str] = []
    for name, build in FILES.items():
        path = GOLDEN / name
        if not path.exists():
            path.parent.mkdir(exist_ok=True)
            path.write_text(text_of(build))
            written.append(name)
    return written


if __name__ == "__main__":
    print("\n".join(write_missing()) or "nothing is missing")  # noqa: T201
