"""Who this device is: the one file that holds its keys, apart from the database.

It is written before the first event, replaced as a whole and fsynced, and read again whenever
another process replaced it. All changes happen inside a write transaction of the database, whose
lock is what orders them between processes.
"""

from __future__ import annotations

from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Final, Literal, NoReturn

import msgspec

from trailmark_adapters.cipher import SEED_BYTES, KeyPair, system_cipher, system_key_pair
from trailmark_adapters.disk import disk_errors
from trailmark_adapters.durable_files import replace_durably
from trailmark_adapters.randomness import Randomness
from trailmark_client.lock import FileSeal
from trailmark_shared import limits
from trailmark_shared.device_graph.statements import Founded, Holder, space_of
from trailmark_shared.errors import ErrorCode, IntegrityError, SealError
from trailmark_shared.ids import DeviceId, Epoch, KeyId, SpaceId
from trailmark_shared.protocol.messages import SigningKey
from trailmark_shared.protocol.signing_keys import first_key
from trailmark_shared.recovery import recovery_keeper
from trailmark_shared.sealing import BOX_KEY_BYTES, VAULT_KEY_BYTES, vault_key_id
from trailmark_shared.words import gettext

FORMAT: Final = 1
"""Version of the file."""

FILE_NAME: Final = "identity"

_SIGNS: Final = "sign_seed"
"""The member that every device has which signs what it says."""


class HomeServer(msgspec.Struct, frozen=True, kw_only=True):
    """The server that this space is at home on.

    Attributes:
        url: Its address, without a path.
        id: Its id, 16 bytes.
        name: What it calls itself.
        signing_key: Public half of the key that signs lane heads, 32 bytes; pinned.
        succession: How it was reached: the key pinned when this device joined and every later one,
            each signed by the one before. Empty while the server never changed its key.
    """

    url: str
    id: bytes
    name: str
    signing_key: bytes
    succession: tuple[SigningKey, ...] = ()

    @property
    def signing_keys(self) -> tuple[SigningKey, ...]:
        """Every key that this device trusted to sign heads, the newest last."""
        return self.succession or (first_key(self.signing_key),)


class VaultKey(msgspec.Struct, frozen=True, kw_only=True):
    """A key that seals bodies of the lane ``self``.

    Attributes:
        id: 8 bytes that its value makes: ``sealing.vault_key_id``.
        key: 32 random bytes.
    """

    id: KeyId
    key: bytes


class BackupCode(msgspec.Struct, frozen=True, kw_only=True):
    """What this device keeps of a recovery code that it saw, so that backups need not ask for it.

    Attributes:
        id: Which code it is, 16 bytes: the id of its holder.
        key: ``RecoverySecrets.backup_key``, 32 bytes.
    """

    id: bytes
    key: bytes


class OpenCode(msgspec.Struct, frozen=True, kw_only=True):
    """A device code that this device made for another one.

    Attributes:
        lookup: Its first half, 8 bytes.
        secret: Its second half, 16 bytes, which the server never sees.
        expires_at: Until when it works, milliseconds UTC.
    """

    lookup: bytes
    secret: bytes
    expires_at: int


class Waiting(msgspec.Struct, frozen=True, kw_only=True):
    """This device was typed another one's code and waits for the person's yes there.

    Attributes:
        lookup: First half of the code.
        secret: Second half.
        space: The person's space, as the server says.
        server: The server, as it says; believed once the bundle says the same.
        phrase: Four words that the person compares on both devices.
        expires_at: Until when the code works, milliseconds UTC.
    """

    lookup: bytes
    secret: bytes
    space: SpaceId
    server: HomeServer
    phrase: str
    expires_at: int


class Secrets(msgspec.Struct, frozen=True, kw_only=True):
    """The private halves of a holder of vault keys: a device, or a recovery code.

    Attributes:
        kind: Which of the two.
        sign_seed: Seed of its Ed25519 key, 32 bytes.
        private_key: Its X25519 key, 32 bytes.
    """

    kind: Literal["device", "code"]
    sign_seed: bytes
    private_key: bytes

    @property
    def signer(self) -> KeyPair:
        """What signs in its name."""
        return system_key_pair(self.sign_seed)

    @property
    def holder(self) -> Holder:
        """Its public halves."""
        box_key = system_cipher().box_public_key(self.private_key)
        return Holder(self.kind, self.signer.public_key, box_key)


class Identity(msgspec.Struct, frozen=True, kw_only=True):
    """What the file says.

    Attributes:
        space: Everything of this person.
        device: This replica: the id of the holder that its two private keys make.
        device_name: What the person calls it.
        epoch: The numbering of its present events.
        sign_seed: Seed of the Ed25519 key with which it signs what it says of devices and keys.
        private_key: X25519 private key, under whose public half others wrap vault keys for it.
        vault_keys: All that it holds; the last one seals new events.
        private_copy: A sealed copy of the lane ``self`` goes to the home server.
        server: The home server, once connected.
        credential: What opens a session there.
        credential_expires_at: When it ends unless renewed, milliseconds UTC.
        credential_before: What opened sessions before it was renewed, until it has opened one.
        sponsors: Who lets it in where no other device does: the recovery code that brought it
            back, or the device whose backup it was made of. Forgotten once it is in.
        own_before: Vault keys that it made under an id that was removed, to be said again.
        open_code: A code that it made to let another device in, and that was not answered yet.
        waiting: Where it waits to be let in itself.
        backup_code: The recovery code that backups made here are sealed for.
    """

    space: SpaceId
    device: DeviceId
    device_name: str
    epoch: Epoch
    sign_seed: bytes
    private_key: bytes
    vault_keys: tuple[VaultKey, ...]
    private_copy: bool = False
    server: HomeServer | None = None
    credential: str | None = None
    credential_expires_at: int | None = None
    credential_before: str | None = None
    sponsors: tuple[Secrets, ...] = ()
    own_before: tuple[KeyId, ...] = ()
    open_code: OpenCode | None = None
    waiting: Waiting | None = None
    backup_code: BackupCode | None = None

    @property
    def secrets(self) -> Secrets:
        """The private halves of this device as a holder."""
        return Secrets(kind="device", sign_seed=self.sign_seed, private_key=self.private_key)

    @property
    def newest_key(self) -> VaultKey:
        """The vault key that seals new events."""
        return self.vault_keys[-1]

    def vault_key(self, key_id: bytes) -> bytes | None:
        """Return a vault key by its id, or ``None`` where this device does not hold it."""
        for each in self.vault_keys:
            if each.id == key_id:
                return each.key
        return None


class OlderIdentity(msgspec.Struct, frozen=True, kw_only=True):
    """What is still of use in the file of a release whose devices signed nothing.

    Attributes:
        space: Everything of this person, as it was called there.
        vault_keys: All that the device holds.
    """

    space: SpaceId
    vault_keys: tuple[VaultKey, ...]


class _Sealed(msgspec.Struct, frozen=True, kw_only=True):
    """The file: the identity's exact bytes beside their checksum."""

    format: int
    checksum: str
    identity: msgspec.Raw


def new_identity(randomness: Randomness, device_name: str) -> Identity:
    """Return the identity of a device that was never used: a space of its own, one vault key.

    The id of the space follows from its keys: nobody else can begin it, and a server can tell who
    holds the vault key.
    """
    key, secrets = new_vault_key(randomness), new_secrets(randomness)
    holder = secrets.holder
    return Identity(
        space=space_of(holder, founded_with(key.key)),
        device=DeviceId(holder.id),
        device_name=device_name,
        epoch=Epoch(randomness.token(limits.EPOCH_BYTES)),
        sign_seed=secrets.sign_seed,
        private_key=secrets.private_key,
        vault_keys=(key,),
    )


def new_secrets(randomness: Randomness) -> Secrets:
    """Return the private keys of a device that nobody knows yet."""
    return Secrets(
        kind="device",
        sign_seed=randomness.token(SEED_BYTES),
        private_key=randomness.token(BOX_KEY_BYTES),
    )


def founded_with(key: bytes) -> Founded:
    """Return what a device says that begins a space with a vault key."""
    return Founded(sha256(recovery_keeper(key)).digest())


def founding_key(identity: Identity, founder: Holder) -> VaultKey | None:
    """Return the vault key with which a space began, if this device holds it.

    Args:
        identity: Of the space.
        founder: Who began it.
    """
    for each in identity.vault_keys:
        if space_of(founder, founded_with(each.key)) == identity.space:
            return each
    return None


def new_vault_key(randomness: Randomness) -> VaultKey:
    """Return a fresh vault key."""
    key = randomness.token(VAULT_KEY_BYTES)
    return VaultKey(id=vault_key_id(key), key=key)


class IdentityFile:
    """The file in the person's folder.

    Attributes:
        path: Where it is.
    """

    def __init__(self, path: Path, seal: FileSeal | None = None) -> None:
        """Remember where it is.

        Args:
            path: The file.
            seal: What seals it where the store has a passphrase.
        """
        self.path = path
        self._seal = seal
        # One value, so that threads of the database never see one half of it.
        self._known: tuple[tuple[int, int, int], Identity] | None = None

    def exists(self) -> bool:
        """Say whether this device has an identity already."""
        return self.path.exists()

    @property
    def current(self) -> Identity:
        """The identity as it stands now, read again when another process replaced the file.

        Raises:
            IntegrityError: ``corrupt_identity``: damaged or missing.
        """
        try:
            stat = self.path.stat()
        except OSError:
            _damaged(gettext("the identity file is missing"))
        seen = (stat.st_mtime_ns, stat.st_ino, stat.st_size)
        known = self._known
        if known is None or known[0] != seen:
            known = (seen, identity_from_bytes(self._opened(self.path.read_bytes())))
            self._known = known
        return known[1]

    @disk_errors()
    def save(self, identity: Identity) -> None:
        """Replace the file; when this returns, it survives a power cut.

        The caller is inside a write transaction of the database (or alone, at first use).

        Raises:
            StorageError: ``disk_full``, ``storage_unavailable``: the file is as it was.
        """
        replace_durably(self.path, self._sealed(bytes_from_identity(identity)))
        self._known = None

    def _sealed(self, data: bytes) -> bytes:
        return data if self._seal is None else self._seal.sealed(data)

    def _opened(self, data: bytes) -> bytes:
        if self._seal is None:
            return data
        try:
            return self._seal.opened(data)
        except SealError:
            _damaged(gettext("the identity file does not open with the key of the lock"))

    def update(self, change: Callable[[Identity], Identity]) -> Identity:
        """Save what ``change`` makes of the current identity, and return it."""
        changed = change(self.current)
        self.save(changed)
        return changed


def bytes_from_identity(identity: Identity) -> bytes:
    """Return the content of the file."""
    encoded = msgspec.json.encode(identity)
    sealed = _Sealed(
        format=FORMAT, checksum=sha256(encoded).hexdigest(), identity=msgspec.Raw(encoded)
    )
    return msgspec.json.encode(sealed) + b"\n"


def identity_from_bytes(data: bytes) -> Identity:
    """Return the identity of a file's content.

    Raises:
        IntegrityError: ``corrupt_identity``: not what was written, or by a release whose devices
            signed nothing.
    """
    raw = _checked(data)
    try:
        identity = msgspec.json.decode(raw, type=Identity)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        if _older(raw) is None:
            _damaged(gettext("the identity file cannot be read"))
        raise IntegrityError(
            ErrorCode.CORRUPT_IDENTITY,
            gettext(
                "an older Trailmark, with other keys, wrote this folder. Nothing was changed. To "
                "go on with all that is in it, let TRAILMARK_HOME name an empty folder, then: "
                "trailmark import FOLDER, with the name of this one"
            ),
        ) from None
    if not identity.vault_keys or identity.secrets.holder.id != identity.device:
        _damaged(gettext("the identity file lacks the keys that it names"))
    return identity


def older_identity_from_bytes(data: bytes) -> OlderIdentity | None:
    """Return what is of use in an older file's content, ``None`` where it is none.

    Raises:
        IntegrityError: ``corrupt_identity``: not what was written.
    """
    return _older(_checked(data))


def _checked(data: bytes) -> msgspec.Raw:
    try:
        sealed = msgspec.json.decode(data, type=_Sealed)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        _damaged(gettext("the identity file cannot be read"))
    if sealed.format != FORMAT:
        _damaged(gettext("the identity file was written by a newer Trailmark; upgrade this one"))
    if sha256(bytes(sealed.identity)).hexdigest() != sealed.checksum:
        _damaged(gettext("the identity file does not match its checksum"))
    return sealed.identity


def _older(raw: msgspec.Raw) -> OlderIdentity | None:
    try:
        told = msgspec.json.decode(raw, type=dict[str, msgspec.Raw])
        return None if _SIGNS in told else msgspec.json.decode(raw, type=OlderIdentity)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return None


def _damaged(what: str) -> NoReturn:
    raise IntegrityError(
        ErrorCode.CORRUPT_IDENTITY,
        gettext(
            "{what}. Nothing was changed. Put it back from a backup of "
            "the Trailmark folder, or join again from another device"
        ).format(what=what),
    ) from None
