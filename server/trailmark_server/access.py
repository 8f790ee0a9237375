"""Who may do what, where: the only place that decides.

``authorize`` refuses at once what no row could allow, and otherwise gives a ``Right``: what the
store must ask inside the very transaction that reads or writes the rows in question, so a right
cannot end between the question and the answer. A person's device may sync its own space while its
credential lives. A member may read a shared lane, and write comments into it, while the account is
enabled and the lane holds a live grant for them (not revoked by its events or by the keys store,
not past its last day, the space not closed after a restore).
"""

from __future__ import annotations

from enum import StrEnum
from typing import Final

import msgspec

from trailmark_server.credentials import is_live
from trailmark_server.storage.accounts import AccountRows
from trailmark_server.storage.ports import Check, Reader
from trailmark_shared.errors import ErrorCode, RefusedError
from trailmark_shared.ids import SELF, DeviceId, Lane, SpaceId, text_from_id


class Verb(StrEnum):
    """What somebody wants to do."""

    READ = "read"
    COMMENT = "comment"
    SYNC = "sync"


class DeviceActor(msgspec.Struct, frozen=True, kw_only=True):
    """A person's device, as its credential says."""

    space: SpaceId
    device: DeviceId


class MemberActor(msgspec.Struct, frozen=True, kw_only=True):
    """A therapist, as the web session says."""

    member: bytes


Actor = DeviceActor | MemberActor

_NOTHING_HERE: Final = "there is nothing here for you"
_MEMBER_VERBS: Final = frozenset({Verb.READ, Verb.COMMENT})


class Right(msgspec.Struct, frozen=True, kw_only=True):
    """What the store must ask in its transaction; pass it on.

    Attributes:
        reader: For the ``reader`` of a store's method.
        check: For the ``check`` of one; the same question without the grant.
        written_by: The actor of rows that are written by this right.
    """

    reader: Reader
    check: Check
    written_by: str


def authorize(actor: Actor, verb: Verb, space: SpaceId, lane: Lane | None, now: int) -> Right:
    """Return the right of ``actor`` to do ``verb``, or refuse.

    Args:
        actor: Who asks, as credential or web session say.
        verb: What for.
        space: Whose data.
        lane: Which lane; ``None`` for the whole space, which only devices may ask for.
        now: Server clock, milliseconds UTC.

    Returns:
        What to pass on to the store.

    Raises:
        RefusedError: ``not_authorised``, with the same words whether the place is closed to this
            actor or does not exist.
    """
    if isinstance(actor, DeviceActor):
        if actor.space != space:
            raise RefusedError(ErrorCode.NOT_AUTHORISED, _NOTHING_HERE)
        check = _device_check(actor, now)
        return Right(reader=Reader(check=check), check=check, written_by="person")
    if verb not in _MEMBER_VERBS or lane is None or lane == SELF:
        raise RefusedError(ErrorCode.NOT_AUTHORISED, _NOTHING_HERE)
    check = _member_check(actor.member)
    return Right(
        reader=Reader(member=actor.member, check=check),
        check=check,
        written_by=f"member/{text_from_id(actor.member)}",
    )


def _device_check(actor: DeviceActor, now: int) -> Check:
    def check(rows: AccountRows) -> None:
        if not is_live(rows, actor.space, actor.device, now):
            raise RefusedError(ErrorCode.SIGNED_OUT, "this device was signed out", "after_sign_in")

    return check


def _member_check(member: bytes) -> Check:
    def check(rows: AccountRows) -> None:
        therapist = rows.therapist(member)
        if therapist is None or therapist.disabled_at is not None:
            raise RefusedError(ErrorCode.NOT_AUTHORISED, _NOTHING_HERE)

    return check
