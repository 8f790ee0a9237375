"""Device credentials: opaque, 256 random bits, stored as SHA-256, renewed and revoked one by one.

A renewed credential stands beside the old one until it is used for the first time, so a device
that loses the answer is not locked out.

One that was given out while the server's clock was ahead is good until the day that it names, not
only as long as others (``lifetimes``): a device may be a person's only way in, and a clock no
reason to refuse. Nor is its end written anew by what the clock says: a server that starts with a
clock far behind would end every credential that is used then. Removing the device ends it.
"""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import sha256
from typing import Final

import msgspec

from trailmark_server.labels import clean_text
from trailmark_server.storage.accounts import AccountRows, Device, DeviceStanding, Space
from trailmark_server.tokens import secret_hash, token_text
from trailmark_shared import limits
from trailmark_shared.errors import DomainError, ErrorCode, LimitExceededError, RefusedError
from trailmark_shared.ids import DeviceId, SpaceId
from trailmark_shared.words import gettext

_PREFIX: Final = "tmd_"
_BEARER: Final = "bearer "


class SignedOutError(RefusedError):
    """The device was signed out: nothing is open to it under this id and credential."""

    def __init__(self) -> None:
        """Say so."""
        super().__init__(
            ErrorCode.SIGNED_OUT, gettext("this device was signed out"), "after_sign_in"
        )


class RevokedCredentials:
    """What the keys store calls revoked, kept in memory: no restored backup brings it back.

    A device is listed by its credential and by its mark, because a backup may hold a credential
    that it had before a renewal.
    """

    def __init__(self, hashes: Iterable[bytes]) -> None:
        """Begin with what the keys store lists."""
        self._hashes = set(hashes)

    def add(self, hashes: Iterable[bytes]) -> None:
        """Add what was just listed in the keys store."""
        self._hashes.update(hashes)

    def lists(self, hash_: bytes) -> bool:
        """Say whether the keys store lists this hash: of a credential, or of a supporter's link."""
        return hash_ in self._hashes

    def has_mark(self, space: SpaceId, device: DeviceId) -> bool:
        """Say whether a device of this id was signed out of this space for good."""
        return _mark(space, device) in self._hashes

    def has(self, device: Device) -> bool:
        """Say whether a device was signed out for good."""
        return not self._hashes.isdisjoint(revocation_hashes(device))


def revocation_hashes(device: Device) -> tuple[bytes, ...]:
    """Return what the keys store lists to revoke a device: credentials and mark, 32 bytes each."""
    renewed = () if device.next_hash is None else (device.next_hash,)
    return (device.credential_hash, *renewed, _mark(device.space, device.device))


def _mark(space: SpaceId, device: DeviceId) -> bytes:
    return sha256(b"trailmark-device/1" + space + device).digest()


def credential_text(token: bytes) -> str:
    """Return a credential from ``limits.CREDENTIAL_BYTES`` random bytes."""
    return _PREFIX + token_text(token)


def credential_from_header(header: str | None) -> str | None:
    """Return the credential of an ``Authorization`` header, or ``None`` where there is none."""
    if header is None or header[: len(_BEARER)].lower() != _BEARER:
        return None
    return header[len(_BEARER) :].strip()


def device_of_credential(
    rows: AccountRows,
    credential: str | None,
    now: int,
    revoked: RevokedCredentials,
    *,
    erased_too: bool = False,
) -> Device:
    """Find the device that a credential speaks for.

    Args:
        rows: The account tables.
        credential: As it came.
        now: Server clock.
        revoked: What the keys store calls revoked.
        erased_too: Also where everything of the person was erased.

    Returns:
        The device, let in and not expired.

    Raises:
        RefusedError: ``not_signed_in``: absent, unknown or expired; ``signed_out``: revoked;
            ``space_erased``.
    """
    device = device_once_let_in(rows, credential, revoked)
    if device is None or device.expires_at <= now:
        raise RefusedError(
            ErrorCode.NOT_SIGNED_IN, gettext("this device is not signed in here"), "after_sign_in"
        )
    if not erased_too:
        require_space(rows, device.space)
    return device


def device_once_let_in(
    rows: AccountRows, credential: str | None, revoked: RevokedCredentials
) -> Device | None:
    """Find the device that a credential speaks for, or spoke for before it expired.

    An expired credential opens no session. It proves only whose device this was, where somebody
    lets it in again.

    Returns:
        The device; ``None`` where the credential is absent or unknown.

    Raises:
        SignedOutError: It was revoked.
    """
    device = rows.device_by_credential(secret_hash(credential)) if credential else None
    if device is not None and (device.revoked_at is not None or revoked.has(device)):
        raise SignedOutError
    return device


def require_space(rows: AccountRows, space: SpaceId) -> None:
    """Go on unless everything of the person was erased.

    Raises:
        RefusedError: ``space_erased``.
    """
    _refuse_erased(is_erased=rows.erasure(space) is not None)


def _refuse_erased(*, is_erased: bool) -> None:
    if is_erased:
        raise RefusedError(
            ErrorCode.SPACE_ERASED, gettext("everything of this space was erased here")
        )


def require_device(
    rows: AccountRows, space: SpaceId, device: DeviceId, now: int, *, erased_too: bool
) -> None:
    """Go on if a device that opened a session may still use it.

    Args:
        rows: The account tables.
        space: Whose device.
        device: Its id.
        now: Server clock.
        erased_too: Also where everything of the person was erased.

    Raises:
        SignedOutError: It was revoked, has expired or is unknown.
        RefusedError: ``space_erased``.
    """
    standing = rows.device_standing(space, device)
    _refuse_erased(is_erased=standing.is_erased and not erased_too)
    if not _is_live(standing, now):
        raise SignedOutError


def is_live(rows: AccountRows, space: SpaceId, device: DeviceId, now: int) -> bool:
    """Say whether a device is signed in."""
    return _is_live(rows.device_standing(space, device), now)


def _is_live(standing: DeviceStanding, now: int) -> bool:
    return standing.revoked_at is None and standing.expires_at > now


def use_credential(rows: AccountRows, device: Device, credential: str, now: int) -> Device:
    """Note that a device was seen; a renewed credential replaces the old one at its first use.

    Args:
        rows: The account tables, writable.
        device: From ``device_of_credential`` in this transaction.
        credential: What it signed in with.
        now: Server clock.

    Returns:
        The device as it is kept now.
    """
    seen = msgspec.structs.replace(device, seen_at=now)
    if secret_hash(credential) == device.next_hash:
        issued_at = device.next_issued_at or now
        seen = msgspec.structs.replace(
            seen,
            credential_hash=device.next_hash,
            issued_at=issued_at,
            expires_at=issued_at + limits.CREDENTIAL_TTL_MS,
            next_hash=None,
            next_issued_at=None,
        )
    rows.save_device(seen)
    return seen


def require_place(
    rows: AccountRows,
    space: SpaceId,
    device: DeviceId,
    revoked: RevokedCredentials | None = None,
    beyond: int = 0,
) -> Device | None:
    """Return what is known of a device that may be let in, or ``None`` of one that is new.

    Args:
        rows: The account tables.
        space: Where it would be let in.
        device: Its id.
        revoked: What the keys store calls revoked, where the account tables may come from a backup.
        beyond: How many more than ``limits.DEVICES_PER_SPACE_MAX`` there may be.

    Raises:
        SignedOutError: It was revoked; a revoked one never returns.
        LimitExceededError: The space has so many devices without it.
    """
    known = rows.device(space, device)
    if known is not None and known.revoked_at is not None:
        raise SignedOutError
    if revoked is not None and revoked.has_mark(space, device):
        raise SignedOutError
    count = sum(row.revoked_at is None for row in rows.devices(space))
    places = limits.DEVICES_PER_SPACE_MAX + beyond
    if known is None and count >= places:
        raise LimitExceededError("DEVICES_PER_SPACE_MAX", count + 1, places)
    return known


def speaks_for(rows: AccountRows, credential: str | None, space: SpaceId, device: DeviceId) -> bool:
    """Say whether a credential is the one that a device holds, expired or not."""
    row = rows.device_by_credential(secret_hash(credential)) if credential else None
    return row is not None and (row.space, row.device) == (space, device)


def refuse_place_of_another(rows: AccountRows, space: SpaceId, device: DeviceId, now: int) -> None:
    """Let nobody in under the id of a device that is signed in: that one would be shut out by it.

    Raises:
        RefusedError: ``signed_out``.
    """
    if is_live(rows, space, device, now):
        raise RefusedError(
            ErrorCode.SIGNED_OUT,
            gettext("the device of this id is signed in already"),
            "after_sign_in",
        )


def admit_device(
    rows: AccountRows, space: SpaceId, device: DeviceId, name: str, credential: str, now: int
) -> Device:
    """Let a device speak for a space under a fresh credential.

    The space is registered with its first device. A device that is known already gets the fresh
    credential in place of its old one.

    Returns:
        The device.

    Raises:
        SignedOutError: This device was revoked; a revoked one never returns.
        RefusedError: ``space_erased``: the space takes nothing any more.
        LimitExceededError: The space has ``limits.DEVICES_PER_SPACE_MAX`` devices.
        DomainError: ``invalid_input``: the name is not usable.
    """
    require_place(rows, space, device)
    return give_place(rows, space, device, name, credential, now)


def give_place(
    rows: AccountRows, space: SpaceId, device: DeviceId, name: str, credential: str, now: int
) -> Device:
    """Let a device speak for a space, as ``admit_device``; ``require_place`` was asked before.

    Returns:
        The device.

    Raises:
        RefusedError: ``space_erased``: the space takes nothing any more.
        DomainError: ``invalid_input``: the name is not usable.
    """
    require_space(rows, space)
    known = rows.device(space, device)
    if rows.space(space) is None:
        rows.save_space(Space(space=space, created_at=now))
    admitted = Device(
        space=space,
        device=device,
        name=clean_text(name, gettext("a device's name")),
        credential_hash=secret_hash(credential),
        created_at=now if known is None else known.created_at,
        issued_at=now,
        seen_at=now,
        expires_at=now + limits.CREDENTIAL_TTL_MS,
    )
    rows.save_device(admitted)
    return admitted


def renew_credential(
    rows: AccountRows, space: SpaceId, device: DeviceId, credential: str, now: int
) -> int:
    """Keep a fresh credential beside the present one.

    Returns:
        When it expires, milliseconds UTC.

    Raises:
        SignedOutError: The device was revoked meanwhile.
    """
    row = rows.device(space, device)
    if row is None or row.revoked_at is not None:
        raise SignedOutError
    rows.save_device(
        msgspec.structs.replace(row, next_hash=secret_hash(credential), next_issued_at=now)
    )
    return now + limits.CREDENTIAL_TTL_MS


def revoke_device(rows: AccountRows, space: SpaceId, device: DeviceId, now: int) -> Device:
    """Sign a device out for good.

    Returns:
        The device as it is kept now.

    Raises:
        DomainError: ``not_found``: the space has no such device.
    """
    row = rows.device(space, device)
    if row is None:
        raise DomainError(ErrorCode.NOT_FOUND, gettext("there is no such device"))
    if row.revoked_at is None:
        row = msgspec.structs.replace(row, revoked_at=now)
        rows.save_device(row)
    return row


def rename_device(rows: AccountRows, space: SpaceId, device: DeviceId, name: str) -> None:
    """Call a device otherwise.

    Args:
        rows: The account tables, writable.
        space: Whose device.
        device: Which one.
        name: What the person calls it from now on.

    Raises:
        DomainError: ``not_found``: the space has no such device; ``invalid_input``: the name.
    """
    row = rows.device(space, device)
    if row is None or row.revoked_at is not None:
        raise DomainError(ErrorCode.NOT_FOUND, gettext("there is no such device"))
    rows.save_device(
        msgspec.structs.replace(row, name=clean_text(name, gettext("a device's name")))
    )
