"""Who is let in, what they can see, and who was: the person's own list of grants."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, Literal

import msgspec

from trailmark_adapters.sqlite import Connection
from trailmark_client.queries.documents import Held, documents
from trailmark_client.queries.finding import folded
from trailmark_client.queries.lanes import is_live
from trailmark_shared.errors import DomainError, ErrorCode
from trailmark_shared.events.registry import Kind
from trailmark_shared.ids import text_from_id
from trailmark_shared.projections.fields import Facts
from trailmark_shared.projections.goal import GoalDocument
from trailmark_shared.projections.grant import GrantDocument

State = Literal["live", "over", "stopping", "stopped"]

_COUNTED: Final[Sequence[tuple[str, Kind]]] = (
    ("steps", "step"),
    ("check_ins", "check_in"),
    ("excerpts", "excerpt"),
    ("wins", "win"),
    ("setbacks", "setback"),
    ("comments", "comment"),
)


class Seen(msgspec.Struct, frozen=True, kw_only=True):
    """How much there is to see in a shared lane.

    Attributes:
        goals: Goals that are shared there now.
        steps: Steps of those goals.
        check_ins: Check-ins of those goals.
        excerpts: Parts of reflections, withdrawn ones left out.
        wins: Wins.
        setbacks: Setbacks.
        comments: Comments, withdrawn ones left out.
    """

    goals: int = 0
    steps: int = 0
    check_ins: int = 0
    excerpts: int = 0
    wins: int = 0
    setbacks: int = 0
    comments: int = 0


class GrantLine(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody who is let in, or was.

    Attributes:
        grant: Id of the grant; ``sharing stop`` takes it.
        member: Id of who is let in.
        name: Their name as it was shown.
        role: ``therapist`` or ``supporter``.
        classes: What goes to them by itself.
        lane: The lane that they read.
        since: When they were let in, milliseconds UTC.
        until: Last day, or null for until stopped.
        state: ``live``; ``over``: behind its last day; ``stopping``: stopped on this device, and at
            the next sync on the server; ``stopped``.
        stopped_at: When sharing was stopped, milliseconds UTC, or null.
        sees: How much they can see; not counted any more once it is over or stopped here.
    """

    grant: str
    member: str
    name: str
    role: str
    classes: list[str]
    lane: str
    since: int | None
    until: str | None
    state: State
    stopped_at: int | None
    sees: Seen


def list_grants(conn: Connection, day: str) -> list[GrantLine]:
    """Return everybody who was ever let in, the first one in front.

    Args:
        conn: The store.
        day: The person's local date, on which grants count.
    """
    held = documents(conn, "grant", GrantDocument)
    lines = [_line(conn, each, day) for each in held if each.document.granted is not None]
    return sorted(lines, key=lambda each: (each.since or 0, each.grant))


def names_in_state(conn: Connection, state: State, day: str) -> dict[bytes, str]:
    """Return the names of those whose grants stand so, by grant; nothing is counted for it.

    Args:
        conn: The store.
        state: How the grants stand.
        day: The person's local date, on which grants count.
    """
    return {
        each.subject: each.document.granted.name
        for each in documents(conn, "grant", GrantDocument)
        if each.document.granted is not None and _state(conn, each, day) == state
    }


def _line(conn: Connection, held: Held[GrantDocument], day: str) -> GrantLine:
    document = held.document
    granted = document.granted
    assert granted is not None, "asked for by list_grants"
    state = _state(conn, held, day)
    return GrantLine(
        grant=text_from_id(held.subject),
        member=granted.member,
        name=granted.name,
        role=granted.role,
        classes=list(granted.classes),
        lane=held.lane,
        since=document.granted_at,
        until=granted.until,
        state=state,
        stopped_at=document.revoked_at,
        sees=_seen(conn, held.lane) if state == "live" else Seen(),
    )


def _state(conn: Connection, held: Held[GrantDocument], day: str) -> State:
    if held.document.revoked_at is None:
        return "live" if is_live(held.document, day) else "over"
    confirmed = conn.execute(
        "SELECT 1 FROM event WHERE lane = ? AND subject = ? AND type = 'access_revoked'"
        " AND seq IS NOT NULL AND held IS NULL",
        (held.lane, held.subject),
    ).fetchone()
    return "stopping" if confirmed is None else "stopped"


def _seen(conn: Connection, lane: str) -> Seen:
    goals = {
        each.subject
        for each in documents(conn, "goal", GoalDocument)
        if each.lane == lane and not each.document.frozen
    }
    counts = {
        name: sum(_is_seen(each, lane, goals) for each in documents(conn, kind, Facts))
        for name, kind in _COUNTED
    }
    return Seen(goals=len(goals), **counts)


def _is_seen(held: Held[Facts], lane: str, goals: set[bytes]) -> bool:
    if held.lane != lane or getattr(held.document, "withdrawn_at", None) is not None:
        return False
    return held.kind not in {"step", "check_in"} or held.parent in goals


def grant_to_stop(conn: Connection, who: str) -> bytes:
    """Return the one grant, not stopped yet, that the beginning of a name or of its id means.

    Args:
        conn: The store.
        who: What the person typed; upper and lower case of a name count as the same.

    Raises:
        DomainError: ``not_found``, ``ambiguous_id``; ``nothing_changed``: it is stopped already.
    """
    held = [each for each in documents(conn, "grant", GrantDocument) if each.document.granted]
    meant = [each for each in held if _is_meant(each, who)]
    going_on = [each for each in meant if each.document.revoked_at is None]
    if meant and not going_on:
        raise DomainError(ErrorCode.NOTHING_CHANGED, "sharing with them is stopped already")
    if not going_on:
        raise DomainError(ErrorCode.NOT_FOUND, "nobody who is let in is called that; see sharing")
    if len(going_on) > 1:
        raise DomainError(
            ErrorCode.AMBIGUOUS_ID, "that means more than one of those let in; see sharing"
        )
    return going_on[0].subject


def _is_meant(held: Held[GrantDocument], who: str) -> bool:
    granted = held.document.granted
    wanted = who.strip().casefold()
    if granted is not None and wanted and granted.name.casefold().startswith(wanted):
        return True
    try:
        return text_from_id(held.subject).startswith(folded(who))
    except DomainError:
        return False
