"""The joining of a second device: the server relays between two devices and believes neither.

A device makes a code and leaves the hash of its first half. Another one that was typed the code
says who it is, with a proof that only the first can check. The person says yes on the first device,
which leaves a bundle sealed for the second; only then does the second get it, with a credential, by
a claim that it alone can make. Every refusal has the same words.
"""

from __future__ import annotations

import hmac
from hashlib import sha256
from typing import Final, Literal

import msgspec

from trailmark_server.credentials import (
    RevokedCredentials,
    admit_device,
    refuse_place_of_another,
    require_place,
    speaks_for,
)
from trailmark_server.labels import clean_text
from trailmark_server.lifetimes import lasts_until
from trailmark_server.storage.accounts import AccountRows, Device, DeviceInvitation
from trailmark_shared import limits
from trailmark_shared.errors import ErrorCode, LimitExceededError, RefusedError
from trailmark_shared.ids import DeviceId, SpaceId
from trailmark_shared.words import gettext, marked

WRONG_CODE_WORDS: Final = marked(
    "this code is wrong, used or expired; make a new one on the other device"
)
"""What every refused code is answered with."""


class Joining(msgspec.Struct, frozen=True, kw_only=True):
    """What a device says of itself when it asks to be let in.

    Attributes:
        device: Its id.
        name: What the person calls it.
        sign_key: Its Ed25519 public key.
        public_key: Its X25519 public key.
        claim_hash: SHA-256 of its claim.
        proof: That it was typed the whole code; only the inviting device can check it.
        is_known: It showed the credential that the device of this id holds, or was let in here.
    """

    device: bytes
    name: str
    sign_key: bytes
    public_key: bytes
    claim_hash: bytes
    proof: bytes
    is_known: bool = False


class Claimed(msgspec.Struct, frozen=True, kw_only=True):
    """What became of a device that waits.

    Attributes:
        state: Whether the person has answered.
        device: The device, let in; where the person said yes.
        bundle: What the inviting device left for it.
    """

    state: Literal["waiting", "confirmed", "refused"]
    device: Device | None = None
    bundle: bytes = b""


def add_device_invitation(
    rows: AccountRows, device: Device, lookup_hash: bytes, keys_hash: bytes, now: int
) -> DeviceInvitation:
    """Keep a code; the one that this device made before stops to work.

    Args:
        rows: The account tables, writable.
        device: The device that invites.
        lookup_hash: SHA-256 of the first half of the code.
        keys_hash: ``Holder.hash`` of the inviting device.
        now: Server clock.

    Returns:
        The invitation.

    Raises:
        RefusedError: ``wrong_code``: the look-up is taken; make another code.
    """
    rows.drop_expired(now - limits.SIGN_IN_LINK_TTL_MS)
    present = rows.device_invitation(lookup_hash)
    if present is not None and (present.space, present.device) != (device.space, device.device):
        raise RefusedError(ErrorCode.WRONG_CODE, gettext(WRONG_CODE_WORDS))
    row = DeviceInvitation(
        space=device.space,
        device=device.device,
        lookup_hash=lookup_hash,
        keys_hash=keys_hash,
        expires_at=now + limits.INVITATION_TTL_MS,
    )
    rows.save_device_invitation(row)
    return row


def ask_to_join(
    rows: AccountRows, lookup: bytes, joining: Joining, revoked: RevokedCredentials, now: int
) -> DeviceInvitation | None:
    """Let a device wait for the person's yes. It may ask again, for an answer can be lost.

    A refusal is a value, not an exception, because a wrong try must be counted durably.

    Args:
        rows: The account tables, writable.
        lookup: The first half of the code, 8 bytes.
        joining: What the device says of itself; ``is_known`` where its credential says so.
        revoked: What no backup brings back.
        now: Server clock.

    Returns:
        The invitation; ``None`` when the code is unknown, used by another device, refused
            or expired.

    Raises:
        RefusedError: ``signed_out``: this device was removed from the space for good, or the device
            of this id is signed in and did not ask this; it needs another id.
        LimitExceededError: The space has ``limits.DEVICES_PER_SPACE_MAX`` devices.
        DomainError: ``invalid_input``: the name is not usable.
    """
    row = _live_invitation(rows, lookup, now)
    if row is None or (row.answered_at is not None and row.bundle is None):
        return None
    asked = msgspec.structs.replace(
        joining, name=clean_text(joining.name, gettext("a device's name"))
    )
    known = joining_of(row)
    if known is not None and known != msgspec.structs.replace(asked, is_known=known.is_known):
        _count_try(rows, row)
        return None
    require_place(rows, row.space, DeviceId(joining.device), revoked)
    if not (asked.is_known or (known is not None and known.is_known)):
        refuse_place_of_another(rows, row.space, DeviceId(joining.device), now)
    if known is None:
        row = msgspec.structs.replace(row, joining=msgspec.msgpack.encode(asked), asked_at=now)
        rows.save_device_invitation(row)
    return row


def recognised(
    rows: AccountRows, lookup: bytes, joining: Joining, credential: str | None
) -> Joining:
    """Note whether a device that asks showed the credential of the device that it says it is.

    Args:
        rows: The account tables.
        lookup: The first half of the code.
        joining: What the device says of itself.
        credential: As it came.

    Returns:
        ``joining`` with ``is_known``.
    """
    row = rows.device_invitation(sha256(lookup).digest())
    is_known = row is not None and speaks_for(rows, credential, row.space, DeviceId(joining.device))
    return msgspec.structs.replace(joining, is_known=is_known)


def joining_of(row: DeviceInvitation) -> Joining | None:
    """Return the device that waits, or ``None`` while nobody used the code."""
    return None if row.joining is None else msgspec.msgpack.decode(row.joining, type=Joining)


def answer_join(
    rows: AccountRows, device: Device, lookup_hash: bytes, bundle: bytes | None, now: int
) -> None:
    """Note what the person said on the inviting device; the first answer stands.

    Args:
        rows: The account tables, writable.
        device: The device that invited.
        lookup_hash: SHA-256 of the first half of its code.
        bundle: Sealed for the device that waits, or ``None`` for a no.
        now: Server clock.

    Raises:
        RefusedError: ``wrong_code``: nobody waits, or not any more.
        LimitExceededError: The bundle is over ``limits.BUNDLE_BYTES_MAX``.
    """
    row = rows.device_invitation_of(device.space, device.device)
    if row is None or row.lookup_hash != lookup_hash or not is_good(row, now):
        raise RefusedError(ErrorCode.WRONG_CODE, gettext(WRONG_CODE_WORDS))
    if row.answered_at is not None:
        return
    if row.joining is None and bundle is not None:
        raise RefusedError(ErrorCode.WRONG_CODE, gettext(WRONG_CODE_WORDS))
    if bundle is not None and len(bundle) > limits.BUNDLE_BYTES_MAX:
        raise LimitExceededError("BUNDLE_BYTES_MAX", len(bundle), limits.BUNDLE_BYTES_MAX)
    rows.save_device_invitation(
        msgspec.structs.replace(
            row, answered_at=now, bundle=bundle, expires_at=now + limits.INVITATION_TTL_MS
        )
    )


def claim_join(
    rows: AccountRows, lookup: bytes, claim: bytes, credential: str, now: int
) -> Claimed | None:
    """Tell the device that waits what was answered; let it in after a yes.

    It may claim again while the answer is kept, for an answer can be lost: each time it gets a
    fresh credential in place of the one before.

    Args:
        rows: The account tables, writable.
        lookup: The first half of the code.
        claim: The secret whose hash it left.
        credential: A fresh credential.
        now: Server clock.

    Returns:
        What was answered; ``None`` when the code is unknown or expired, or the claim another's.

    Raises:
        RefusedError: ``signed_out``: the device was removed meanwhile, or signed in otherwise.
        LimitExceededError: There are too many devices meanwhile.
    """
    row = _live_invitation(rows, lookup, now)
    joining = None if row is None else joining_of(row)
    if row is None or joining is None:
        return None
    if not hmac.compare_digest(joining.claim_hash, sha256(claim).digest()):
        _count_try(rows, row)
        return None
    if row.answered_at is None:
        return Claimed(state="waiting")
    if row.bundle is None:
        return Claimed(state="refused")
    device = DeviceId(joining.device)
    if not joining.is_known:
        refuse_place_of_another(rows, row.space, device, now)
    known = rows.device(row.space, device)
    admitted = admit_device(rows, row.space, device, joining.name, credential, now)
    way = ("device", row.device)
    if known is not None and device in let_in_through(rows, row.space, row.device):
        # Devices that vouch for each other must not hide on whose word both of them are here.
        way = (known.let_in_by, known.confirmed_by)
    admitted = msgspec.structs.replace(admitted, let_in_by=way[0], confirmed_by=way[1])
    rows.save_device(admitted)
    is_in = msgspec.structs.replace(joining, is_known=True)
    rows.save_device_invitation(msgspec.structs.replace(row, joining=msgspec.msgpack.encode(is_in)))
    return Claimed(state="confirmed", device=admitted, bundle=row.bundle)


def let_in_through(rows: AccountRows, space: SpaceId, device: bytes) -> list[bytes]:
    """Return the devices on whose word a device is here: who confirmed it, who confirmed that one.

    Args:
        rows: The account tables.
        space: Whose devices.
        device: Which one.

    Returns:
        Ids, the nearest first, removed devices too; each once.
    """
    through: list[bytes] = []
    row = rows.device(space, DeviceId(device))
    while row is not None and row.confirmed_by is not None and row.confirmed_by not in through:
        through.append(row.confirmed_by)
        row = rows.device(space, DeviceId(row.confirmed_by))
    return through


def is_good(invitation: DeviceInvitation, now: int) -> bool:
    """Say whether the time of a code, or of the answer that it got, is not over."""
    return lasts_until(invitation.expires_at, now, limits.INVITATION_TTL_MS)


def _live_invitation(rows: AccountRows, lookup: bytes, now: int) -> DeviceInvitation | None:
    row = rows.device_invitation(sha256(lookup).digest())
    if row is None or not is_good(row, now) or row.tries >= limits.CODE_TRIES_MAX:
        return None
    inviter = rows.device(row.space, row.device)
    return None if inviter is None or inviter.revoked_at is not None else row


def _count_try(rows: AccountRows, row: DeviceInvitation) -> None:
    rows.save_device_invitation(msgspec.structs.replace(row, tries=row.tries + 1))
