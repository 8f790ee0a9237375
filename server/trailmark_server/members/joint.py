"""What therapists write down together with a person: expectations, plans, the agenda, reviews.

Whoever began an entry words it anew; the other side says whether it agrees, and closes what is
over. Nothing here changes a goal. What is written names only goals that the lane shows.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final, cast

import msgspec

from trailmark_server import forms
from trailmark_server.access import Verb
from trailmark_server.members.audience import Audience, NothingHereError
from trailmark_server.members.documents import document_there
from trailmark_server.members.visits import require_lane
from trailmark_server.members.writing import (
    Said,
    Sending,
    append_said,
    entries_there,
    subject_of,
    too_long,
)
from trailmark_server.services import Services
from trailmark_shared import limits
from trailmark_shared.domain.typed_words import clean_words
from trailmark_shared.errors import DomainError, ErrorCode
from trailmark_shared.events.body import Reason
from trailmark_shared.events.data import EventData
from trailmark_shared.events.joint import (
    AgendaItemAdded,
    AgendaItemClosed,
    Answered,
    ContactGiven,
    ExpectationWritten,
    InterventionEnded,
    InterventionPlanned,
    ReviewHeld,
    ReviewScheduled,
)
from trailmark_shared.events.registry import Kind, type_of
from trailmark_shared.ids import Lane, id_from_text
from trailmark_shared.projections.card import STATUS_BY_DATA
from trailmark_shared.projections.card_kinds import CARD_KINDS
from trailmark_shared.projections.fields import Field
from trailmark_shared.projections.goal import GoalDocument, is_shown
from trailmark_shared.projections.joint import JointDocument
from trailmark_shared.words import gettext

Begun = ExpectationWritten | InterventionPlanned | AgendaItemAdded | ReviewScheduled | ContactGiven
"""What a therapist can begin."""

Over = InterventionEnded | AgendaItemClosed | ReviewHeld
"""What brings such an entry to its end."""

_LONG: Final = frozenset({"text", "address", "note"})
_KEPT: Final = ("goal", "goals", "about")
_VERBS: Final[Mapping[str, Verb]] = {"propose": Verb.PROPOSE, "comment": Verb.COMMENT}


async def begin_joint(
    services: Services, audience: Audience, sending: Sending, data: Begun
) -> bytes:
    """Write down something new, and ring for it.

    Returns:
        Its id, 16 bytes; sent twice, it is written once.

    Raises:
        NothingHereError: The lane is not the therapist's; noted for the person.
        EventDataError: ``malformed_id``: something named is no id.
        DomainError: ``invalid_input``: no words, too many, or a day that is none; ``not_shared``: a
            goal that is named is not shown there.
        SentBeforeError: ``duplicate``: the form wrote something else already.
        RefusedError: ``not_authorised``: the grant does not let them do that.
    """
    await require_lane(services, audience, sending.lane)
    clean = _clean(data)
    await _require_goals(services, audience, sending.lane, clean)
    subject = subject_of(sending.form)
    await _append(services, audience, sending, Said(subject=subject, data=clean))
    return subject


async def said_before(
    services: Services, audience: Audience, lane: Lane, entry: bytes, data: Begun
) -> Begun:
    """Return ``data`` with what no form shows as the entry says it now: the goals it is about.

    Raises:
        NothingHereError: There is no such entry in a lane of theirs.
    """
    document = await _there(services, audience, lane, entry, type_of(data).kind)
    before = document.said.value
    kept = {name: getattr(before, name) for name in _KEPT if hasattr(data, name)}
    return data if before is None else msgspec.structs.replace(data, **kept)


async def reword_joint(
    services: Services, audience: Audience, sending: Sending, entry: bytes, data: Begun
) -> None:
    """Let an entry of the therapist's own read as given from now on, and ring for it.

    Raises:
        NothingHereError: There is no such entry of theirs.
        DomainError: As ``begin_joint``; ``nothing_changed``: it reads like that already.
        SentBeforeError: ``duplicate``: the form wrote something else already.
        RefusedError: ``not_authorised``: the grant does not let them do that.
    """
    kind = type_of(data).kind
    document = await _there(services, audience, sending.lane, entry, kind)
    if document.by != audience.actor:
        raise NothingHereError
    clean = _clean(data)
    if document.said.value == clean and not await _is_sent(services, audience, sending, entry):
        raise DomainError(ErrorCode.NOTHING_CHANGED, gettext("It says exactly that already."))
    await _require_goals(services, audience, sending.lane, clean)
    base = _current(document.said)
    said = Said(subject=entry, data=clean, base=base, reason=Reason(code="correction"))
    await _append(services, audience, sending, said)


async def end_joint(
    services: Services, audience: Audience, sending: Sending, entry: bytes, data: Over
) -> None:
    """Close an item of the agenda, take something off the plan, or tell how a review went.

    Raises:
        NothingHereError: There is no such entry in a lane of theirs.
        DomainError: As ``begin_joint``; ``nothing_changed``: it stands there already.
        SentBeforeError: ``duplicate``: the form wrote something else already.
        RefusedError: ``not_authorised``: the grant does not let them do that.
    """
    document = await _there(services, audience, sending.lane, entry, type_of(data).kind)
    stands = document.status.value == STATUS_BY_DATA[type(data)]
    if stands and not await _is_sent(services, audience, sending, entry):
        raise DomainError(ErrorCode.NOTHING_CHANGED, gettext("It stands there already."))
    clean = _clean(data)
    await _require_goals(services, audience, sending.lane, clean)
    said = Said(subject=entry, data=clean, base=_current(document.status))
    await _append(services, audience, sending, said)


async def answer_joint(
    services: Services, audience: Audience, sending: Sending, entry: bytes, data: Answered
) -> None:
    """Say whether the therapist agrees with an entry as it stands, and ring for it.

    Raises:
        NothingHereError: There is no such entry in a lane of theirs.
        DomainError: ``nothing_changed``: they said that already.
        SentBeforeError: ``duplicate``: the form wrote something else already.
        RefusedError: ``not_authorised``: the grant does not let them do that.
    """
    document = await _there(services, audience, sending.lane, entry, type_of(data).kind)
    earlier = [each for each in document.answers if each.by == audience.actor]
    stands = [(each.answer, each.is_outdated) for each in earlier] == [(data.answer, False)]
    if stands and not await _is_sent(services, audience, sending, entry):
        raise DomainError(ErrorCode.NOTHING_CHANGED, gettext("That is what you said already."))
    outcome: Field[Any] = getattr(document, "outcome", Field())
    base = (
        *_current(document.said),
        *_current(outcome),
        *(id_from_text(each.event) for each in earlier),
    )
    await _append(services, audience, sending, Said(subject=entry, data=data, base=base))


async def _append(services: Services, audience: Audience, sending: Sending, said: Said) -> None:
    verb = _VERBS[type_of(said.data).action]
    right = audience.right(verb, sending.lane)
    await append_said(services, audience.space, right, sending, said)


async def _is_sent(services: Services, audience: Audience, sending: Sending, entry: bytes) -> bool:
    """Say whether this very form was taken already; it is written once, and no mistake."""
    stem = forms.stem_of(audience.actor, sending.form)
    entries = await entries_there(services, audience, sending.lane, entry)
    return any(forms.is_of(each.id, stem) for each in entries)


async def _there(
    services: Services, audience: Audience, lane: Lane, entry: bytes, kind: Kind
) -> JointDocument[Any]:
    type_ = CARD_KINDS[kind].document
    document = await document_there(services, audience, lane, entry, kind, type_)
    return cast("JointDocument[Any]", document)


def _current(field: Field[Any]) -> tuple[bytes, ...]:
    return tuple(id_from_text(each.event) for each in field.values)


def _clean(data: Begun | Over) -> Any:  # noqa: ANN401  (the type that it was given)
    """Return what was said as it is kept: words without blanks around, none where there are none.

    Raises:
        DomainError: ``invalid_input``.
    """
    words: dict[str, str | None] = {}
    for name, said in _words(data):
        clean = clean_words(said)
        most = limits.TEXT_CHARS_MAX if name in _LONG else limits.TITLE_CHARS_MAX
        problem = too_long(gettext("What you write"), clean, most)
        if problem is not None:
            raise DomainError(ErrorCode.INVALID_INPUT, problem)
        words[name] = clean or None
    changed = msgspec.structs.replace(data, **cast("dict[str, Any]", words))
    try:
        return msgspec.convert(msgspec.to_builtins(changed), type(data))
    except msgspec.ValidationError:
        raise DomainError(
            ErrorCode.INVALID_INPUT,
            gettext("A field that is needed is empty, or a day is not a valid one."),
        ) from None


def _words(data: EventData) -> Iterator[tuple[str, str]]:
    for name in ("text", "often", "name", "phone", "address", "hours", "note"):
        said = getattr(data, name, None)
        if isinstance(said, str):
            yield name, said


async def _require_goals(
    services: Services, audience: Audience, lane: Lane, data: Begun | Over
) -> None:
    named = [getattr(data, "goal", None), *getattr(data, "goals", ())]
    named += [each.goal for each in data.decisions] if isinstance(data, ReviewHeld) else []
    for goal in named:
        if goal is not None and not await _shows(services, audience, lane, id_from_text(goal)):
            raise DomainError(
                ErrorCode.NOT_SHARED, gettext("A goal that is named is not shared with you there.")
            )


async def _shows(services: Services, audience: Audience, lane: Lane, goal: bytes) -> bool:
    try:
        document = await document_there(services, audience, lane, goal, "goal", GoalDocument)
    except NothingHereError:
        return False
    return is_shown(document)
