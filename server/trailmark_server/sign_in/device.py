"""Who a device is: what its credential says, at the door of every session and request."""

from __future__ import annotations

from typing import Any

from litestar import Request

from trailmark_server import credentials
from trailmark_server.access import DeviceActor, Right, Verb, authorize
from trailmark_server.lifetimes import lasts
from trailmark_server.services import Services
from trailmark_server.storage.accounts import AccountRows, Device
from trailmark_server.tokens import secret_hash
from trailmark_shared import limits


async def sign_in(
    services: Services, credential: str | None, *, erased_too: bool = False
) -> Device:
    """Return the device of a credential and note, now and then, that it was seen.

    Args:
        services: The server.
        credential: As it came.
        erased_too: Also where everything of the person was erased.

    Raises:
        RefusedError: ``not_signed_in``: absent, unknown or expired; ``signed_out``: revoked;
            ``space_erased``.
    """
    now = services.now()

    def look_up(rows: AccountRows) -> Device:
        return credentials.device_of_credential(
            rows, credential, now, services.revoked, erased_too=erased_too
        )

    device = await services.accounts.read(look_up)
    is_renewed = secret_hash(credential or "") == device.next_hash
    if is_renewed or not lasts(device.seen_at, now, limits.SEEN_MS):
        device = await services.accounts.write(
            lambda rows: credentials.use_credential(rows, look_up(rows), credential or "", now)
        )
    return device


async def asking_device(
    request: Request[Any, Any, Any], services: Services, verb: Verb
) -> tuple[Device, Right]:
    """Return the device that asks, and its right to do ``verb`` in its person's space.

    Args:
        request: Its credential stands in the header ``Authorization``.
        services: The server.
        verb: What for; only ``ERASE`` is still open where everything of the person was erased.

    Raises:
        RefusedError: As ``sign_in`` does.
    """
    credential = credentials.credential_from_header(request.headers.get("authorization"))
    device = await sign_in(services, credential, erased_too=verb is Verb.ERASE)
    actor = DeviceActor(space=device.space, device=device.device)
    return device, authorize(actor, verb, device.space, None, services.now())
