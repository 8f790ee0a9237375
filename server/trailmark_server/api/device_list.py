"""``/api/devices``: the person's devices, their names, and signing one out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec
from litestar import Request, delete, get, put
from litestar.params import FromPath, JSONBody

from trailmark_server import credentials
from trailmark_server.access import Verb
from trailmark_server.api.join import Text
from trailmark_server.device_joining import let_in_through
from trailmark_server.guards import TAKES_NO_COOKIE
from trailmark_server.services import InjectedServices
from trailmark_server.sign_in.device import asking_device
from trailmark_server.storage.accounts import AccountRows, Device, LetInBy
from trailmark_shared.ids import DeviceId, id_from_text, text_from_id


class DeviceOut(msgspec.Struct, frozen=True, kw_only=True):
    """A device that is let in: times in milliseconds UTC.

    Attributes:
        id: Its id.
        name: What the person calls it.
        added_at: When it was let in first.
        let_in_by: How it was let in last: ``invitation``, ``device`` or ``recovery``.
        confirmed_by: Id of the device on which the person said yes, or ``None``.
        let_in_through: On whose word it is here: ``confirmed_by``, who confirmed that one, and so
            on; removed devices too.
        last_seen: When it last spoke with the server.
        current: It is the one that asks.
    """

    id: str
    name: str
    added_at: int
    let_in_by: LetInBy
    confirmed_by: str | None
    let_in_through: list[str]
    last_seen: int
    current: bool


class DevicesOut(msgspec.Struct, frozen=True, kw_only=True):
    """The devices of a person that are let in."""

    devices: list[DeviceOut]


class DeviceNameIn(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a device is called from now on."""

    name: Text


@get("/api/devices")
async def list_devices(request: Request[Any, Any, Any], services: InjectedServices) -> DevicesOut:
    """Return the person's devices that are let in."""
    device, right = await asking_device(request, services, Verb.MANAGE_DEVICES)

    def work(rows: AccountRows) -> list[DeviceOut]:
        known = [row for row in rows.devices(device.space) if row.revoked_at is None]
        return [
            _device_out(row, device, let_in_through(rows, row.space, row.device)) for row in known
        ]

    return DevicesOut(devices=await services.accounts.read(right.guard(work)))


def _device_out(row: Device, asking: Device, through: Sequence[bytes]) -> DeviceOut:
    return DeviceOut(
        id=text_from_id(row.device),
        name=row.name,
        added_at=row.created_at,
        let_in_by=row.let_in_by,
        confirmed_by=None if row.confirmed_by is None else text_from_id(row.confirmed_by),
        let_in_through=[text_from_id(each) for each in through],
        last_seen=row.seen_at,
        current=row.device == asking.device,
    )


@put("/api/devices/{device_id:str}", status_code=204, opt=TAKES_NO_COOKIE)
async def rename_device(
    request: Request[Any, Any, Any],
    services: InjectedServices,
    device_id: FromPath[str],
    data: JSONBody[DeviceNameIn],
) -> None:
    """Call a device of the person otherwise."""
    device, right = await asking_device(request, services, Verb.MANAGE_DEVICES)
    renamed = DeviceId(id_from_text(device_id))
    await services.accounts.write(
        right.guard(lambda rows: credentials.rename_device(rows, device.space, renamed, data.name))
    )


@delete("/api/devices/{device_id:str}", status_code=204, opt=TAKES_NO_COOKIE)
async def revoke_device(
    request: Request[Any, Any, Any], services: InjectedServices, device_id: FromPath[str]
) -> None:
    """Sign a device of the person out for good; its live sessions end at once."""
    device, right = await asking_device(request, services, Verb.MANAGE_DEVICES)
    revoked = DeviceId(id_from_text(device_id))
    now = services.now()
    row = await services.accounts.write(
        right.guard(lambda rows: credentials.revoke_device(rows, device.space, revoked, now))
    )
    hashes = credentials.revocation_hashes(row)
    for hash_ in hashes:
        await services.keys.revoke_credential(hash_)
    services.revoked.add(hashes)
    services.bell.ring_access(device.space)
