"""The person's own devices: listing, naming, removing them, and changing the vault keys."""

from __future__ import annotations

import msgspec

from trailmark_adapters.sqlite import Connection
from trailmark_client.app import App
from trailmark_client.home_api import connected
from trailmark_client.server_answers import DeviceAnswer, DevicesAnswer, Nothing
from trailmark_client.storage.signing_out import note_signed_out, sign_out_later, to_sign_out
from trailmark_shared.device_graph.statements import Admitted, HolderId, Removed
from trailmark_shared.errors import DomainError, ErrorCode, RefusedError
from trailmark_shared.ids import DeviceId, text_from_id
from trailmark_shared.words import gettext


def devices(app: App) -> list[DeviceAnswer]:
    """Return the person's devices, as the server knows them, by the names that devices signed.

    Whoever has a credential alone, or the server, could call a stolen device by the name of another
    one, and the person would remove that.

    Raises:
        RefusedError: ``not_connected``, ``unreachable`` and the like.
    """
    _, api = connected(app)
    told = api.ask("GET", "/api/devices", DevicesAnswer).devices
    signed = app.read(app.key_sharing.known).view.names()
    names = {text_from_id(holder): name for holder, name in signed.items() if name}
    return [msgspec.structs.replace(each, name=names.get(each.id, each.name)) for each in told]


class Known(msgspec.Struct, frozen=True, kw_only=True):
    """A device of the person as the other devices know it, whatever the server says.

    Attributes:
        id: Its id.
        name: What the person calls it.
    """

    id: DeviceId
    name: str


def known_devices(app: App) -> list[Known] | None:
    """Return the devices that get the person's keys; ``None`` while no other was let in."""
    known = app.read(app.key_sharing.known)
    if known.is_alone:
        return None
    names = known.view.names()
    return [
        Known(id=DeviceId(each), name=names.get(each, ""))
        for each, holder in known.view.members.items()
        if holder.kind == "device"
    ]


def known_let_in_by(app: App, device: DeviceId) -> list[Known]:
    """Return the devices that get the person's keys on the word of another one only."""
    found = app.read(app.key_sharing.known).view.let_in_by(HolderId(device))
    return [each for each in known_devices(app) or () if each.id in found]


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
        app.key_sharing.rename(conn, HolderId(device), name)

    app.write(rename)


class Accusation(msgspec.Struct, frozen=True, kw_only=True):
    """A removal that another one speaks against.

    Attributes:
        by: The device that said it.
        against: Whom it removed.
    """

    by: Known
    against: tuple[Known, ...]


def asked(app: App) -> list[Accusation]:
    """Return what only the person can decide: removals of devices that removed each other.

    Each side has said something; nothing where nobody is asked.
    """
    known = app.read(app.key_sharing.known)
    view, graph = known.view, known.graph
    names = {
        each.says.holder.id: each.says.name
        for each in graph.statements
        if isinstance(each.says, Admitted)
    } | view.names()

    def called(holder: bytes) -> Known:
        name = names.get(HolderId(holder), text_from_id(holder)[:10])
        return Known(id=DeviceId(holder), name=name)

    return [
        Accusation(by=called(each.author_id), against=tuple(map(called, each.says.holders)))
        for each in view.disputed()
        if isinstance(each.says, Removed)
    ]


def change_key(app: App) -> None:
    """Let a fresh vault key seal from now on; all devices and the recovery code get it.

    Raises:
        DomainError: ``missing_key``: this device is none of the person's.
    """
    app.write(app.key_sharing.change_key)


def remove_device(app: App, device: DeviceId, *more: DeviceId) -> bool:
    """Sign a device out for ever, and seal from now on with a key that it does not have.

    The keys come first: that protects even where the server cannot be reached now. Where the person
    was asked which of two devices goes, this is the answer. What that device has not sent stays on
    it.

    Args:
        app: This device.
        device: Another one of the person.
        more: Further ones, such as it let in.

    Returns:
        Whether the others are told; ``False`` where this device is none of the person's itself.

    Raises:
        DomainError: ``invalid_input``: it is this device.
        RefusedError: ``unreachable`` and the like: the others are told, and the device is signed
            out with the next exchange.
    """
    removed = [device, *more]
    if app.identity.device in removed:
        raise DomainError(
            ErrorCode.INVALID_INPUT,
            gettext("this is the device you are using; remove it on another one"),
        )
    app.write(lambda conn: sign_out_later(conn, removed))
    try:
        return app.write(
            lambda conn: app.key_sharing.remove(conn, [HolderId(each) for each in removed])
        )
    finally:
        # Whatever became of the keys: it is not to speak in the person's name any more.
        sign_out_removed(app)


def sign_out_removed(app: App) -> None:
    """Tell the server which devices were removed here, as far as it does not know yet.

    Raises:
        RefusedError: ``not_connected``, ``unreachable`` and the like: it is tried again.
    """
    waiting = app.read(to_sign_out)
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
        app.write(lambda conn, done=device: note_signed_out(conn, done))
