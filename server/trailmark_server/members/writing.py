"""How a member's words get into the log: one path, whatever they are and whoever writes them.

What is sent carries the id of its form, made with it, so that what is sent twice is written once;
the lane; and the writer's time zone. The store asks for the grant, and for what it allows, in the
transaction that appends. Nothing that a form holds is lost where it is refused: whoever drew it has
the words and gets a sentence that says what to change.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from hashlib import sha256
from typing import Final

import msgspec

from trailmark_adapters.clock import local_time, zone_from_name
from trailmark_server.access import Right
from trailmark_server.members.audience import Audience
from trailmark_server.members.entries import entries_from_rows
from trailmark_server.members.person_days import person_zone
from trailmark_server.services import Services
from trailmark_server.storage.ports import MemberDraft
from trailmark_shared import limits
from trailmark_shared.domain.reasons import REASON_CODES
from trailmark_shared.domain.typed_words import clean_words
from trailmark_shared.errors import DomainError, ErrorCode
from trailmark_shared.events.body import Body, Reason
from trailmark_shared.events.codec import encode_body
from trailmark_shared.events.data import EventData
from trailmark_shared.events.registry import type_of
from trailmark_shared.ids import Lane, SpaceId, id_from_text, text_from_id
from trailmark_shared.projections.entries import Entry
from trailmark_shared.words import gettext

ZONE_CHARS_MAX: Final = 64
"""Longest name of a time zone that is looked up."""


class Sending(msgspec.Struct, frozen=True, kw_only=True):
    """What every form of a member carries besides what it says.

    Attributes:
        id: Id of the form, as text; made with it.
        lane: The lane it is written into.
        zone: The time zone whose day it is dated by, see ``known_zone``; the person's where none
            is named.
    """

    id: str
    lane: Lane
    zone: str | None = None

    @property
    def form(self) -> bytes:
        """Id of the form, 16 bytes.

        Raises:
            EventDataError: ``malformed_id``: it is no id.
        """
        return id_from_text(self.id)


class Said(msgspec.Struct, frozen=True, kw_only=True):
    """What an event says, and in view of what.

    Attributes:
        subject: What it is about, 16 bytes; ``None`` where it begins something whose id nobody
            needs to know before.
        data: What happened.
        reason: Why.
        base: What the writer had seen.
        cause: The event that it answers.
    """

    subject: bytes | None
    data: EventData
    reason: Reason | None = None
    base: tuple[bytes, ...] = ()
    cause: bytes | None = None


class SentBeforeError(DomainError):
    """The form wrote something else already, which stands; nothing was written."""

    def __init__(self) -> None:
        """Say what to do."""
        super().__init__(
            ErrorCode.DUPLICATE,
            gettext(
                "Something else was sent from here already, and it stands. To send this as well, "
                "open the page again."
            ),
        )


def known_zone(name: str) -> str:
    """Return a time zone's name, or ``UTC`` where this machine knows none of that name."""
    is_known = 0 < len(name) <= ZONE_CHARS_MAX and zone_from_name(name) is not None
    return name if is_known else "UTC"


def too_long(what: str, text: str, most: int) -> str | None:
    """Return a sentence that says by how much words are too many, or ``None``.

    Args:
        what: What the words are, with which the sentence begins: ``A comment``.
        text: The words.
        most: The most characters, in code points.
    """
    if len(text) <= most:
        return None
    return gettext(
        "{what} has at most {most} characters; this one has {n}. Your words are still here."
    ).format(what=what, most=most, n=len(text))


def clean_reason(reason: Reason) -> Reason:
    """Return a reason as it is kept.

    Returns:
        The code, and the words without blanks around, or ``None`` where there are none.

    Raises:
        DomainError: ``invalid_input``: a code that nobody knows, or too many words.
    """
    if reason.code not in REASON_CODES:
        raise DomainError(
            ErrorCode.INVALID_INPUT, gettext("Say why, with one of the reasons of the list.")
        )
    text = clean_words(reason.text or "")
    problem = too_long(gettext("A reason"), text, limits.TEXT_CHARS_MAX)
    if problem is not None:
        raise DomainError(ErrorCode.INVALID_INPUT, problem)
    return Reason(code=reason.code, text=text or None)


def subject_of(form: bytes) -> bytes:
    """Return the id of what a form begins; it follows from the form's.

    So a form that is sent twice can be told from a second one, whatever was said in between.
    """
    return sha256(b"trailmark-begun/1" + form).digest()[: limits.ID_BYTES]


def seen_there(seen: Sequence[str], known: Collection[Entry]) -> tuple[bytes, ...]:
    """Return what a form was drawn from, as ``base`` names it: what is not there is left out.

    Args:
        seen: Ids of events that the form carries, as text.
        known: The events of what it is about.

    Returns:
        Ids, each once, at most ``limits.BASE_IDS_MAX``.

    Raises:
        DomainError: ``invalid_input``: none of them is there.
    """
    there = {text_from_id(each.id): each.id for each in known}
    found = tuple(there[each] for each in dict.fromkeys(seen) if each in there)
    if not found:
        raise DomainError(
            ErrorCode.INVALID_INPUT,
            gettext(
                "This was not drawn from what stands there. Open the page again; your words "
                "are here."
            ),
        )
    return found[: limits.BASE_IDS_MAX]


async def entries_there(
    services: Services, audience: Audience, lane: Lane, subject: bytes
) -> list[Entry]:
    """Return what happened to a subject in a lane, in lane order; the lane must be readable."""
    rows = await services.events.subject_rows(audience.space, lane, subject, audience.reader(lane))
    return entries_from_rows(rows)


async def append_said(
    services: Services, space: SpaceId, right: Right, sending: Sending, said: Said
) -> Entry:
    """Append one event as a therapist or a supporter, and ring for it.

    Args:
        services: The server.
        space: Whose lane.
        right: To do this there, from ``access.authorize``.
        sending: Id of the form, and lane.
        said: What it says.

    Returns:
        What the log has of the form: what was sent first, where it was sent twice.

    Raises:
        RefusedError: ``not_authorised``: no live grant that allows it.
        EventDataError: ``malformed_id``, ``erased``, or a bound of ``limits`` that was crossed.
        SentBeforeError: ``duplicate``: the form wrote something else already.
    """
    subject = said.subject or services.randomness.token(limits.ID_BYTES)
    zone = sending.zone or await person_zone(services, space, sending.lane, right.reader)
    body = _body(services.now(), zone, said, subject)
    draft = MemberDraft(form=sending.form, body=encode_body(body))
    rows = await services.events.write_as_member(
        space, sending.lane, right.written_by, [draft], right.check
    )
    services.bell.ring(space, sending.lane)
    (entry,) = entries_from_rows(rows)
    if not _says(entry.body, said):
        raise SentBeforeError
    return entry


def _says(body: Body, said: Said) -> bool:
    """Say whether this is what was said; what was seen meanwhile makes no other word of it."""
    is_there = said.subject in {None, body.subject}
    return is_there and (body.data, body.reason, body.cause) == (said.data, said.reason, said.cause)


def _body(now: int, zone: str, said: Said, subject: bytes) -> Body:
    known, at = type_of(said.data), local_time(now, zone)
    return Body(
        type=known.name,
        ver=known.ver,
        subject=subject,
        occurred_at=at.isoformat(timespec="seconds"),
        zone=zone,
        day=at.date().isoformat(),
        recorded_at=now,
        reason=said.reason,
        base=said.base,
        cause=said.cause,
        data=said.data,
    )
