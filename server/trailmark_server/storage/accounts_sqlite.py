"""The account tables in SQLite, over one connection of the main database.

They share the file with the log, so that one transaction can read a page and the right to see it.
Columns are named as the fields of the row structs, so reading and writing are written once.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final, Generic, Protocol, TypeVar

import msgspec

from trailmark_adapters.sqlite import Connection, SqlValue
from trailmark_server.storage.accounts import (
    AccessEntry,
    AccountRows,
    Acquaintance,
    Device,
    DeviceInvitation,
    Invitation,
    SignInLink,
    Space,
    Therapist,
    WebSession,
)
from trailmark_shared.ids import DeviceId, SpaceId

T = TypeVar("T")
_Row = TypeVar("_Row", bound=msgspec.Struct)


class _Table(Generic[_Row]):
    """Statements of one table whose columns are the fields of ``row``."""

    def __init__(self, name: str, row: type[_Row], *key: str) -> None:
        """Prepare the statements of table ``name`` with primary key ``key``."""
        fields = row.__struct_fields__
        marks = ", ".join("?" * len(fields))
        columns = ", ".join(f'"{field}"' for field in fields)
        self._row = row
        self._fields = fields
        changes = ", ".join(f'"{field}" = excluded."{field}"' for field in fields)
        quoted_key = ", ".join(f'"{field}"' for field in key)
        on_conflict = f"ON CONFLICT ({quoted_key}) DO"
        insert = f'INSERT INTO "{name}" ({columns}) VALUES ({marks})'  # noqa: S608 (own names)
        self._select = f'SELECT {columns} FROM "{name}"'  # noqa: S608
        self.save = f"{insert} {on_conflict} UPDATE SET {changes}"
        self.add = f"{insert} {on_conflict} NOTHING"

    def values(self, row: _Row) -> Sequence[SqlValue]:
        """Return the columns of a row."""
        return [getattr(row, field) for field in self._fields]

    def find(self, conn: Connection, rest: str, parameters: Sequence[SqlValue]) -> list[_Row]:
        """Return the rows of a query that ends with ``rest``."""
        found = conn.execute(f"{self._select} {rest}", parameters).fetchall()
        rows = [dict(zip(self._fields, values, strict=True)) for values in found]
        return [msgspec.convert(row, self._row, strict=False) for row in rows]

    def one(self, conn: Connection, rest: str, *parameters: SqlValue) -> _Row | None:
        """Return the one row of a query, or ``None``."""
        rows = self.find(conn, rest, parameters)
        return rows[0] if rows else None


_THERAPISTS: Final = _Table("therapist", Therapist, "id")
_LINKS: Final = _Table("sign_in_link", SignInLink, "hash")
_SESSIONS: Final = _Table("web_session", WebSession, "hash")
_INVITATIONS: Final = _Table("invitation", Invitation, "lookup_hash")
_SPACES: Final = _Table("space", Space, "space")
_DEVICES: Final = _Table("device", Device, "space", "device")
_DEVICE_INVITATIONS: Final = _Table("device_invitation", DeviceInvitation, "lookup_hash")
_ACQUAINTANCES: Final = _Table("acquaintance", Acquaintance, "space", "therapist")
_ACCESS: Final = _Table("access_entry", AccessEntry, "space", "window", "member", "page")


class SqliteAccountRows:
    """The tables behind one connection, inside its transaction; see ``AccountRows``."""

    def __init__(self, conn: Connection) -> None:
        self._conn = conn

    def therapist(self, therapist: bytes) -> Therapist | None:
        """Return the therapist with this id."""
        return _THERAPISTS.one(self._conn, "WHERE id = ?", therapist)

    def therapist_by_email(self, email: str) -> Therapist | None:
        """Return the therapist with this email."""
        return _THERAPISTS.one(self._conn, "WHERE email = ?", email)

    def therapists(self) -> Sequence[Therapist]:
        """Return all therapists by email."""
        return _THERAPISTS.find(self._conn, "ORDER BY email", ())

    def save_therapist(self, row: Therapist) -> None:
        """Keep a therapist."""
        self._conn.execute(_THERAPISTS.save, _THERAPISTS.values(row))

    def sign_in_link(self, hash_: bytes) -> SignInLink | None:
        """Return the link whose token has this hash."""
        return _LINKS.one(self._conn, "WHERE hash = ?", hash_)

    def save_sign_in_link(self, row: SignInLink) -> None:
        """Keep a link."""
        self._conn.execute(_LINKS.save, _LINKS.values(row))

    def web_session(self, hash_: bytes) -> WebSession | None:
        """Return the session whose token has this hash."""
        return _SESSIONS.one(self._conn, "WHERE hash = ?", hash_)

    def save_web_session(self, row: WebSession) -> None:
        """Keep a session."""
        self._conn.execute(_SESSIONS.save, _SESSIONS.values(row))

    def drop_web_session(self, hash_: bytes) -> None:
        """Forget the session whose token has this hash."""
        self._conn.execute("DELETE FROM web_session WHERE hash = ?", (hash_,))

    def drop_web_sessions(self, therapist: bytes) -> None:
        """Forget all sessions of a therapist."""
        self._conn.execute("DELETE FROM web_session WHERE therapist = ?", (therapist,))

    def invitation(self, lookup_hash: bytes) -> Invitation | None:
        """Return the invitation whose first half has this hash."""
        return _INVITATIONS.one(self._conn, "WHERE lookup_hash = ?", lookup_hash)

    def save_invitation(self, row: Invitation) -> None:
        """Keep an invitation."""
        self._conn.execute(_INVITATIONS.save, _INVITATIONS.values(row))

    def space(self, space: SpaceId) -> Space | None:
        """Return the space with this id."""
        return _SPACES.one(self._conn, "WHERE space = ?", space)

    def save_space(self, row: Space) -> None:
        """Keep a space."""
        self._conn.execute(_SPACES.save, _SPACES.values(row))

    def device(self, space: SpaceId, device: DeviceId) -> Device | None:
        """Return a device of a space."""
        return _DEVICES.one(self._conn, "WHERE space = ? AND device = ?", space, device)

    def device_by_credential(self, hash_: bytes) -> Device | None:
        """Return the device whose present or renewed credential has this hash."""
        return _DEVICES.one(self._conn, "WHERE credential_hash = ? OR next_hash = ?", hash_, hash_)

    def devices(self, space: SpaceId) -> Sequence[Device]:
        """Return the devices of a space by the time they were let in."""
        return _DEVICES.find(self._conn, "WHERE space = ? ORDER BY created_at, device", (space,))

    def save_device(self, row: Device) -> None:
        """Keep a device."""
        self._conn.execute(_DEVICES.save, _DEVICES.values(row))

    def device_invitation(self, lookup_hash: bytes) -> DeviceInvitation | None:
        """Return the device invitation whose first half has this hash."""
        return _DEVICE_INVITATIONS.one(self._conn, "WHERE lookup_hash = ?", lookup_hash)

    def save_device_invitation(self, row: DeviceInvitation) -> None:
        """Keep a device invitation."""
        self._conn.execute(_DEVICE_INVITATIONS.save, _DEVICE_INVITATIONS.values(row))

    def acquaintance(self, therapist: bytes, space: SpaceId) -> Acquaintance | None:
        """Return what joins a therapist and a space."""
        return _ACQUAINTANCES.one(self._conn, "WHERE space = ? AND therapist = ?", space, therapist)

    def acquaintances_of_therapist(self, therapist: bytes) -> Sequence[Acquaintance]:
        """Return everybody who redeemed an invitation of this therapist, by time."""
        return _ACQUAINTANCES.find(
            self._conn, "WHERE therapist = ? ORDER BY joined_at, space", (therapist,)
        )

    def acquaintances_of_space(self, space: SpaceId) -> Sequence[Acquaintance]:
        """Return all therapists whose invitation this person redeemed, by time."""
        return _ACQUAINTANCES.find(
            self._conn, "WHERE space = ? ORDER BY joined_at, therapist", (space,)
        )

    def save_acquaintance(self, row: Acquaintance) -> None:
        """Keep what joins a therapist and a space."""
        self._conn.execute(_ACQUAINTANCES.save, _ACQUAINTANCES.values(row))

    def access_entries(self, space: SpaceId) -> Sequence[AccessEntry]:
        """Return the access log of a space by time."""
        return _ACCESS.find(self._conn, "WHERE space = ? ORDER BY first_at, member, page", (space,))

    def add_access_entry(self, row: AccessEntry) -> None:
        """Add a row to the access log unless (space, window, member, page) is there."""
        self._conn.execute(_ACCESS.add, _ACCESS.values(row))

    def drop_expired(self, before: int) -> None:
        """Forget links, invitations and device invitations that expired before this time."""
        self._conn.execute("DELETE FROM sign_in_link WHERE expires_at < ?", (before,))
        self._conn.execute("DELETE FROM invitation WHERE expires_at < ?", (before,))
        self._conn.execute("DELETE FROM device_invitation WHERE expires_at < ?", (before,))


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
