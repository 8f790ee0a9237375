"""Supporters: who they are, what each of them can see, what came back, how their link stands."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import msgspec

from trailmark_adapters.sqlite import Connection
from trailmark_client.queries.documents import documents
from trailmark_client.queries.lanes import live_grants
from trailmark_client.queries.members import member_meant, members
from trailmark_client.queries.sent import SUPPORTER, SentLine, items_of, sent_line
from trailmark_client.queries.sharing import GrantLine, State, list_grants
from trailmark_client.storage.links import KnownLink, MadeLink, known_links, made_links
from trailmark_shared.errors import DomainError, ErrorCode
from trailmark_shared.ids import Lane, id_from_text
from trailmark_shared.projections.grant import GrantDocument
from trailmark_shared.projections.supporter import SupporterDocument
from trailmark_shared.words import gettext

LinkState = Literal["waiting", "works", "refused", "expired", "replaced", "stopped", "left", "none"]
"""How a supporter's link stands; ``waiting``: it works after the next sync."""


class Supporter(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody who was let in as a supporter.

    Attributes:
        grant: The grant, 16 bytes.
        member: Their id, as text.
        name: What the person calls them.
        lane: Their lane.
    """

    grant: bytes
    member: str
    name: str
    lane: Lane


class LinkLine(msgspec.Struct, frozen=True, kw_only=True):
    """How a supporter's link stands, as far as this device knows.

    Attributes:
        state: ``waiting``: the server is told of it at the next sync; ``works``; ``refused``: the
            server did not take it; ``expired``; ``replaced``, ``stopped``; ``left``: they ended it
            themselves; ``none``: none is known on this device.
        until: When it stops to work, milliseconds UTC, or null.
        opened_at: When it was first opened, milliseconds UTC, or null.
        message: Why the server did not take it, or null.
    """

    state: LinkState
    until: int | None = None
    opened_at: int | None = None
    message: str | None = None


class SupporterLine(msgspec.Struct, frozen=True, kw_only=True):
    """A supporter.

    Attributes:
        grant: Id of the grant; commands take it in place of a name.
        member: Their id.
        name: What the person calls them.
        relation: What they are to the person, or null; only the person's devices know it.
        helps: How they can help; only the person's devices know it.
        lane: The lane that they read.
        since: When they were let in, milliseconds UTC.
        until: Last day, or null for until stopped.
        state: ``live``, ``over``, ``stopping`` or ``stopped``, as in ``sharing list``.
        stopped_at: When it was stopped, milliseconds UTC, or null.
        link: How their link stands.
        sent: What was sent to them, the newest first.
    """

    grant: str
    member: str
    name: str
    relation: str | None
    helps: list[str]
    lane: str
    since: int | None
    until: str | None
    state: State
    stopped_at: int | None
    link: LinkLine
    sent: list[SentLine]


def list_supporters(conn: Connection, day: str, now_ms: int) -> list[SupporterLine]:
    """Return everybody who was ever let in as a supporter, the first one in front.

    Args:
        conn: The store.
        day: The person's local date, on which grants count.
        now_ms: This device's clock, milliseconds UTC, by which links expire.
    """
    own = {each.subject: each.document for each in documents(conn, "supporter", SupporterDocument)}
    made = {each.member: each for each in made_links(conn)}
    known = known_links(conn)
    return [
        _line(
            conn,
            line,
            own.get(id_from_text(line.grant)),
            _link(line, made.get(line.member), known, now_ms),
        )
        for line in list_grants(conn, day)
        if line.role == SUPPORTER and line.state != "replaced"
    ]


def _line(
    conn: Connection, line: GrantLine, described: SupporterDocument | None, link: LinkLine
) -> SupporterLine:
    return SupporterLine(
        grant=line.grant,
        member=line.member,
        name=line.name,
        relation=None if described is None else described.relation.value,
        helps=[] if described is None else list(described.helps.value or ()),
        lane=line.lane,
        since=line.since,
        until=line.until,
        state=line.state,
        stopped_at=line.stopped_at,
        link=link,
        sent=[sent_line(each) for each in items_of(conn, line.lane)],
    )


def _link(
    line: GrantLine, made: MadeLink | None, known: Sequence[KnownLink], now_ms: int
) -> LinkLine:
    if line.state in {"stopping", "stopped", "elsewhere"}:
        return LinkLine(state="stopped")
    if made is not None and made.refused is not None:
        return LinkLine(state="refused", message=made.refused)
    if made is not None and not made.is_told:
        return LinkLine(state="waiting")
    theirs = [each for each in known if each.member == line.member]
    if not theirs:
        return LinkLine(state="none")
    last = next((each for each in theirs if each.ended_at is None), theirs[-1])
    if last.ended_by is not None:
        return LinkLine(state=last.ended_by, opened_at=last.opened_at)
    state: LinkState = "works" if last.expires_at > now_ms else "expired"
    return LinkLine(state=state, until=last.expires_at, opened_at=last.opened_at)


def supporter_meant(conn: Connection, who: str, day: str) -> Supporter:
    """Return the one supporter, let in now, whom the beginning of a name or grant id means.

    Raises:
        DomainError: ``not_found``, ``ambiguous_id``; ``nothing_changed``: sharing with them is
            stopped; ``not_shared``: it is over.
    """
    member = member_meant((each for each in members(conn) if each.role == SUPPORTER), who)
    let_in = {each.subject for each in live_grants(conn, day)}
    held = next((each for each in member.unrevoked if each.subject in let_in), None)
    if held is None:
        raise DomainError(ErrorCode.NOT_SHARED, gettext("their last day is over; let them in anew"))
    return Supporter(grant=held.subject, member=member.id, name=member.name, lane=Lane(held.lane))


def live_supporters(conn: Connection, day: str) -> dict[str, GrantDocument]:
    """Return the grants of all supporters who are let in on a local date, by their id as text."""
    return {
        each.document.granted.member: each.document
        for each in live_grants(conn, day)
        if each.document.granted is not None and each.document.granted.role == SUPPORTER
    }
