"""Small entries of the lanes that a therapist may read: agenda, plan, barriers and what helps."""

from __future__ import annotations

from typing import Any

import msgspec

from trailmark_server.members.audience import Audience
from trailmark_server.members.documents import documents_of_kind
from trailmark_server.services import Services
from trailmark_shared.events.registry import Kind
from trailmark_shared.ids import Lane
from trailmark_shared.projections.card import CardDocument
from trailmark_shared.projections.card_kinds import CARD_KINDS


class Card(msgspec.Struct, frozen=True, kw_only=True):
    """A small entry of a lane.

    Attributes:
        id: Its id, as text.
        lane: The lane it is in.
        document: What the log says of it.
    """

    id: str
    lane: Lane
    document: CardDocument[Any]


async def read_cards(
    services: Services, audience: Audience, kind: Kind, goal: bytes | None = None
) -> list[Card]:
    """Return the entries of one kind that the therapist may read, the oldest first.

    Args:
        services: The server.
        audience: Who reads.
        kind: One of ``projections.card_kinds.CARD_KINDS``.
        goal: Only those that belong to this goal.
    """
    type_ = CARD_KINDS[kind].document
    found: list[Card] = []
    for lane in audience.lanes:
        known = await documents_of_kind(services, audience, lane, kind, type_, goal)
        found += [Card(id=entry, lane=lane, document=document) for entry, document in known]
    return sorted(found, key=lambda each: (each.document.created_at, each.id))
