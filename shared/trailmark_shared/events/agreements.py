"""Data of what each side says of a goal as it stands: whether they agree, how it goes.

They stand beside the goal and change nothing of it.
"""

from __future__ import annotations

from trailmark_shared.domain.proposals import Acceptance
from trailmark_shared.domain.statuses import Achievement
from trailmark_shared.events.data import EventData, Text


class AgreementRecorded(EventData, frozen=True, kw_only=True, omit_defaults=True):
    """Somebody said whether they agree with the goal as ``base`` says that it stood.

    Attributes:
        answer: What they said.
    """

    answer: Acceptance


class GoalAssessedByMember(EventData, frozen=True, kw_only=True, omit_defaults=True):
    """A member said how it goes in their view, beside the person's own word.

    Attributes:
        achievement: How it goes; ``None`` takes an earlier view back.
        note: Words for the person to read.
    """

    achievement: Achievement | None = None
    note: Text | None = None
