"""The person's own devices: listing, naming, removing them, and changing the vault keys."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

import msgspec

from trailmark_adapters.sqlite import Connection
from trailmark_client.app import App
from trailmark_client.home_api import connected
from trailmark_client.server_answers import DeviceAnswer, DevicesAnswer, Nothing
from trailmark_client.storage.key_ring import key_ring
from trailmark_client.storage.settings import set_setting, setting
from trailmark_shared.errors import DomainError, ErrorCode, RefusedError
from trailmark_shared.events.control import DeviceRenamed
from trailmark_shared.ids import SELF, DeviceId, text_from_id
from trailmark_shared.words import gettext

_TO_SIGN_OUT: Final = "devices_to_sign_out"


def devices(app: App) -> list[DeviceAnswer]:
    """Return the person's devices, as the server knows them.

    Raises:
        RefusedError: ``not_connected``, ``unreachable`` and the like.
    """
    _, api = connected(app)
    return api.ask("GET", "/api/devices", DevicesAnswer).devices


def holders_of_newest_key(conn: Connection, app: App) -> frozenset[bytes]:
    """Return the devices and recovery codes that the newest vault key was wrapped for."""
    ring = key_ring(conn, app.vault)
    return frozenset(ring.holders(ring.newest))


def let_in_by(app: App, device: DeviceId) -> list[DeviceAnswer]:
    """Return the devices that are here on the word of another one, this one excepted.

    Whoever got hold of a device, or of its credential alone, can let others in on the server.

    Raises:
        RefusedError: ``not_connected``, ``unreachable`` and the like.
    """
    wanted = text_from_id(device)
    return [
        each
        for each in devices(app)
        if wanted in each.let_in_through and each.id != text_from_id(app.identity.device)
    ]


def rename_device(app: App, device: DeviceId, name: str) -> None:
    """Call a device otherwise, here, on the server and on the person's other devices.

    Raises:
        RefusedError: ``not_connected``, ``unreachable``: nothing was changed.
        EventDataError: The name cannot be one.
        DomainError: ``not_found``: the server knows no such device.
    """
    _, api = connected(app)
    api.ask("PUT", f"/api/devices/{text_from_id(device)}", Nothing, {"name": name})

    def rename(conn: Connection) -> None:
        if device == app.identity.device:
            app.identity_file.update(
                lambda current: msgspec.structs.replace(current, device_name=name)
            )
        renamed = DeviceRenamed(device=text_from_id(device), name=name)
        app.recorder.record(conn, SELF, device, renamed)

    app.write(rename)


class Disputed(msgspec.Struct, frozen=True, kw_only=True):
    """Who holds the newest key here, and was removed on another of the person's devices.

    Attributes:
        id: Id of the device or recovery code, 16 bytes.
        name: What the person calls the device; ``None`` for a recovery code.
    """

    id: bytes
    name: str | None


def disputed(app: App) -> list[Disputed]:
    """Return who is disputed: nothing is sealed for them until the person says who is right."""

    def read(conn: Connection) -> list[Disputed]:
        ring = key_ring(conn, app.vault)
        if not ring.disputed:
            return []
        return [
            Disputed(
                id=each,
                name=None if each in ring.recovery_codes else ring.names.get(each, ""),
            )
            for each in sorted(ring.disputed)
        ]

    return app.read(read)


def change_keys(app: App, *, without: Collection[bytes] = (), keeps_disputed: bool = False) -> None:
    """Let a fresh vault key seal from now on; all devices and the recovery code get it.

    Args:
        app: This device.
        without: Of those that are disputed, who does not get it.
        keeps_disputed: The others that are disputed do.

    Raises:
        DomainError: ``missing_key``: this device lacks the newest one; ``keys_disputed``: the
            person did not say who stays.
        LimitExceededError: ``VAULT_KEYS_MAX``.
    """
    app.write(
        lambda conn: app.key_sharing.change_keys(
            conn, without=without, keeps_disputed=keeps_disputed
        )
    )
    # Only what is committed is used: see ``KeySharing.ring``.
    app.write(app.key_sharing.ring)


def remove_device(app: App, device: DeviceId, *more: DeviceId) -> bool:
    """Sign a device out for ever, and seal from now on with a key that it does not have.

    The key comes first: it protects even where the server cannot be reached now. What the device
    has not sent stays on it.

    Args:
        app: This device.
        device: Another one of the person.
        more: Further ones, such as it let in.

    Returns:
        Whether the keys were changed; ``False`` where this device lacks the newest one, or the
        person must say first who holds it.

    Raises:
        DomainError: ``invalid_input``: it is this device.
        RefusedError: ``unreachable`` and the like: the keys were changed, and the device is signed
            out with the next exchange.
    """
    removed = [device, *more]
    if app.identity.device in removed:
        raise DomainError(
            ErrorCode.INVALID_INPUT,
            gettext("this is the device you are using; remove it on another one"),
        )
    app.write(lambda conn: _keep_to_sign_out(conn, [*_to_sign_out(conn), *removed]))
    try:
        app.write(lambda conn: app.key_sharing.change_keys(conn, without=removed))
        app.write(app.key_sharing.ring)
        has_changed = True
    except DomainError as error:
        if error.code not in (ErrorCode.MISSING_KEY, ErrorCode.KEYS_DISPUTED):
            raise
        has_changed = False
    finally:
        # Whatever became of the keys: it is not to speak in the person's name any more.
        sign_out_removed(app)
    return has_changed


def sign_out_removed(app: App) -> None:
    """Tell the server which devices were removed here, as far as it does not know yet.

    Raises:
        RefusedError: ``not_connected``, ``unreachable`` and the like: it is tried again.
    """
    waiting = app.read(_to_sign_out)
    if not waiting:
        return
    _, api = connected(app)
    for device in waiting:
        try:
            api.ask("DELETE", f"/api/devices/{text_from_id(device)}", Nothing)
        except RefusedError as refused:
            # Signed out says that this device is, and nothing of the other one.
            if refused.code != ErrorCode.NOT_FOUND:
                raise
        app.write(
            lambda conn, done=device: _keep_to_sign_out(
                conn, [each for each in _to_sign_out(conn) if each != done]
            )
        )


def _to_sign_out(conn: Connection) -> list[DeviceId]:
    kept = setting(conn, _TO_SIGN_OUT)
    return [] if kept is None else msgspec.json.decode(kept, type=list[DeviceId])


def _keep_to_sign_out(conn: Connection, devices: list[DeviceId]) -> None:
    unique = list(dict.fromkeys(devices))
    set_setting(conn, _TO_SIGN_OUT, msgspec.json.encode(unique).decode())
