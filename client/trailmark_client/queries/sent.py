"""What was sent to supporters, and what came back: read from their lanes, as they see it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

import msgspec

from trailmark_adapters.clock import local_time
from trailmark_adapters.sqlite import Connection
from trailmark_client.queries.documents import documents, entries_by_subject
from trailmark_client.queries.finding import by_prefix, span
from trailmark_client.storage.state_hashes import documents_of_lane
from trailmark_shared.events.goals import GoalShared
from trailmark_shared.events.notes import WinNoted
from trailmark_shared.events.planning import SupportRequested
from trailmark_shared.events.sharing import ExcerptShared
from trailmark_shared.events.steps import StepAdded
from trailmark_shared.ids import id_from_text, text_from_id
from trailmark_shared.projections.grant import GrantDocument
from trailmark_shared.projections.sent import SentItem, SentKind, sent_items
from trailmark_shared.words import gettext

SUPPORTER: Final = "supporter"

_COPIES: Final = (GoalShared, StepAdded, WinNoted, ExcerptShared, SupportRequested)


class BackLine(msgspec.Struct, frozen=True, kw_only=True):
    """An encouragement.

    Attributes:
        id: Id of it.
        text: The words.
        at: When, milliseconds UTC.
    """

    id: str
    text: str
    at: int


class SentLine(msgspec.Struct, frozen=True, kw_only=True):
    """Something that was sent to a supporter, as they see it.

    Attributes:
        id: Id of it; ``supporter take-back`` takes it.
        kind: ``goal``, ``step``, ``win``, ``excerpt`` or ``support_request``.
        words: The words, or null once taken back.
        why: Why it matters, where that was sent, or null.
        status: Where a goal or step stands, in words, or null.
        day: The local date it belongs to, or null.
        sent_at: When it was sent last, milliseconds UTC.
        taken_back_at: When it was taken back, milliseconds UTC, or null.
        encouragements: What came back.
    """

    id: str
    kind: SentKind
    words: str | None
    why: str | None
    status: str | None
    day: str | None
    sent_at: int
    taken_back_at: int | None
    encouragements: list[BackLine]


class SentTo(msgspec.Struct, frozen=True, kw_only=True):
    """Something that was sent, and to whom.

    Attributes:
        to: Name of the supporter.
        item: What they see, with what came back.
    """

    to: str
    item: SentLine


def items_of(conn: Connection, lane: str) -> list[SentItem]:
    """Return what was sent into a supporter's lane, the newest first."""
    return sent_items(documents_of_lane(conn, lane))


def sent_line(item: SentItem) -> SentLine:
    """Return something sent as answers show it."""
    return SentLine(
        id=item.subject,
        kind=item.kind,
        words=item.words,
        why=item.why,
        status=item.status,
        day=item.day,
        sent_at=item.sent_at,
        taken_back_at=item.taken_back_at,
        encouragements=[
            BackLine(id=each.id, text=each.text, at=each.sent_at) for each in item.encouragements
        ],
    )


def item_meant(conn: Connection, prefix: str) -> tuple[str, bytes]:
    """Return kind and id of the one thing that is meant and that can be sent.

    Raises:
        DomainError: ``not_found``, ``ambiguous_id`` or ``invalid_input``.
    """
    rows = conn.execute(
        "SELECT DISTINCT kind, subject FROM document WHERE subject BETWEEN ? AND ?"
        " AND +kind IN ('goal', 'step', 'win', 'excerpt', 'support_request', 'reflection')",
        span(prefix),
    )
    kinds: Mapping[bytes, str] = {subject: kind for kind, subject in rows.fetchall()}
    subject = by_prefix(kinds, prefix, gettext("thing that can be sent"))
    return kinds[subject], subject


def sent_meant(conn: Connection, lane: str, prefix: str) -> SentItem:
    """Return the one thing that a supporter can see whose id begins with ``prefix``.

    Raises:
        DomainError: ``not_found``, ``ambiguous_id`` or ``invalid_input``.
    """
    shown = {
        id_from_text(each.subject): each
        for each in items_of(conn, lane)
        if each.taken_back_at is None
    }
    return shown[by_prefix(shown, prefix, gettext("thing that they can see"))]


def sent_on(conn: Connection, lane: str, day: str, zone: str) -> int:
    """Return how many things were sent into a lane on a local date, those taken back included.

    Args:
        conn: The store.
        lane: A supporter's lane.
        day: The date.
        zone: IANA name of the person's zone.
    """
    subjects = [each.subject for each in documents_of_lane(conn, lane)]
    entries = entries_by_subject(conn, lane, subjects)
    return sum(
        isinstance(entry.body.data, _COPIES)
        and local_time(entry.body.recorded_at, zone).date().isoformat() == day
        for each in entries.values()
        for entry in each
    )


def sent_everywhere(conn: Connection, subjects: Sequence[bytes]) -> list[SentTo]:
    """Return what was sent of these subjects, by supporter in the order of their grants.

    Args:
        conn: The store.
        subjects: Goals, steps and wins.
    """
    wanted = {text_from_id(each) for each in subjects}
    held = documents(conn, "grant", GrantDocument)
    return [
        SentTo(to=each.document.granted.name, item=sent_line(item))
        for each in sorted(held, key=lambda each: (each.document.granted_at or 0, each.subject))
        if each.document.granted is not None and each.document.granted.role == SUPPORTER
        for item in items_of(conn, each.lane)
        if item.subject in wanted
    ]
