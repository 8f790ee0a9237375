"""The account tables in SQLite, over one connection of the main database.

They share the file with the log, so that one transaction can read a page and the right to see it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol, TypeVar

from trailmark_adapters.sqlite import Connection
from trailmark_server.storage.accounts.port import AccountRows
from trailmark_server.storage.accounts.sqlite.access_log import SqliteAccessLog
from trailmark_server.storage.accounts.sqlite.erasures import SqliteErasures
from trailmark_server.storage.accounts.sqlite.hand_overs import SqliteHandOvers
from trailmark_server.storage.accounts.sqlite.joining import SqliteJoining
from trailmark_server.storage.accounts.sqlite.recovery import SqliteRecovery
from trailmark_server.storage.accounts.sqlite.sign_in import SqliteSignIn
from trailmark_server.storage.accounts.sqlite.spaces import SqliteSpaces
from trailmark_server.storage.accounts.sqlite.supporters import SqliteSupporters
from trailmark_server.storage.accounts.sqlite.therapists import SqliteTherapists
from trailmark_shared.ids import SpaceId

T = TypeVar("T")


class SqliteAccountRows(
    SqliteTherapists,
    SqliteSignIn,
    SqliteJoining,
    SqliteHandOvers,
    SqliteSpaces,
    SqliteAccessLog,
    SqliteSupporters,
    SqliteErasures,
    SqliteRecovery,
):
    """All tables, inside one transaction; see ``AccountRows``."""

    def drop_expired(self, before: int) -> None:
        """Forget links, browsers of supporters and invitations that expired before this time."""
        SqliteTherapists.drop_expired(self, before)
        SqliteJoining.drop_expired(self, before)
        SqliteHandOvers.drop_expired(self, before)
        SqliteSpaces.drop_expired(self, before)
        SqliteSupporters.drop_expired(self, before)

    def erase_space(self, space: SpaceId) -> None:
        """Forget everything of a person but that their space and devices were there, unnamed."""
        SqliteJoining.erase_space(self, space)
        SqliteHandOvers.erase_space(self, space)
        SqliteSpaces.erase_space(self, space)
        SqliteAccessLog.erase_space(self, space)
        SqliteSupporters.erase_space(self, space)
        self.drop_recovery(space)


class _Database(Protocol):
    """What the store needs of ``trailmark_adapters.async_sqlite.AsyncDatabase``."""

    async def read(self, work: Callable[[Connection], T], /) -> T: ...

    async def write(self, work: Callable[[Connection], T], /) -> T: ...


class SqliteAccountStore:
    """Transactions over the account tables of the main database."""

    def __init__(self, database: _Database) -> None:
        self._database = database

    async def read(self, work: Callable[[AccountRows], T]) -> T:
        """Return what ``work`` returns from one consistent read."""
        return await self._database.read(lambda conn: work(SqliteAccountRows(conn)))

    async def write(self, work: Callable[[AccountRows], T]) -> T:
        """Return what ``work`` returns; its changes are durable together or not at all."""
        return await self._database.write(lambda conn: work(SqliteAccountRows(conn)))
