"""Who may do what, where: the only place that decides.

``RULES`` is the whole of it: what must hold for whom to do what in which kind of place; what is not
in it is refused. ``authorize`` refuses at once what no row could allow, and otherwise gives a
``Right``: what the store must ask inside the very transaction that reads or writes the rows in
question, so a right cannot end between the question and the answer. What a member does is one of
the actions that a person consents to, each by itself; the grant must allow it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import Enum, StrEnum
from typing import Final, TypeVar

import msgspec

from trailmark_server.credentials import require_device
from trailmark_server.sessions import therapist_of_session
from trailmark_server.storage.accounts import AccountRows
from trailmark_server.storage.grants import NOTHING_HERE
from trailmark_server.storage.ports import Check, Reader
from trailmark_server.supporters import is_open, link_of_session
from trailmark_shared.domain.consent import VIEW
from trailmark_shared.errors import ErrorCode, RefusedError
from trailmark_shared.events.access import Role
from trailmark_shared.ids import DeviceId, Lane, SpaceId, is_lane, text_from_id
from trailmark_shared.words import gettext

T = TypeVar("T")


class Verb(StrEnum):
    """What somebody wants to do."""

    SYNC = "sync"
    MANAGE_DEVICES = "manage_devices"
    MANAGE_SUPPORTERS = "manage_supporters"
    ERASE = "erase"
    READ_ACCESS_LOG = "read_access_log"
    READ = "read"
    AUDIT = "audit"
    EXPORT = "export"
    COMMENT = "comment"
    PROPOSE = "propose"
    ENCOURAGE = "encourage"
    CONFIRM = "confirm"
    LABEL = "label"
    INVITE = "invite"
    HAND_OVER = "hand_over"
    LIST_PEOPLE = "list_people"


class DeviceActor(msgspec.Struct, frozen=True, kw_only=True):
    """A person's device, as its credential says."""

    space: SpaceId
    device: DeviceId


class TherapistActor(msgspec.Struct, frozen=True, kw_only=True):
    """A therapist.

    Attributes:
        member: Their account, 16 bytes.
        session: Hash of the web session that must still live; ``None`` where no browser takes part.
    """

    member: bytes
    session: bytes | None


class SupporterActor(msgspec.Struct, frozen=True, kw_only=True):
    """A supporter, as the link that they opened says.

    Attributes:
        space: Whose lane.
        lane: The one circle lane that the link opens.
        member: What grants name, 16 bytes.
        session: Hash of the browser's session, which must still live.
    """

    space: SpaceId
    lane: Lane
    member: bytes
    session: bytes


Actor = DeviceActor | TherapistActor | SupporterActor


class Place(StrEnum):
    """Where: a kind of lane, a person's space as a whole, or the server apart from any space."""

    SELF = "self"
    CARE = "care"
    CIRCLE = "circle"
    SPACE = "space"
    SERVER = "server"


class Need(Enum):
    """What must hold in the transaction, besides that the actor is still let in at all."""

    OWN_SPACE = "the device is one of this space"
    GRANT = "the lane holds a live grant for this member, in their role, that allows it"
    ACQUAINTANCE = "the person redeemed an invitation of this therapist"
    NOTHING = "nothing else"


RULES: Final[Mapping[tuple[type[Actor], Verb, Place], Need]] = {
    (DeviceActor, Verb.SYNC, Place.SPACE): Need.OWN_SPACE,
    (DeviceActor, Verb.MANAGE_DEVICES, Place.SPACE): Need.OWN_SPACE,
    (DeviceActor, Verb.MANAGE_SUPPORTERS, Place.SPACE): Need.OWN_SPACE,
    (DeviceActor, Verb.ERASE, Place.SPACE): Need.OWN_SPACE,
    (DeviceActor, Verb.READ_ACCESS_LOG, Place.SPACE): Need.OWN_SPACE,
    (DeviceActor, Verb.HAND_OVER, Place.SPACE): Need.OWN_SPACE,
    (TherapistActor, Verb.READ, Place.CARE): Need.GRANT,
    (TherapistActor, Verb.AUDIT, Place.CARE): Need.GRANT,
    (TherapistActor, Verb.EXPORT, Place.CARE): Need.GRANT,
    (TherapistActor, Verb.COMMENT, Place.CARE): Need.GRANT,
    (TherapistActor, Verb.PROPOSE, Place.CARE): Need.GRANT,
    (TherapistActor, Verb.CONFIRM, Place.SPACE): Need.ACQUAINTANCE,
    (TherapistActor, Verb.LABEL, Place.SPACE): Need.ACQUAINTANCE,
    (TherapistActor, Verb.HAND_OVER, Place.SPACE): Need.ACQUAINTANCE,
    (TherapistActor, Verb.READ_ACCESS_LOG, Place.SERVER): Need.NOTHING,
    (TherapistActor, Verb.INVITE, Place.SERVER): Need.NOTHING,
    (TherapistActor, Verb.LIST_PEOPLE, Place.SERVER): Need.NOTHING,
    (SupporterActor, Verb.READ, Place.CIRCLE): Need.GRANT,
    (SupporterActor, Verb.ENCOURAGE, Place.CIRCLE): Need.GRANT,
}
"""Who, what, where -> what must hold."""

_ROLES: Final[Mapping[type[Actor], Role]] = {
    TherapistActor: "therapist",
    SupporterActor: "supporter",
}
_ACTIONS: Final[Mapping[Verb, str]] = {
    Verb.COMMENT: "comment",
    Verb.ENCOURAGE: "comment",
    Verb.PROPOSE: "propose",
}
"""What a grant must allow for what a member wants to do; for all else, to see."""


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

    def guard(self, work: Callable[[AccountRows], T]) -> Callable[[AccountRows], T]:
        """Return ``work`` over the account tables, with the question before it."""

        def guarded(rows: AccountRows) -> T:
            self.check(rows)
            return work(rows)

        return guarded


def authorize(
    actor: Actor, verb: Verb, space: SpaceId | None, lane: Lane | None, now: int
) -> Right:
    """Return the right of ``actor`` to do ``verb``, or refuse.

    Args:
        actor: Who asks, as credential or web session say.
        verb: What for.
        space: Whose data; ``None`` for what is about nobody's.
        lane: Which lane; ``None`` for the whole space.
        now: Server clock, milliseconds UTC.

    Returns:
        What to pass on to the store.

    Raises:
        RefusedError: ``not_authorised``, with the same words whether the place is closed to this
            actor or does not exist.
    """
    place = _place(space, lane)
    need = None if place is None else RULES.get((type(actor), verb, place))
    if need is None or not _is_theirs(actor, space, lane):
        raise RefusedError(ErrorCode.NOT_AUTHORISED, NOTHING_HERE)

    def check(rows: AccountRows) -> None:
        if isinstance(actor, DeviceActor):
            erased_too = verb is Verb.ERASE
            require_device(rows, actor.space, actor.device, now, erased_too=erased_too)
        elif isinstance(actor, TherapistActor):
            _let_therapist_in(rows, actor, now)
        else:
            _let_supporter_in(rows, actor, now)
        if need is Need.ACQUAINTANCE and not _knows(rows, actor, space):
            raise RefusedError(ErrorCode.NOT_AUTHORISED, NOTHING_HERE)

    reader = Reader(check=check)
    if need is Need.GRANT and not isinstance(actor, DeviceActor):
        reader = Reader(
            member=actor.member,
            role=_ROLES[type(actor)],
            action=_ACTIONS.get(verb, VIEW),
            check=check,
        )
    return Right(reader=reader, check=check, written_by=_written_by(actor))


def _written_by(actor: Actor) -> str:
    if isinstance(actor, TherapistActor):
        return f"member/{text_from_id(actor.member)}"
    if isinstance(actor, SupporterActor):
        return f"supporter/{text_from_id(actor.member)}"
    return "person"


def _place(space: SpaceId | None, lane: Lane | None) -> Place | None:
    if lane is None:
        return Place.SERVER if space is None else Place.SPACE
    return Place(lane.partition("/")[0]) if is_lane(lane) else None


def _is_theirs(actor: Actor, space: SpaceId | None, lane: Lane | None) -> bool:
    """Say whether the place is the one that a credential or link was made for."""
    if isinstance(actor, DeviceActor):
        return actor.space == space
    if isinstance(actor, SupporterActor):
        return (actor.space, actor.lane) == (space, lane)
    return True


def _knows(rows: AccountRows, actor: Actor, space: SpaceId | None) -> bool:
    if space is None or not isinstance(actor, TherapistActor):
        return False
    return rows.acquaintance(actor.member, space) is not None


def _let_therapist_in(rows: AccountRows, actor: TherapistActor, now: int) -> None:
    if actor.session is not None:
        signed_in = therapist_of_session(rows, actor.session, now)
        if signed_in is None or signed_in.id != actor.member:
            raise RefusedError(ErrorCode.NOT_SIGNED_IN, gettext("signed out"), "after_sign_in")
    therapist = rows.therapist(actor.member)
    if therapist is None or therapist.disabled_at is not None:
        raise RefusedError(ErrorCode.NOT_AUTHORISED, NOTHING_HERE)


def _let_supporter_in(rows: AccountRows, actor: SupporterActor, now: int) -> None:
    link = link_of_session(rows, actor.session, now)
    theirs = (actor.space, actor.lane, actor.member)
    if link is None or not is_open(link, now) or (link.space, link.lane, link.member) != theirs:
        raise RefusedError(ErrorCode.NOT_SIGNED_IN, gettext("the link is closed"), "after_sign_in")
