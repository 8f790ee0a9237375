"""Who is let into which lane, and what goes there by itself."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from trailmark_adapters.sqlite import Connection
from trailmark_client.queries.documents import documents
from trailmark_shared.ids import SELF, Lane
from trailmark_shared.projections.grant import GrantDocument


class OpenLane(msgspec.Struct, frozen=True, kw_only=True):
    """A shared lane that somebody can see into.

    Attributes:
        lane: The lane.
        names: Names of those let in, in the order of their grants.
        classes: What everybody let in was granted: what goes there by itself.
        granted_at: When the first of the grants was made, milliseconds UTC.
    """

    lane: Lane
    names: tuple[str, ...]
    classes: frozenset[str]
    granted_at: int


def open_lanes(conn: Connection, day: str) -> list[OpenLane]:
    """Return the care lanes with a live grant, the oldest first.

    Args:
        conn: The store.
        day: The person's local date; a grant ends after its last day.
    """
    return _lanes_with_grants(conn, day, "care/")


def circle_lanes(conn: Connection, day: str) -> list[OpenLane]:
    """Return the supporters' lanes with a live grant, the oldest first.

    Nothing goes there by itself, so no command but those about supporters asks for them.

    Args:
        conn: The store.
        day: The person's local date; a grant ends after its last day.
    """
    return _lanes_with_grants(conn, day, "circle/")


def _lanes_with_grants(conn: Connection, day: str, family: str) -> list[OpenLane]:
    by_lane: dict[str, list[GrantDocument]] = {}
    for held in documents(conn, "grant", GrantDocument):
        if held.lane.startswith(family) and is_live(held.document, day):
            by_lane.setdefault(held.lane, []).append(held.document)
    lanes = [_open_lane(Lane(lane), grants) for lane, grants in by_lane.items()]
    return sorted(lanes, key=lambda each: (each.granted_at, each.lane))


def is_live(grant: GrantDocument, day: str) -> bool:
    """Say whether a grant lets its member in on a local date."""
    granted = grant.granted
    if granted is None or grant.revoked_at is not None:
        return False
    return granted.until is None or day <= granted.until


def is_open(conn: Connection, lane: str, day: str) -> bool:
    """Say whether somebody is let into a shared lane on a local date."""
    return any(
        held.lane == lane and is_live(held.document, day)
        for held in documents(conn, "grant", GrantDocument)
    )


def _open_lane(lane: Lane, grants: Sequence[GrantDocument]) -> OpenLane:
    ordered = sorted(grants, key=lambda each: each.granted_at or 0)
    granted = [each.granted for each in ordered if each.granted is not None]
    return OpenLane(
        lane=lane,
        names=tuple(each.name for each in granted),
        classes=frozenset(granted[0].classes).intersection(*(each.classes for each in granted)),
        granted_at=ordered[0].granted_at or 0,
    )


def audience(conn: Connection, lane: str, day: str) -> tuple[str, ...]:
    """Return the names of those who see what is written into ``lane``; none for ``self``."""
    if lane == SELF:
        return ()
    lanes = (*open_lanes(conn, day), *circle_lanes(conn, day))
    return next((each.names for each in lanes if each.lane == lane), ())


def member_names(conn: Connection) -> dict[str, str]:
    """Return the names of all members ever let in, by actor (``member/<id>``, …)."""
    names: dict[str, str] = {}
    for held in documents(conn, "grant", GrantDocument):
        if (granted := held.document.granted) is not None:
            writer = "supporter" if granted.role == "supporter" else "member"
            names[f"{writer}/{granted.member}"] = granted.name
    return names
