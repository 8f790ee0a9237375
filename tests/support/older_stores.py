"""What a release left whose devices signed nothing, made of what a present one has."""

from __future__ import annotations

import base64
import sqlite3
from hashlib import sha256
from pathlib import Path

import msgspec

from trailmark_client.app import DATABASE_NAME, App
from trailmark_client.identity import FILE_NAME, IdentityFile
from trailmark_shared.codes import recovery_code_from_text
from trailmark_shared.ids import KeyId
from trailmark_shared.recovery import recovery_secrets, seal_recovery_bundle
from trailmark_shared.sealing import NONCE_BYTES

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


def older_bundle(app: App, code: str) -> str:
    """Return what a device of that time left with the server, for its recovery code.

    Args:
        app: A connected device.
        code: The code, as it was shown.
    """
    identity, secrets = app.identity, recovery_secrets(recovery_code_from_text(code))
    assert identity.server is not None
    key = identity.vault_keys[0].id
    told = {
        "space": identity.space,
        "server_url": identity.server.url,
        "signing_key": identity.server.signing_key,
        "vault_keys": identity.vault_keys,
        "first_key": key,
        "trusted_key": key,
        "private_copy": True,
    }
    nonce, plain = bytes(NONCE_BYTES), msgspec.json.encode(told)
    sealed = seal_recovery_bundle(app.vault.cipher, secrets, nonce, plain)
    return base64.b64encode(sealed).decode()
