"""Who is let in, what they can see, and who was: the person's own list of grants."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import Final, Literal

import msgspec

from trailmark_adapters.sqlite import Connection
from trailmark_client.queries.documents import Held, documents, documents_of_lane
from trailmark_client.queries.lanes import links_of, live_grants, stopped_grants
from trailmark_client.queries.members import Member, member_meant, members
from trailmark_client.queries.pending import PendingGrant, pending_grants
from trailmark_client.queries.sent import SUPPORTER, items_of
from trailmark_shared.domain.consent import CONSENT_ACTIONS, allowed_actions
from trailmark_shared.domain.succession import first_in_line
from trailmark_shared.errors import DomainError, ErrorCode
from trailmark_shared.events.registry import Kind
from trailmark_shared.ids import Lane, id_from_text, text_from_id
from trailmark_shared.projections.check_in import CheckInDocument
from trailmark_shared.projections.fields import Facts
from trailmark_shared.projections.goal import GoalDocument
from trailmark_shared.projections.grant import GrantDocument
from trailmark_shared.projections.note import NoteDocument
from trailmark_shared.words import gettext

State = Literal["live", "over", "replaced", "stopping", "stopped", "elsewhere"]

_COUNTED: Final[Mapping[Kind, str]] = {
    "step": "steps",
    "check_in": "check_ins",
    "excerpt": "excerpts",
    "win": "wins",
    "setback": "setbacks",
    "comment": "comments",
}


class Seen(msgspec.Struct, frozen=True, kw_only=True):
    """How much there is to see in a shared lane.

    Attributes:
        goals: Goals that are shared there now.
        taken_back: Goals that were shared there and taken back: they stay as they were until then.
        steps: Steps of those goals.
        check_ins: Check-ins of those goals.
        excerpts: Parts of reflections, withdrawn ones left out.
        wins: Wins.
        setbacks: Setbacks.
        comments: Comments, withdrawn ones left out.
        earliest: The first local date that a check-in, win or setback there belongs to, or null.
    """

    goals: int = 0
    taken_back: int = 0
    steps: int = 0
    check_ins: int = 0
    excerpts: int = 0
    wins: int = 0
    setbacks: int = 0
    comments: int = 0
    earliest: str | None = None


class GrantLine(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody who is let in, or was.

    Attributes:
        grant: Id of the grant.
        member: Id of who is let in; ``sharing stop`` takes the beginning of it, or of the name.
        name: Their name as it was shown.
        role: ``therapist`` or ``supporter``.
        classes: What they may be shown.
        actions: What they may do: ``view``, ``comment``, ``propose``.
        purpose: What for, or null where the grant does not say.
        history: What they see of the time before, or null where the grant does not say.
        history_since: The day from which the person picked, or null.
        consent_version: Version of the text that was agreed to.
        consent_sha256: SHA-256 of that text.
        lane: The lane that they read.
        since: When they were let in there, milliseconds UTC; changed terms begin no new time.
        until: Last day, or null for until stopped.
        state: ``live``; ``over``: behind its last day; ``replaced``: another grant of theirs goes
            on in its place; ``stopping``: stopped on this device, and at the next sync on the
            server; ``stopped``; ``elsewhere``: it came with an import, and they were let in where
            that was made.
        stopped_at: When sharing was stopped, milliseconds UTC, or null.
        sees: How much they can see; not counted any more once it is over or stopped here.
    """

    grant: str
    member: str
    name: str
    role: str
    classes: list[str]
    actions: list[str]
    purpose: str | None
    history: str | None
    history_since: str | None
    consent_version: int
    consent_sha256: str
    lane: str
    since: int | None
    until: str | None
    state: State
    stopped_at: int | None
    sees: Seen


class WaitingLine(msgspec.Struct, frozen=True, kw_only=True):
    """An invitation that was redeemed on this device and is not completed.

    Attributes:
        member: Id of who invited.
        name: Their name.
        phrase: Four words that both sides compare.
        agreed: The person has agreed; only the therapist's word is missing.
        classes: What they may be shown then.
        actions: What they may do then.
        until: Last day then, or null.
        unknown: The server does not know this invitation any more: another one is needed.
    """

    member: str
    name: str
    phrase: str
    agreed: bool
    classes: list[str]
    actions: list[str]
    until: str | None
    unknown: bool


def list_grants(conn: Connection, day: str) -> list[GrantLine]:
    """Return everybody who was ever let in, the first one in front.

    Args:
        conn: The store.
        day: The person's local date, on which grants count.
    """
    held = [each for each in documents(conn, "grant", GrantDocument) if each.document.granted]
    begun, standing = _begun(held), _standing(conn, held, day)
    lines = [_line(conn, each, _state(conn, each, standing), begun) for each in held]
    return sorted(lines, key=lambda each: (each.since or 0, each.member, each.grant))


def list_waiting(conn: Connection) -> list[WaitingLine]:
    """Return the invitations that wait on this device, the one redeemed first in front."""
    return [
        WaitingLine(
            member=each.member,
            name=each.name,
            phrase=each.phrase,
            agreed=each.agreed is not None,
            classes=list(each.agreed.classes) if each.agreed else [],
            actions=_actions(each.agreed.actions) if each.agreed else [],
            until=each.agreed.until if each.agreed else None,
            unknown=each.is_unknown,
        )
        for each in pending_grants(conn)
    ]


class ToStop(msgspec.Struct, frozen=True, kw_only=True):
    """With whom sharing is to be stopped.

    Attributes:
        member: Who is let in, or ``None`` where they only wait to be.
        waiting: Their invitation that waits, or ``None``.
    """

    member: Member | None
    waiting: PendingGrant | None

    @property
    def name(self) -> str:
        """Their name."""
        named = self.member or self.waiting
        return "" if named is None else named.name


def to_stop(conn: Connection, who: str, role: str | None = None) -> ToStop:
    """Return the one who is let in, or waits to be, whom the person means.

    Args:
        conn: The store.
        who: What the person typed, see ``members.member_meant``.
        role: Only members in this role, where one is named; a supporter never waits.

    Raises:
        DomainError: As ``members.member_meant``.
    """
    wanted = who.strip().casefold()
    waits = [
        each
        for each in (() if role == SUPPORTER else pending_grants(conn))
        if wanted and wanted in {each.name.casefold()[: len(wanted)], each.member[: len(wanted)]}
    ]
    try:
        member = member_meant((m for m in members(conn) if role in {None, m.role}), who)
    except DomainError:
        if len(waits) != 1:
            raise
        return ToStop(member=None, waiting=waits[0])
    if any(each.member != member.id for each in waits):
        raise DomainError(
            ErrorCode.AMBIGUOUS_ID, gettext("that means more than one of those let in or waiting")
        )
    return ToStop(member=member, waiting=waits[0] if waits else None)


def names_in_state(conn: Connection, state: State, day: str) -> dict[bytes, str]:
    """Return the names of those whose grants stand so, by grant; nothing is counted for it.

    Args:
        conn: The store.
        state: How the grants stand.
        day: The person's local date, on which grants count.
    """
    held = documents(conn, "grant", GrantDocument)
    standing = _standing(conn, held, day)
    return {
        each.subject: each.document.granted.name
        for each in held
        if each.document.granted is not None and _state(conn, each, standing) == state
    }


def _begun(held: Iterable[Held[GrantDocument]]) -> dict[bytes, int | None]:
    """Return when each grant began: where it changed the terms of another, with that one."""
    known = {text_from_id(each.subject): each for each in held}
    links = links_of(known.values())
    return {
        each.subject: known[first_in_line(grant, links)].document.granted_at
        for grant, each in known.items()
    }


def _replaced_by(document: GrantDocument) -> bytes:
    replaced = document.granted.replaces if document.granted else None
    return b"" if replaced is None else id_from_text(replaced)


def _actions(actions: Iterable[str] | None) -> list[str]:
    allowed = allowed_actions(None if actions is None else tuple(actions))
    return [each for each in CONSENT_ACTIONS if each in allowed]


def _line(
    conn: Connection,
    held: Held[GrantDocument],
    state: State,
    begun: Mapping[bytes, int | None],
) -> GrantLine:
    document = held.document
    granted = document.granted
    assert granted is not None, "asked for by list_grants"
    return GrantLine(
        grant=text_from_id(held.subject),
        member=granted.member,
        name=granted.name,
        role=granted.role,
        classes=list(granted.classes),
        actions=_actions(granted.actions),
        purpose=granted.purpose,
        history=granted.history,
        history_since=granted.since,
        consent_version=granted.consent.version,
        consent_sha256=granted.consent.sha256,
        lane=held.lane,
        since=begun[held.subject],
        until=granted.until,
        state=state,
        stopped_at=document.revoked_at,
        sees=seen_in(conn, held.lane) if state == "live" else Seen(),
    )


class _Standing(msgspec.Struct, frozen=True, kw_only=True):
    """How all grants stand to each other.

    Attributes:
        live: Those that let their members in.
        stopped: Those that were stopped, or took the place of one that was.
        replaced: Those whose place another one took.
    """

    live: AbstractSet[bytes]
    stopped: AbstractSet[bytes]
    replaced: AbstractSet[bytes]


def _standing(conn: Connection, held: Sequence[Held[GrantDocument]], day: str) -> _Standing:
    return _Standing(
        live={each.subject for each in live_grants(conn, day)},
        stopped=stopped_grants(held),
        replaced={_replaced_by(each.document) for each in held},
    )


def _state(conn: Connection, held: Held[GrantDocument], standing: _Standing) -> State:
    if held.document.revoked_at is not None and held.subject in standing.replaced:
        return "replaced"
    if held.document.revoked_at is None and held.subject not in standing.stopped:
        return "live" if held.subject in standing.live else "over"
    confirmed = conn.execute(
        "SELECT 1 FROM event WHERE lane = ? AND subject = ? AND type = 'access_revoked'"
        " AND seq IS NOT NULL AND held IS NULL",
        (held.lane, held.subject),
    ).fetchone()
    if confirmed is not None:
        return "stopped"
    imported = conn.execute("SELECT 1 FROM archived_lane WHERE lane = ?", (held.lane,)).fetchone()
    return "stopping" if imported is None else "elsewhere"


def seen_in(conn: Connection, lane: Lane) -> Seen:
    """Return how much whoever reads a lane can see of it."""
    if lane.startswith("circle/"):
        return _seen_by_supporter(conn, lane)
    held = documents_of_lane(conn, lane)
    goals = {
        each.subject: each.document for each in held if isinstance(each.document, GoalDocument)
    }
    shown = {
        goal
        for goal, document in goals.items()
        if any(each.withdrawn_at is None for each in document.shares)
    }
    seen = [each for each in held if each.kind in _COUNTED and _is_seen(each, shown)]
    counts = Counter(_COUNTED[each.kind] for each in seen)
    days = [day for each in seen if (day := _day_of(each.document)) is not None]
    return Seen(
        goals=len(shown),
        taken_back=len(goals) - len(shown),
        earliest=min(days, default=None),
        **counts,
    )


def _seen_by_supporter(conn: Connection, lane: Lane) -> Seen:
    items = [each for each in items_of(conn, lane) if each.taken_back_at is None]
    kinds = Counter(each.kind for each in items)
    return Seen(
        goals=kinds["goal"],
        steps=kinds["step"],
        excerpts=kinds["excerpt"],
        wins=kinds["win"],
        comments=sum(len(each.encouragements) for each in items),
    )


def _is_seen(held: Held[Facts], goals: set[bytes]) -> bool:
    if getattr(held.document, "withdrawn_at", None) is not None:
        return False
    return held.kind not in {"step", "check_in"} or held.parent in goals


def _day_of(document: Facts) -> str | None:
    if isinstance(document, CheckInDocument):
        return document.day.value
    return document.day if isinstance(document, NoteDocument) else None
