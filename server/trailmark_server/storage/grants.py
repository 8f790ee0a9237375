"""Whether a grant lets somebody in now: the one place that reads the rows that say so."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Final

from trailmark_server.storage.ports import Grant, Reader
from trailmark_server.storage.rows import GrantRow, LogRows
from trailmark_shared.domain.consent import allowed_actions
from trailmark_shared.errors import ErrorCode, RefusedError
from trailmark_shared.events.access import Role
from trailmark_shared.ids import Lane, SpaceId, id_from_text

NOTHING_HERE: Final = "there is nothing here for you"
"""The words of every refusal, whether there ever was a grant or not."""

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
    return until is not None and first_day_left(now) > until


def first_day_left(now: int) -> str:
    """Return the earliest date that some place on Earth still has: grants until before are over.

    Args:
        now: Server clock, milliseconds UTC.

    Returns:
        ``YYYY-MM-DD``.
    """
    return (datetime.fromtimestamp(now // 1000, UTC) - _WEST_MOST).date().isoformat()


def end_of_day(until: str) -> int:
    """Return when a last day (``YYYY-MM-DD``) has ended everywhere, milliseconds UTC."""
    days = date.fromisoformat(until).toordinal() + 1 - date(1970, 1, 1).toordinal()
    return (days * timedelta(days=1) + _WEST_MOST) // timedelta(milliseconds=1)


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
        actions=allowed_actions(row.actions),
        seq=row.granted_seq,
        is_revoked=is_revoked,
        is_live=not (is_revoked or row.space_closed or is_over(row.until, now)),
    )


def ended_unlisted(rows: Iterable[GrantRow], now: int) -> list[tuple[SpaceId, bytes]]:
    """Return the grants that their last day ended and that no list keeps ended.

    Whoever saw one as over must list it: a clock that is set back must not bring it back.

    Args:
        rows: Grants as the tables have them.
        now: Server clock, milliseconds UTC.

    Returns:
        Space and grant of each.
    """
    return [
        (row.space, row.grant)
        for row in rows
        if is_over(row.until, now) and row.revoked_seq is None and not row.in_keys
    ]


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
            was one, it does not allow this, or the lane does not exist.
    """
    for grant in grants_from_rows(rows.grants(space), now):
        if grant.lane == lane and _lets_in(grant, reader):
            return grant
    raise RefusedError(ErrorCode.NOT_AUTHORISED, NOTHING_HERE)


def lanes_of(rows: list[GrantRow], reader: Reader, now: int) -> list[Lane]:
    """Return the lanes in which one of these grants lets a member in now, by name.

    Args:
        rows: The grants of a space, read in the transaction that reads for the member.
        reader: Names the member and what the grant must be.
        now: Server clock, milliseconds UTC.
    """
    grants = grants_from_rows(rows, now)
    return sorted({each.lane for each in grants if _lets_in(each, reader)})


def _lets_in(grant: Grant, reader: Reader) -> bool:
    is_right = reader.role in {None, grant.role} and reader.action in grant.actions
    return grant.is_live and grant.member == reader.member and is_right


def reader_of_actor(actor: str) -> Reader:
    """Return what ``require_grant`` asks for a writer: ``member/ID`` or ``supporter/ID``."""
    side, _, member = actor.partition("/")
    return Reader(member=id_from_text(member), role=_ROLE_BY_SIDE[side])
