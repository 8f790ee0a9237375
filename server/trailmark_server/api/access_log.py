"""``/api/access-log``: who else looked at a person's data, for the person's own devices."""

from __future__ import annotations

from typing import Any

import msgspec
from litestar import Request, get
from litestar.params import FromQuery

from trailmark_server.access import Verb
from trailmark_server.members.looks import place_by_member, read_looks
from trailmark_server.services import InjectedServices
from trailmark_server.sign_in.device import asking_device
from trailmark_server.storage.accounts import AccountRows
from trailmark_shared.ids import SpaceId, text_from_id


class AccessOut(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody looked, or was refused.

    Attributes:
        member: Id of who looked.
        name: Their name, as their account has it now; ``None`` where there is none any more.
        page: A short stable name such as ``timeline``; refused attempts begin with ``refused:``.
        at: The first time within a quarter of an hour, milliseconds UTC.
    """

    member: str
    name: str | None
    page: str
    at: int


class AccessLogOut(msgspec.Struct, frozen=True, kw_only=True):
    """A page of a person's access log.

    Attributes:
        entries: The newest first.
        more: There are older ones.
        next: What to give as ``before`` to read them; ``None`` where there are none.
    """

    entries: list[AccessOut]
    more: bool
    next: str | None


@get("/api/access-log")
async def access_log(
    request: Request[Any, Any, Any],
    services: InjectedServices,
    before: FromQuery[str | None] = None,
) -> AccessLogOut:
    """Return who else looked at the data of the person whose device asks."""
    device, right = await asking_device(request, services, Verb.READ_ACCESS_LOG)
    return await services.accounts.read(
        right.guard(lambda rows: _log_of(rows, device.space, before))
    )


def _log_of(rows: AccountRows, space: SpaceId, before: str | None) -> AccessLogOut:
    found = read_looks(
        lambda limit, place: rows.access_entries(space, limit, place), place_by_member, before
    )
    names = {
        member: None if (known := rows.therapist(member)) is None else known.name
        for member in {each.member for each in found.entries}
    }
    return AccessLogOut(
        entries=[
            AccessOut(
                member=text_from_id(each.member),
                name=names[each.member],
                page=each.page,
                at=each.first_at,
            )
            for each in found.entries
        ],
        more=found.next is not None,
        next=found.next,
    )
