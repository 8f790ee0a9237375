"""Becoming one of the person's devices: what another device, or a recovery code, hands over.

The bundle reaches this device sealed; whoever relays it learns nothing. What this device wrote
alone comes along (rule 8): its events are written again in the person's space, and the keys that
sealed them are handed to the others once their lane was read (``key_sharing``). The vault keys of
the others come in that lane too, in boxes for this device.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

import msgspec

from trailmark_adapters.sqlite import Connection
from trailmark_client.app import App
from trailmark_client.credentials import signed_in, signed_out
from trailmark_client.identity import HomeServer, Identity, Secrets, VaultKey, new_secrets
from trailmark_client.server_answers import LetInAnswer, ServerAnswer, home_server
from trailmark_client.storage.epochs import write_again
from trailmark_client.storage.importing import refuse_own_copy, send_imported
from trailmark_client.storage.signing_out import sign_out_later
from trailmark_client.storage.statements import (
    begin_elsewhere,
    firm_of,
    keep_firm,
    keep_ground,
    note_unsaid,
    statements_as_sent,
    unsent_statements,
)
from trailmark_shared import limits
from trailmark_shared.device_graph.resolution import Firm
from trailmark_shared.device_graph.statements import StatementId
from trailmark_shared.errors import ErrorCode, RefusedError
from trailmark_shared.ids import DeviceId, Epoch, SpaceId, text_from_id
from trailmark_shared.recovery import RecoverySecrets
from trailmark_shared.words import gettext, marked

NOTHING_USABLE: Final = marked(
    "what the server holds for this device does not open with this code; compare it group by group"
)
"""Said of a bundle that does not open or says nothing."""


class Bundle(msgspec.Struct, frozen=True, kw_only=True):
    """What one device hands to another, sealed; the server only relays it.

    Attributes:
        space: The space.
        server_url: Address of the home server.
        signing_key: Public half of its signing key: pinned from device to device.
        private_copy: Whether a sealed copy of private entries goes to the server.
        firm: Removals that the giving device holds firm: the new one does so too.
        confirmed: Which of them are beyond question.
        void: What counts no more, for the person said of its author that it goes.
        said: Statements that no server has yet, that which lets the new one in among them: it is
            let in also where the giving device is lost before it sends them.
        vault_keys: In those of a release whose devices signed nothing, all keys of the space: what
            they sealed is read, though no device can be known there any more.
        ground: The statements before them, which the server has: it may be put back from before it
            had them, and the giving device be lost before it knows. Missing where there are none,
            or too many.
    """

    space: bytes
    server_url: str
    signing_key: bytes
    private_copy: bool
    firm: tuple[StatementId, ...] = ()
    confirmed: tuple[StatementId, ...] = ()
    void: tuple[StatementId, ...] = ()
    said: tuple[bytes, ...] = ()
    vault_keys: tuple[VaultKey, ...] | msgspec.UnsetType = msgspec.UNSET
    ground: tuple[bytes, ...] | msgspec.UnsetType = msgspec.UNSET

    @property
    def told(self) -> Firm:
        """What whoever opens it is to hold firm."""
        held = frozenset(self.firm)
        return Firm(held, held & frozenset(self.confirmed), frozenset(self.void))

    @property
    def is_older(self) -> bool:
        """A release made it whose devices signed nothing."""
        return bool(self.vault_keys)

    @property
    def home_server(self) -> HomeServer:
        """The home server as whoever hands this over knows it."""
        return HomeServer(url=self.server_url, id=b"", name="", signing_key=self.signing_key)


def bundle_of(app: App, firm: Firm) -> bytes:
    """Return the plain bundle of a connected device.

    Args:
        app: This device.
        firm: What whoever opens it is to hold firm.
    """
    identity = app.identity
    said = app.read(unsent_statements)
    ground = [each for each in app.read(statements_as_sent) if each not in said]
    # Whoever says many removals crowds out none that the person confirmed.
    ordered = sorted(firm.held, key=lambda each: (each not in firm.confirmed, each))
    told = tuple(ordered[: limits.FIRM_TOLD_MAX])
    room = limits.STATEMENTS_HANDED_BYTES_MAX - sum(map(len, said))
    assert identity.server is not None, "only a connected device lets another one in"
    return msgspec.json.encode(
        Bundle(
            space=identity.space,
            server_url=identity.server.url,
            signing_key=identity.server.signing_key,
            private_copy=identity.private_copy,
            firm=told,
            confirmed=tuple(each for each in told if each in firm.confirmed),
            void=tuple(sorted(firm.void)[: limits.FIRM_TOLD_MAX]),
            said=tuple(said) if room >= 0 else (),
            ground=tuple(ground) if 0 < sum(map(len, ground)) <= room else msgspec.UNSET,
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
    if len(bundle.space) != limits.ID_BYTES:
        raise RefusedError(ErrorCode.WRONG_CODE, gettext(NOTHING_USABLE))
    return bundle


def code_secrets(secrets: RecoverySecrets) -> Secrets:
    """Return what a recovery code speaks and opens keys with."""
    return Secrets(kind="code", sign_seed=secrets.sign_seed, private_key=secrets.private_key)


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
    app: App, url: str, answer: LetInAnswer, bundle: Bundle, code: Secrets | None = None
) -> None:
    """Make this device one of the person's devices; what it wrote so far comes along.

    Args:
        app: This device: new, or one of the space already whose credential is of no use any more.
        url: The server's address.
        answer: What the server gives.
        bundle: What was handed over.
        code: The recovery code, where that brought it.

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
        settled = current
        if current.server is None or current.space != bundle.space:
            refuse_own_copy(conn, SpaceId(bundle.space))
            send_imported(conn)
            used = {key for (key,) in conn.execute("SELECT DISTINCT key FROM event")}
            epoch = Epoch(app.randomness.token(limits.EPOCH_BYTES))
            settled = _in_other_space(current, bundle, epoch, used)
        # Identity first: a kill behind it leaves events of another space and keys to be shared,
        # which the next session finds.
        app.identity_file.save(
            msgspec.structs.replace(
                signed_in(settled, answer.credential, answer.credential_expires_at),
                server=server,
                sponsors=settled.sponsors if code is None else (code,),
                waiting=None,
            )
        )
        note_unsaid(conn)
        if settled.space != current.space:
            begin_elsewhere(conn, bundle.told)
            write_again(conn, app.identity)
        else:
            # Whoever lets it in again knows better than this device what is beyond question.
            own = firm_of(conn)
            keep_firm(conn, bundle.told.and_held(own.held).and_void(own.void))
        app.key_sharing.relay(conn, bundle.said)
        keep_ground(conn, bundle.ground or ())

    app.write(settle)


def _in_other_space(
    identity: Identity, bundle: Bundle, epoch: Epoch, used: Collection[bytes]
) -> Identity:
    """Bring the keys along that sealed something, and one to seal with until there is another."""
    *others, newest = identity.vault_keys
    kept = {each.id: each for each in bundle.vault_keys or ()}
    kept |= {each.id: each for each in others if each.id in used}
    return msgspec.structs.replace(
        identity,
        space=SpaceId(bundle.space),
        epoch=epoch,
        vault_keys=(*kept.values(), newest),
        private_copy=bundle.private_copy,
    )


def become_another_device(app: App, url: str) -> None:
    """Take a new device id: this one was removed from the space, and a removal is final.

    Or somebody else is signed in under it: a thief with a copy of what it signed in with, or nobody
    but the server's memory of before it was restored. So the server is told to sign that out.

    What was not sent yet is numbered again under the new id. Of removals, it holds those firm that
    the person said on it: what it merely heard, it would say again as its own, unasked; which of
    these count, it is told by whoever lets it in.

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
        secrets = new_secrets(app.randomness)
        known, former = app.key_sharing.known(conn), app.identity.device
        made, said = known.keys_made(), known.said_by_me()
        identity = app.identity_file.update(
            lambda current: msgspec.structs.replace(
                signed_out(current),
                device=DeviceId(secrets.holder.id),
                epoch=Epoch(app.randomness.token(limits.EPOCH_BYTES)),
                sign_seed=secrets.sign_seed,
                private_key=secrets.private_key,
                own_before=tuple(dict.fromkeys((*current.own_before, *made))),
                waiting=None,
            )
        )
        keep_firm(conn, known.firm.among(said))
        # Whoever speaks under it is somebody else, or nobody. What was said under it stays in
        # force: it may have let others in, of whom nobody heard yet.
        sign_out_later(conn, [former])
        note_unsaid(conn)
        write_again(conn, identity)

    app.write(renew)
