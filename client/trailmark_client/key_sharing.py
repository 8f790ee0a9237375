"""What a device that joined a space tells the others: that it is there, and its own vault keys.

A device that was used alone sealed its entries under keys of its own. These are wrapped under the
key that all devices of the space hold, so that everybody can read what it brought along. The
identity file names these keys for good, and opening the app writes whatever wrap the store lacks.
"""

from __future__ import annotations

import msgspec

from trailmark_adapters.randomness import Randomness
from trailmark_adapters.sqlite import Connection, SqliteFile
from trailmark_client.identity import HomeServer, Identity, VaultKey
from trailmark_client.recorder import Recorder
from trailmark_client.storage.cursors import has_foreign_outbox
from trailmark_client.storage.epochs import start_epoch
from trailmark_client.storage.read_models import body_from_bytes, refold_all
from trailmark_client.storage.vault import Vault
from trailmark_shared.events.control import DeviceAdded, VaultKeyWrapped, Wrap
from trailmark_shared.ids import SELF, KeyId, SubjectId, text_from_id
from trailmark_shared.sealing import NONCE_BYTES, wrap_key


class Bundle(msgspec.Struct, frozen=True, kw_only=True):
    """What one device hands to another, sealed; the server only relays it.

    Attributes:
        space: The space.
        server_url: Address of the home server.
        signing_key: Public half of its signing key: pinned from device to device.
        vault_keys: All vault keys, the newest last.
        private_copy: Whether a sealed copy of private entries goes to the server.
    """

    space: bytes
    server_url: str
    signing_key: bytes
    vault_keys: tuple[VaultKey, ...]
    private_copy: bool

    @property
    def home_server(self) -> HomeServer:
        """The home server as the other device knows it."""
        return HomeServer(url=self.server_url, id=b"", name="", signing_key=self.signing_key)


def announce(conn: Connection, recorder: Recorder, vault: Vault, randomness: Randomness) -> None:
    """Write ``device_added`` and wrap the keys that this device brought along and did not tell yet.

    Args:
        conn: The store, inside a write transaction.
        recorder: Who writes events.
        vault: Cipher and identity.
        randomness: Nonces, and an epoch where events of another space still wait.
    """
    if has_foreign_outbox(conn, vault.identity_file.current):
        start_epoch(conn, vault.identity_file, randomness)
    identity = vault.identity_file.current
    subject = SubjectId(identity.device)
    added = DeviceAdded(device=text_from_id(identity.device), name=identity.device_name)
    recorder.record(conn, SELF, subject, added)
    for key_id in _untold(conn, identity):
        wrapped = _wrapped(vault, identity, key_id, randomness.token(NONCE_BYTES))
        recorder.record(conn, SELF, subject, wrapped)
    refold_all(conn)


def _wrapped(vault: Vault, identity: Identity, key_id: KeyId, nonce: bytes) -> VaultKeyWrapped:
    key = identity.vault_key(key_id)
    # Once told, a key that was brought along may be the newest itself; others hold the space's.
    newest = [each for each in identity.vault_keys if each.id not in identity.brought_keys][-1]
    assert key is not None, "keys that were brought along are held"
    sealed = wrap_key(vault.cipher, newest.id, newest.key, nonce, key_id, key)
    wrap = Wrap(under=newest.id.hex(), sealed=sealed)
    return VaultKeyWrapped(key=key_id.hex(), wraps=(wrap,))


def finish_joining(
    file: SqliteFile, recorder: Recorder, vault: Vault, randomness: Randomness
) -> None:
    """Tell the others what is still to be told; to tell it twice harms nobody.

    Args:
        file: The store.
        recorder: Who writes events.
        vault: Cipher and identity.
        randomness: Nonces.
    """
    identity = vault.identity_file.current
    if identity.brought_keys and file.read(lambda conn: _untold(conn, identity)):
        file.write(lambda conn: announce(conn, recorder, vault, randomness))


def _untold(conn: Connection, identity: Identity) -> list[KeyId]:
    """Return the keys brought along whose wraps are not in this store, unsent or in the log.

    Asked of the store and not of a note in the identity file: a store that is put back from before
    the join has lost the wraps, and only this device can write them again.
    """
    told: set[str] = set()
    for (plain,) in conn.execute(
        "SELECT body FROM event WHERE lane = ? AND subject = ? AND type = 'vault_key_wrapped'",
        (SELF, identity.device),
    ):
        body = body_from_bytes(plain)
        if body is not None and isinstance(body.data, VaultKeyWrapped):
            told.add(body.data.key)
    return [key_id for key_id in identity.brought_keys if key_id.hex() not in told]
