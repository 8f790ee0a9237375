"""Supporters' links at work: what ends one is in the keys store first.

So no backup of the account tables brings a link back that was replaced, stopped or left.
"""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from trailmark_server import supporters
from trailmark_server.access import Right
from trailmark_server.services import Services
from trailmark_server.storage.accounts import LinkEnd, SupporterLink
from trailmark_shared.ids import SpaceId


async def register(services: Services, right: Right, new: supporters.NewLink) -> SupporterLink:
    """Keep a link that a device made, in place of the supporter's link before it.

    Args:
        services: The server.
        right: Of the device.
        new: The link.

    Returns:
        The link as it is kept, whatever became of it.

    Raises:
        LimitExceededError: There are too many.
        RefusedError: The device was signed out, or the hash is somebody else's.
    """
    now = services.now()
    new = msgspec.structs.replace(new, is_over=services.revoked.lists(new.hash))
    replaced = await services.accounts.read(
        right.guard(lambda rows: supporters.replaced_by(rows, new, now))
    )
    await _list(services, replaced)
    registered = await services.accounts.write(
        right.guard(lambda rows: supporters.register_link(rows, new, now))
    )
    await _list(services, registered.ended)  # another device may have told of one meanwhile
    return registered.link


async def end(services: Services, right: Right, space: SpaceId, member: bytes) -> None:
    """End whatever link a supporter has, and the browsers that it let in."""
    now = services.now()
    links = await services.accounts.read(
        right.guard(lambda rows: supporters.links_of(rows, space, member, now))
    )
    await end_each(services, [each.hash for each in links], "stopped")


async def end_each(services: Services, hashes: Iterable[bytes], by: LinkEnd) -> None:
    """End links by their hashes; the caller's right was asked for before."""
    for hash_ in hashes:
        await _list(services, [hash_])
        now = services.now()
        await services.accounts.write(
            lambda rows, hash_=hash_, now=now: supporters.end_link(rows, hash_, by, now)
        )


async def _list(services: Services, hashes: Iterable[bytes]) -> None:
    for hash_ in hashes:
        if not services.revoked.lists(hash_):
            await services.keys.revoke_credential(hash_)
            services.revoked.add([hash_])
