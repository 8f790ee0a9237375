"""Wishes to share that wait for somebody to be let in."""

from __future__ import annotations

import msgspec

from trailmark_adapters.sqlite import Connection
from trailmark_client.queries.documents import documents, entries_of
from trailmark_shared.events.registry import Kind
from trailmark_shared.events.sharing import SharingWished
from trailmark_shared.ids import SELF, id_from_text
from trailmark_shared.projections.fold import DOCUMENT_TYPES

_KINDS: tuple[Kind, ...] = ("goal", "wish", "excerpt")


class OpenWish(msgspec.Struct, frozen=True, kw_only=True):
    """A wish to share that waits for somebody to be let in.

    Attributes:
        subject: The goal, or the excerpt to be.
        event: The ``sharing_wished``.
        wished: What it says.
        device: The device on which it was wished.
    """

    subject: bytes
    event: bytes
    wished: SharingWished
    device: bytes


def open_wishes(conn: Connection) -> list[OpenWish]:
    """Return every open wish for the circle of care, in the order in which its subject began."""
    found: list[tuple[int, OpenWish]] = []
    for kind in _KINDS:
        for held in documents(conn, kind, DOCUMENT_TYPES[kind]):
            wish = held.document.wish
            if held.lane == SELF and wish is not None and wish.wished.audience == "care":
                event = id_from_text(wish.event)
                opened = OpenWish(
                    subject=held.subject,
                    event=event,
                    wished=wish.wished,
                    device=_device_of(conn, held.subject, event),
                )
                found.append((held.document.created_at, opened))
    return [each for _, each in sorted(found, key=lambda pair: (pair[0], pair[1].subject))]


def _device_of(conn: Connection, subject: bytes, event: bytes) -> bytes:
    return next(each.device for each in entries_of(conn, SELF, subject) if each.id == event)
