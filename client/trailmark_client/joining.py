"""Joining: to a therapist's server with an invitation, and to one's own space with a device code.

Each step that changes this device is one write transaction with the identity file replaced inside
it, so that a kill leaves either nothing or the whole step. The person confirms a comparison phrase
before ``complete`` may write the grant.
"""

from __future__ import annotations

import base64
from collections.abc import Sequence
from typing import Final

import msgspec

from trailmark_adapters.sqlite import Connection
from trailmark_client.app import App
from trailmark_client.commands.grants import Agreement, Member, let_in
from trailmark_client.commands.written import Written
from trailmark_client.http_api import HttpApi
from trailmark_client.identity import HomeServer, Identity
from trailmark_client.key_sharing import Bundle, finish_joining
from trailmark_client.server_answers import (
    DeviceAnswer,
    DeviceJoinAnswer,
    DevicesAnswer,
    InvitationAnswer,
    JoinAnswer,
    MemberAnswer,
    Nothing,
    StatusAnswer,
    home_server,
)
from trailmark_client.storage.epochs import write_again
from trailmark_client.storage.settings import drop_setting, set_setting, setting
from trailmark_shared import limits
from trailmark_shared.codes import (
    LOOKUP_BYTES,
    SECRET_BYTES,
    DeviceCode,
    device_code_from_text,
    text_from_device_code,
)
from trailmark_shared.errors import ErrorCode, RefusedError, SealError
from trailmark_shared.ids import (
    DeviceId,
    Epoch,
    SpaceId,
    care_lane,
    id_from_text,
    text_from_id,
)
from trailmark_shared.phrases import comparison_phrase
from trailmark_shared.sealing import NONCE_BYTES, derive_key, fingerprint

BUNDLE_LABEL: Final = b"trailmark-device-bundle/1"
"""Names the purpose of the key that a device code's secret half gives."""

_PENDING: Final = "pending_grant"


class PendingGrant(msgspec.Struct, frozen=True):
    """A redeemed invitation whose grant is not written yet.

    Attributes:
        member: Who invited.
        phrase: Four words that both sides compare.
        classes: What the person agreed to share, or ``None`` while they were not asked.
        is_first: This device had no home server before.
    """

    member: MemberAnswer
    phrase: str
    classes: tuple[str, ...] | None
    is_first: bool = False


class Redeemed(msgspec.Struct, frozen=True, kw_only=True):
    """What to show before the person confirms.

    Attributes:
        member: Who invited.
        server: Name of the server.
        phrase: Four words that both sides compare.
        confirmed: The therapist has confirmed already.
    """

    member: MemberAnswer
    server: str
    phrase: str
    confirmed: bool


class NewDeviceCode(msgspec.Struct, frozen=True, kw_only=True):
    """A code that lets in another device.

    Attributes:
        text: What to type there.
        expires_at: Until when it works, milliseconds UTC.
    """

    text: str
    expires_at: int


def redeem(app: App, url: str, code: str, classes: Sequence[str] | None = None) -> Redeemed:
    """Redeem an invitation: afterwards this device has a credential, the therapist has no grant.

    Args:
        app: This device.
        url: The server's address.
        code: The typed or scanned invitation code.
        classes: What the person agreed to share once both sides have confirmed; ``None`` asks
            them later, see ``agree``.

    Returns:
        What to compare before ``complete``.

    Raises:
        RefusedError: ``wrong_code``, ``other_home_server``, ``unreachable``, ``insecure_address``.
    """
    identity = app.identity
    api = HttpApi(url, identity.credential)
    _refuse_other_home(identity, api.url)
    answer = api.ask(
        "POST",
        "/api/join",
        JoinAnswer,
        {
            "code": code,
            "device": text_from_id(identity.device),
            "device_name": identity.device_name,
            "space": text_from_id(identity.space),
        },
    )
    server = home_server(api.url, answer.server)
    _refuse_other_key(identity, server)
    # Computed here, from what was pinned: what the server calls the phrase proves nothing.
    phrase = comparison_phrase(
        server.signing_key, identity.space, identity.device, id_from_text(answer.member.id)
    )
    agreed = None if classes is None else tuple(classes)

    def keep(conn: Connection) -> None:
        before = pending_grant(conn)
        is_first = app.identity.server is None or (before is not None and before.is_first)
        pending = PendingGrant(answer.member, phrase, agreed, is_first)
        app.identity_file.update(
            lambda current: msgspec.structs.replace(
                current,
                server=server,
                credential=answer.credential,
                credential_expires_at=answer.credential_expires_at,
            )
        )
        set_setting(conn, _PENDING, msgspec.json.encode(pending).decode())

    app.write(keep)
    return Redeemed(
        member=answer.member, server=server.name, phrase=phrase, confirmed=answer.confirmed
    )


def agree(app: App, classes: Sequence[str]) -> None:
    """Keep what the person agreed to share with the member whose invitation was redeemed."""

    def keep(conn: Connection) -> None:
        pending = pending_grant(conn)
        if pending is not None:
            agreed = msgspec.structs.replace(pending, classes=tuple(classes))
            set_setting(conn, _PENDING, msgspec.json.encode(agreed).decode())

    app.write(keep)


def complete(app: App) -> list[Written] | None:
    """Let the therapist in, once they have confirmed; the person must have confirmed before.

    Args:
        app: This device.

    Returns:
        The grant and every wish that was carried out; empty when nothing waits to be completed,
        or the person was not asked yet; ``None`` while the therapist has not confirmed.

    Raises:
        RefusedError: ``unreachable`` and the like; nothing is lost, try again.
    """
    waiting = app.read(pending_grant)
    if waiting is None or waiting.classes is None:
        return []
    identity = app.identity
    assert identity.server is not None, "a pending grant has a server"
    api = HttpApi(identity.server.url, identity.credential)
    path = f"/api/join/status?member={waiting.member.id}"
    if not api.ask("GET", path, StatusAnswer).confirmed:
        return None

    def grant(conn: Connection) -> list[Written]:
        pending = pending_grant(conn)
        if pending is None or pending.classes is None:
            return []
        drop_setting(conn, _PENDING)
        lane = care_lane(app.randomness.token(limits.ID_BYTES))
        agreed = Agreement(
            member=Member(id=pending.member.id, name=pending.member.name), classes=pending.classes
        )
        return let_in(conn, app.recorder, lane, agreed, app.recorder.now())

    return app.write(grant)


def pending_grant(conn: Connection) -> PendingGrant | None:
    """Return the invitation that was redeemed and not completed, if there is one."""
    kept = setting(conn, _PENDING)
    return None if kept is None else msgspec.json.decode(kept, type=PendingGrant)


def decline(app: App) -> None:
    """Forget a redeemed invitation whose phrase did not match: no grant is written.

    A server that it brought is forgotten too: somebody in between must not stay this space's home.
    """

    def forget(conn: Connection) -> None:
        pending = pending_grant(conn)
        drop_setting(conn, _PENDING)
        if pending is not None and pending.is_first:
            app.identity_file.update(
                lambda current: msgspec.structs.replace(
                    current, server=None, credential=None, credential_expires_at=None
                )
            )

    app.write(forget)


def invite_device(app: App) -> NewDeviceCode:
    """Let another device of the same person in.

    Args:
        app: This device, connected.

    Returns:
        The code to type there. Its second half never reaches the server.

    Raises:
        RefusedError: ``not_connected``, ``unreachable`` and the like.
    """
    server, api = connected(app)
    code = DeviceCode(
        lookup=app.randomness.token(LOOKUP_BYTES), secret=app.randomness.token(SECRET_BYTES)
    )
    identity = app.identity
    bundle = Bundle(
        space=identity.space,
        server_url=server.url,
        signing_key=server.signing_key,
        vault_keys=identity.vault_keys,
        private_copy=identity.private_copy,
    )
    nonce = app.randomness.token(NONCE_BYTES)
    sealed = nonce + app.vault.cipher.seal(
        derive_key(code.secret, BUNDLE_LABEL), nonce, msgspec.json.encode(bundle), code.lookup
    )
    answer = api.ask(
        "POST",
        "/api/device-invitations",
        InvitationAnswer,
        {
            "lookup_hash": fingerprint(code.lookup).hex(),
            "bundle": base64.b64encode(sealed).decode(),
        },
    )
    return NewDeviceCode(text=text_from_device_code(code), expires_at=answer.expires_at)


def join_space(app: App, url: str, code_text: str) -> None:
    """Make this device one of the person's devices; what it wrote so far comes along.

    Its events are written again in that space and its vault keys are wrapped for the others.

    Args:
        app: This device, not connected yet.
        url: The home server's address.
        code_text: The code that the other device shows.

    Raises:
        RefusedError: ``wrong_code``, ``already_connected``, ``unreachable`` and the like.
    """
    if app.identity.server is not None:
        raise RefusedError(
            ErrorCode.ALREADY_CONNECTED, "this device belongs to a space on a server already"
        )
    code = device_code_from_text(code_text)
    api = HttpApi(url)
    answer = api.ask(
        "POST",
        "/api/device-joins",
        DeviceJoinAnswer,
        {
            "lookup": code.lookup.hex(),
            "device": text_from_id(app.identity.device),
            "device_name": app.identity.device_name,
        },
    )
    bundle = _opened_bundle(app, code, answer.bundle)
    server = home_server(api.url, answer.server)
    if server.signing_key != bundle.signing_key or answer.space != text_from_id(bundle.space):
        raise RefusedError(
            ErrorCode.OTHER_HOME_SERVER, "this is not the server that your other device uses"
        )
    app.write(lambda conn: _join(conn, app, bundle, server, answer))
    finish_joining(app.file, app.recorder, app.vault, app.randomness)


def _join(
    conn: Connection, app: App, bundle: Bundle, server: HomeServer, answer: DeviceJoinAnswer
) -> None:
    held = {each.id for each in bundle.vault_keys}
    others = tuple(each for each in app.identity.vault_keys if each.id not in held)
    epoch = Epoch(app.randomness.token(limits.EPOCH_BYTES))
    # Identity first: a kill behind it leaves events of another space and keys to be shared, which
    # the next start finds.
    identity = app.identity_file.update(
        lambda current: msgspec.structs.replace(
            current,
            space=SpaceId(bundle.space),
            epoch=epoch,
            vault_keys=(*others, *bundle.vault_keys),
            brought_keys=tuple(each.id for each in others),
            private_copy=bundle.private_copy,
            server=server,
            credential=answer.credential,
            credential_expires_at=answer.credential_expires_at,
        )
    )
    write_again(conn, identity)


def _opened_bundle(app: App, code: DeviceCode, text: str) -> Bundle:
    try:
        sealed = base64.b64decode(text, validate=True)
        key = derive_key(code.secret, BUNDLE_LABEL)
        nonce, ciphertext = sealed[:NONCE_BYTES], sealed[NONCE_BYTES:]
        plain = app.vault.cipher.open(key, nonce, ciphertext, code.lookup)
        return msgspec.json.decode(plain, type=Bundle)
    except (ValueError, SealError, msgspec.MsgspecError):
        raise RefusedError(
            ErrorCode.WRONG_CODE, "this code does not open what the other device left"
        ) from None


def devices(app: App) -> list[DeviceAnswer]:
    """Return the person's devices, as the server knows them.

    Raises:
        RefusedError: ``not_connected``, ``unreachable`` and the like.
    """
    _, api = connected(app)
    return api.ask("GET", "/api/devices", DevicesAnswer).devices


def remove_device(app: App, device: DeviceId) -> None:
    """Sign a device out for ever; what it has not sent stays on it.

    Raises:
        RefusedError: ``not_connected``, ``unreachable`` and the like.
    """
    _, api = connected(app)
    api.ask("DELETE", f"/api/devices/{text_from_id(device)}", Nothing)


def connected(app: App) -> tuple[HomeServer, HttpApi]:
    """Return the home server and its API.

    Raises:
        RefusedError: ``not_connected``: there is none yet.
    """
    identity = app.identity
    if identity.server is None:
        raise RefusedError(
            ErrorCode.NOT_CONNECTED, "this device is not connected to a therapist yet"
        )
    return identity.server, HttpApi(identity.server.url, identity.credential)


def _refuse_other_home(identity: Identity, url: str) -> None:
    if identity.server is not None and identity.server.url != url:
        raise RefusedError(
            ErrorCode.OTHER_HOME_SERVER,
            f"your entries are at home on {identity.server.name}; one space has one home server",
        )


def _refuse_other_key(identity: Identity, server: HomeServer) -> None:
    if identity.server is not None and identity.server.signing_key != server.signing_key:
        raise RefusedError(
            ErrorCode.OTHER_HOME_SERVER, "this server signs with another key than before"
        )
