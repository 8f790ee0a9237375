"""What each side says of a goal as it stands, as answers show it."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from trailmark_client.queries.readable import actor_name, plain_field
from trailmark_shared.projections.goal import GoalDocument


class AgreementLine(msgspec.Struct, frozen=True, kw_only=True):
    """Whether one side agrees with a goal.

    Attributes:
        by: Who said it.
        answer: ``agree``, ``disagree`` or ``pending``.
        changed_since: Fields that stand otherwise now than they did for them.
        reason: Code of the reason, or null.
        reason_text: Their words for it, or null.
        day: The local date.
        event: Id of the event that said it.
    """

    by: str
    answer: str
    changed_since: list[str]
    reason: str | None
    reason_text: str | None
    day: str
    event: str


class AssessmentLine(msgspec.Struct, frozen=True, kw_only=True):
    """How a goal goes in a member's view, beside your own word.

    Attributes:
        by: Who said it.
        achievement: How it goes, a code.
        note: Their words for you, or null.
        day: The local date.
        event: Id of the event that said it.
    """

    by: str
    achievement: str
    note: str | None
    day: str
    event: str


def agreement_lines(document: GoalDocument, names: Mapping[str, str]) -> list[AgreementLine]:
    """Return what each side says to a goal; one side has several where two devices said it apart.

    Args:
        document: The goal.
        names: Name of each member, by actor.
    """
    return [
        AgreementLine(
            by=actor_name(each.by, names),
            answer=each.answer,
            changed_since=[plain_field(name) or name for name in each.changed_since],
            reason=None if each.reason is None else each.reason.code,
            reason_text=None if each.reason is None else each.reason.text,
            day=each.day,
            event=each.event,
        )
        for each in document.agreements
    ]


def assessment_lines(document: GoalDocument, names: Mapping[str, str]) -> list[AssessmentLine]:
    """Return how members see a goal go.

    Args:
        document: The goal.
        names: Name of each member, by actor.
    """
    return [
        AssessmentLine(
            by=actor_name(each.by, names),
            achievement=each.achievement,
            note=each.note,
            day=each.day,
            event=each.event,
        )
        for each in document.assessments
    ]
