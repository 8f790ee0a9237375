"""The least that the promises ask of a store: checked, sealed, found again, folded, durable.

The bare limits keep a row and nothing else. Whoever acknowledges an event here has also taken the
hashes of its chain, sealed what it says, can find it by id, place and subject, and keeps what is
shown of it. This does just that: no protocol, no rights, no sessions, no corrections, no erasure.
What stands between it and us is ours to save; what stands between it and the bare limit is not.
"""

from __future__ import annotations

import hashlib
import sqlite3
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import msgspec

from bench.limits.sqlite import opened
from bench.workload import event_json
from trailmark_adapters.nacl import NaclCipher
from trailmark_adapters.sqlite import SqlValue

_TABLES: Final = (
    (
        "CREATE TABLE event (pos INTEGER PRIMARY KEY, lane TEXT NOT NULL, seq INTEGER NOT NULL,"
        " id BLOB NOT NULL, header BLOB NOT NULL, commitment BLOB NOT NULL, prev BLOB NOT NULL,"
        " hash BLOB NOT NULL, lane_hash BLOB NOT NULL, salt BLOB NOT NULL, body BLOB NOT NULL,"
        " subject BLOB NOT NULL) STRICT"
    ),
    "CREATE UNIQUE INDEX event_id ON event (id)",
    "CREATE UNIQUE INDEX event_place ON event (lane, seq)",
    "CREATE INDEX event_subject ON event (lane, subject)",
    (
        "CREATE TABLE document (lane TEXT NOT NULL, subject BLOB NOT NULL, kind TEXT NOT NULL,"
        " parent BLOB NOT NULL, json BLOB NOT NULL, PRIMARY KEY (subject, lane)) STRICT"
    ),
    "CREATE INDEX document_parent ON document (parent)",
)
_EVENT: Final = "INSERT INTO event VALUES (NULL, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
_DOCUMENT: Final = "INSERT INTO document VALUES (?, ?, ?, ?, ?)"
_LANE: Final = "care/0123456789abcdefghjkmnpqrs"
_HEADER: Final = bytes(92)
"""As long as what an event's hash covers beside its words: space, lane, device, number, id."""
_KEY: Final = bytes(32)
_NONCE: Final = bytes(24)


class _Said(msgspec.Struct, gc=False):
    event_id: str
    type: str
    goal_id: str
    at: str
    frequency: int
    intensity: int
    note: str


class _Shown(msgspec.Struct, gc=False):
    """A document about as long as that of a check-in."""

    said: _Said
    first: str
    last: str
    by: str
    history: tuple[str, ...]


_decode: Final = msgspec.json.Decoder(_Said).decode
_encode: Final = msgspec.json.Encoder().encode


class PromisedStore:
    """A file that keeps events as the promises ask."""

    def __init__(self, path: Path, *, seals: bool) -> None:
        """Open the file.

        Args:
            path: Where it is.
            seals: Words and what is shown of them are sealed, as at a server.
        """
        self._conn: sqlite3.Connection = opened(path)
        for statement in _TABLES:
            self._conn.execute(statement)
        self._seals = seals
        self._seal = NaclCipher().seal
        self._prev = self._lane_hash = bytes(32)
        self._seq = 0

    def keep(self, bodies: Sequence[bytes]) -> None:
        """Keep events, each the JSON of ``workload.event``, in one transaction."""
        rows, documents = list[tuple[SqlValue, ...]](), list[tuple[SqlValue, ...]]()
        for body in bodies:
            said = _decode(body)
            event_id = bytes.fromhex(said.event_id)
            subject, salt = hashlib.blake2b(event_id, digest_size=16).digest(), event_id[:16]
            commitment = hashlib.sha256(salt + body).digest()
            hash_ = hashlib.sha256(self._prev + _HEADER + commitment).digest()
            lane_hash = hashlib.sha256(self._lane_hash + hash_).digest()
            shown = _encode(_Shown(said, said.at, said.at, said.goal_id, (said.event_id,) * 8))
            stored = body
            if self._seals:
                stored = self._seal(_KEY, _NONCE, body, event_id)
                shown = self._seal(_KEY, _NONCE, shown, subject)
            self._seq += 1
            rows.append(
                (
                    *(_LANE, self._seq, event_id, _HEADER, commitment, self._prev),
                    *(hash_, lane_hash, salt, stored, subject),
                )
            )
            documents.append((_LANE, subject, "check_in", said.goal_id.encode(), shown))
            self._prev, self._lane_hash = hash_, lane_hash
        self._conn.execute("BEGIN IMMEDIATE")
        self._conn.executemany(_EVENT, rows)
        self._conn.executemany(_DOCUMENT, documents)
        self._conn.execute("COMMIT")

    def close(self) -> None:
        """Close the file."""
        self._conn.close()


def one_by_one(path: Path, count: int) -> float:
    """Return how many events a second are kept when each has a transaction of its own."""
    store, bodies = PromisedStore(path, seals=True), [event_json(each) for each in range(count)]
    began = time.perf_counter()
    for body in bodies:
        store.keep([body])
    took = time.perf_counter() - began
    store.close()
    return count / took
