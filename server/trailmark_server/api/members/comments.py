"""Comments: the therapist's own, and taking one back."""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated

import msgspec
from litestar import delete, post
from litestar.params import JSONBody

from trailmark_server.api.members.asking import Writing, refusals
from trailmark_server.api.members.shapes import CommentPath, Id, LaneName, LaneQuery, SpacePath
from trailmark_server.members import comments
from trailmark_server.members.surroundings import new_id
from trailmark_server.members.visits import open_space
from trailmark_server.members.writing import ZONE_CHARS_MAX, known_zone
from trailmark_server.services import InjectedServices
from trailmark_shared import limits
from trailmark_shared.domain.typed_words import clean_words
from trailmark_shared.ids import Lane, id_from_text, text_from_id


class CommentIn(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A comment.

    Attributes:
        lane: The lane of what it answers.
        about: The subject commented on.
        cause: The event answered.
        text: The words; the person reads them.
        zone: The time zone that it is dated in, an IANA name; the person's where you name none.
        event: An id that you made for this request, so that what is sent twice is written once, and
            other words under the same id are refused (409); the comment's own id, by which it is
            taken back, stands in the answer.
    """

    lane: LaneName
    about: Id
    cause: Id
    text: Annotated[str, msgspec.Meta(min_length=1, max_length=limits.TEXT_CHARS_MAX)]
    zone: Annotated[str, msgspec.Meta(max_length=ZONE_CHARS_MAX)] | None = None
    event: Id | None = None


class NewCommentOut(msgspec.Struct, frozen=True, kw_only=True):
    """The id of the comment."""

    id: str


@post(
    "/people/{space:str}/comments",
    status_code=201,
    responses=refusals(HTTPStatus.CONFLICT, writes=True, person=True),
    summary="Write a comment",
)
async def add_comment(
    services: InjectedServices, writer: Writing, space: SpacePath, data: JSONBody[CommentIn]
) -> NewCommentOut:
    """Write a comment on something that the person shares with you."""
    audience = await open_space(services, writer, space)
    comment = comments.NewComment(
        id=data.event or new_id(services),
        lane=Lane(data.lane),
        about=data.about,
        cause=data.cause,
        text=clean_words(data.text),
        zone=None if data.zone is None else known_zone(data.zone),
    )
    subject = await comments.add_comment(services, audience, comment)
    return NewCommentOut(id=text_from_id(subject))


@delete(
    "/people/{space:str}/comments/{comment:str}",
    status_code=204,
    responses=refusals(writes=True, person=True),
    summary="Take a comment back",
)
async def withdraw_comment(
    services: InjectedServices,
    writer: Writing,
    space: SpacePath,
    comment: CommentPath,
    lane: LaneQuery,
) -> None:
    """Take a comment of your own back; its words are shown no longer."""
    audience = await open_space(services, writer, space)
    await comments.withdraw_comment(
        services, audience, Lane(lane), id_from_text(comment), new_id(services)
    )
