"""The recovery code: the way back when every device is lost, or the server forgot this one.

A code counts once the server has it; the other devices let it in before, and those statements go
along in its bundle, so it brings everything back also where this device is lost at once. Each half
can be lost to a kill or a bad network, so what is to be sent stands in the store until all is done;
the code itself is kept nowhere.
"""

from __future__ import annotations

import base64
from typing import Final, NamedTuple

import msgspec

from trailmark_adapters.sqlite import Connection
from trailmark_client.app import App
from trailmark_client.bundles import (
    NOTHING_USABLE,
    become_another_device,
    bundle_from_bytes,
    bundle_of,
    code_secrets,
    settle_in,
)
from trailmark_client.home_api import connected, home_or_elsewhere
from trailmark_client.http_api import HttpApi
from trailmark_client.identity import BackupCode, founding_key
from trailmark_client.server_answers import LetInAnswer, Nothing, RecoveryAnswer, RecoveryMadeAnswer
from trailmark_client.storage.settings import drop_setting, set_setting, setting
from trailmark_shared.codes import (
    RECOVERY_BYTES,
    recovery_code_from_text,
    text_from_recovery_code,
)
from trailmark_shared.device_graph.statements import Holder
from trailmark_shared.errors import DomainError, ErrorCode, RefusedError, SealError
from trailmark_shared.ids import id_from_text, text_from_id
from trailmark_shared.recovery import (
    RecoverySecrets,
    open_recovery_bundle,
    recovery_keeper,
    recovery_secrets,
    seal_recovery_bundle,
)
from trailmark_shared.sealing import NONCE_BYTES, digest
from trailmark_shared.words import gettext, marked

_UPLOAD: Final = "recovery_to_send"
_USE_TOLD: Final = "recovery_use_told"

NOT_MADE_WORDS: Final = marked(
    "the server cannot be asked, so this code does not count; the one before works on"
)
"""Said where nothing of a new code is kept."""

NOT_YET_WORDS: Final = marked(
    "this code does not count yet, and will once this device syncs; "
    "keep it and the one before until trailmark recovery says so"
)
"""Said where a new code waits to be told to the server."""

OVERTAKEN_WORDS: Final = marked(
    "another recovery code was made meanwhile on another device: that one counts, this one does not"
)
"""Said where a code came too late."""


class _Upload(msgspec.Struct, frozen=True, kw_only=True):
    """What the server may know of a code, and what the lane is told once the server has it."""

    lookup_hash: str
    authenticator_hash: str
    bundle: str
    holder: Holder
    replaces: str | None


class Standing(msgspec.Struct, frozen=True, kw_only=True):
    """How it stands with the recovery code.

    Attributes:
        made_at: When the one that works was made, milliseconds UTC; ``None`` while there is none.
        made_by: Id of the device that made it.
        used_at: When it last let a device in.
        used_by: Id of that device.
        has_keys: The person's devices hand it every vault key; else it should be made anew.
    """

    made_at: int | None = None
    made_by: str | None = None
    used_at: int | None = None
    used_by: str | None = None
    has_keys: bool = False


def new_code(app: App) -> str:
    """Return a fresh recovery code; it counts for nothing until ``keep_code``."""
    return text_from_recovery_code(app.randomness.token(RECOVERY_BYTES))


def keep_code(app: App, text: str) -> None:
    """Let a recovery code count; the one before stops to work at once.

    Args:
        app: This device, connected.
        text: The code, as the person wrote it down.

    Raises:
        RefusedError: ``wrong_code``: mistyped, or another one was made meanwhile;
            ``not_connected``; ``unreachable`` and the like: the message says whether ``send_kept``
            will finish it.
        DomainError: ``missing_key``: this device is none of the person's.
    """
    _, api = connected(app)
    secrets = recovery_secrets(recovery_code_from_text(text))
    app.write(app.key_sharing.require_member)
    try:
        before = api.ask("GET", "/api/recovery", RecoveryAnswer).recovery
    except RefusedError as refused:
        raise RefusedError(refused.code, gettext(NOT_MADE_WORDS), refused.retry) from None
    upload = _upload(app, secrets, None if before is None else before.holder)
    app.write(lambda conn: set_setting(conn, _UPLOAD, msgspec.json.encode(upload).decode()))
    try:
        send_kept(app)
    except RefusedError as refused:
        if refused.code == ErrorCode.WRONG_CODE:
            raise
        raise RefusedError(refused.code, gettext(NOT_YET_WORDS), refused.retry) from None
    backup_code = BackupCode(id=upload.holder.id, key=secrets.backup_key)
    app.write(
        lambda _conn: app.identity_file.update(
            lambda current: msgspec.structs.replace(current, backup_code=backup_code)
        )
    )


def _upload(app: App, secrets: RecoverySecrets, replaces: str | None) -> _Upload:
    holder = code_secrets(secrets).holder
    firm = app.write(lambda conn: app.key_sharing.let_in(conn, holder, ""))
    sealed = seal_recovery_bundle(
        app.vault.cipher, secrets, app.randomness.token(NONCE_BYTES), bundle_of(app, firm)
    )
    return _Upload(
        lookup_hash=digest(secrets.lookup).hex(),
        authenticator_hash=digest(secrets.authenticator).hex(),
        bundle=base64.b64encode(sealed).decode(),
        holder=holder,
        replaces=replaces,
    )


def send_kept(app: App) -> None:
    """Finish what ``keep_code`` began, if anything is left of it.

    Raises:
        RefusedError: ``wrong_code``: another code was made meanwhile, so this one never counts;
            ``unreachable`` and the like: it is tried again.
        DomainError: ``missing_key``: another device changed the keys meanwhile; sync first.
    """
    kept = app.read(lambda conn: setting(conn, _UPLOAD))
    if kept is None:
        return
    upload = msgspec.json.decode(kept, type=_Upload)
    _, api = connected(app)
    founder = app.read(app.key_sharing.known).founder
    first_key = None if founder is None else founding_key(app.identity, founder)
    if founder is None or first_key is None:
        raise DomainError(
            ErrorCode.MISSING_KEY,
            gettext(
                "this device lacks the first key of your entries: run trailmark sync here and on "
                "your other devices, then try again"
            ),
        )
    said = {
        "keeper": recovery_keeper(first_key.key).hex(),
        "founder_sign_key": founder.sign_key.hex(),
        "founder_public_key": founder.box_key.hex(),
        "lookup_hash": upload.lookup_hash,
        "authenticator_hash": upload.authenticator_hash,
        "holder": text_from_id(upload.holder.id),
        "bundle": upload.bundle,
        "replaces": upload.replaces,
    }
    try:
        api.ask("PUT", "/api/recovery", Nothing, said)
    except RefusedError as refused:
        if refused.code != ErrorCode.WRONG_CODE:
            raise

        def overtaken(conn: Connection) -> None:
            app.key_sharing.remove(conn, [upload.holder.id])
            drop_setting(conn, _UPLOAD)

        app.write(overtaken)
        raise RefusedError(ErrorCode.WRONG_CODE, gettext(OVERTAKEN_WORDS)) from None

    def tell(conn: Connection) -> None:
        app.key_sharing.replace_code(conn, upload.holder)
        drop_setting(conn, _UPLOAD)

    app.write(tell)


def standing(app: App) -> Standing:
    """Return how it stands with the recovery code.

    Raises:
        RefusedError: ``not_connected``, ``unreachable`` and the like.
    """
    made = made_code(app)
    if made is None:
        return Standing()
    return Standing(
        made_at=made.made_at,
        made_by=made.made_by,
        used_at=made.used_at,
        used_by=made.used_by,
        has_keys=not is_foreign(app, made),
    )


def made_code(app: App) -> RecoveryMadeAnswer | None:
    """Return the recovery code that the server lets in, or ``None`` while there is none.

    Raises:
        RefusedError: ``not_connected``, ``unreachable`` and the like.
    """
    _, api = connected(app)
    return api.ask("GET", "/api/recovery", RecoveryAnswer).recovery


def is_foreign(app: App, made: RecoveryMadeAnswer) -> bool:
    """Return whether no device of the person vouches for a recovery code.

    The server takes a code from whoever shows a credential and the keeper; it had the keeper in
    hand each time a code was made, and devices that were removed can compute it. Only a device of
    the person's says so to the others. Before these have read that, an honest code looks the same.
    """
    return id_from_text(made.holder) not in app.read(app.key_sharing.known).view.members


def is_use_to_tell(app: App, made: RecoveryMadeAnswer) -> bool:
    """Say whether a code let another device in, and nobody was told of it on this one."""
    if made.used_at is None or made.used_by == text_from_id(app.identity.device):
        return False
    return app.read(lambda conn: setting(conn, _USE_TOLD)) != str(made.used_at)


def note_use_told(app: App, made: RecoveryMadeAnswer) -> None:
    """Tell of this use of the code no more."""
    app.write(lambda conn: set_setting(conn, _USE_TOLD, str(made.used_at)))


class Brought(NamedTuple):
    """What a recovery code brings back.

    Attributes:
        has_private: Private entries, too: a sealed copy was kept on the server.
        is_older: A release made the code whose devices signed nothing: all is read, but no device
            knows this one, and it lets nobody in. What it holds can begin anew, by an export.
    """

    has_private: bool
    is_older: bool


def recover(app: App, url: str, text: str) -> Brought:
    """Make this device one of the person's devices again, with nothing but the code.

    Args:
        app: A fresh device, one that was used alone, or one that the server forgot.
        url: The home server's address.
        text: The code, as it was written down.

    Returns:
        What comes back.

    Raises:
        RefusedError: ``wrong_code``, ``already_connected``, ``unreachable`` and the like.
    """
    secrets = recovery_secrets(recovery_code_from_text(text))
    api = home_or_elsewhere(app, url)
    try:
        answer = _ask(app, api, secrets)
    except RefusedError as refused:
        if refused.code != ErrorCode.SIGNED_OUT:
            raise
        become_another_device(app, api.url)
        answer = _ask(app, api, secrets)
    try:
        sealed = base64.b64decode(answer.bundle, validate=True)
        plain = open_recovery_bundle(app.vault.cipher, secrets, sealed)
    except (ValueError, SealError):
        raise RefusedError(ErrorCode.WRONG_CODE, gettext(NOTHING_USABLE)) from None
    bundle = bundle_from_bytes(plain)
    settle_in(app, api.url, answer, bundle, code_secrets(secrets))
    return Brought(has_private=app.identity.private_copy, is_older=bundle.is_older)


def _ask(app: App, api: HttpApi, secrets: RecoverySecrets) -> LetInAnswer:
    identity = app.identity
    return api.ask(
        "POST",
        "/api/recover",
        LetInAnswer,
        {
            "lookup": secrets.lookup.hex(),
            "authenticator": secrets.authenticator.hex(),
            "device": text_from_id(identity.device),
            "device_name": identity.device_name,
        },
    )
