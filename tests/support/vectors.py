"""Test vectors: how each file of tests/golden is computed from fixed inputs.

The files are facts that other implementations keep too. They are written by explicit request only
(``python -m tests.support.vectors``); a test compares them with what the code computes today.
"""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

import msgspec

from tests.support.exports import a_lane, lines_of
from tests.support.transcripts import TRANSCRIPTS
from tests.support.vector_choices import device_choices_file
from tests.support.vector_devices import device_graph_file, joining_file, recovery_file
from tests.support.vector_frames import frames_file
from tests.support.vector_inputs import (
    DEVICE,
    EPOCH,
    FRESH_KEY,
    KEY_ID,
    NONCE,
    OTHER_ID,
    OTHER_KEY,
    PRIVATE_KEY,
    SEED,
    SPACE,
    VAULT_KEY,
    File,
)
from tests.support.vector_signatures import signatures_file
from trailmark_adapters.nacl import NaclCipher, NaclSigner
from trailmark_shared import chain, codes, ids, sealing
from trailmark_shared.ids import EventId, KeyId, Lane
from trailmark_shared.phrases import head_words

GOLDEN: Final = Path(__file__).parents[1] / "golden"


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
    secret = bytes([0x0B]) * 22
    return {
        "about": "Padding, sealed bodies, derived keys, boxes, wrapped vault keys",
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
                "label": b"trailmark-box/1".hex(),
                "length": 32,
                "key": sealing.derive_key(VAULT_KEY, b"trailmark-box/1").hex(),
            },
        ],
        **_boxes(cipher),
    }


def _boxes(cipher: NaclCipher) -> File:
    public_key = cipher.box_public_key(PRIVATE_KEY)
    wrapped = sealing.wrap_key(cipher, public_key, FRESH_KEY, SPACE, OTHER_ID, OTHER_KEY)
    return {
        "box": {
            "source": "libsodium, crypto_box_seal",
            "private_key": PRIVATE_KEY.hex(),
            "public_key": public_key.hex(),
            "fresh_key": FRESH_KEY.hex(),
            "plain": b"trailmark".hex(),
            "box": cipher.seal_box(public_key, FRESH_KEY, b"trailmark").hex(),
        },
        "key_id": {"key": OTHER_KEY.hex(), "id": sealing.vault_key_id(OTHER_KEY).hex()},
        "wrap_key": {
            "private_key": PRIVATE_KEY.hex(),
            "public_key": public_key.hex(),
            "fresh_key": FRESH_KEY.hex(),
            "space": SPACE.hex(),
            "key_id": OTHER_ID.hex(),
            "key": OTHER_KEY.hex(),
            "plain": (b"trailmark-wrap/1" + SPACE + OTHER_ID + OTHER_KEY).hex(),
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
        "about": "Codes that people type: base 32 in groups of four, with check characters",
        "codes": [
            {
                "lookup": lookup.hex(),
                "secret": secret.hex(),
                "text": codes.text_from_device_code(codes.DeviceCode(lookup, secret)),
            }
            for lookup, secret in cases
        ],
        "recovery_codes": [
            {"secret": secret.hex(), "text": codes.text_from_recovery_code(secret)}
            for _, secret in cases
        ],
    }


FILES: Final[Mapping[str, Callable[[], File]]] = {
    "ids.json": ids_file,
    "header_and_hashes.json": header_and_hashes_file,
    "signing_keys.json": signing_keys_file,
    "lane_export.json": lane_export_file,
    "signatures.json": signatures_file,
    "sealing.json": sealing_file,
    "codes.json": codes_file,
    "joining.json": joining_file,
    "recovery.json": recovery_file,
    "device_choices.json": device_choices_file,
    "device_graph.json": device_graph_file,
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
