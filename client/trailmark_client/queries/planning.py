"""What stands around a goal: challenges, the goal it is part of, its parts, a look back on it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from trailmark_adapters.sqlite import Connection
from trailmark_client.queries.cards import Card
from trailmark_client.queries.documents import Held, at_home
from trailmark_shared.ids import text_from_id
from trailmark_shared.projections.card_kinds import (
    ChallengeDocument,
    PlacementDocument,
    RetrospectDocument,
    said_words,
)


class Linked(msgspec.Struct, frozen=True, kw_only=True):
    """Something that a goal is linked with.

    Attributes:
        id: Its id.
        words: What it says.
    """

    id: str
    words: str


class Around(msgspec.Struct, frozen=True, kw_only=True):
    """What stands around a goal; all of it is the person's own.

    Attributes:
        part_of: Id of the goal that it is part of, or null.
        parts: Ids of the goals that are part of it.
        challenges: What it is about.
        looked_back: What was said in looking back on it, by part; empty where nothing was.
    """

    part_of: str | None
    parts: list[str]
    challenges: list[Linked]
    looked_back: dict[str, Any]


def around(conn: Connection, goal: bytes) -> Around:
    """Return what stands around a goal."""
    of = text_from_id(goal)
    wholes = wholes_by_part(conn)
    held = retrospect_of(conn, goal)
    said = None if held is None else held.document.said.value
    return Around(
        part_of=wholes.get(of),
        parts=[part for part, whole in wholes.items() if whole == of],
        challenges=_challenges(conn, of),
        looked_back={} if said is None else msgspec.to_builtins(said),
    )


def _challenges(conn: Connection, goal: str) -> list[Linked]:
    return [
        Linked(
            id=text_from_id(each.subject),
            words=(each.document.said.value and said_words(each.document.said.value)) or "",
        )
        for each in at_home(conn, "challenge", ChallengeDocument)
        if any(use.link == goal for use in each.document.uses)
    ]


def placements(conn: Connection) -> dict[str, Held[PlacementDocument]]:
    """Return what says of each goal (id as text) that it is part of another; the last counts."""
    held = at_home(conn, "placement", PlacementDocument)
    ordered = sorted(held, key=lambda each: (each.document.changed_at, each.subject))
    return {each.document.goal: each for each in ordered if each.document.goal is not None}


def wholes_by_part(conn: Connection) -> Mapping[str, str]:
    """Return the goal that each goal is part of, both as text."""
    found = ((part, each.document.said.value) for part, each in placements(conn).items())
    return {part: said.whole for part, said in found if said is not None}


def retrospect_of(conn: Connection, goal: bytes) -> Held[Card] | None:
    """Return the look back on a goal; of two that were written apart the later one."""
    of = text_from_id(goal)
    held = [
        each
        for each in at_home(conn, "goal_retrospect", RetrospectDocument)
        if each.document.goal == of
    ]
    latest = max(held, key=lambda each: (each.document.created_at, each.subject), default=None)
    if latest is None:
        return None
    return Held(
        lane=latest.lane,
        kind=latest.kind,
        subject=latest.subject,
        parent=latest.parent,
        document=latest.document,
    )
