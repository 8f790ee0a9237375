"""Letting another device of the same person in, and being let in by one.

The device that invites makes a code; the one that joins says who it is and waits; the person
compares four words and says yes on the first. Each step can be repeated, because any answer of the
server can be lost, and each that changes this device is one write transaction with the identity
file replaced inside it: a kill leaves either nothing or the whole step.
"""

from __future__ import annotations

import base64
import unicodedata
from contextlib import suppress

import msgspec

from trailmark_client.app import App
from trailmark_client.bundles import (
    NOTHING_USABLE,
    become_another_device,
    bundle_from_bytes,
    bundle_of,
    settle_in,
    told_server,
)
from trailmark_client.home_api import connected, home_or_elsewhere
from trailmark_client.http_api import HttpApi
from trailmark_client.identity import HomeServer, OpenCode, Waiting
from trailmark_client.server_answers import (
    ClaimAnswer,
    CodesAnswer,
    DeviceJoinAnswer,
    InvitationAnswer,
    Nothing,
    WaitingAnswer,
    home_server,
)
from trailmark_shared.codes import (
    LOOKUP_BYTES,
    SECRET_BYTES,
    DeviceCode,
    device_code_from_text,
    text_from_device_code,
)
from trailmark_shared.device_graph.statements import Holder
from trailmark_shared.device_join import (
    Freshness,
    JoiningDevice,
    is_join_proof,
    join_proof,
    open_bundle,
    seal_bundle,
)
from trailmark_shared.errors import ErrorCode, RefusedError, SealError
from trailmark_shared.ids import SpaceId, id_from_text, text_from_id
from trailmark_shared.phrases import device_phrase
from trailmark_shared.sealing import BOX_KEY_BYTES, NONCE_BYTES, derive_key, digest
from trailmark_shared.words import gettext

_CLAIM_LABEL = b"trailmark-join-claim/1"


class NewDeviceCode(msgspec.Struct, frozen=True, kw_only=True):
    """A code that lets another device ask to be let in.

    Attributes:
        text: What to type there.
        expires_at: Until when it works, milliseconds UTC.
    """

    text: str
    expires_at: int


class Asking(msgspec.Struct, frozen=True, kw_only=True):
    """A device that waits for the person's yes on this one; its proof is good.

    Attributes:
        joining: What it says of itself.
        asked_at: When it asked, milliseconds UTC by the server's clock.
        phrase: Four words that it must show too.
    """

    joining: JoiningDevice
    asked_at: int
    phrase: str


# --- on the device that lets in --------------------------------------------------------------


def invite_device(app: App) -> NewDeviceCode:
    """Make a code for another device of the same person; the one made before stops to work.

    Args:
        app: This device, connected.

    Returns:
        The code to type there. Its second half never reaches the server.

    Raises:
        RefusedError: ``not_connected``, ``unreachable`` and the like.
    """
    _, api = connected(app)
    code = DeviceCode(
        lookup=app.randomness.token(LOOKUP_BYTES), secret=app.randomness.token(SECRET_BYTES)
    )
    answer = api.ask(
        "POST",
        "/api/device-invitations",
        InvitationAnswer,
        {
            "lookup_hash": digest(code.lookup).hex(),
            "keys_hash": _holder(app).hash.hex(),
        },
    )
    _keep_code(app, OpenCode(lookup=code.lookup, secret=code.secret, expires_at=answer.expires_at))
    return NewDeviceCode(text=text_from_device_code(code), expires_at=answer.expires_at)


def who_asks(app: App) -> Asking | None:
    """Return the device that waits with this device's code, ``None`` while nobody does.

    Raises:
        RefusedError: ``wrong_code``: there is no code of this device that still works, or who used
            it did not know all of it; that one was refused. ``unknown_signing_key``: another
            server answers.
    """
    server, api = connected(app)
    code = app.identity.open_code
    if code is None:
        return None
    told = api.ask("GET", "/api/device-invitations", CodesAnswer)
    # The words are made of the newest key: the device that asks knows no other.
    server = told_server(app, server.url, told.server, app.identity.space)
    app.write(
        lambda _conn: app.identity_file.update(
            lambda current: msgspec.structs.replace(current, server=server)
        )
    )
    waiting = _waiting_with(app, told, code)
    if waiting is None:
        return None
    joining = _joining(waiting)
    is_proven = is_join_proof(DeviceCode(code.lookup, code.secret), joining, _hex(waiting.proof))
    if not is_proven or _holder_of(joining).id != joining.device:
        refuse_device(app)
        raise RefusedError(
            ErrorCode.WRONG_CODE,
            gettext(
                "somebody used this code without knowing all of it and was refused; make a "
                "new one: trailmark device invite"
            ),
        )
    phrase = device_phrase(
        server.signing_key, app.identity.space, _holder(app).hash, _holder_of(joining).hash
    )
    return Asking(joining=joining, asked_at=waiting.asked_at, phrase=phrase)


def _waiting_with(app: App, told: CodesAnswer, code: OpenCode) -> WaitingAnswer | None:
    wanted = digest(code.lookup).hex()
    found = [each for each in told.invitations if each.lookup_hash == wanted]
    if not found:
        _keep_code(app, None)
        raise RefusedError(
            ErrorCode.WRONG_CODE,
            gettext("the code does not work any more; make a new one: trailmark device invite"),
        )
    return found[0].waiting


def _joining(waiting: WaitingAnswer) -> JoiningDevice:
    return JoiningDevice(
        device=id_from_text(waiting.device),
        name=waiting.name,
        sign_key=_hex(waiting.sign_key),
        public_key=_hex(waiting.public_key),
        claim_hash=_hex(waiting.claim_hash),
    )


def confirm_device(app: App, asking: Asking) -> None:
    """Let a device in, after the person said yes: it gets all keys, in boxes for it alone.

    What says so is written first; a device that never comes harms nobody.

    Args:
        app: This device.
        asking: From ``who_asks``.

    Raises:
        RefusedError: ``wrong_code``: too late; ``unreachable``: try again, nothing is lost.
        DomainError: ``missing_key``: this device is none of the person's itself.
    """
    _, api = connected(app)
    code, joining = app.identity.open_code, asking.joining
    if code is None:
        raise RefusedError(ErrorCode.WRONG_CODE, gettext("nobody waits to be let in any more"))
    firm = app.write(lambda conn: app.key_sharing.let_in(conn, _holder_of(joining), joining.name))
    fresh = Freshness(app.randomness.token(NONCE_BYTES), app.randomness.token(BOX_KEY_BYTES))
    try:
        sealed = seal_bundle(
            app.vault.cipher,
            DeviceCode(code.lookup, code.secret),
            joining,
            fresh,
            bundle_of(app, firm),
        )
    except SealError:
        raise RefusedError(
            ErrorCode.WRONG_CODE, gettext("that device has no key to seal for; nobody was let in")
        ) from None
    _answer(app, api, code, base64.b64encode(sealed).decode())


def refuse_device(app: App) -> None:
    """Turn the device that waits away: it is told at once, and the code stops to work.

    Raises:
        RefusedError: ``not_connected``, ``unreachable`` and the like.
    """
    _, api = connected(app)
    code = app.identity.open_code
    if code is not None:
        _answer(app, api, code, None)


def _answer(app: App, api: HttpApi, code: OpenCode, bundle: str | None) -> None:
    said = {"lookup_hash": digest(code.lookup).hex(), "bundle": bundle}
    api.ask("POST", "/api/device-invitations/answer", Nothing, said)
    _keep_code(app, None)


def _keep_code(app: App, code: OpenCode | None) -> None:
    app.write(
        lambda _conn: app.identity_file.update(
            lambda current: msgspec.structs.replace(current, open_code=code)
        )
    )


# --- on the device that joins ----------------------------------------------------------------


def ask_to_join(app: App, url: str, code_text: str) -> Waiting:
    """Ask to be let in; the person compares words and says yes on the other device.

    Args:
        app: This device: new, used alone, or one of the space whose credential ended.
        url: The home server's address.
        code_text: The code that the other device shows.

    Returns:
        What to show while waiting. The same code may be used again: nothing begins anew.

    Raises:
        RefusedError: ``wrong_code``, ``already_connected``, ``unreachable`` and the like.
    """
    code = device_code_from_text(code_text)
    api = home_or_elsewhere(app, url)
    try:
        answer = _ask(app, api, code)
    except RefusedError as refused:
        if refused.code != ErrorCode.SIGNED_OUT:
            raise
        become_another_device(app, api.url)
        answer = _ask(app, api, code)
    space = SpaceId(id_from_text(answer.space))
    server = told_server(app, api.url, answer.server, space)
    before = app.identity.waiting
    if before is not None and before.lookup == code.lookup:
        # The yes may have been said to words of a key that another one follows by now.
        with suppress(RefusedError):
            server = home_server(app.vault.cipher, api.url, answer.server, before.server)
    waiting = Waiting(
        lookup=code.lookup,
        secret=code.secret,
        space=space,
        server=server,
        phrase=device_phrase(
            server.signing_key, space, _hex(answer.inviter.keys_hash), _holder(app).hash
        ),
        expires_at=answer.expires_at,
    )
    _keep_waiting(app, waiting)
    return waiting


def _ask(app: App, api: HttpApi, code: DeviceCode) -> DeviceJoinAnswer:
    joining = _this_device(app, code.lookup)
    return api.ask(
        "POST",
        "/api/device-joins",
        DeviceJoinAnswer,
        {
            "lookup": code.lookup.hex(),
            "device": text_from_id(joining.device),
            "device_name": joining.name,
            "sign_key": joining.sign_key.hex(),
            "public_key": joining.public_key.hex(),
            "claim_hash": joining.claim_hash.hex(),
            "proof": join_proof(code, joining).hex(),
        },
    )


def _this_device(app: App, lookup: bytes) -> JoiningDevice:
    identity = app.identity
    return JoiningDevice(
        device=identity.device,
        # As the server keeps it, for the proof is over what it passes on.
        name=unicodedata.normalize("NFC", identity.device_name).strip(),
        sign_key=_holder(app).sign_key,
        public_key=_holder(app).box_key,
        claim_hash=digest(_claim(app, lookup)),
    )


def _claim(app: App, lookup: bytes) -> bytes:
    """What this device alone fetches the answer with; the same however often it asks."""
    return derive_key(app.identity.private_key, _CLAIM_LABEL + lookup)


def finish_joining(app: App) -> bool:
    """Look whether the person has said yes; then this is one of their devices.

    Args:
        app: A device that asked with ``ask_to_join``.

    Returns:
        Whether it is; ``False`` while the person has not answered.

    Raises:
        RefusedError: ``not_authorised``: the person said no; ``wrong_code``: the code ran out, or
            what was left does not open; ``unreachable``: try again, nothing is lost.
    """
    waiting = app.identity.waiting
    if waiting is None:
        raise RefusedError(ErrorCode.WRONG_CODE, gettext("this device does not wait to be let in"))
    asked = {"lookup": waiting.lookup.hex(), "claim": _claim(app, waiting.lookup).hex()}
    told = HttpApi(waiting.server.url).ask("POST", "/api/device-joins/claim", ClaimAnswer, asked)
    if told.state == "refused":
        _keep_waiting(app, None)
        raise RefusedError(
            ErrorCode.NOT_AUTHORISED, gettext("your other device did not let this one in")
        )
    if told.let_in is None:
        return False
    code = DeviceCode(waiting.lookup, waiting.secret)
    joining = _this_device(app, waiting.lookup)
    try:
        sealed = base64.b64decode(told.let_in.bundle, validate=True)
        plain = open_bundle(app.vault.cipher, code, joining, app.identity.private_key, sealed)
    except (ValueError, SealError):
        raise RefusedError(ErrorCode.WRONG_CODE, gettext(NOTHING_USABLE)) from None
    bundle = bundle_from_bytes(plain)
    server = waiting.server
    with suppress(RefusedError):  # Another key may follow by now, and the other device knows it.
        server = home_server(app.vault.cipher, server.url, told.let_in.server, server)
    # The words were made of what the server said then: a bundle from elsewhere was not compared.
    if bundle.space != waiting.space or bundle.signing_key not in _keys(server):
        raise RefusedError(
            ErrorCode.OTHER_HOME_SERVER,
            gettext("this is not the server that your other device uses"),
        )
    settle_in(app, waiting.server.url, told.let_in, bundle)
    return True


def _keys(server: HomeServer) -> list[bytes]:
    return [each.key for each in server.signing_keys]


def _keep_waiting(app: App, waiting: Waiting | None) -> None:
    app.write(
        lambda _conn: app.identity_file.update(
            lambda current: msgspec.structs.replace(current, waiting=waiting)
        )
    )


def _holder(app: App) -> Holder:
    return app.identity.secrets.holder


def _holder_of(joining: JoiningDevice) -> Holder:
    return Holder("device", joining.sign_key, joining.public_key)


def _hex(text: str) -> bytes:
    return bytes.fromhex(text)
