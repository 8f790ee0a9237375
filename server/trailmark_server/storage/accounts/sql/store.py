"""The account tables in SQL, over one connection of the main database.

They share the file with the log, so that one transaction can read a page and the right to see it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol, TypeVar

from trailmark_server.storage.accounts.port import AccountRows
from trailmark_server.storage.accounts.sql.access_log import SqlAccessLog
from trailmark_server.storage.accounts.sql.erasures import SqlErasures
from trailmark_server.storage.accounts.sql.hand_overs import SqlHandOvers
from trailmark_server.storage.accounts.sql.joining import SqlJoining
from trailmark_server.storage.accounts.sql.recovery import SqlRecovery
from trailmark_server.storage.accounts.sql.sign_in import SqlSignIn
from trailmark_server.storage.accounts.sql.spaces import SqlSpaces
from trailmark_server.storage.accounts.sql.supporters import SqlSupporters
from trailmark_server.storage.accounts.sql.therapists import SqlTherapists
from trailmark_server.storage.sql.connection import Connection
from trailmark_shared.ids import SpaceId

T = TypeVar("T")


class SqlAccountRows(
    SqlTherapists,
    SqlSignIn,
    SqlJoining,
    SqlHandOvers,
    SqlSpaces,
    SqlAccessLog,
    SqlSupporters,
    SqlErasures,
    SqlRecovery,
):
    """All tables, inside one transaction; see ``AccountRows``."""

    def drop_expired(self, before: int) -> None:
        """Forget links, browsers of supporters and invitations that expired before this time."""
        SqlTherapists.drop_expired(self, before)
        SqlJoining.drop_expired(self, before)
        SqlHandOvers.drop_expired(self, before)
        SqlSpaces.drop_expired(self, before)
        SqlSupporters.drop_expired(self, before)

    def erase_space(self, space: SpaceId) -> None:
        """Forget everything of a person but that their space and devices were there, unnamed."""
        SqlJoining.erase_space(self, space)
        SqlHandOvers.erase_space(self, space)
        SqlSpaces.erase_space(self, space)
        SqlAccessLog.erase_space(self, space)
        SqlSupporters.erase_space(self, space)
        self.drop_recovery(space)


class _Database(Protocol):
    """What the store needs of ``trailmark_adapters.async_sqlite.AsyncDatabase``."""

    async def read(self, work: Callable[[Connection], T], /) -> T: ...

    async def write(self, work: Callable[[Connection], T], /) -> T: ...


class SqlAccountStore:
    """Transactions over the account tables of the main database."""

    def __init__(self, database: _Database) -> None:
        self._database = database

    async def read(self, work: Callable[[AccountRows], T]) -> T:
        """Return what ``work`` returns from one consistent read."""
        return await self._database.read(lambda conn: work(SqlAccountRows(conn)))

    async def write(self, work: Callable[[AccountRows], T]) -> T:
        """Return what ``work`` returns; its changes are durable together or not at all."""
        return await self._database.write(lambda conn: work(SqlAccountRows(conn)))
