"""Cards, barriers, coping, habits and their kind: only the person's own devices hold them."""

from __future__ import annotations

from typing import TypeVar

from trailmark_adapters.sqlite import Connection
from trailmark_client.commands.places import PRIVATE
from trailmark_client.commands.when import When
from trailmark_client.commands.written import Written, write_new
from trailmark_client.queries.cards import card_of
from trailmark_client.recorder import Recorder
from trailmark_shared.errors import DomainError, ErrorCode
from trailmark_shared.events.body import Reason
from trailmark_shared.events.data import EventData
from trailmark_shared.events.registry import Kind, type_of
from trailmark_shared.ids import SELF
from trailmark_shared.projections.card import STATUS_BY_DATA

DataT = TypeVar("DataT", bound=EventData)

CORRECTION = Reason(code="correction")
"""Why a card reads differently; a change that means more says so in its own words."""


def write_card(conn: Connection, recorder: Recorder, data: EventData, when: When) -> Written:
    """Write a new card."""
    return write_new(conn, recorder, PRIVATE, data, when)


def rewrite_card(
    conn: Connection, recorder: Recorder, card: bytes, data: EventData, when: When
) -> Written:
    """Let a card read as ``data`` says from now on; what it said before stays in the history.

    Args:
        conn: The store, inside a write transaction.
        recorder: Who writes events.
        card: The card.
        data: All that it says, of the type that wrote it.
        when: Now, as the person's clock and zone say.

    Returns:
        What was written.

    Raises:
        DomainError: ``not_found``; ``nothing_changed``: it says exactly that already.
    """
    kind = type_of(data).kind
    said = card_of(conn, kind, card).said
    if said.value == data and not said.conflict:
        raise DomainError(ErrorCode.NOTHING_CHANGED, "it already says exactly that")
    base = recorder.base_of(conn, SELF, card, "said")
    event = recorder.record(conn, SELF, card, data, when=when, reason=CORRECTION, base=base)
    return _written(kind, card, event.id)


def log_card(
    conn: Connection, recorder: Recorder, card: bytes, data: EventData, when: When
) -> Written:
    """Record that something happened with a card: it was used, resolved, given.

    Returns:
        What was written.

    Raises:
        DomainError: ``not_found``; ``nothing_changed``: it stands there already.
    """
    known = type_of(data)
    document = card_of(conn, known.kind, card)
    status = STATUS_BY_DATA.get(type(data))
    if status is not None and document.status.value == status and not document.status.conflict:
        raise DomainError(ErrorCode.NOTHING_CHANGED, "it stands there already")
    base = recorder.base_of(conn, SELF, card, "status") if status is not None else ()
    event = recorder.record(conn, SELF, card, data, when=when, base=base)
    return _written(known.kind, card, event.id)


def _written(kind: Kind, card: bytes, event: bytes) -> Written:
    return Written(kind=kind, subject=card, lane=SELF, seen_by=(), events=(event,))
