"""Devices that the server is still to sign out: the list outlives a connection that fails."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

import msgspec

from trailmark_adapters.sqlite import Connection
from trailmark_client.storage.settings import set_setting, setting
from trailmark_shared.ids import DeviceId

_NAME: Final = "devices_to_sign_out"


def to_sign_out(conn: Connection) -> list[DeviceId]:
    """Return the devices of which the server has not heard yet that they are signed out."""
    kept = setting(conn, _NAME)
    return [] if kept is None else msgspec.json.decode(kept, type=list[DeviceId])


def sign_out_later(conn: Connection, devices: Iterable[DeviceId]) -> None:
    """Note devices that the server is to sign out, with the next exchange at the latest.

    Args:
        conn: The store, inside a write transaction.
        devices: Which ones.
    """
    _keep(conn, dict.fromkeys([*to_sign_out(conn), *devices]))


def note_signed_out(conn: Connection, device: DeviceId) -> None:
    """Note that the server has signed a device out, or knows none of its id."""
    _keep(conn, (each for each in to_sign_out(conn) if each != device))


def _keep(conn: Connection, devices: Iterable[DeviceId]) -> None:
    set_setting(conn, _NAME, msgspec.json.encode(list(devices)).decode())
