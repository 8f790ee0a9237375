"""Becoming one of the person's devices: what another device, or a recovery code, hands over.

The bundle reaches this device sealed; whoever relays it learns nothing. What this device wrote
alone comes along (rule 8): its events are written again in the person's space, and the keys that
sealed them are handed to the others once the lane was read (``key_sharing``).
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

import msgspec

from trailmark_adapters.sqlite import Connection
from trailmark_client.app import App
from trailmark_client.identity import HomeServer, Identity, VaultKey
from trailmark_client.server_answers import LetInAnswer, ServerAnswer, home_server
from trailmark_client.storage.epochs import write_again
from trailmark_client.storage.importing import refuse_own_copy, send_imported
from trailmark_client.storage.key_ring import key_ring
from trailmark_shared import limits
from trailmark_shared.errors import ErrorCode, RefusedError
from trailmark_shared.ids import DeviceId, Epoch, KeyId, SpaceId, text_from_id
from trailmark_shared.sealing import BOX_KEY_BYTES
from trailmark_shared.words import gettext, marked

NOTHING_USABLE: Final = marked("what was left for this device does not open with this code")
"""Said of a bundle that does not open or says nothing."""


class KeyHolder(msgspec.Struct, frozen=True, kw_only=True):
    """A device or recovery code that vault keys are wrapped for.

    Attributes:
        id: 16 bytes.
        public_key: Its X25519 public key, 32 bytes.
    """

    id: bytes
    public_key: bytes


class Bundle(msgspec.Struct, frozen=True, kw_only=True):
    """What one device hands to another, sealed; the server only relays it.

    Attributes:
        space: The space.
        server_url: Address of the home server.
        signing_key: Public half of its signing key: pinned from device to device.
        vault_keys: All vault keys; the last one seals.
        first_key: The vault key with which the space began.
        trusted_key: The newest one that the giving device knows to follow from it.
        private_copy: Whether a sealed copy of private entries goes to the server.
        holders: Who holds the newest key: what the new device brings along is for them too.
    """

    space: bytes
    server_url: str
    signing_key: bytes
    vault_keys: tuple[VaultKey, ...]
    first_key: KeyId
    trusted_key: KeyId
    private_copy: bool
    holders: tuple[KeyHolder, ...] = ()

    @property
    def home_server(self) -> HomeServer:
        """The home server as whoever hands this over knows it."""
        return HomeServer(url=self.server_url, id=b"", name="", signing_key=self.signing_key)


def bundle_of(app: App) -> bytes:
    """Return the plain bundle of a connected device."""
    identity, ring = app.identity, app.read(lambda conn: key_ring(conn, app.vault))
    assert identity.server is not None, "only a connected device lets another one in"
    return msgspec.json.encode(
        Bundle(
            space=identity.space,
            server_url=identity.server.url,
            signing_key=identity.server.signing_key,
            vault_keys=identity.vault_keys,
            first_key=identity.first_key,
            trusted_key=identity.trusted_key,
            private_copy=identity.private_copy,
            holders=tuple(
                KeyHolder(id=holder, public_key=public_key)
                for holder, public_key in sorted(ring.holders(ring.newest).items())
            ),
        )
    )


def bundle_from_bytes(plain: bytes) -> Bundle:
    """Return what an opened bundle says.

    Raises:
        RefusedError: ``wrong_code``: it holds nothing that a device could begin with.
    """
    try:
        bundle = msgspec.json.decode(plain, type=Bundle)
    except (msgspec.MsgspecError, UnicodeDecodeError):
        raise RefusedError(ErrorCode.WRONG_CODE, gettext(NOTHING_USABLE)) from None
    held = {each.id for each in bundle.vault_keys}
    if bundle.trusted_key not in held or len(bundle.space) != limits.ID_BYTES:
        raise RefusedError(ErrorCode.WRONG_CODE, gettext(NOTHING_USABLE))
    return bundle


def told_server(app: App, url: str, answer: ServerAnswer, space: SpaceId) -> HomeServer:
    """Return the server that answers, if this device may belong to ``space`` there.

    Args:
        app: This device: at home nowhere, or there already.
        url: The address that was asked.
        answer: How the server names itself.
        space: The space that this device would belong to.

    Raises:
        RefusedError: ``already_connected``: this device is at home elsewhere, or in another space.
    """
    home = app.identity.server
    try:
        server = home_server(app.vault.cipher, url, answer, home)
    except RefusedError as refused:
        if home is None or refused.code != ErrorCode.UNKNOWN_SIGNING_KEY:
            raise
    else:
        if home is None or app.identity.space == space:
            return server
    raise RefusedError(
        ErrorCode.ALREADY_CONNECTED,
        gettext("this device belongs to a space on {name} already").format(name=home.name),
    )


def settle_in(
    app: App, url: str, answer: LetInAnswer, bundle: Bundle, recovery_key: bytes | None = None
) -> None:
    """Make this device one of the person's devices; what it wrote so far comes along.

    Args:
        app: This device: new, or one of the space already whose credential is of no use any more.
        url: The server's address.
        answer: What the server gives.
        bundle: What was handed over.
        recovery_key: X25519 private key of the recovery code, where that brought it.

    Raises:
        RefusedError: ``other_home_server``, ``unknown_signing_key``: server or space are not those
            of the bundle; ``already_connected``: this device belongs to another space.
    """
    if answer.space != text_from_id(bundle.space):
        raise RefusedError(
            ErrorCode.OTHER_HOME_SERVER,
            gettext("this is not the server that your other device uses"),
        )
    handed = home_server(app.vault.cipher, url, answer.server, bundle.home_server)
    server = told_server(app, url, answer.server, SpaceId(bundle.space))
    if app.identity.server is None:
        server = handed

    def settle(conn: Connection) -> None:
        current = app.identity
        if current.server is not None and current.space == bundle.space:
            settled = _with_newer_keys(current, bundle)
        else:
            refuse_own_copy(conn, SpaceId(bundle.space))
            send_imported(conn)
            used = {key for (key,) in conn.execute("SELECT DISTINCT key FROM event")}
            epoch = Epoch(app.randomness.token(limits.EPOCH_BYTES))
            settled = _in_other_space(current, bundle, epoch, used)
        # Identity first: a kill behind it leaves events of another space and keys to be shared,
        # which the next session finds.
        app.identity_file.save(
            msgspec.structs.replace(
                settled,
                server=server,
                credential=answer.credential,
                credential_expires_at=answer.credential_expires_at,
                recovery_key=recovery_key,
                waiting=None,
            )
        )
        if settled.space != current.space:
            holders = {each.id: each.public_key for each in bundle.holders}
            app.key_sharing.begin_in_space(conn, holders)
            write_again(conn, app.identity)
        app.key_sharing.ring(conn)

    app.write(settle)


def _in_other_space(
    identity: Identity, bundle: Bundle, epoch: Epoch, used: Collection[bytes]
) -> Identity:
    """Bring the keys along that sealed something; the others are of no use to anybody."""
    held = {each.id for each in bundle.vault_keys}
    others = tuple(each for each in identity.vault_keys if each.id not in held and each.id in used)
    return msgspec.structs.replace(
        identity,
        space=SpaceId(bundle.space),
        epoch=epoch,
        vault_keys=(*others, *bundle.vault_keys),
        first_key=bundle.first_key,
        trusted_key=bundle.trusted_key,
        brought_keys=tuple(each.id for each in others),
        own_key=None,
        private_copy=bundle.private_copy,
    )


def _with_newer_keys(identity: Identity, bundle: Bundle) -> Identity:
    """Take the keys that are lacking; what the giving device trusts, if that is news here."""
    held = {each.id for each in identity.vault_keys}
    lacking = tuple(each for each in bundle.vault_keys if each.id not in held)
    if bundle.trusted_key in held:
        *others, last = identity.vault_keys
        return msgspec.structs.replace(identity, vault_keys=(*others, *lacking, last))
    return msgspec.structs.replace(
        identity,
        vault_keys=(
            *(each for each in identity.vault_keys if each.id != bundle.vault_keys[-1].id),
            *(each for each in lacking if each.id != bundle.vault_keys[-1].id),
            bundle.vault_keys[-1],
        ),
        trusted_key=bundle.trusted_key,
    )


def become_another_device(app: App, url: str) -> None:
    """Take a new device id: this one was removed from the space, and a removal is final.

    What was not sent yet is numbered again under the new id.

    Args:
        app: This device.
        url: The server that says so; only its own home can talk a device out of its credential.

    Raises:
        RefusedError: ``already_connected``: this device is at home elsewhere.
    """
    home = app.identity.server
    if home is not None and home.url != url:
        raise RefusedError(
            ErrorCode.ALREADY_CONNECTED,
            gettext("this device is at home on {name} already").format(name=home.name),
        )

    def renew(conn: Connection) -> None:
        identity = app.identity_file.update(
            lambda current: msgspec.structs.replace(
                current,
                device=DeviceId(app.randomness.token(limits.ID_BYTES)),
                epoch=Epoch(app.randomness.token(limits.EPOCH_BYTES)),
                private_key=app.randomness.token(BOX_KEY_BYTES),
                credential=None,
                credential_expires_at=None,
                waiting=None,
            )
        )
        write_again(conn, identity)

    app.write(renew)
