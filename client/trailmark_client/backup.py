"""Everything of the person in one sealed file, and back out of it, with no server.

A backup is sealed for the recovery code. What a device keeps of that code seals and opens backups
and nothing else of the code can be computed from it. Whoever restores becomes another device: the
file may be restored twice, or beside the device that made it, and two that write under one
numbering would be taken for each other.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from hashlib import sha256
from pathlib import Path
from typing import IO

import msgspec

from trailmark_adapters.sqlite import Connection
from trailmark_client.app import App
from trailmark_client.bundles import code_secrets
from trailmark_client.identity import BackupCode, HomeServer, Identity, Secrets, VaultKey
from trailmark_client.storage.backing_up import (
    check_hashes,
    fill,
    note_backup,
    refuse_used,
    row_records,
)
from trailmark_client.storage.epochs import write_again
from trailmark_client.storage.read_models import refold_all
from trailmark_client.storage.verification import WORDLESS, verify_news
from trailmark_shared import limits
from trailmark_shared.codes import recovery_code_from_text
from trailmark_shared.errors import DomainError, ErrorCode, IntegrityError, StorageError
from trailmark_shared.exports.backup import (
    SALT_BYTES,
    BackupHeader,
    opened_records,
    read_header,
    sealed_pieces,
)
from trailmark_shared.ids import SpaceId
from trailmark_shared.recovery import HOLDER_LABEL, RecoverySecrets, recovery_secrets
from trailmark_shared.words import gettext


class BackedUp(msgspec.Struct, frozen=True, kw_only=True):
    """What a backup says of its person beside the rows; its first record.

    Attributes:
        space: Everything of this person.
        vault_keys: All that the device held; the last one sealed.
        device: What the device spoke with: it lets in whichever is made of the backup.
        private_copy: A sealed copy of private entries went to the server.
        server: The home server, with the keys that it signed with; ``None`` for none.
    """

    space: SpaceId
    vault_keys: tuple[VaultKey, ...]
    device: Secrets
    private_copy: bool
    server: HomeServer | None


class Restored(msgspec.Struct, frozen=True, kw_only=True):
    """What came back.

    Attributes:
        rows: How many rows.
        made_at: When the backup was made, milliseconds UTC.
        server: Name of the home server, or ``None``.
    """

    rows: int
    made_at: int
    server: str | None


def known_code(app: App) -> BackupCode | None:
    """Return the code that this device can seal for without asking, if that is the present one."""
    kept = app.identity.backup_code
    present = recovery_codes(app)
    return kept if kept is not None and (not present or kept.id in present) else None


def recovery_codes(app: App) -> frozenset[bytes]:
    """Return which recovery codes the person's devices hand keys to; usually one, or none."""
    members = app.read(app.key_sharing.known).view.members
    return frozenset(each.id for each in members.values() if each.kind == "code")


def keep_backup_code(app: App, text: str) -> BackupCode:
    """Seal backups for a recovery code from now on.

    Args:
        app: This device.
        text: The code: the present one, or a fresh one where there is none.

    Returns:
        What is kept of it.

    Raises:
        RefusedError: ``wrong_code``: mistyped.
        DomainError: ``wrong_code``: another code works now.
    """
    secrets = recovery_secrets(recovery_code_from_text(text))
    code = BackupCode(id=_id_of(secrets), key=secrets.backup_key)
    present = recovery_codes(app)
    if present and code.id not in present:
        raise DomainError(
            ErrorCode.WRONG_CODE, gettext("another recovery code works now; use that one")
        )

    def keep(_conn: Connection) -> None:
        app.identity_file.update(lambda current: msgspec.structs.replace(current, backup_code=code))

    app.write(keep)
    return code


def _id_of(secrets: RecoverySecrets) -> bytes:
    return code_secrets(secrets).holder.id


def _older_id_of(app: App, secrets: RecoverySecrets) -> bytes:
    """Return what a code was called in releases whose devices signed nothing."""
    box_key = app.vault.cipher.box_public_key(secrets.private_key)
    return sha256(HOLDER_LABEL + box_key).digest()[: limits.ID_BYTES]


def backup_pieces(app: App, conn: Connection, code: BackupCode, made_at: int) -> Iterator[bytes]:
    """Return a backup in pieces, as of one moment.

    Args:
        app: This device.
        conn: Its store, in one transaction until the last piece was taken.
        code: The code that opens it.
        made_at: Now, milliseconds UTC.

    Returns:
        The pieces, each no longer than a chunk.
    """
    header = BackupHeader(code=code.id, salt=app.randomness.token(SALT_BYTES), made_at=made_at)
    return sealed_pieces(app.vault.cipher, code.key, header, _records(app, conn))


def _records(app: App, conn: Connection) -> Iterator[bytes]:
    identity = app.identity
    yield msgspec.msgpack.encode(
        BackedUp(
            space=identity.space,
            vault_keys=identity.vault_keys,
            device=identity.secrets,
            private_copy=identity.private_copy,
            server=identity.server,
        )
    )
    yield from row_records(conn)


def restore(app: App, file: Path, text: str, progress: Callable[[int], None]) -> Restored:
    """Put everything of a backup onto a device that was never used: all of it, or nothing.

    Args:
        app: A fresh device.
        file: The backup.
        text: The recovery code that it was sealed for.
        progress: Told how many rows were put.

    Returns:
        What came back.

    Raises:
        DomainError: ``already_connected``, ``invalid_input``: the device was used before;
            ``wrong_code``: the file was sealed for another code; ``not_found``: there is no file.
        RefusedError: ``wrong_code``: mistyped.
        IntegrityError: ``corrupt_backup``: damaged, or no backup.
        StorageError: The store cannot take it; nothing was changed.
    """
    secrets = recovery_secrets(recovery_code_from_text(text))
    app.read(lambda conn: refuse_used(conn, app.identity))
    try:
        with file.open("rb") as stream:
            return _restore(app, stream, secrets, progress)
    except FileNotFoundError:
        raise DomainError(ErrorCode.NOT_FOUND, gettext("there is no such file")) from None
    except OSError:
        raise StorageError(
            ErrorCode.STORAGE_UNAVAILABLE, gettext("the backup cannot be read from there")
        ) from None


def _restore(
    app: App, stream: IO[bytes], secrets: RecoverySecrets, progress: Callable[[int], None]
) -> Restored:
    header = read_header(stream.read)
    if header.code == _older_id_of(app, secrets):
        raise DomainError(
            ErrorCode.WRONG_CODE,
            gettext(
                "an older Trailmark made this backup, and this one cannot put it back: trailmark "
                "recover URL fetches what the server has; or put it back with that one, and let "
                "this one read the folder: trailmark import FOLDER"
            ),
        )
    if header.code != _id_of(secrets):
        raise DomainError(
            ErrorCode.WRONG_CODE,
            gettext("this backup was sealed for another recovery code than this one"),
        )
    before = app.identity
    records = opened_records(app.vault.cipher, secrets.backup_key, header, stream.read)

    def put(conn: Connection) -> int:
        told = _person(next(records, b""))
        app.identity_file.save(_another_device(before, told, secrets))
        ending = fill(conn, records, progress)
        # Nothing counts before the file has come to its end.
        if next(records, None) is not None:
            raise _refusal()
        write_again(conn, app.identity)
        refold_all(conn, app.vault.opener())
        conn.execute("UPDATE cursor SET verified_to = 0")
        # Words that went unexplained were gone where it was made: ``verify`` goes on naming them.
        if any(each.what != WORDLESS for each in verify_news(conn, app.vault)):
            raise _refusal()
        check_hashes(conn, ending)
        note_backup(conn, header.made_at)
        return ending.rows

    try:
        rows = app.write(put)
    except BaseException:
        app.identity_file.save(before)
        raise
    server = app.identity.server
    return Restored(
        rows=rows, made_at=header.made_at, server=None if server is None else server.name
    )


def _person(record: bytes) -> BackedUp:
    try:
        return msgspec.msgpack.decode(record, type=BackedUp)
    except msgspec.MsgspecError:
        raise _refusal() from None


def _refusal() -> IntegrityError:
    return IntegrityError(
        ErrorCode.CORRUPT_BACKUP, gettext("what this backup holds does not verify; use another one")
    )


def _another_device(fresh: Identity, told: BackedUp, secrets: RecoverySecrets) -> Identity:
    """Return the person's identity on a device of its own: id, numbering and keys are fresh.

    The code, or the device whose backup it is, lets it in once it speaks with the others. Where
    nobody else was ever told of the space it begins one of its own, with the old keys.
    """
    restored = msgspec.structs.replace(
        fresh,
        vault_keys=(*told.vault_keys, *fresh.vault_keys),
        private_copy=told.private_copy,
        backup_code=BackupCode(id=_id_of(secrets), key=secrets.backup_key),
    )
    if told.server is None:
        return restored
    return msgspec.structs.replace(
        restored,
        space=told.space,
        vault_keys=told.vault_keys,
        server=told.server,
        sponsors=(code_secrets(secrets), told.device),
    )
