"""What therapists write: comments on what is there, and taking one back."""

from __future__ import annotations

import msgspec

from trailmark_server.access import Verb
from trailmark_server.members.audience import Audience, NothingHereError
from trailmark_server.members.documents import document_there
from trailmark_server.members.visits import require_lane
from trailmark_server.members.writing import (
    Said,
    Sending,
    append_said,
    entries_there,
    too_long,
)
from trailmark_server.services import Services
from trailmark_shared import limits
from trailmark_shared.errors import DomainError, ErrorCode
from trailmark_shared.events.comments import CommentAdded, CommentWithdrawn
from trailmark_shared.ids import Lane, id_from_text, text_from_id
from trailmark_shared.projections.comment import CommentDocument
from trailmark_shared.projections.entries import Entry
from trailmark_shared.words import gettext


class NewComment(msgspec.Struct, frozen=True, kw_only=True):
    """A comment to be.

    Attributes:
        id: Id of its form, as text.
        lane: The lane it is written into.
        about: The subject commented on, as text.
        cause: The event answered, as text.
        text: The words, with one character for each end of a line.
        zone: As for ``writing.Sending``.
    """

    id: str
    lane: Lane
    about: str
    cause: str
    text: str
    zone: str | None = None


def problem_with(text: str) -> str | None:
    """Return what is wrong with the words of a comment, as a sentence, or ``None``."""
    if not text:
        return gettext("There is nothing to send yet.")
    return too_long(gettext("A comment"), text, limits.TEXT_CHARS_MAX)


async def add_comment(services: Services, audience: Audience, comment: NewComment) -> bytes:
    """Append a comment and ring for it.

    Returns:
        The comment, 16 bytes: its subject.

    Raises:
        NothingHereError: The lane is not the therapist's, or what it answers is not there.
        EventDataError: ``malformed_id``: something named is no id.
        DomainError: ``invalid_input``: the words are none, or too many.
        SentBeforeError: ``duplicate``: the form wrote something else already.
    """
    problem = problem_with(comment.text)
    if problem is not None:
        raise DomainError(ErrorCode.INVALID_INPUT, problem)
    await require_lane(services, audience, comment.lane)
    answered = await _answered(services, audience, comment)
    data = CommentAdded(
        text=comment.text,
        about=comment.about,
        goal=await _goal_of(services, audience, comment.lane, answered),
    )
    said = Said(subject=None, data=data, cause=answered.id)
    sending = Sending(id=comment.id, lane=comment.lane, zone=comment.zone)
    right = audience.right(Verb.COMMENT, comment.lane)
    entry = await append_said(services, audience.space, right, sending, said)
    return entry.body.subject


async def withdraw_comment(
    services: Services, audience: Audience, lane: Lane, comment: bytes, form: str
) -> None:
    """Take a comment of the therapist's own back; one that was taken back already stays so.

    Args:
        services: The server.
        audience: Who takes it back.
        lane: Where it stands.
        comment: Its subject.
        form: Id of the form, as text.

    Raises:
        NothingHereError: There is no such comment of theirs.
        SentBeforeError: ``duplicate``: the form wrote something else already.
    """
    document = await document_there(services, audience, lane, comment, "comment", CommentDocument)
    if document.created_by != audience.actor:
        raise NothingHereError
    if document.withdrawn_at is None:
        sending = Sending(id=form, lane=lane)
        right = audience.right(Verb.COMMENT, lane)
        said = Said(subject=comment, data=CommentWithdrawn())
        await append_said(services, audience.space, right, sending, said)


async def _answered(services: Services, audience: Audience, comment: NewComment) -> Entry:
    """Return the event that a comment answers; only what is there can be answered."""
    cause, about = id_from_text(comment.cause), id_from_text(comment.about)
    for entry in await entries_there(services, audience, comment.lane, about):
        if entry.id == cause:
            return entry
    raise NothingHereError


async def _goal_of(
    services: Services, audience: Audience, lane: Lane, answered: Entry
) -> str | None:
    stored = await services.events.document(
        audience.space, lane, answered.body.subject, audience.reader(lane)
    )
    if stored is None:
        return None
    goal = stored.subject if stored.kind == "goal" else stored.parent
    return None if goal is None else text_from_id(goal)
