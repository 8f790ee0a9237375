"""What a lane's readers know of: words that go there name nothing else."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final, TypeVar

import msgspec

from trailmark_adapters.sqlite import Connection
from trailmark_client.queries.documents import Held, documents, documents_among
from trailmark_shared.events.data import EventData
from trailmark_shared.ids import Lane, id_from_text, text_from_id
from trailmark_shared.projections.fields import Facts
from trailmark_shared.projections.goal import GoalDocument, is_shown
from trailmark_shared.projections.mark import MarkDocument

DataT = TypeVar("DataT", bound=EventData)

_LINKS: Final = ("goal", "goals", "barrier", "learnt_from", "about")


def known_there(conn: Connection, lane: Lane, said: DataT) -> DataT:
    """Return what a card says without links to what a shared lane does not show.

    Args:
        conn: The store.
        lane: The lane that it goes to.
        said: What the person said.
    """
    links: dict[str, str | tuple[str, ...]] = {
        name: each for name in _LINKS if (each := getattr(said, name, None))
    }
    shown = _shown(conn, lane, [id_ for each in links.values() for id_ in _ids(each)])
    kept: dict[str, Any] = {}
    for name, each in links.items():
        if isinstance(each, tuple):
            kept[name] = tuple(id_ for id_ in each if id_ in shown)
        elif each not in shown:
            kept[name] = None
    return msgspec.structs.replace(said, **kept)


def is_known_there(conn: Connection, lane: Lane, thing: str) -> bool:
    """Say whether a shared lane shows what has this id (text) now."""
    return thing in _shown(conn, lane, [thing])


def place_told(conn: Connection, lane: Lane, goal: bytes, place: int | None) -> int | None:
    """Return a goal's place in the person's own order as far as a lane's readers may know it.

    A place behind all the goals that they see would tell them that there are others.

    Args:
        conn: The store.
        lane: A shared lane.
        goal: The goal, whether or not that lane shows it yet.
        place: Its place, or ``None`` for none.

    Returns:
        The place, or ``None`` where it is not told.
    """
    return None if place is None or place > places_told(conn, lane, goal) else place


def places_told(conn: Connection, lane: Lane, goal: bytes) -> int:
    """Return how many goals a lane's readers see, or would see with this one."""
    seen = {
        each.subject
        for each in documents(conn, "goal", GoalDocument)
        if each.lane == lane and is_shown(each.document)
    }
    return len(seen | {goal})


def _ids(link: str | tuple[str, ...]) -> tuple[str, ...]:
    return (link,) if isinstance(link, str) else link


def _shown(conn: Connection, lane: Lane, ids: Sequence[str]) -> set[str]:
    held = documents_among(conn, lane, [id_from_text(each) for each in ids], Facts)
    return {text_from_id(each.subject) for each in held if _is_shown(each)}


def _is_shown(held: Held[Facts]) -> bool:
    if isinstance(held.document, MarkDocument):
        return False
    return not isinstance(held.document, GoalDocument) or is_shown(held.document)
