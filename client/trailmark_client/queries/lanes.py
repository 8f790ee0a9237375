"""Who is let into which lane, and what goes there by itself."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

import msgspec

from trailmark_adapters.sqlite import Connection
from trailmark_client.queries.documents import Held, documents
from trailmark_client.queries.homes import GoalAtHome
from trailmark_client.queries.members import member_meant, members
from trailmark_shared import limits
from trailmark_shared.domain.succession import Link, ended_by_a_stop
from trailmark_shared.errors import DomainError, ErrorCode
from trailmark_shared.ids import SELF, Lane, id_from_text, text_from_id
from trailmark_shared.projections.grant import GrantDocument, link_of
from trailmark_shared.words import gettext, marked

_NOT_AGREED: Final = marked(
    "you did not agree to share this kind of thing with them, so nothing was shared; "
    "to change that: trailmark sharing widen"
)


def require_room(conn: Connection, waiting: int = 0) -> None:
    """Refuse to begin one more shared lane than a space takes; a closed lane counts on.

    Args:
        conn: The store.
        waiting: How many others wait to be let into a lane of their own.

    Raises:
        DomainError: ``too_many_lanes``: ``LANES_PER_SPACE_MAX``.
    """
    (opened,) = conn.execute(
        "SELECT count(DISTINCT lane) FROM document WHERE kind = 'grant' AND lane != ?"
        " AND lane NOT IN (SELECT lane FROM archived_lane)",
        (SELF,),
    ).fetchone()
    # ``self`` is one of them.
    if 1 + opened + waiting >= limits.LANES_PER_SPACE_MAX:
        raise DomainError(
            ErrorCode.TOO_MANY_LANES,
            gettext(
                "nobody new can be let in: all {most} lanes that one person can have are in use; "
                "who is let in stays"
            ).format(most=limits.LANES_PER_SPACE_MAX),
        )


class OpenLane(msgspec.Struct, frozen=True, kw_only=True):
    """A shared lane that somebody can see into.

    Attributes:
        lane: The lane.
        names: Names of those let in, in the order of their grants.
        members: Their ids, as text, in the same order.
        classes: What everybody let in was granted: what goes there by itself.
        granted_at: When the first of the grants was made, milliseconds UTC.
    """

    lane: Lane
    names: tuple[str, ...]
    members: tuple[str, ...]
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
    for held in live_grants(conn, day):
        if held.lane.startswith(family):
            by_lane.setdefault(held.lane, []).append(held.document)
    lanes = [_open_lane(Lane(lane), grants) for lane, grants in by_lane.items()]
    return sorted(lanes, key=lambda each: (each.granted_at, each.lane))


def lanes_agreed(conn: Connection, day: str, agreed_class: str) -> list[OpenLane]:
    """Return the open care lanes into which a class of data goes by agreement, the oldest first.

    Args:
        conn: The store.
        day: The person's local date, on which grants count.
        agreed_class: Of ``domain.consent.CONSENT_CLASSES``.

    Returns:
        The lanes; one whose readers all read an older one of them is left out.
    """
    found: list[OpenLane] = []
    for each in open_lanes(conn, day):
        readers = {member for lane in found for member in lane.members}
        if agreed_class in each.classes and not readers.issuperset(each.members):
            found.append(each)
    return found


def lanes_meant(
    conn: Connection, day: str, names: Sequence[str], agreed_class: str
) -> list[OpenLane]:
    """Return the care lanes to share one thing into.

    Args:
        conn: The store.
        day: The person's local date, on which grants count.
        names: With whom, as the person typed it; none for the one circle of care that there is.
        agreed_class: What is to be shared.

    Returns:
        The lanes; empty where nobody was named and nobody is let in.

    Raises:
        DomainError: ``ambiguous_id``: several circles of care and none was named; ``not_found``;
            ``not_agreed``: the person did not agree to share that class with them.
    """
    if names:
        return lanes_named(conn, day, names, agreed_class)
    agreed = lanes_agreed(conn, day, agreed_class)
    if len(agreed) > 1:
        raise DomainError(
            ErrorCode.AMBIGUOUS_ID,
            gettext("more than one therapist is let in; say with whom: --with NAME"),
        )
    if not agreed and open_lanes(conn, day):
        raise DomainError(ErrorCode.NOT_AGREED, gettext(_NOT_AGREED))
    return agreed


def lanes_named(
    conn: Connection, day: str, names: Sequence[str], agreed_class: str | None
) -> list[OpenLane]:
    """Return one open care lane for each member whom the person names.

    Args:
        conn: The store.
        day: The person's local date, on which grants count.
        names: What the person typed, see ``members.member_meant``.
        agreed_class: What is to be shared; ``None`` for nothing.

    Returns:
        Each lane once, in the order of the names; of several lanes that a member reads the oldest.

    Raises:
        DomainError: ``not_found``, ``ambiguous_id``; ``not_agreed``: the person did not agree to
            share that class with them, or with somebody who reads the same lane.
    """
    opened = open_lanes(conn, day)
    let_in = {member for lane in opened for member in lane.members}
    among = [each for each in members(conn) if each.role == "therapist" and each.id in let_in]
    found: dict[Lane, OpenLane] = {}
    for who in names:
        member = member_meant(among, who)
        theirs = [each for each in opened if member.id in each.members]
        agreed = (each for each in theirs if agreed_class in {None, *each.classes})
        lane = next(agreed, None)
        if lane is None:
            raise DomainError(ErrorCode.NOT_AGREED, gettext(_NOT_AGREED))
        found[lane.lane] = lane
    return list(found.values())


def live_grants(conn: Connection, day: str) -> list[Held[GrantDocument]]:
    """Return the grants that let their members in on a local date, by lane and id."""
    held = documents(conn, "grant", GrantDocument)
    stopped = stopped_grants(held)
    return [
        each for each in held if each.subject not in stopped and _is_going_on(each.document, day)
    ]


def stopped_grants(held: Iterable[Held[GrantDocument]]) -> set[bytes]:
    """Return which of all grants were stopped, or took the place of one that was stopped."""
    return {id_from_text(each) for each in ended_by_a_stop(links_of(held))}


def links_of(held: Iterable[Held[GrantDocument]]) -> dict[str, Link]:
    """Return how grants follow each other, by id."""
    return {text_from_id(each.subject): link_of(each.document) for each in held}


def _is_going_on(grant: GrantDocument, day: str) -> bool:
    granted = grant.granted
    if granted is None or grant.revoked_at is not None:
        return False
    return granted.until is None or day <= granted.until


def is_open(conn: Connection, lane: str, day: str) -> bool:
    """Say whether somebody is let into a shared lane on a local date."""
    return any(held.lane == lane for held in live_grants(conn, day))


def _open_lane(lane: Lane, grants: Sequence[GrantDocument]) -> OpenLane:
    ordered = sorted(grants, key=lambda each: each.granted_at or 0)
    granted = [each.granted for each in ordered if each.granted is not None]
    names = {each.member: each.name for each in granted}
    return OpenLane(
        lane=lane,
        names=tuple(names.values()),
        members=tuple(names),
        classes=frozenset(granted[0].classes).intersection(*(each.classes for each in granted)),
        granted_at=ordered[0].granted_at or 0,
    )


def audience(conn: Connection, lane: str, day: str) -> tuple[str, ...]:
    """Return the names of those who see what is written into ``lane``; none for ``self``."""
    if lane == SELF:
        return ()
    lanes = (*open_lanes(conn, day), *circle_lanes(conn, day))
    return next((each.names for each in lanes if each.lane == lane), ())


def everybody_who_sees(conn: Connection, goal: GoalAtHome, day: str) -> list[str]:
    """Return the names of those who see a goal on a local date, at home or as a copy."""
    lanes = [*open_lanes(conn, day), *circle_lanes(conn, day)]
    shown = [each for each in lanes if goal.is_shown_in(each.lane)]
    return list(dict.fromkeys(name for each in shown for name in each.names))


def member_names(conn: Connection) -> dict[str, str]:
    """Return the names of all members ever let in, by actor (``member/<id>``, …)."""
    names: dict[str, str] = {}
    for held in documents(conn, "grant", GrantDocument):
        if (granted := held.document.granted) is not None:
            writer = "supporter" if granted.role == "supporter" else "member"
            names[f"{writer}/{granted.member}"] = granted.name
    return names


def supporter_names(conn: Connection) -> dict[str, str]:
    """Return whose every supporter's lane is, or was, by lane."""
    return {
        held.lane: held.document.granted.name
        for held in documents(conn, "grant", GrantDocument)
        if held.document.granted is not None and held.lane.startswith("circle/")
    }
