"""In memory: supporters' links, and the browsers that they let in."""

from __future__ import annotations

from collections.abc import Sequence

from trailmark_server.storage.accounts.supporters import SupporterLink, SupporterSession
from trailmark_shared import limits
from trailmark_shared.ids import SpaceId


class MemorySupporters:
    """Dictionaries from key to row; see ``SupporterRows``."""

    def __init__(self) -> None:
        self._supporter_links: dict[bytes, SupporterLink] = {}
        self._supporter_sessions: dict[bytes, SupporterSession] = {}

    def supporter_link(self, hash_: bytes) -> SupporterLink | None:
        """Return the link whose token has this hash."""
        return self._supporter_links.get(hash_)

    def supporter_links(self, space: SpaceId) -> Sequence[SupporterLink]:
        """Return the links of a space in the order in which they came."""
        rows = [row for row in self._supporter_links.values() if row.space == space]
        return sorted(rows, key=lambda row: (row.registered_at, row.hash))

    def save_supporter_link(self, row: SupporterLink) -> None:
        """Keep a link."""
        self._supporter_links[row.hash] = row

    def supporter_session(self, hash_: bytes) -> SupporterSession | None:
        """Return the browser whose cookie has this hash."""
        return self._supporter_sessions.get(hash_)

    def supporter_sessions(self, link: bytes) -> Sequence[SupporterSession]:
        """Return the browsers that a link let in, the first one in front."""
        rows = [row for row in self._supporter_sessions.values() if row.link == link]
        return sorted(rows, key=lambda row: (row.created_at, row.hash))

    def save_supporter_session(self, row: SupporterSession) -> None:
        """Keep a browser."""
        self._supporter_sessions[row.hash] = row

    def drop_supporter_session(self, hash_: bytes) -> None:
        """Forget a browser."""
        self._supporter_sessions.pop(hash_, None)

    def drop_expired(self, before: int) -> None:
        """Forget browsers whose time ended before this one, milliseconds UTC, and old links.

        An expired link is listed for as long again, so that no device takes it for a new one.
        """
        oldest = before - limits.SUPPORTER_LINK_TTL_MS
        links = {key: row for key, row in self._supporter_links.items() if row.expires_at >= oldest}
        self._supporter_links = links
        self._supporter_sessions = {
            key: row
            for key, row in self._supporter_sessions.items()
            if row.expires_at >= before and row.link in links
        }

    def erase_space(self, space: SpaceId) -> None:
        """Forget the links of a person, and the browsers that they let in."""
        known = self._supporter_links.items()
        links = {key: row for key, row in known if row.space != space}
        browsers = self._supporter_sessions.items()
        self._supporter_links = links
        self._supporter_sessions = {key: row for key, row in browsers if row.link in links}
