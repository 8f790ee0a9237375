"""``/api/supporter-links``: a person's devices tell of the links that they made for supporters.

The server learns the hash of a link, never the link. What ends a link is in the keys store before
it is in the account tables, so that no backup of these brings the link back.
"""

from __future__ import annotations

from typing import Annotated, Any, Final

import msgspec
from litestar import Request, delete, get, put
from litestar.params import FromPath, JSONBody

from trailmark_server.access import Verb
from trailmark_server.members import links
from trailmark_server.services import InjectedServices, Services
from trailmark_server.sign_in.device import asking_device
from trailmark_server.storage.accounts import LinkEnd, SupporterLink
from trailmark_server.storage.grants import end_of_day
from trailmark_server.storage.ports import Grant
from trailmark_server.supporters import NewLink
from trailmark_shared import limits
from trailmark_shared.errors import DomainError, ErrorCode
from trailmark_shared.ids import Lane, SpaceId, id_from_text, text_from_id
from trailmark_shared.words import gettext

_HASHES_MAX: Final = limits.SUPPORTER_LINK_REPLACES_MAX

HexHash = Annotated[str, msgspec.Meta(pattern=r"\A[0-9a-f]{64}\Z")]
LaneName = Annotated[str, msgspec.Meta(max_length=limits.LANE_NAME_CHARS_MAX)]
Age = Annotated[int, msgspec.Meta(ge=0, le=limits.INTEGER_MAX)]

_CIRCLE: Final = "circle/"


class LinkIn(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A link that a device made.

    Attributes:
        lane: The circle lane that it opens.
        token_hash: SHA-256 of its random part as it reads, hexadecimal.
        age_ms: How long ago it was made; so a wrong clock of the device does not matter.
        replaces: Links that the device knew of when it made this one, as ``token_hash``.
    """

    lane: LaneName
    token_hash: HexHash
    age_ms: Age
    replaces: Annotated[tuple[HexHash, ...], msgspec.Meta(max_length=_HASHES_MAX)] = ()


class LinkOut(msgspec.Struct, frozen=True, kw_only=True):
    """A link as the server knows it; times in milliseconds UTC.

    Attributes:
        member: The supporter's id.
        lane: The circle lane that it opens.
        token_hash: As the device told it.
        registered_at: When a device told of it.
        expires_at: When it stops to work.
        opened_at: When it was first opened, or ``None``.
        ended_at: When it ended before its time, or ``None``.
        ended_by: ``replaced``, ``stopped`` or ``left``, or ``None``.
    """

    member: str
    lane: str
    token_hash: str
    registered_at: int
    expires_at: int
    opened_at: int | None
    ended_at: int | None
    ended_by: LinkEnd | None


class LinksOut(msgspec.Struct, frozen=True, kw_only=True):
    """The links of a person's supporters that the server remembers, the oldest first."""

    links: list[LinkOut]


@get("/api/supporter-links")
async def list_links(request: Request[Any, Any, Any], services: InjectedServices) -> LinksOut:
    """Return the links of the person whose device asks."""
    device, right = await asking_device(request, services, Verb.MANAGE_SUPPORTERS)
    found = await services.accounts.read(
        right.guard(lambda rows: rows.supporter_links(device.space))
    )
    return LinksOut(links=[_link_out(row) for row in found])


@put("/api/supporter-links/{member_id:str}")
async def put_link(
    request: Request[Any, Any, Any],
    services: InjectedServices,
    member_id: FromPath[str],
    data: JSONBody[LinkIn],
) -> LinkOut:
    """Keep a supporter's link in place of the one before; telling of it again changes nothing."""
    device, right = await asking_device(request, services, Verb.MANAGE_SUPPORTERS)
    grant = await _grant(services, device.space, Lane(data.lane), id_from_text(member_id))
    new = NewLink(
        hash=bytes.fromhex(data.token_hash),
        space=device.space,
        lane=grant.lane,
        member=grant.member,
        made_at=services.now() - data.age_ms,
        replaces=frozenset(map(bytes.fromhex, data.replaces)),
        until=None if grant.until is None else end_of_day(grant.until),
    )
    return _link_out(await links.register(services, right, new))


@delete("/api/supporter-links/{member_id:str}", status_code=204)
async def delete_link(
    request: Request[Any, Any, Any], services: InjectedServices, member_id: FromPath[str]
) -> None:
    """End whatever link a supporter has."""
    device, right = await asking_device(request, services, Verb.MANAGE_SUPPORTERS)
    await links.end(services, right, device.space, id_from_text(member_id))


async def _grant(services: Services, space: SpaceId, lane: Lane, member: bytes) -> Grant:
    """Return the live grant that a link is to open a way to; its event comes first.

    Raises:
        DomainError: ``not_found``: there is none.
    """
    for grant in await services.events.grants(space):
        is_theirs = (grant.lane, grant.member, grant.role) == (lane, member, "supporter")
        if is_theirs and grant.is_live and lane.startswith(_CIRCLE):
            return grant
    raise DomainError(ErrorCode.NOT_FOUND, gettext("nobody is let in there as a supporter"))


def _link_out(link: SupporterLink) -> LinkOut:
    return LinkOut(
        member=text_from_id(link.member),
        lane=link.lane,
        token_hash=link.hash.hex(),
        registered_at=link.registered_at,
        expires_at=link.expires_at,
        opened_at=link.opened_at,
        ended_at=link.ended_at,
        ended_by=link.ended_by,
    )
