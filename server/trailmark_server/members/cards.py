"""Small entries of the lanes that a therapist may read: agenda, plan, barriers and what helps."""

from __future__ import annotations

from typing import Any

import msgspec

from trailmark_server.members.audience import Audience
from trailmark_server.services import Services
from trailmark_shared.events.registry import Kind
from trailmark_shared.ids import Lane, text_from_id
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
        stored = await services.events.documents(
            audience.space, lane, kind, parent=goal, reader=audience.reader(lane)
        )
        found += [
            Card(
                id=text_from_id(each.subject),
                lane=lane,
                document=msgspec.json.decode(each.json, type=type_),
            )
            for each in stored
        ]
    return sorted(found, key=lambda each: (each.document.created_at, each.id))
