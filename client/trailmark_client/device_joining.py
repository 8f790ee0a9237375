"""The person's own devices: letting another one in, joining with its code, listing, removing.

Each step that changes this device is one write transaction with the identity file replaced inside
it, so that a kill leaves either nothing or the whole step.
"""

from __future__ import annotations

import base64
from typing import Final

import msgspec

from trailmark_adapters.sqlite import Connection
from trailmark_client.app import App
from trailmark_client.home_api import connected
from trailmark_client.http_api import HttpApi
from trailmark_client.identity import HomeServer
from trailmark_client.key_sharing import Bundle, finish_joining
from trailmark_client.server_answers import (
    DeviceAnswer,
    DeviceJoinAnswer,
    DevicesAnswer,
    InvitationAnswer,
    Nothing,
    home_server,
)
from trailmark_client.storage.epochs import write_again
from trailmark_shared import limits
from trailmark_shared.codes import (
    LOOKUP_BYTES,
    SECRET_BYTES,
    DeviceCode,
    device_code_from_text,
    text_from_device_code,
)
from trailmark_shared.errors import ErrorCode, RefusedError, SealError
from trailmark_shared.ids import DeviceId, Epoch, SpaceId, text_from_id
from trailmark_shared.sealing import NONCE_BYTES, derive_key, fingerprint

BUNDLE_LABEL: Final = b"trailmark-device-bundle/1"
"""Names the purpose of the key that a device code's secret half gives."""


class NewDeviceCode(msgspec.Struct, frozen=True, kw_only=True):
    """A code that lets in another device.

    Attributes:
        text: What to type there.
        expires_at: Until when it works, milliseconds UTC.
    """

    text: str
    expires_at: int


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
    server = home_server(app.vault.cipher, api.url, answer.server, bundle.home_server)
    if answer.space != text_from_id(bundle.space):
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
