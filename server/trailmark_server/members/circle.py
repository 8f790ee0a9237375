"""What a supporter may do behind their link: read what was sent, answer each thing once, leave.

Every request asks again, for link and grant in the transaction that reads or writes; nothing is
kept open. Reads and refused attempts are noted for the person.
"""

from __future__ import annotations

from collections.abc import Awaitable, Sequence
from datetime import UTC, tzinfo
from typing import Final, TypeVar

import msgspec

from trailmark_adapters.clock import zone_from_name
from trailmark_server.access import SupporterActor, Verb, authorize
from trailmark_server.members import links
from trailmark_server.members.entries import entries_from_rows
from trailmark_server.members.person_days import person_zone
from trailmark_server.members.visits import note_visit
from trailmark_server.members.writing import (
    Said,
    Sending,
    SentBeforeError,
    append_said,
    known_zone,
)
from trailmark_server.services import Services
from trailmark_server.sessions import form_token
from trailmark_server.storage.accounts import AccountRows, SupporterLink
from trailmark_server.supporters import (
    ClosedLinkError,
    encouragement_form,
    is_open,
    is_stale,
    link_of_session,
    open_session,
    touch_session,
)
from trailmark_server.tokens import TOKEN_BYTES, secret_hash, token_text
from trailmark_shared import limits
from trailmark_shared.domain.looks import Look
from trailmark_shared.domain.typed_words import clean_words
from trailmark_shared.errors import DomainError, ErrorCode, EventDataError, RefusedError
from trailmark_shared.events.supporting import EncouragementSent
from trailmark_shared.ids import id_from_text, text_from_id
from trailmark_shared.projections.entries import Entry
from trailmark_shared.projections.fold import Document
from trailmark_shared.projections.grant import GrantDocument
from trailmark_shared.projections.sent import SentItem, sent_items
from trailmark_shared.words import gettext

T = TypeVar("T")

_CLOSED: Final = frozenset({ErrorCode.NOT_AUTHORISED, ErrorCode.NOT_SIGNED_IN})
"""Codes by which the store says that link or grant ended."""


class AnsweredError(DomainError):
    """This thing has its encouragement already; nothing was written."""

    def __init__(self) -> None:
        """Say so."""
        super().__init__(
            ErrorCode.NOTHING_CHANGED, gettext("this was answered already; once is enough")
        )


class GoneError(DomainError):
    """What was to be answered is not shown, or not any more; nothing was written."""

    def __init__(self) -> None:
        """Say so."""
        super().__init__(ErrorCode.NOT_FOUND, gettext("this is not shown any more"))


class Visit(msgspec.Struct, frozen=True, kw_only=True):
    """A supporter at a browser, let in by their link.

    Attributes:
        link: The link.
        session: Hash of the browser's session.
        form_token: What every form of this session carries.
    """

    link: SupporterLink
    session: bytes
    form_token: str

    @property
    def actor(self) -> SupporterActor:
        """Who asks."""
        link = self.link
        return SupporterActor(
            space=link.space, lane=link.lane, member=link.member, session=self.session
        )

    @property
    def writer(self) -> str:
        """What the log calls them."""
        return f"supporter/{text_from_id(self.link.member)}"


class Circle(msgspec.Struct, frozen=True, kw_only=True):
    """What a supporter sees.

    Attributes:
        name: What the person calls them.
        items: What was sent to them, the newest first.
        zone: The person's time zone, whose days the items are dated by.
    """

    name: str
    items: Sequence[SentItem]
    zone: tzinfo


def _problem_with(text: str) -> str | None:
    """Return what is wrong with an encouragement, as a sentence, or ``None``."""
    if not text:
        return gettext("There is nothing to send yet.")
    if len(text) > limits.ENCOURAGEMENT_CHARS_MAX:
        return gettext(
            "There is room for {most} characters; this has {n}. Your words are still here."
        ).format(most=limits.ENCOURAGEMENT_CHARS_MAX, n=len(text))
    return None


async def open_link(services: Services, token: str) -> str:
    """Let a browser in by a link.

    Args:
        services: The server.
        token: The random part of the link.

    Returns:
        The token for the browser's cookie.

    Raises:
        ClosedLinkError: The link opens nothing. Where it did once, the attempt is noted.
    """
    hash_ = secret_hash(token)
    link = await services.accounts.read(lambda rows: rows.supporter_link(hash_))
    if link is None:
        raise ClosedLinkError
    grants = await services.events.grants(link.space)
    has_grant = any(
        each.is_live
        and (each.lane, each.member, each.role) == (link.lane, link.member, "supporter")
        for each in grants
    )
    now, session_token = services.now(), token_text(services.randomness.token(TOKEN_BYTES))
    if not has_grant or services.revoked.lists(hash_) or not is_open(link, now):
        await _refuse(services, link)

    def work(rows: AccountRows) -> None:
        present = rows.supporter_link(hash_)
        if present is None:
            raise ClosedLinkError
        open_session(rows, present, session_token, now)

    await services.accounts.write(work)
    return session_token


async def find_visit(services: Services, token: str) -> Visit:
    """Return who is let in by a browser's cookie.

    Raises:
        ClosedLinkError: Nobody, or not any more.
    """
    hash_, now = secret_hash(token), services.now()
    link, stale = await services.accounts.read(
        lambda rows: (link_of_session(rows, hash_, now), is_stale(rows, hash_, now))
    )
    if link is None:
        raise ClosedLinkError
    if services.revoked.lists(link.hash) or not is_open(link, now):
        await _refuse(services, link)
    if stale:
        await services.accounts.write(lambda rows: touch_session(rows, hash_, now))
    return Visit(link=link, session=hash_, form_token=form_token(token))


async def look(services: Services, visit: Visit) -> Circle:
    """Return what the supporter sees, and note for the person that they looked.

    Raises:
        ClosedLinkError: Link or grant ended; the attempt is noted.
    """
    documents = await _documents(services, visit)
    await note_visit(services, visit.link.space, visit.link.member, Look.SUPPORTER)
    return Circle(
        name=_name(documents, visit.link),
        items=sent_items(documents, visit.writer),
        zone=await _zone(services, visit),
    )


async def encourage(services: Services, visit: Visit, event: str, text: str) -> None:
    """Answer one thing with a few words, once; what is sent twice is written once.

    Args:
        services: The server.
        visit: Who answers.
        event: The event answered, as text.
        text: The words.

    Raises:
        ClosedLinkError: Link or grant ended; the attempt is noted.
        AnsweredError: It was answered with other words already.
        GoneError: It is not shown.
        DomainError: ``invalid_input``: the words are none, or too many, and it may be answered.
    """
    words = clean_words(text)
    items = sent_items(await _documents(services, visit), visit.writer)
    item = next((each for each in items if each.event == event), None)
    if item is None or item.taken_back_at is not None:
        raise GoneError
    problem = _problem_with(words)
    if problem is not None and item.is_answered:
        raise AnsweredError
    if problem is not None:
        raise DomainError(ErrorCode.INVALID_INPUT, problem)
    await _append(services, visit, item, words)


async def leave(services: Services, visit: Visit) -> None:
    """End the supporter's own link; the person is told."""
    await links.end_each(services, [visit.link.hash], "left")
    await note_visit(services, visit.link.space, visit.link.member, Look.SUPPORTER_LEFT)


async def _zone(services: Services, visit: Visit) -> tzinfo:
    link = visit.link
    right = authorize(visit.actor, Verb.READ, link.space, link.lane, services.now())
    zone = person_zone(services, link.space, link.lane, right.reader)
    return zone_from_name(await _let_in(services, link, zone)) or UTC


async def _documents(services: Services, visit: Visit) -> list[Document]:
    link = visit.link
    right = authorize(visit.actor, Verb.READ, link.space, link.lane, services.now())
    documents = services.events.documents(link.space, link.lane, reader=right.reader)
    return await _let_in(services, link, documents)


async def _let_in(services: Services, link: SupporterLink, work: Awaitable[T]) -> T:
    """Return what ``work`` gives; note an attempt to which nothing was shown.

    Raises:
        ClosedLinkError: The store says that link or grant ended.
        RefusedError: Whatever else it refuses.
    """
    try:
        return await work
    except RefusedError as error:
        if error.code in _CLOSED:
            await _refuse(services, link)
        raise


async def _refuse(services: Services, link: SupporterLink) -> None:
    """Note an attempt to which nothing was shown, and refuse it.

    Raises:
        ClosedLinkError: Always.
    """
    await note_visit(services, link.space, link.member, Look.REFUSED_SUPPORTER)
    raise ClosedLinkError


def _name(documents: Sequence[Document], link: SupporterLink) -> str:
    member = text_from_id(link.member)
    for document in documents:
        if document.kind == "grant":
            granted = msgspec.json.decode(document.json, type=GrantDocument).granted
            if granted is not None and granted.member == member:
                return granted.name
    return ""


async def _append(services: Services, visit: Visit, item: SentItem, words: str) -> None:
    """Append an encouragement and ring for it."""
    link, cause = visit.link, id_from_text(item.event)
    right = authorize(visit.actor, Verb.ENCOURAGE, link.space, link.lane, services.now())
    answered = await _answered(services, visit, item)
    # It is the person's timeline: told in their own zone.
    zone = known_zone(answered.body.zone)
    data = EncouragementSent(text=words, about=item.subject)
    said = Said(subject=None, data=data, cause=cause)
    form = text_from_id(encouragement_form(link.space, link.lane, cause))
    sending = Sending(id=form, lane=link.lane, zone=zone)
    try:
        await _let_in(services, link, append_said(services, link.space, right, sending, said))
    except SentBeforeError:
        raise AnsweredError from None
    except EventDataError as error:
        if error.code is ErrorCode.ERASED:  # the person took the answer away; it stays answered
            raise AnsweredError from None
        raise


async def _answered(services: Services, visit: Visit, item: SentItem) -> Entry:
    link = visit.link
    right = authorize(visit.actor, Verb.READ, link.space, link.lane, services.now())
    about = id_from_text(item.subject)
    asked = services.events.subject_rows(link.space, link.lane, about, right.reader)
    rows = await _let_in(services, link, asked)
    for entry in entries_from_rows(rows):
        if text_from_id(entry.id) == item.event:
            return entry
    raise GoneError
