"""Handing a person over: a colleague is proposed to them; they alone decide."""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated

import msgspec
from litestar import delete, get, put
from litestar.params import JSONBody

from trailmark_server.api.members.asking import Reading, Writing, refusals
from trailmark_server.api.members.shapes import SpacePath
from trailmark_server.members import hand_overs
from trailmark_server.members.hand_overs import OpenHandOver
from trailmark_server.services import InjectedServices
from trailmark_shared import limits


class ColleagueIn(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The email that names your colleague's account."""

    email: Annotated[str, msgspec.Meta(max_length=limits.TITLE_CHARS_MAX)]


class HandOverOut(msgspec.Struct, frozen=True, kw_only=True):
    """What you proposed to a person; whether and what they answered is not told.

    Attributes:
        colleague: Name of who is to go on.
        email: Names their account.
        made_at: When you proposed it, milliseconds UTC.
        expires_at: When it goes by itself, milliseconds UTC.
    """

    colleague: str
    email: str
    made_at: int
    expires_at: int


class OpenHandOverOut(msgspec.Struct, frozen=True, kw_only=True):
    """Your proposal, or null: there is none, or it ran out."""

    hand_over: HandOverOut | None


@get(
    "/people/{space:str}/hand-over",
    responses=refusals(person=True),
    summary="Whom you propose to a person",
)
async def show_hand_over(
    services: InjectedServices, signed_in: Reading, space: SpacePath
) -> OpenHandOverOut:
    """Return the colleague whom you proposed to a person, until it runs out."""
    found = await hand_overs.find_hand_over(services, signed_in, space)
    return OpenHandOverOut(hand_over=None if found is None else _out(found))


@put(
    "/people/{space:str}/hand-over",
    responses=refusals(person=True, writes=True),
    summary="Propose a colleague to a person",
)
async def put_hand_over(
    services: InjectedServices, writer: Writing, space: SpacePath, data: JSONBody[ColleagueIn]
) -> HandOverOut:
    """Propose a colleague, who gets nothing by it: the person decides on their own device."""
    return _out(await hand_overs.hand_over(services, writer, space, data.email))


@delete(
    "/people/{space:str}/hand-over",
    status_code=204,
    responses=refusals(HTTPStatus.NOT_FOUND, writes=True),
    summary="Take the proposal back",
)
async def withdraw_hand_over(services: InjectedServices, writer: Writing, space: SpacePath) -> None:
    """Take back whom you proposed; what the person took up already stays theirs."""
    await hand_overs.withdraw_hand_over(services, writer, space)


def _out(found: OpenHandOver) -> HandOverOut:
    return HandOverOut(
        colleague=found.colleague,
        email=found.email,
        made_at=found.made_at,
        expires_at=found.expires_at,
    )
