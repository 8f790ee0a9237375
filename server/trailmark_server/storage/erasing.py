"""Erasing a person: every body, salt and document of every lane, and the key that sealed them.

Stubs stay, so that what others hold still verifies. The space is over for good: it is listed in the
keys store, a restored log is erased again before anything of it is served, whatever is pushed or
offered becomes a stub, and all grants count as revoked.

The log comes first here, with the question whether the caller may: a kill behind it leaves a space
whose key still stands, and the next start finishes that.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from trailmark_server.storage.accounts import ErasureProof, SpaceErasure
from trailmark_server.storage.ports import Check, KeyStore
from trailmark_server.storage.rows import Database, Tables


async def erase_space(
    database: Database,
    keys: KeyStore,
    erasure: SpaceErasure,
    proofs: Sequence[ErasureProof],
    check: Check | None,
) -> None:
    """Erase a person; doing it again changes nothing, but may add what another device says.

    Args:
        database: The log and the account tables.
        keys: Where it is listed, and the at-rest key destroyed.
        erasure: Whose, when and by whom.
        proofs: What devices of the person say about it.
        check: Runs inside the log's transaction.

    Raises:
        RefusedError: ``check`` says no; nothing was changed.
        StorageError: Not all of it is done; do it again.
    """

    def work(tables: Tables) -> None:
        if check is not None:
            check(tables.accounts)
        take_away(tables, erasure, proofs)

    await database.write(work, erasure.space)
    await keys.erase_space(erasure, proofs)
    await database.forget()
    await keys.clean()


def take_away(tables: Tables, erasure: SpaceErasure, proofs: Sequence[ErasureProof]) -> None:
    """Take everything of a person out of the tables, in the caller's transaction."""
    space, log, accounts = erasure.space, tables.log, tables.accounts
    if not log.erasures(space):
        log.add_erasure(space)
        for facts in log.lanes(space):
            log.erase_lane(space, facts.lane)
        accounts.erase_space(space)
        log.owe_cleaning()
    accounts.add_erasure(erasure)
    for proof in proofs:
        accounts.save_erasure_proof(proof)


async def merge_erasures(database: Database, keys: KeyStore) -> None:
    """Let log and keys store list the same persons as erased: either may come from a backup."""
    listed, proofs = await keys.erased_spaces(), await keys.erasure_proofs()
    in_keys = {each.space for each in listed}
    known, held, is_behind = await database.read(
        lambda tables: (
            tables.accounts.erasures(),
            tables.accounts.erasure_proofs(),
            any(not tables.log.erasures(space) for space in in_keys),
        )
    )
    for erasure in known:
        if erasure.space not in in_keys:
            said = [each for each in held if each.space == erasure.space]
            await keys.erase_space(erasure, said)
            await keys.clean()

    if is_behind or set(proofs) - set(held):
        for erasure in listed:
            said = [each for each in proofs if each.space == erasure.space]
            await database.write(partial(take_away, erasure=erasure, proofs=said), erasure.space)
        await database.forget()
