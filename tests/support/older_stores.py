"""A folder as a release left it whose devices signed nothing, made of a present one."""

from __future__ import annotations

import sqlite3
from hashlib import sha256
from pathlib import Path

import msgspec

from trailmark_client.app import DATABASE_NAME
from trailmark_client.identity import FILE_NAME, IdentityFile
from trailmark_shared.ids import KeyId

SCHEMA = 5
"""The last one before devices signed."""

_SINCE = ("sign_seed", "private_key", "sponsors", "own_before", "credential_before")
_LATER = ("statement", "archived_lane")


def make_older(home: Path) -> None:
    """Let a closed folder be one of that time."""
    identity = IdentityFile(home / FILE_NAME).current
    told = msgspec.to_builtins(identity)
    kept = {name: value for name, value in told.items() if name not in _SINCE}
    key: KeyId = identity.vault_keys[0].id
    data = msgspec.json.encode({**kept, "first_key": key, "trusted_key": key, "brought_keys": []})
    file = {"format": 1, "checksum": sha256(data).hexdigest(), "identity": msgspec.Raw(data)}
    (home / FILE_NAME).write_bytes(msgspec.json.encode(file) + b"\n")
    conn = sqlite3.connect(home / DATABASE_NAME)
    for table in _LATER:
        conn.execute(f"DROP TABLE {table}")
    conn.execute(f"PRAGMA user_version={SCHEMA:d}")
    conn.commit()
    conn.close()
