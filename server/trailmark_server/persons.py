"""The persons of a server as its operator sees them: marks and counts, no names and no words."""

from __future__ import annotations

import msgspec

from trailmark_server.storage.accounts import AccountRows, AccountStore, Device, Space, SpaceErasure
from trailmark_server.storage.ports import EventStore
from trailmark_shared.errors import DomainError, ErrorCode
from trailmark_shared.ids import SpaceId, second_mark, text_from_id
from trailmark_shared.words import gettext


class PersonLine(msgspec.Struct, frozen=True, kw_only=True):
    """One person.

    Attributes:
        mark: A short mark of the space; see ``ids.second_mark``.
        space: Id of the space.
        joined_at: When it was registered here, milliseconds UTC.
        devices: Devices that are let in.
        lanes: Lanes that this server holds.
        entries: Rows in them, stubs included.
        erased_at: When everything was erased, milliseconds UTC, or ``None``.
        erased_by: ``person`` or ``operator``, or ``None``.
    """

    mark: str
    space: str
    joined_at: int
    devices: int
    lanes: int
    entries: int
    erased_at: int | None
    erased_by: str | None


async def list_persons(events: EventStore, accounts: AccountStore) -> list[PersonLine]:
    """Return everybody who ever joined, by the time they did."""

    def look(rows: AccountRows) -> list[tuple[Space, list[Device], SpaceErasure | None]]:
        return [
            (each, list(rows.devices(each.space)), rows.erasure(each.space))
            for each in rows.spaces()
        ]

    found = await accounts.read(look)
    lines: list[PersonLine] = []
    for space, devices, erasure in found:
        heads = await events.lanes(space.space)
        lines.append(
            PersonLine(
                mark=second_mark(space.space),
                space=text_from_id(space.space),
                joined_at=space.created_at,
                devices=sum(each.revoked_at is None for each in devices),
                lanes=len(heads),
                entries=sum(each.head for each in heads),
                erased_at=None if erasure is None else erasure.erased_at,
                erased_by=None if erasure is None else erasure.erased_by,
            )
        )
    return lines


def find_person(rows: AccountRows, whom: str) -> SpaceId:
    """Return the space that a mark or an id names.

    Args:
        rows: The account tables.
        whom: A mark, or the id of a space; upper and lower case are the same.

    Raises:
        DomainError: ``not_found``; ``ambiguous_id``: the mark is that of several: take the id.
    """
    wanted = whom.strip().lower()
    spaces = [each.space for each in rows.spaces()]
    found = [each for each in spaces if wanted in {second_mark(each), text_from_id(each)}]
    if not found:
        raise DomainError(
            ErrorCode.NOT_FOUND,
            gettext("nobody here has this mark or id; trailmark-server person list shows all"),
        )
    if len(found) > 1:
        raise DomainError(ErrorCode.AMBIGUOUS_ID, gettext("several have this mark; take the id"))
    return found[0]
