"""Rows of the account tables: supporters' links, and the browsers that they let in."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, Protocol

import msgspec

from trailmark_shared.ids import Lane, SpaceId

LinkEnd = Literal["replaced", "stopped", "left"]
"""Why a link ended before its time."""


class SupporterLink(msgspec.Struct, frozen=True, kw_only=True):
    """A link by which one supporter reads one lane, without an account.

    It gives no right by itself: the grant in the lane does, asked for with every read.

    Attributes:
        hash: SHA-256 of its token.
        space: Whose.
        lane: The circle lane.
        member: The supporter, as the grant names them, 16 bytes.
        made_at: When a device made it, by the age that the device told.
        registered_at: When the device told the server.
        expires_at: When it stops to work.
        opened_at: When it was first opened, or ``None``.
        ended_at: When it ended before its time, or ``None``.
        ended_by: Why it did.
    """

    hash: bytes
    space: SpaceId
    lane: Lane
    member: bytes
    made_at: int
    registered_at: int
    expires_at: int
    opened_at: int | None = None
    ended_at: int | None = None
    ended_by: LinkEnd | None = None


class SupporterSession(msgspec.Struct, frozen=True, kw_only=True):
    """A browser that a supporter's link let in.

    Attributes:
        hash: SHA-256 of the cookie's token.
        link: Hash of the link.
        created_at: When it was let in.
        seen_at: Start of the idle time-out.
        expires_at: When it is over, whatever it does.
    """

    hash: bytes
    link: bytes
    created_at: int
    seen_at: int
    expires_at: int


class SupporterRows(Protocol):
    """Tables of supporters' links and browsers; part of ``AccountRows``."""

    def supporter_link(self, hash_: bytes) -> SupporterLink | None:
        """Return the link whose token has this hash."""
        ...

    def supporter_links(self, space: SpaceId) -> Sequence[SupporterLink]:
        """Return the links of a space in the order in which they came, ended ones included."""
        ...

    def save_supporter_link(self, row: SupporterLink) -> None:
        """Keep a link."""
        ...

    def supporter_session(self, hash_: bytes) -> SupporterSession | None:
        """Return the browser whose cookie has this hash."""
        ...

    def supporter_sessions(self, link: bytes) -> Sequence[SupporterSession]:
        """Return the browsers that a link let in, the first one in front."""
        ...

    def save_supporter_session(self, row: SupporterSession) -> None:
        """Keep a browser."""
        ...

    def drop_supporter_session(self, hash_: bytes) -> None:
        """Forget a browser."""
        ...
