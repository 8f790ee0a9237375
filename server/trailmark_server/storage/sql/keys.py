"""The keys store in a database of its own."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final, Protocol, TypeVar

import msgspec

from trailmark_adapters.cipher import SEED_BYTES
from trailmark_adapters.nacl import NaclSigner
from trailmark_adapters.randomness import Randomness
from trailmark_server.heads import SigningKeys
from trailmark_server.rest_seal import SPACE_KEY_BYTES
from trailmark_server.storage.accounts import ErasureProof, Recovery, SpaceErasure
from trailmark_server.storage.accounts.sql.erasures import SqlErasures
from trailmark_server.storage.ports import ErasedEvent
from trailmark_server.storage.sql.connection import Connection
from trailmark_shared.errors import ErrorCode, StorageError
from trailmark_shared.ids import SpaceId
from trailmark_shared.protocol.messages import SigningKey

T = TypeVar("T")

_RECOVERY_COLUMNS: Final = (
    "space",
    "lookup_hash",
    "authenticator_hash",
    "holder",
    "bundle",
    "made_at",
    "made_by",
)
_RECOVERY: Final = ", ".join(_RECOVERY_COLUMNS)
_SAVE_RECOVERY: Final = (
    f"INSERT INTO recovery ({_RECOVERY}) VALUES (?, ?, ?, ?, ?, ?, ?)"  # noqa: S608 (own names)
    " ON CONFLICT (space) DO UPDATE SET "
    + ", ".join(f"{column} = excluded.{column}" for column in _RECOVERY_COLUMNS[1:])
)
_ADD_CLOSED: Final = "INSERT INTO closed_space (space) VALUES (?) ON CONFLICT DO NOTHING"


class KeysDatabase(Protocol):
    """Transactions over the tables of the keys store."""

    async def read(self, work: Callable[[Connection], T], /) -> T:
        """Return what ``work`` returns from one unchanging state."""
        ...

    async def write(self, work: Callable[[Connection], T], /) -> T:
        """Return what ``work`` returns once its changes are durable."""
        ...

    async def clean(self) -> bool:
        """Write the files anew, without what was deleted; return whether all of it is gone."""
        ...

    async def close(self) -> None:
        """Finish what is queued and give everything back."""
        ...


class SqlKeyStore:
    """``KeyStore`` over one database of its own."""

    def __init__(self, file: KeysDatabase, randomness: Randomness) -> None:
        """Keep everything in ``file``; new keys come from ``randomness``."""
        self._file = file
        self._randomness = randomness

    async def made_signing_keys(self) -> SigningKeys | None:
        """Return the keys that sign heads, ``None`` where none was made yet."""
        return await self._file.read(_signing_keys)

    async def signing_keys(self) -> SigningKeys:
        """Return the keys that sign heads; the first one is made at the first call."""
        known = await self.made_signing_keys()
        if known is not None:
            return known
        made = self._randomness.token(SEED_BYTES)

        def work(conn: Connection) -> SigningKeys | None:
            conn.execute(
                "INSERT INTO succession (number, seed, since) VALUES (1, ?, 0)"
                " ON CONFLICT DO NOTHING",
                (made,),
            )
            return _signing_keys(conn)

        first = await self._file.write(work)
        assert first is not None, "it was just made"
        return first

    async def add_signing_key(self, key: SigningKey, seed: bytes, after: bytes) -> bool:
        """Let a new key follow the newest one, and forget the private half of that one."""

        def work(conn: Connection) -> bool:
            known = _signing_keys(conn)
            if known is None or known.chain[-1].key != after:
                return False
            number = len(known.chain)
            conn.execute(
                "UPDATE succession SET key = ?, seed = NULL WHERE number = ?", (after, number)
            )
            conn.execute(
                "INSERT INTO succession (number, seed, since, signature) VALUES (?, ?, ?, ?)",
                (number + 1, seed, key.since, key.signature),
            )
            return True

        is_added = await self._file.write(work)
        if is_added:
            await self._file.clean()
        return is_added

    async def space_key(self, space: SpaceId) -> bytes | None:
        """Return the key that seals a person's words at rest, made at the first call."""
        key = await self._file.read(lambda conn: _space_key(conn, space))
        return key if key is not None else await self._make_space_key(space)

    async def _make_space_key(self, space: SpaceId) -> bytes | None:
        made = self._randomness.token(SPACE_KEY_BYTES)

        def work(conn: Connection) -> bytes | None:
            if SqlErasures(conn).erasure(space) is None:
                sql = "INSERT INTO space_key (space, key) VALUES (?, ?) ON CONFLICT DO NOTHING"
                conn.execute(sql, (space, made))
            return _space_key(conn, space)

        return await self._file.write(work)

    async def erase_space(self, erasure: SpaceErasure, proofs: Sequence[ErasureProof]) -> None:
        """Destroy a person's at-rest key and recovery code; ``clean`` must follow."""

        def work(conn: Connection) -> None:
            rows = SqlErasures(conn)
            rows.add_erasure(erasure)
            for proof in proofs:
                rows.save_erasure_proof(proof)
            conn.execute("DELETE FROM space_key WHERE space = ?", (erasure.space,))
            conn.execute("DELETE FROM recovery WHERE space = ?", (erasure.space,))

        await self._file.write(work)

    async def erased_spaces(self) -> list[SpaceErasure]:
        """Return every person who was erased."""
        return list(await self._file.read(lambda conn: SqlErasures(conn).erasures()))

    async def erasure_proofs(self) -> list[ErasureProof]:
        """Return what devices of erased persons say about it."""
        return list(await self._file.read(lambda conn: SqlErasures(conn).erasure_proofs()))

    async def clean(self) -> None:
        """Write the file anew, so that no byte of a destroyed key is in it."""
        if not await self._file.clean():
            raise StorageError(
                ErrorCode.STORAGE_UNAVAILABLE, "the keys store is being read; try again"
            )

    async def revoke_grants(self, space: SpaceId, grants: Sequence[bytes]) -> None:
        """List these grants as revoked."""
        await self._add(
            "INSERT INTO revoked_grant (space, id) VALUES (?, ?) ON CONFLICT DO NOTHING",
            [(space, grant) for grant in grants],
        )

    async def revoked_grants(self) -> list[tuple[SpaceId, bytes]]:
        """Return every revoked grant."""
        return await self._list("SELECT space, id FROM revoked_grant ORDER BY space, id")

    async def revoke_credential(self, credential_hash: bytes) -> None:
        """List a device's credential, by its SHA-256, as revoked."""
        await self._add(
            "INSERT INTO revoked_credential (hash) VALUES (?) ON CONFLICT DO NOTHING",
            [(credential_hash,)],
        )

    async def revoked_credentials(self) -> list[bytes]:
        """Return the hashes of all revoked credentials."""
        found = await self._list("SELECT hash FROM revoked_credential ORDER BY hash")
        return [hash_ for (hash_,) in found]

    async def save_recovery(self, row: Recovery) -> None:
        """List a person's recovery code in place of the one before."""
        values = [getattr(row, column) for column in _RECOVERY_COLUMNS]
        await self._file.write(lambda conn: conn.execute(_SAVE_RECOVERY, values))

    async def recoveries(self) -> list[Recovery]:
        """Return every recovery code, by space."""
        found = await self._list(f"SELECT {_RECOVERY} FROM recovery ORDER BY space")  # noqa: S608
        return [
            msgspec.convert(dict(zip(_RECOVERY_COLUMNS, row, strict=True)), Recovery)
            for row in found
        ]

    async def add_erased(self, space: SpaceId, events: Sequence[ErasedEvent]) -> None:
        """List these events as erased."""
        await self._add(
            "INSERT INTO erased_event (space, lane, id) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
            [(space, event.lane, event.id) for event in events],
        )

    async def erased(self) -> list[tuple[SpaceId, ErasedEvent]]:
        """Return every erased event."""
        found = await self._list(
            "SELECT space, lane, id FROM erased_event ORDER BY space, lane, id"
        )
        return [(space, ErasedEvent(lane=lane, id=event)) for space, lane, event in found]

    async def close_spaces(self, spaces: Sequence[SpaceId]) -> None:
        """Close spaces to members until one of their devices has spoken."""
        await self._add(_ADD_CLOSED, [(space,) for space in spaces])

    async def open_space(self, space: SpaceId) -> None:
        """Open a space to members again."""
        await self._add("DELETE FROM closed_space WHERE space = ?", [(space,)])

    async def closed_spaces(self) -> list[SpaceId]:
        """Return the spaces that are closed to members."""
        found = await self._list("SELECT space FROM closed_space ORDER BY space")
        return [space for (space,) in found]

    async def close(self) -> None:
        """Give everything back."""
        await self._file.close()

    async def _add(self, sql: str, rows: Sequence[tuple[bytes | str, ...]]) -> None:
        await self._file.write(lambda conn: conn.executemany(sql, rows))

    async def _list(self, sql: str) -> list[Any]:
        return await self._file.read(lambda conn: conn.execute(sql).fetchall())


def _signing_keys(conn: Connection) -> SigningKeys | None:
    rows: list[Any] = conn.execute(
        "SELECT seed, key, since, signature FROM succession ORDER BY number"
    ).fetchall()
    if not rows:
        return None
    return SigningKeys(
        chain=tuple(
            SigningKey(
                key=NaclSigner(seed).public_key if key is None else key,
                since=since,
                signature=signature,
            )
            for seed, key, since, signature in rows
        ),
        seed=rows[-1][0],
    )


def _space_key(conn: Connection, space: SpaceId) -> bytes | None:
    found = conn.execute("SELECT key FROM space_key WHERE space = ?", (space,)).fetchone()
    return None if found is None else found[0]
