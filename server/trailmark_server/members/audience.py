"""What one therapist may see of one person: the lanes with a live grant, and the grants' terms."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from datetime import UTC, tzinfo

import msgspec

from trailmark_adapters.clock import zone_from_name
from trailmark_server.access import Right, TherapistActor, Verb, authorize
from trailmark_server.members.dates import moment_day, short_day
from trailmark_server.members.person_days import person_zone
from trailmark_server.services import Services
from trailmark_server.sessions import SignedIn
from trailmark_server.storage.accounts import AccountRows, Acquaintance
from trailmark_server.storage.grants import is_over
from trailmark_server.storage.ports import Grant, Reader
from trailmark_shared.domain.consent import CLASS_WORDS
from trailmark_shared.domain.succession import first_in_line
from trailmark_shared.errors import ErrorCode, RefusedError
from trailmark_shared.ids import Lane, SpaceId, id_from_text, text_from_id
from trailmark_shared.projections.grant import GrantDocument, link_of
from trailmark_shared.words import gettext, marked

UNNAMED = marked("Not named yet")
"""Stands over the page of a person whom the therapist gave no label."""

ENDED = marked("Sharing ended")
"""Stands where the day is not known yet."""

UNNAMED_ACTOR = marked("The person")
"""Stands before a sentence about them."""


class Audience(msgspec.Struct, frozen=True, kw_only=True):
    """A therapist's view of a space at one moment.

    Attributes:
        space: Whose.
        member: Who looks, 16 bytes.
        label: What the therapist calls the person.
        lanes: Lanes with a live grant for this therapist, by name.
        actions: What the grants of each of those lanes allow.
        terms: What each of those grants says.
        since: When the first of them began, milliseconds UTC; changed terms begin no new time.
        names: Name of each actor of those lanes.
        session: Hash of the web session that asks; ``None`` where no browser takes part.
        clock: Server clock, milliseconds UTC: a page may stay open for long.
    """

    space: SpaceId
    member: bytes
    label: str
    lanes: Sequence[Lane]
    actions: Mapping[Lane, frozenset[str]]
    terms: Sequence[GrantDocument]
    since: int | None
    names: Mapping[str, str]
    session: bytes | None
    clock: Callable[[], int]

    @property
    def actor(self) -> str:
        """The therapist as an actor of the log."""
        return f"member/{text_from_id(self.member)}"

    def right(self, verb: Verb, lane: Lane) -> Right:
        """Return the therapist's right to do ``verb`` in a lane.

        Raises:
            RefusedError: ``not_authorised``: no therapist may do this in such a lane.
        """
        actor = TherapistActor(member=self.member, session=self.session)
        return authorize(actor, verb, self.space, lane, self.clock())

    def reader(self, lane: Lane) -> Reader:
        """Return who reads a lane: a store refuses it once grant or session have ended."""
        return self.right(Verb.READ, lane).reader

    def allows(self, action: str, lane: Lane) -> bool:
        """Say whether a page may offer an action in a lane; the store asks again when it is."""
        return action in self.actions.get(lane, frozenset())


class SharingEndedError(RefusedError):
    """No grant of this therapist is live any more; the message says since when, if that is known.

    A revocation takes effect before the event that records it arrives.

    Attributes:
        zone: The person's time zone.
    """

    def __init__(self, words: str, zone: tzinfo = UTC) -> None:
        """Keep the words for the reader."""
        super().__init__(ErrorCode.NOT_SHARED, words)
        self.zone = zone


def label_of(acquaintance: Acquaintance | None) -> str:
    """Return what the therapist calls the person."""
    return acquaintance.label if acquaintance and acquaintance.label else gettext(UNNAMED)


class NothingHereError(RefusedError):
    """The one refusal for spaces, goals and lanes that are closed or do not exist."""

    def __init__(self) -> None:
        """Say the same in every case."""
        super().__init__(ErrorCode.NOT_FOUND, gettext("there is nothing here"))


def space_from_text(text: str) -> SpaceId:
    """Return the space that an address names.

    Raises:
        EventDataError: ``malformed_id``: it names none.
    """
    return SpaceId(id_from_text(text))


def actor_of(signed_in: SignedIn) -> TherapistActor:
    """Return who asks: the account, and the browser's session, which must still live."""
    return TherapistActor(member=signed_in.therapist.id, session=signed_in.session_hash)


async def find_audience(services: Services, signed_in: SignedIn, space: SpaceId) -> Audience:
    """Return what a therapist may see of a space now.

    Every read that follows asks again, so that a right that ends in between is felt.

    Raises:
        NothingHereError: Never let in; the same for a space that does not exist.
        SharingEndedError: Let in once, and no more.
    """
    member = signed_in.therapist.id
    own = (member, "therapist", "care")
    grants = [
        each
        for each in await services.events.grants(space)
        if (each.member, each.role, each.lane.partition("/")[0]) == own
    ]
    lanes = sorted({each.lane for each in grants if each.is_live})
    if not grants:
        raise NothingHereError
    if not lanes:
        raise await sharing_ended(services, space, grants)
    acquaintance = await services.accounts.read(lambda rows: rows.acquaintance(member, space))
    label = label_of(acquaintance)
    audience = Audience(
        space=space,
        member=member,
        label=label,
        lanes=lanes,
        actions={
            lane: frozenset[str]().union(
                *(each.actions for each in grants if each.is_live and each.lane == lane)
            )
            for lane in lanes
        },
        terms=(),
        since=None,
        names={"person": gettext(UNNAMED_ACTOR) if label == gettext(UNNAMED) else label},
        session=signed_in.session_hash,
        clock=services.now,
    )
    return await _with_terms(services, audience, {each.grant for each in grants if each.is_live})


async def _with_terms(services: Services, audience: Audience, live: AbstractSet[bytes]) -> Audience:
    """Return the audience with what its live grants say, and the names in its lanes."""
    names = dict(audience.names)
    known: dict[str, GrantDocument] = {}
    for lane in audience.lanes:
        for stored in await services.events.documents(
            audience.space, lane, "grant", reader=audience.reader(lane)
        ):
            document = msgspec.json.decode(stored.json, type=GrantDocument)
            names |= _member_names(document)
            known[text_from_id(stored.subject)] = document
    names[audience.actor] = gettext("You")
    links = {grant: link_of(document) for grant, document in known.items()}
    mine = [grant for grant in known if id_from_text(grant) in live]
    begun = [known[first_in_line(grant, links)].granted_at for grant in mine]
    return msgspec.structs.replace(
        audience,
        terms=[known[grant] for grant in mine],
        since=min((at for at in begun if at is not None), default=None),
        names=names,
    )


def _member_names(document: GrantDocument) -> dict[str, str]:
    granted = document.granted
    if granted is None:
        return {}
    side = "member" if granted.role == "therapist" else "supporter"
    return {f"{side}/{granted.member}": granted.name}


def class_words(codes: Iterable[str]) -> list[str]:
    """Return what is shared, in the order of the consent text; newer classes by their code."""
    present = set(codes)
    known = [words for code, words in CLASS_WORDS.items() if code in present]
    return known + sorted(code.replace("_", " ") for code in present - set(CLASS_WORDS))


async def sharing_ended(
    services: Services, space: SpaceId, grants: Sequence[Grant]
) -> SharingEndedError:
    """Return "Sharing ended on …" for a space without a live grant, without a reason or a blame.

    Only the person's day is read here; a member has no right to anything else of the lane any more.

    Args:
        services: The server.
        space: Whose.
        grants: All grants of the member there, none of them live.
    """
    erasure = await services.accounts.read(lambda rows: rows.erasure(space))
    if erasure is not None:
        erased = (
            gettext("They erased everything on {day}")
            if erasure.erased_by == "person"
            else gettext("Everything was erased on {day}")
        )
        return SharingEndedError(erased.format(day=moment_day(erasure.erased_at)))
    zone = zone_from_name(await person_zone(services, space, grants[-1].lane)) or UTC
    days: list[str] = []
    for grant in grants:
        stored = await services.events.document(space, grant.lane, grant.grant)
        document = msgspec.json.decode(stored.json, type=GrantDocument) if stored else None
        if document is not None and document.revoked_at is not None:
            days.append(moment_day(document.revoked_at, zone))
        elif grant.until is not None and is_over(grant.until, services.now()):
            days.append(short_day(grant.until))
        elif grant.is_revoked:
            days.append("")
    if not days:
        words = gettext("Waiting for one of their devices to be heard again. Nothing is lost.")
    elif not days[-1]:
        words = gettext(ENDED)
    else:
        words = gettext("Sharing ended on {day}").format(day=days[-1])
    return SharingEndedError(words, zone)


def labels(rows: AccountRows, member: bytes) -> dict[SpaceId, Acquaintance]:
    """Return everybody whom a therapist knows, by space."""
    return {each.space: each for each in rows.acquaintances_of_therapist(member)}
