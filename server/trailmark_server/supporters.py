"""Supporters' links: how long they work, what ends them, and the browsers that they let in.

A person's device makes a link and tells the server its hash; whoever opens it gets a session of
their own and no account. Neither gives a right: the grant in the circle lane does, asked for in
the transaction that reads or writes. Plain functions over ``AccountRows``; times are milliseconds
UTC by the server's clock.
"""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256
from typing import Final

import msgspec

from trailmark_server.lifetimes import lasts, lasts_until
from trailmark_server.storage.accounts import (
    AccountRows,
    LinkEnd,
    SupporterLink,
    SupporterSession,
)
from trailmark_server.tokens import secret_hash
from trailmark_shared import limits
from trailmark_shared.errors import ErrorCode, LimitExceededError, RefusedError
from trailmark_shared.ids import Lane, SpaceId
from trailmark_shared.words import gettext

_LABEL: Final = b"trailmark-encouragement/1"


class ClosedLinkError(RefusedError):
    """Nothing is opened here: one refusal for links that are unknown, over, or ended."""

    def __init__(self) -> None:
        """Say the same in every case."""
        super().__init__(
            ErrorCode.WRONG_CODE,
            gettext("this link opens nothing; ask for a new one where it came from"),
        )


class NewLink(msgspec.Struct, frozen=True, kw_only=True):
    """A link as a device tells of it.

    Attributes:
        hash: SHA-256 of its token.
        space: Whose.
        lane: The circle lane.
        member: The supporter, 16 bytes.
        made_at: When it was made, milliseconds UTC.
        replaces: Hashes of links that its device knew of when it made this one.
        until: When the supporter's grant ends, milliseconds UTC, or ``None``.
        is_over: The keys store lists it as ended: the account tables come from a backup.
    """

    hash: bytes
    space: SpaceId
    lane: Lane
    member: bytes
    made_at: int
    until: int | None
    replaces: frozenset[bytes] = frozenset()
    is_over: bool = False


class Registered(msgspec.Struct, frozen=True, kw_only=True):
    """What became of a link that a device told of.

    Attributes:
        link: The link as it is kept; it may have ended before or at once.
        ended: Hashes of the links that ended by this, its own perhaps among them.
    """

    link: SupporterLink
    ended: Sequence[bytes]


def is_open(link: SupporterLink, now: int) -> bool:
    """Say whether a link still opens something."""
    return link.ended_at is None and link.expires_at > now


def links_of(rows: AccountRows, space: SpaceId, member: bytes, now: int) -> list[SupporterLink]:
    """Return the links of a supporter that still open something: one, or none."""
    links = rows.supporter_links(space)
    return [each for each in links if each.member == member and is_open(each, now)]


def replaced_by(rows: AccountRows, new: NewLink, now: int) -> list[bytes]:
    """Return the hashes of the links that end once ``new`` is registered.

    A link ends those that its device knew of, whatever any clock says. Of two links that devices
    made apart the one that was made later stays; then ``new`` itself may be what ends.
    """
    if rows.supporter_link(new.hash) is not None:
        return []
    present = links_of(rows, new.space, new.member, now)
    apart = [each for each in present if each.hash not in new.replaces]
    if new.is_over or any(each.made_at > min(new.made_at, now) for each in apart):
        return [new.hash]
    return [each.hash for each in present]


def register_link(rows: AccountRows, new: NewLink, now: int) -> Registered:
    """Keep a supporter's link; the one before it ends.

    Telling of it again changes nothing, whatever became of it, for an answer can be lost.

    Args:
        rows: The account tables, writable.
        new: What the device says.
        now: Server clock.

    Returns:
        The link, and what ended by it.

    Raises:
        LimitExceededError: ``SUPPORTERS_MAX`` others have a link, or ``SUPPORTER_LINKS_MAX`` links
            of this space are remembered.
        ClosedLinkError: The same hash belongs to somebody else.
    """
    rows.drop_expired(now - limits.SIGN_IN_LINK_TTL_MS)
    known = rows.supporter_link(new.hash)
    if known is not None:
        if (known.space, known.member) != (new.space, new.member):
            raise ClosedLinkError
        return Registered(link=known, ended=())
    _refuse_too_many(rows.supporter_links(new.space), new, now)
    replaced = replaced_by(rows, new, now)
    expires_at = now + limits.SUPPORTER_LINK_TTL_MS
    link = SupporterLink(
        hash=new.hash,
        space=new.space,
        lane=new.lane,
        member=new.member,
        made_at=min(new.made_at, now),
        registered_at=now,
        expires_at=expires_at if new.until is None else min(expires_at, new.until),
    )
    rows.save_supporter_link(link)
    for each in replaced:
        end_link(rows, each, "replaced", now)
    return Registered(link=rows.supporter_link(new.hash) or link, ended=replaced)


def _refuse_too_many(links: Sequence[SupporterLink], new: NewLink, now: int) -> None:
    if len(links) >= limits.SUPPORTER_LINKS_MAX:
        raise LimitExceededError("SUPPORTER_LINKS_MAX", len(links) + 1, limits.SUPPORTER_LINKS_MAX)
    others = {each.member for each in links if is_open(each, now)} - {new.member}
    if len(others) >= limits.SUPPORTERS_MAX:
        raise LimitExceededError("SUPPORTERS_MAX", len(others) + 1, limits.SUPPORTERS_MAX)


def end_link(rows: AccountRows, hash_: bytes, by: LinkEnd, now: int) -> None:
    """End a link; one that ended before stays as it ended.

    The browsers that it let in are remembered, so that their attempts can be told to the person.
    """
    link = rows.supporter_link(hash_)
    if link is not None and link.ended_at is None:
        rows.save_supporter_link(msgspec.structs.replace(link, ended_at=now, ended_by=by))


def open_session(rows: AccountRows, link: SupporterLink, token: str, now: int) -> None:
    """Let a browser in under ``token``; the oldest one is closed where there are too many.

    Args:
        rows: The account tables, writable.
        link: The link that was opened, as it stands in this transaction.
        token: A fresh token for the browser's cookie.
        now: Server clock.

    Raises:
        ClosedLinkError: It opens nothing any more.
    """
    if not is_open(link, now):
        raise ClosedLinkError
    sessions = rows.supporter_sessions(link.hash)
    for oldest in sessions[: max(0, len(sessions) + 1 - limits.SUPPORTER_SESSIONS_MAX)]:
        rows.drop_supporter_session(oldest.hash)
    if link.opened_at is None:
        rows.save_supporter_link(msgspec.structs.replace(link, opened_at=now))
    rows.save_supporter_session(
        SupporterSession(
            hash=secret_hash(token),
            link=link.hash,
            created_at=now,
            seen_at=now,
            expires_at=now + limits.SUPPORTER_SESSION_MAX_MS,
        )
    )


def link_of_session(rows: AccountRows, hash_: bytes, now: int) -> SupporterLink | None:
    """Return the link by which a browser was let in, whatever became of it.

    Returns:
        The link; ``None`` for a browser that is unknown or was let in too long ago.
    """
    session = rows.supporter_session(hash_)
    if (
        session is None
        or not lasts(session.seen_at, now, limits.SUPPORTER_SESSION_IDLE_MS)
        or not lasts_until(session.expires_at, now, limits.SUPPORTER_SESSION_MAX_MS)
    ):
        return None
    return rows.supporter_link(session.link)


def is_stale(rows: AccountRows, hash_: bytes, now: int) -> bool:
    """Say whether the time of a browser's last sign of life is to be kept anew."""
    session = rows.supporter_session(hash_)
    return session is not None and now - session.seen_at >= limits.SEEN_MS


def touch_session(rows: AccountRows, hash_: bytes, now: int) -> None:
    """Note that a browser is in use."""
    session = rows.supporter_session(hash_)
    if session is not None:
        rows.save_supporter_session(msgspec.structs.replace(session, seen_at=now))


def encouragement_form(space: SpaceId, lane: Lane, cause: bytes) -> bytes:
    """Return the id of the one form that answers an event, 16 bytes.

    It follows from what is answered, so the log takes no second answer, whichever browser sends it:
    neither beside one that it has nor after one that was erased.
    """
    digest = sha256(_LABEL + space + lane.encode() + b"\x00" + cause).digest()
    return digest[: limits.ID_BYTES]
