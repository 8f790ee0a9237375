"""In SQL: supporters' links, and the browsers that they let in."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from trailmark_server.storage.accounts.sql.table import Table
from trailmark_server.storage.accounts.supporters import SupporterLink, SupporterSession
from trailmark_server.storage.sql.connection import Connection
from trailmark_shared import limits
from trailmark_shared.ids import SpaceId

_LINKS: Final = Table("supporter_link", SupporterLink, "hash")
_SESSIONS: Final = Table("supporter_session", SupporterSession, "hash")


class SqlSupporters:
    """Tables behind one connection, inside its transaction; see ``SupporterRows``."""

    def __init__(self, conn: Connection) -> None:
        self._conn = conn

    def supporter_link(self, hash_: bytes) -> SupporterLink | None:
        """Return the link whose token has this hash."""
        return _LINKS.one(self._conn, "WHERE hash = ?", hash_)

    def supporter_links(self, space: SpaceId) -> Sequence[SupporterLink]:
        """Return the links of a space in the order in which they came."""
        return _LINKS.find(self._conn, "WHERE space = ? ORDER BY registered_at, hash", (space,))

    def save_supporter_link(self, row: SupporterLink) -> None:
        """Keep a link."""
        self._conn.execute(_LINKS.save, _LINKS.values(row))

    def supporter_session(self, hash_: bytes) -> SupporterSession | None:
        """Return the browser whose cookie has this hash."""
        return _SESSIONS.one(self._conn, "WHERE hash = ?", hash_)

    def supporter_sessions(self, link: bytes) -> Sequence[SupporterSession]:
        """Return the browsers that a link let in, the first one in front."""
        return _SESSIONS.find(self._conn, "WHERE link = ? ORDER BY created_at, hash", (link,))

    def save_supporter_session(self, row: SupporterSession) -> None:
        """Keep a browser."""
        self._conn.execute(_SESSIONS.save, _SESSIONS.values(row))

    def drop_supporter_session(self, hash_: bytes) -> None:
        """Forget a browser."""
        self._conn.execute("DELETE FROM supporter_session WHERE hash = ?", (hash_,))

    def drop_expired(self, before: int) -> None:
        """Forget browsers whose time ended before this one, milliseconds UTC, and old links.

        An expired link is listed for as long again, so that no device takes it for a new one.
        """
        self._conn.execute("DELETE FROM supporter_session WHERE expires_at < ?", (before,))
        # Browsers go with their link: ON DELETE CASCADE.
        oldest = before - limits.SUPPORTER_LINK_TTL_MS
        self._conn.execute("DELETE FROM supporter_link WHERE expires_at < ?", (oldest,))

    def erase_space(self, space: SpaceId) -> None:
        """Forget the links of a person, and the browsers that they let in: these go with them."""
        self._conn.execute("DELETE FROM supporter_link WHERE space = ?", (space,))
