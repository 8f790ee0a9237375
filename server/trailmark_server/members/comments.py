"""What therapists write: comments on what is there, and taking one back.

The store asks for the grant in the transaction that appends. The event's id comes from whoever
sends, made before the words were, so that what is sent twice is written once.
"""

from __future__ import annotations

from typing import Final

import msgspec

from trailmark_adapters.clock import local_time, zone_from_name
from trailmark_server.access import Verb
from trailmark_server.members.audience import Audience, NothingHereError
from trailmark_server.members.entries import entries_from_rows
from trailmark_server.services import Services
from trailmark_server.storage.ports import MemberDraft
from trailmark_shared import limits
from trailmark_shared.errors import DomainError, ErrorCode
from trailmark_shared.events.body import Body
from trailmark_shared.events.codec import encode_body
from trailmark_shared.events.comments import CommentAdded, CommentWithdrawn
from trailmark_shared.events.data import EventData
from trailmark_shared.events.registry import type_of
from trailmark_shared.ids import EventId, Lane, id_from_text, text_from_id
from trailmark_shared.projections.comment import CommentDocument
from trailmark_shared.projections.entries import Entry

ZONE_CHARS_MAX: Final = 64
"""Longest name of a time zone that is looked up."""


class NewComment(msgspec.Struct, frozen=True, kw_only=True):
    """A comment to be.

    Attributes:
        id: Id of its event, as text.
        lane: The lane it is written into.
        about: The subject commented on, as text.
        cause: The event answered, as text.
        text: The words, with one character for each end of a line.
        zone: The writer's time zone, see ``known_zone``.
    """

    id: str
    lane: Lane
    about: str
    cause: str
    text: str
    zone: str


def clean_words(text: str) -> str:
    """Return words as they are kept: one character for each end of a line, no blanks around."""
    return text.replace("\r\n", "\n").replace("\r", "\n").strip()


def problem_with(text: str) -> str | None:
    """Return what is wrong with the words of a comment, as a sentence, or ``None``."""
    if not text:
        return "There is nothing to send yet."
    if len(text) > limits.TEXT_CHARS_MAX:
        return (
            f"A comment has at most {limits.TEXT_CHARS_MAX} characters; this one has {len(text)}."
            " Your words are still here."
        )
    return None


def known_zone(name: str) -> str:
    """Return a time zone's name, or ``UTC`` where this machine knows none of that name."""
    is_known = 0 < len(name) <= ZONE_CHARS_MAX and zone_from_name(name) is not None
    return name if is_known else "UTC"


async def add_comment(services: Services, audience: Audience, comment: NewComment) -> bytes:
    """Append a comment and ring for it.

    Returns:
        The comment, 16 bytes: its subject.

    Raises:
        NothingHereError: The lane is not the therapist's, or what it answers is not there.
        EventDataError: ``malformed_id``: something named is no id.
        DomainError: ``invalid_input``: the words are none, or too many.
    """
    problem = problem_with(comment.text)
    if problem is not None:
        raise DomainError(ErrorCode.INVALID_INPUT, problem)
    if comment.lane not in audience.lanes:
        raise NothingHereError
    answered = await _answered(services, audience, comment)
    data = CommentAdded(
        text=comment.text,
        about=comment.about,
        goal=await _goal_of(services, audience, comment.lane, answered),
    )
    subject = services.randomness.token(limits.ID_BYTES)
    body = _body(services, subject, data, comment.zone, cause=answered.id)
    return await _append(services, audience, comment.lane, comment.id, body)


async def withdraw_comment(
    services: Services, audience: Audience, lane: Lane, comment: bytes, event: str
) -> None:
    """Take a comment of the therapist's own back; one that was taken back already stays so.

    Args:
        services: The server.
        audience: Who takes it back.
        lane: Where it stands.
        comment: Its subject.
        event: Id of the event to be, as text.

    Raises:
        NothingHereError: There is no such comment of theirs.
    """
    if lane not in audience.lanes:
        raise NothingHereError
    stored = await services.events.document(audience.space, lane, comment, audience.reader(lane))
    if stored is None or stored.kind != "comment":
        raise NothingHereError
    document = msgspec.json.decode(stored.json, type=CommentDocument)
    if document.created_by != audience.actor:
        raise NothingHereError
    if document.withdrawn_at is None:
        body = _body(services, comment, CommentWithdrawn(), "UTC")
        await _append(services, audience, lane, event, body)


async def _answered(services: Services, audience: Audience, comment: NewComment) -> Entry:
    """Return the event that a comment answers; only what is there can be answered."""
    cause, lane = id_from_text(comment.cause), comment.lane
    rows = await services.events.subject_rows(
        audience.space, lane, id_from_text(comment.about), audience.reader(lane)
    )
    for entry in entries_from_rows(rows):
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


def _body(
    services: Services, subject: bytes, data: EventData, zone: str, cause: bytes | None = None
) -> Body:
    now, known = services.now(), type_of(data)
    at = local_time(now, zone)
    return Body(
        type=known.name,
        ver=known.ver,
        subject=subject,
        occurred_at=at.isoformat(timespec="seconds"),
        zone=zone,
        day=at.date().isoformat(),
        recorded_at=now,
        cause=cause,
        data=data,
    )


async def _append(
    services: Services, audience: Audience, lane: Lane, event: str, body: Body
) -> bytes:
    """Append one event as the therapist; return the subject that the log has under its id."""
    right = audience.right(Verb.COMMENT, lane)
    draft = MemberDraft(id=EventId(id_from_text(event)), body=encode_body(body))
    rows = await services.events.write_as_member(
        audience.space, lane, right.written_by, [draft], right.check
    )
    services.bell.ring(audience.space, lane)
    (entry,) = entries_from_rows(rows)
    return entry.body.subject
