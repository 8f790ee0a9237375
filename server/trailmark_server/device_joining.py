"""The joining of a second device: it fetches a sealed bundle that another one left for it."""

from __future__ import annotations

from hashlib import sha256
from typing import Final

import msgspec

from trailmark_server.credentials import admit_device
from trailmark_server.storage.accounts import AccountRows, Device, DeviceInvitation
from trailmark_shared import limits
from trailmark_shared.errors import ErrorCode, LimitExceededError, RefusedError
from trailmark_shared.ids import DeviceId

WRONG_CODE_WORDS: Final = "this code is wrong, used or expired; ask for a new one"
"""What every refused code is answered with."""


def add_device_invitation(
    rows: AccountRows, device: Device, lookup_hash: bytes, bundle: bytes, now: int
) -> DeviceInvitation:
    """Keep a sealed bundle for a second device.

    Returns:
        The invitation.

    Raises:
        LimitExceededError: The bundle is over ``limits.BUNDLE_BYTES_MAX``.
        RefusedError: ``wrong_code``: the look-up is taken; make another code.
    """
    if len(bundle) > limits.BUNDLE_BYTES_MAX:
        raise LimitExceededError("BUNDLE_BYTES_MAX", len(bundle), limits.BUNDLE_BYTES_MAX)
    rows.drop_expired(now - limits.SIGN_IN_LINK_TTL_MS)
    if rows.device_invitation(lookup_hash) is not None:
        raise RefusedError(ErrorCode.WRONG_CODE, WRONG_CODE_WORDS)
    row = DeviceInvitation(
        lookup_hash=lookup_hash,
        space=device.space,
        device=device.device,
        bundle=bundle,
        expires_at=now + limits.INVITATION_TTL_MS,
    )
    rows.save_device_invitation(row)
    return row


def redeem_device_invitation(
    rows: AccountRows,
    lookup: bytes,
    device: DeviceId,
    name: str,
    credential: str,
    now: int,
) -> tuple[Device, bytes]:
    """Let a second device in and hand it the sealed bundle.

    The same device may fetch it again while it lives, for an answer can be lost.

    Args:
        rows: The account tables, writable.
        lookup: The look-up half of the device code, 8 bytes.
        device: The new device's id.
        name: What the person calls it.
        credential: A fresh credential.
        now: Server clock.

    Returns:
        The device and the bundle.

    Raises:
        RefusedError: ``wrong_code``: unknown, used or expired, or the device that invited was
            signed out.
    """
    row = rows.device_invitation(sha256(lookup).digest())
    inviter = rows.device(row.space, row.device) if row is not None else None
    if (
        row is None
        or row.expires_at <= now
        or (row.used_at is not None and row.used_device != device)
        or inviter is None
        or inviter.revoked_at is not None
    ):
        raise RefusedError(ErrorCode.WRONG_CODE, WRONG_CODE_WORDS)
    admitted = admit_device(rows, row.space, device, name, credential, now)
    rows.save_device_invitation(msgspec.structs.replace(row, used_at=now, used_device=device))
    return admitted, row.bundle
