"""Read models of a lane, typed, as the reader's grant shows them."""

from __future__ import annotations

from typing import TypeVar

import msgspec

from trailmark_server.members.audience import Audience, NothingHereError
from trailmark_server.members.visits import require_lane
from trailmark_server.services import Services
from trailmark_shared.ids import Lane, text_from_id

DocumentT = TypeVar("DocumentT")


async def document_there(
    services: Services,
    audience: Audience,
    lane: Lane,
    subject: bytes,
    kind: str,
    type_: type[DocumentT],
) -> DocumentT:
    """Return what a lane knows of a subject.

    Args:
        services: The server.
        audience: Who reads.
        lane: The lane named.
        subject: Id of the subject.
        kind: What it must be.
        type_: The struct of that kind.

    Raises:
        NothingHereError: The lane is not the therapist's, or has no such subject of this kind.
    """
    await require_lane(services, audience, lane)
    stored = await services.events.document(audience.space, lane, subject, audience.reader(lane))
    if stored is None or stored.kind != kind:
        raise NothingHereError
    return msgspec.json.decode(stored.json, type=type_)


async def documents_of_kind(
    services: Services,
    audience: Audience,
    lane: Lane,
    kind: str,
    type_: type[DocumentT],
    parent: bytes | None = None,
) -> list[tuple[str, DocumentT]]:
    """Return what a lane, which the reader must have, knows of the subjects of one kind.

    Args:
        services: The server.
        audience: Who reads.
        lane: The lane.
        kind: What they are.
        type_: The struct of that kind.
        parent: Only those that belong to this subject.

    Returns:
        Each with its subject's id as text, in the order of the store.
    """
    stored = await services.events.documents(
        audience.space, lane, kind, parent=parent, reader=audience.reader(lane)
    )
    return [
        (text_from_id(each.subject), msgspec.json.decode(each.json, type=type_)) for each in stored
    ]
