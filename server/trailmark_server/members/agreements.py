"""What therapists say of a goal as it stands: whether they agree, and how it goes in their view.

Both stand beside the person's own word and change nothing of the goal.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from trailmark_server import forms
from trailmark_server.access import Verb
from trailmark_server.members.audience import Audience
from trailmark_server.members.documents import document_there
from trailmark_server.members.writing import (
    Said,
    Sending,
    SentBeforeError,
    append_said,
    clean_reason,
    entries_there,
    seen_there,
    too_long,
)
from trailmark_server.services import Services
from trailmark_shared import limits
from trailmark_shared.domain.proposals import Acceptance
from trailmark_shared.domain.statuses import Achievement
from trailmark_shared.domain.typed_words import clean_words
from trailmark_shared.errors import DomainError, ErrorCode
from trailmark_shared.events.agreements import AgreementRecorded, GoalAssessedByMember
from trailmark_shared.events.body import Reason
from trailmark_shared.events.data import EventData
from trailmark_shared.ids import id_from_text
from trailmark_shared.projections.goal import GoalDocument, is_shown
from trailmark_shared.words import gettext


class NewAgreement(msgspec.Struct, frozen=True, kw_only=True):
    """An agreement to be.

    Attributes:
        sending: Id of its form, and lane.
        goal: The goal, as text.
        answer: What the therapist says to it.
        seen: What the form was drawn from, from ``proposals.seen_of``.
        reason: Why, if they like.
    """

    sending: Sending
    goal: str
    answer: Acceptance
    seen: Sequence[str]
    reason: Reason | None = None


class NewAssessment(msgspec.Struct, frozen=True, kw_only=True):
    """A therapist's view of how a goal goes, to be.

    Attributes:
        sending: Id of its form, and lane.
        goal: The goal, as text.
        achievement: How it goes; ``None`` takes an earlier view back.
        note: Words for the person to read; empty for none.
        seen: What the form was drawn from, from ``proposals.seen_of``.
    """

    sending: Sending
    goal: str
    achievement: Achievement | None
    note: str = ""
    seen: Sequence[str]


async def agree(services: Services, audience: Audience, agreement: NewAgreement) -> None:
    """Record whether the therapist agrees with a goal as it was drawn, and ring for it.

    Raises:
        NothingHereError: The lane is not the therapist's, or has no such goal.
        EventDataError: ``malformed_id``: something named is no id.
        DomainError: ``invalid_input``: the form was not drawn from what stands there, or too many
            words; ``not_shared``: the goal is shared no longer.
        SentBeforeError: ``duplicate``: the form wrote something else already.
        RefusedError: ``not_authorised``: the grant lets them look only.
    """
    reason = None if agreement.reason is None else clean_reason(agreement.reason)
    data = AgreementRecorded(answer=agreement.answer)
    await _say(services, audience, agreement, data, reason)


async def assess(services: Services, audience: Audience, assessment: NewAssessment) -> None:
    """Record how a goal goes in the therapist's view, and ring for it.

    Raises:
        NothingHereError: The lane is not the therapist's, or has no such goal.
        EventDataError: ``malformed_id``: something named is no id.
        DomainError: ``invalid_input``: the form was not drawn from what stands there, or too many
            words; ``not_shared``: the goal is shared no longer.
        SentBeforeError: ``duplicate``: the form wrote something else already.
        RefusedError: ``not_authorised``: the grant lets them look only.
    """
    note = clean_words(assessment.note)
    problem = too_long(gettext("A note"), note, limits.TEXT_CHARS_MAX)
    if problem is not None:
        raise DomainError(ErrorCode.INVALID_INPUT, problem)
    data = GoalAssessedByMember(achievement=assessment.achievement, note=note or None)
    await _say(services, audience, assessment, data)


async def _say(
    services: Services,
    audience: Audience,
    sent: NewAgreement | NewAssessment,
    data: EventData,
    reason: Reason | None = None,
) -> None:
    sending, goal = sent.sending, id_from_text(sent.goal)
    document = await document_there(services, audience, sending.lane, goal, "goal", GoalDocument)
    entries = await entries_there(services, audience, sending.lane, goal)
    stem = forms.stem_of(audience.actor, sending.form)
    made = next((each.body for each in entries if forms.is_of(each.id, stem)), None)
    if made is not None:
        if (made.data, made.reason) != (data, reason):
            raise SentBeforeError
        return
    if not is_shown(document):
        raise DomainError(
            ErrorCode.NOT_SHARED,
            gettext("They no longer share this goal with you; nothing was sent."),
        )
    said = Said(subject=goal, data=data, reason=reason, base=seen_there(sent.seen, entries))
    right = audience.right(Verb.COMMENT, sending.lane)
    await append_said(services, audience.space, right, sending, said)
