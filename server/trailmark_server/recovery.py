"""Recovery codes: the way back for a person whose devices are lost, or forgotten by the server.

The server knows hashes and sealed bytes. They stand in the keys store, which survives a restore of
the log, and in the log's database, where they are asked in the transaction that lets the device in.
Of two that differ the one made last counts.
"""

from __future__ import annotations

import hmac
from collections.abc import Callable
from hashlib import sha256
from typing import Final

import msgspec

from trailmark_server.credentials import (
    RevokedCredentials,
    give_place,
    refuse_place_of_another,
    require_place,
    speaks_for,
)
from trailmark_server.lifetimes import lasts
from trailmark_server.storage.accounts import (
    AccountRows,
    AccountStore,
    Device,
    Recovery,
)
from trailmark_server.storage.ports import KeyStore
from trailmark_shared import limits
from trailmark_shared.device_graph.statements import Founded, Holder, space_of
from trailmark_shared.errors import ErrorCode, LimitExceededError, RefusedError
from trailmark_shared.ids import DeviceId, SpaceId
from trailmark_shared.words import gettext, marked

WRONG_CODE_WORDS: Final = marked(
    "this recovery code is not known here, or was replaced by another one"
)
"""What every refused recovery code is answered with, an unknown one and a wrong one alike."""

OVERTAKEN_WORDS: Final = marked("another recovery code was made meanwhile; this one does not count")
"""What a device is answered that comes too late with a code."""


def require_keeper(space: SpaceId, keeper: bytes, founder: Holder) -> None:
    """Refuse a recovery code from a device that does not prove to hold the person's keys.

    A credential alone must not take the way back away: it may be a thief's.

    Args:
        space: Whose code.
        keeper: What the device says, 32 bytes: ``recovery.recovery_keeper``.
        founder: The device with which the space began; its id is made of both.

    Raises:
        RefusedError: ``not_authorised``.
    """
    if space_of(founder, Founded(sha256(keeper).digest())) != space:
        raise RefusedError(
            ErrorCode.NOT_AUTHORISED,
            gettext("a recovery code is made on a device that holds the person's keys"),
        )


def made(rows: AccountRows, device: Device, code: Recovery, replaces: bytes | None) -> Recovery:
    """Return a recovery code as it is to be kept in place of the one before.

    A device that comes late must not undo what was made meanwhile on another one.

    Args:
        rows: The account tables.
        device: The device on which it was made.
        code: What the device says; the time it names is the server's.
        replaces: Holder id of the code in whose place it was made; ``None`` for the first one.

    Returns:
        The code; the one that is kept already where the device says the same again.

    Raises:
        LimitExceededError: The bundle is over ``limits.BUNDLE_BYTES_MAX``.
        RefusedError: ``wrong_code``: another person's code has this look-up, or the code that
            works is not the one that this one replaces.
    """
    if len(code.bundle) > limits.BUNDLE_BYTES_MAX:
        raise LimitExceededError("BUNDLE_BYTES_MAX", len(code.bundle), limits.BUNDLE_BYTES_MAX)
    taken = rows.recovery_by_lookup(code.lookup_hash)
    if taken is not None and taken.space != device.space:
        raise RefusedError(ErrorCode.WRONG_CODE, gettext(WRONG_CODE_WORDS))
    before = rows.recovery(device.space)
    if before is not None and before.lookup_hash == code.lookup_hash:
        return before
    if replaces != (None if before is None else before.holder):
        raise RefusedError(ErrorCode.WRONG_CODE, gettext(OVERTAKEN_WORDS))
    # A clock that was set back must not let the old one win at the next start.
    made_at = code.made_at if before is None else max(code.made_at, before.made_at + 1)
    return msgspec.structs.replace(code, space=device.space, made_by=device.device, made_at=made_at)


async def save(
    accounts: AccountStore, keys: KeyStore, work: Callable[[AccountRows], Recovery]
) -> None:
    """Keep a recovery code in both stores; only then the device is answered.

    The log comes first: there it is asked whether the device may. A kill in between is made good by
    the device, which asks again, and by ``merge``.

    Args:
        accounts: Where it is asked.
        keys: Where it survives.
        work: Returns the code from ``made``, in the transaction that writes, or refuses.
    """

    def keep(rows: AccountRows) -> Recovery:
        code = work(rows)
        rows.save_recovery(code)
        return code

    await keys.save_recovery(await accounts.write(keep))


async def merge(accounts: AccountStore, keys: KeyStore) -> None:
    """Bring both stores to the same recovery codes; called at every start."""
    for listed in await keys.recoveries():
        kept = await accounts.read(lambda rows, space=listed.space: rows.recovery(space))
        if kept is None or kept.made_at < listed.made_at:
            await accounts.write(lambda rows, row=listed: rows.save_recovery(row))
        elif kept.made_at > listed.made_at:
            await keys.save_recovery(kept)


class Recovering(msgspec.Struct, frozen=True, kw_only=True):
    """What a device says that has nothing but the code.

    Attributes:
        lookup: The look-up id.
        authenticator: Proves that it knows the code.
        device: Its id.
        name: What the person calls it.
        shown: A credential that it has already, if any: of use where it is of this very device.
    """

    lookup: bytes
    authenticator: bytes
    device: DeviceId
    name: str
    shown: str | None = None


def recover(
    rows: AccountRows, asked: Recovering, credential: str, revoked: RevokedCredentials, now: int
) -> tuple[Device, bytes]:
    """Let a device in that knows the recovery code. It may ask again, for an answer can be lost.

    Nobody gets in under the id of a device that is signed in, but that device: whoever found the
    code would shut it out, and be on no list of devices. There is room for it where all places are
    taken: who stole a device would fill them, and its owner could not even remove it.

    Args:
        rows: The account tables, writable.
        asked: What the device says.
        credential: A fresh credential.
        revoked: What no backup brings back.
        now: Server clock.

    Returns:
        The device and the sealed bundle.

    Raises:
        RefusedError: ``wrong_code``: unknown, wrong or replaced; ``signed_out``: this device was
            removed from the space for good, or the device of this id is signed in and did not ask
            this; it needs another id.
        LimitExceededError: The space has ``limits.DEVICES_PER_SPACE_MAX`` devices, and
            ``limits.RECOVERED_BEYOND_MAX`` more.
        DomainError: ``invalid_input``: the name is not usable.
    """
    row = rows.recovery_by_lookup(sha256(asked.lookup).digest())
    hash_ = sha256(asked.authenticator).digest()
    if row is None or not hmac.compare_digest(row.authenticator_hash, hash_):
        raise RefusedError(ErrorCode.WRONG_CODE, gettext(WRONG_CODE_WORDS))
    require_place(rows, row.space, asked.device, revoked, limits.RECOVERED_BEYOND_MAX)
    if not (_asks_again(row, asked, now) or speaks_for(rows, asked.shown, row.space, asked.device)):
        refuse_place_of_another(rows, row.space, asked.device, now)
    admitted = give_place(rows, row.space, asked.device, asked.name, credential, now)
    admitted = msgspec.structs.replace(admitted, let_in_by="recovery", confirmed_by=None)
    rows.save_device(admitted)
    rows.save_recovery(msgspec.structs.replace(row, used_at=now, used_by=asked.device))
    return admitted, row.bundle


def _asks_again(row: Recovery, asked: Recovering, now: int) -> bool:
    """Say whether this code let this very device in just now: the answer may have been lost."""
    return (
        row.used_by == asked.device
        and row.used_at is not None
        and lasts(row.used_at, now, limits.INVITATION_TTL_MS)
    )
