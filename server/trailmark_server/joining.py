"""Joining: a person redeems an invitation, or goes on with a colleague who was proposed to them.

Every refusal of a code has the same words.
"""

from __future__ import annotations

import hmac
from typing import Final

import msgspec

from trailmark_server.credentials import admit_device
from trailmark_server.hand_overs import proposed_by
from trailmark_server.invitations import Code, is_good
from trailmark_server.storage.accounts import (
    AccountRows,
    Acquaintance,
    Device,
    Invitation,
    Therapist,
)
from trailmark_shared import limits
from trailmark_shared.errors import DomainError, ErrorCode, RefusedError
from trailmark_shared.ids import DeviceId, SpaceId
from trailmark_shared.words import gettext, marked

WRONG_CODE_WORDS: Final = marked("this code is wrong, used or expired; ask for a new one")
"""What every refused code is answered with."""


class JoinRequest(msgspec.Struct, frozen=True, kw_only=True):
    """What a device says when it redeems a code.

    Attributes:
        code: The code, as it was typed.
        space: The space that the device made at its first use.
        device: Its id.
        device_name: What the person calls it.
        claim_hash: SHA-256 of a secret of the device's own, with which it may ask again.
        known: The device that the request's credential speaks for, or spoke for before it
            expired; ``None`` for none.
        signing_key: The key that it is told to pin; part of the comparison phrase.
    """

    code: Code
    space: SpaceId
    device: DeviceId
    device_name: str
    claim_hash: bytes
    known: Device | None
    signing_key: bytes


def redeem_invitation(
    rows: AccountRows, request: JoinRequest, credential: str, now: int
) -> tuple[Device, Acquaintance, Therapist] | None:
    """Redeem a code: register the space and its device, and note whom the person knows now.

    The same device may redeem the same code again while it lives, for an answer can be lost. A
    refusal is a value, not an exception, because a wrong try must be counted durably.

    Args:
        rows: The account tables, writable.
        request: What the device says.
        credential: A fresh credential for a device that has none here.
        now: Server clock.

    Returns:
        Device, acquaintance and therapist; ``None`` when the code is wrong, used or expired.

    Raises:
        RefusedError: ``not_signed_in``: the space is known here and the request's credential does
            not speak for it. Nothing is used up.
    """
    invitation = rows.invitation(request.code.lookup_hash)
    if invitation is None or not is_good(invitation, now):
        return None
    if invitation.tries >= limits.CODE_TRIES_MAX:
        return None
    if not hmac.compare_digest(invitation.code_hash, request.code.hash):
        rows.save_invitation(msgspec.structs.replace(invitation, tries=invitation.tries + 1))
        return None
    therapist = rows.therapist(invitation.therapist)
    is_again = _is_again(invitation, request)
    if therapist is None or therapist.disabled_at is not None:
        return None
    if invitation.used_at is not None and not is_again:
        return None
    device = _device_let_in_before(rows, request, therapist, credential, now)
    if device is None:
        device = _device_that_joins(rows, request, credential, now, is_again=is_again)
    rows.save_invitation(
        msgspec.structs.replace(
            invitation,
            used_at=now,
            used_space=request.space,
            used_device=request.device,
            used_claim=request.claim_hash,
        )
    )
    met = Acquaintance(
        therapist=invitation.therapist,
        space=device.space,
        device=device.device,
        label=invitation.label,
        joined_at=now,
        confirmed_at=now if invitation.confirmed else None,
        signing_key=request.signing_key,
    )
    return device, _acquaint(rows, met), therapist


def _is_again(invitation: Invitation, request: JoinRequest) -> bool:
    # Ids prove nothing: who made the code may have read them off a page or an export.
    redeemer = (request.space, request.device)
    claim = invitation.used_claim or b""
    is_its = hmac.compare_digest(claim, request.claim_hash)
    return is_its and (invitation.used_space, invitation.used_device) == redeemer


def take_up_hand_over(
    rows: AccountRows, device: Device, therapist: bytes, signing_key: bytes, now: int
) -> tuple[Acquaintance, Therapist]:
    """Let a person know the colleague whom their therapist proposes, as by an invitation.

    Nobody is let in: both compare the words, and the person's grant comes last. A device may ask
    again, for an answer can be lost.

    Args:
        rows: The account tables, writable.
        device: The person's.
        therapist: Who proposes.
        signing_key: The key that the device is told to pin; part of the comparison phrase.
        now: Server clock.

    Returns:
        Acquaintance and colleague.

    Raises:
        DomainError: ``not_found``: nothing is proposed any more.
    """
    proposed = proposed_by(rows, device.space, therapist, now)
    if proposed is None or proposed.row.declined_at is not None:
        raise DomainError(ErrorCode.NOT_FOUND, gettext("this is not proposed to you any more"))
    row = proposed.row
    rows.save_hand_over(msgspec.structs.replace(row, taken_at=row.taken_at or now))
    met = Acquaintance(
        therapist=row.colleague,
        space=device.space,
        device=device.device,
        label="",
        joined_at=now,
        signing_key=signing_key,
    )
    return _acquaint(rows, met), proposed.colleague


def _device_let_in_before(
    rows: AccountRows, request: JoinRequest, therapist: Therapist, credential: str, now: int
) -> Device | None:
    """Return the device where its credential proves it: as it is, or let in anew if it expired.

    For the latter the therapist must be one whom the space knows already: an old credential and a
    stranger's invitation open nothing.
    """
    known = request.known
    if known is None or (known.space, known.device) != (request.space, request.device):
        return None
    if known.expires_at > now:
        return known
    if rows.acquaintance(therapist.id, request.space) is None:
        return None
    return admit_device(rows, request.space, request.device, request.device_name, credential, now)


def _device_that_joins(
    rows: AccountRows, request: JoinRequest, credential: str, now: int, *, is_again: bool
) -> Device:
    if rows.space(request.space) is not None and not is_again:
        # A space id is no secret, so an invitation alone must not open somebody's space.
        raise RefusedError(
            ErrorCode.NOT_SIGNED_IN,
            gettext(
                "this server knows the space already; join from a device that is signed in, "
                "with a recovery code, or let another device of yours let this one in"
            ),
            "after_sign_in",
        )
    return admit_device(rows, request.space, request.device, request.device_name, credential, now)


def _acquaint(rows: AccountRows, met: Acquaintance) -> Acquaintance:
    """Note whom a person knows now; what was found equal stays so, on whichever device."""
    # What the therapist calls them stays too; words nobody compared are those of the last device.
    present = rows.acquaintance(met.therapist, met.space)
    if present is not None:
        is_settled = present.device == met.device or present.confirmed_at is not None
        met = msgspec.structs.replace(
            present if is_settled else met,
            label=present.label or met.label,
            confirmed_at=present.confirmed_at or met.confirmed_at,
            signing_key=met.signing_key,
        )
    rows.save_acquaintance(met)
    return met
