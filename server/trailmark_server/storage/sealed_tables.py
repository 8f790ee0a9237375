"""Transactions that open and seal bodies, and that let the keys store come first."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Awaitable, Callable
from typing import TypeVar

from trailmark_adapters.randomness import Randomness
from trailmark_server.rest_seal import SPACE_KEY_BYTES, RestSeal
from trailmark_server.storage.ports import Check, KeyStore
from trailmark_server.storage.rows import Database, LogRows, Tables
from trailmark_server.storage.writing import NOTHING_RECORDED, KeysFirstError, Recorded
from trailmark_shared import limits
from trailmark_shared.ids import Lane, SpaceId
from trailmark_shared.sealing import Cipher

T = TypeVar("T")


class StaleSealError(Exception):
    """The person was erased since the at-rest key was fetched; nothing was read or written."""


class SealedTables:
    """The log's tables, with the at-rest seal of the space that a transaction is about."""

    def __init__(
        self, database: Database, keys: KeyStore, cipher: Cipher, randomness: Randomness
    ) -> None:
        """Run transactions over ``database`` with the at-rest keys of ``keys``."""
        self._database = database
        self._keys = keys
        self._cipher = cipher
        self._randomness = randomness
        self._seals: OrderedDict[SpaceId, RestSeal] = OrderedDict()

    async def seal_of(self, space: SpaceId) -> RestSeal:
        """Return the seal of a space as it is now."""
        erasures = await self._database.read(lambda tables: tables.log.erasures(space))
        # Nothing was ever sealed with the key of somebody erased, so nothing opens with it.
        key = await self._keys.space_key(space) or self._randomness.token(SPACE_KEY_BYTES)
        return RestSeal(self._cipher, self._randomness, space, key, erasures)

    def forget(self, space: SpaceId) -> None:
        """Forget a remembered seal: its key was destroyed."""
        self._seals.pop(space, None)

    async def read(
        self,
        space: SpaceId,
        work: Callable[[LogRows, RestSeal], T],
        check: Check | None = None,
        *,
        is_short: bool = False,
    ) -> T:
        """Return what ``work`` returns from one unchanging state, once ``check`` allowed it."""

        async def run(seal: RestSeal) -> T:
            def checked(tables: Tables) -> T:
                _admit(tables, seal, check)
                return work(tables.log, seal)

            return await self._database.read(checked, is_short=is_short)

        return await self._run(space, run)

    async def write(
        self, space: SpaceId, work: Callable[[LogRows, RestSeal], T], lane: Lane | None = None
    ) -> T:
        """Return what ``work`` returns once its changes are durable."""
        return await self.write_keys_first(
            space, lambda log, seal, _recorded: work(log, seal), None, lane
        )

    async def write_keys_first(
        self,
        space: SpaceId,
        work: Callable[[LogRows, RestSeal, Recorded], T],
        check: Check | None,
        lane: Lane | None,
    ) -> T:
        """Run ``work``, and again once the keys store lists what it says must be there first.

        Args:
            space: What the transaction is about.
            work: Raises ``KeysFirstError`` where it would commit what is not listed yet.
            check: Runs inside the transaction.
            lane: The one in which ``work`` writes; ``None``: in any of the space.

        Returns:
            What ``work`` returned; its changes are durable.
        """
        recorded = NOTHING_RECORDED
        while True:
            try:
                done = await self._write(space, lane, _knowing(work, recorded), check)
            except KeysFirstError as first:
                await self._keys.revoke_grants(space, first.grants)
                await self._keys.add_erased(space, first.erased)
                recorded = recorded.joined(first)
            else:
                break
        if recorded.erased:
            await self._database.forget()
        return done

    async def _write(
        self,
        space: SpaceId,
        lane: Lane | None,
        work: Callable[[LogRows, RestSeal], T],
        check: Check | None,
    ) -> T:
        async def run(seal: RestSeal) -> T:
            def checked(tables: Tables) -> T:
                _admit(tables, seal, check)
                return work(tables.log, seal)

            return await self._database.write(checked, space, lane)

        return await self._run(space, run)

    async def _run(self, space: SpaceId, run: Callable[[RestSeal], Awaitable[T]]) -> T:
        """Run a transaction with the remembered seal; again where it was kept for too long."""
        while True:
            try:
                return await run(await self._remembered(space))
            except StaleSealError:
                self._seals.pop(space, None)

    async def _remembered(self, space: SpaceId) -> RestSeal:
        known = self._seals.get(space)
        if known is None:
            known = await self.seal_of(space)
            self._seals[space] = known
            if len(self._seals) > limits.REST_SEALS_KEPT_MAX:
                self._seals.popitem(last=False)
        return known


def _knowing(
    work: Callable[[LogRows, RestSeal, Recorded], T], recorded: Recorded
) -> Callable[[LogRows, RestSeal], T]:
    return lambda log, seal: work(log, seal, recorded)


def _admit(tables: Tables, seal: RestSeal, check: Check | None) -> None:
    if check is not None:
        check(tables.accounts)
    if tables.log.erasures(seal.space) != seal.erasures:
        raise StaleSealError
