"""Whether a grant lets somebody in now: the one place that reads the rows that say so."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Final

from trailmark_server.storage.ports import Grant, Reader
from trailmark_server.storage.rows import GrantRow, LogRows
from trailmark_shared.errors import ErrorCode, RefusedError
from trailmark_shared.events.access import Role
from trailmark_shared.ids import Lane, SpaceId, id_from_text

_WEST_MOST: Final = timedelta(hours=12)
"""A day lasts until it has ended everywhere; the last place is 12 hours behind UTC."""

_ROLE_BY_SIDE: Final[Mapping[str, Role]] = {"member": "therapist", "supporter": "supporter"}


def is_over(until: str | None, now: int) -> bool:
    """Return whether the last day of a grant has ended, wherever its person may be.

    Args:
        until: Last day, ``YYYY-MM-DD``, or ``None`` for no last day.
        now: Server clock, milliseconds UTC.

    Returns:
        ``True`` once nobody on Earth has that day any more.
    """
    if until is None:
        return False
    latest = datetime.fromtimestamp(now // 1000, UTC) - _WEST_MOST
    return latest.date().isoformat() > until


def grants_from_rows(rows: list[GrantRow], now: int) -> list[Grant]:
    """Return the grants that the log gave, each with what it is worth at ``now``."""
    return [_grant(row, now) for row in rows if row.granted_seq is not None]


def _grant(row: GrantRow, now: int) -> Grant:
    assert row.member is not None
    assert row.role is not None
    assert row.granted_seq is not None
    is_revoked = row.revoked_seq is not None or row.in_keys
    return Grant(
        space=row.space,
        lane=row.lane,
        grant=row.grant,
        member=row.member,
        role=row.role,
        until=row.until,
        seq=row.granted_seq,
        is_revoked=is_revoked,
        is_live=not (is_revoked or row.space_closed or is_over(row.until, now)),
    )


def require_grant(rows: LogRows, space: SpaceId, lane: Lane, reader: Reader, now: int) -> Grant:
    """Return a live grant of the reading or writing member for ``lane``.

    Args:
        rows: The tables, within the transaction that reads or writes for the member.
        space: Whose lane.
        lane: Which one.
        reader: Names the member and what the grant must be.
        now: Server clock, milliseconds UTC.

    Returns:
        The grant.

    Raises:
        RefusedError: ``not_authorised``: there is none; the words are the same whether there ever
            was one or the lane does not exist.
    """
    for grant in grants_from_rows(rows.grants(space), now):
        is_theirs = (grant.lane, grant.member) == (lane, reader.member)
        if grant.is_live and is_theirs and reader.role in {None, grant.role}:
            return grant
    raise RefusedError(ErrorCode.NOT_AUTHORISED, "there is nothing here for you")


def reader_of_actor(actor: str) -> Reader:
    """Return what ``require_grant`` asks for a writer: ``member/ID`` or ``supporter/ID``."""
    side, _, member = actor.partition("/")
    return Reader(member=id_from_text(member), role=_ROLE_BY_SIDE[side])
