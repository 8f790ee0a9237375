"""What each side says of a goal as it stands: whether they agree, and how members see it go.

Each side's word is a single-valued field of its own: its current values are those of its events
that no later one of the same side names in ``base``. Usually that is one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

import msgspec

from trailmark_shared.domain.conflicts import Setter, current_values
from trailmark_shared.domain.proposals import AGREED_FIELDS, Acceptance
from trailmark_shared.domain.statuses import Achievement
from trailmark_shared.events.agreements import AgreementRecorded, GoalAssessedByMember
from trailmark_shared.events.body import Reason
from trailmark_shared.events.data import EventData
from trailmark_shared.ids import text_from_id
from trailmark_shared.projections.entries import Entry
from trailmark_shared.projections.fields import Reader, setters_by_field

DataT = TypeVar("DataT", bound=EventData)

Setters = Mapping[str, Sequence[Setter[Any]]]
"""Field to all its setters."""


class Agreement(msgspec.Struct, frozen=True, kw_only=True):
    """What one side says to the goal as it stood for them.

    Attributes:
        event: The ``agreement_recorded``.
        by: Who said it.
        answer: What they said.
        changed_since: Fields that have another value now than the one they had seen.
        reason: Why, where they said so.
        day: The local date meant.
        effective_at: When, milliseconds UTC.
        received_at: When the server had it, or ``None`` while unconfirmed.
    """

    event: str
    by: str
    answer: Acceptance
    changed_since: tuple[str, ...]
    reason: Reason | None
    day: str
    effective_at: int
    received_at: int | None


class Assessment(msgspec.Struct, frozen=True, kw_only=True):
    """How it goes in a member's view; it stands beside the person's word, never in its place.

    Attributes:
        event: The ``goal_assessed_by_member``.
        by: Who said it.
        achievement: How it goes.
        note: Their words for the person, or ``None``.
        day: The local date meant.
        effective_at: When, milliseconds UTC.
        received_at: When the server had it, or ``None`` while unconfirmed.
    """

    event: str
    by: str
    achievement: Achievement
    note: str | None
    day: str
    effective_at: int
    received_at: int | None


def agreements_of(entries: Sequence[Entry], read: Reader) -> tuple[Agreement, ...]:
    """Return what each side says to a goal, by side.

    Args:
        entries: All entries of one goal, in lane order.
        read: What one of them sets.
    """
    said = current_by_side(entries, AgreementRecorded)
    setters = setters_by_field(entries, read) if said else {}
    return tuple(
        Agreement(
            event=text_from_id(entry.id),
            by=entry.actor,
            answer=data.answer,
            changed_since=changed_since(entry.body.base, setters),
            reason=entry.body.reason,
            day=entry.body.day,
            effective_at=entry.effective_at,
            received_at=entry.received_at,
        )
        for entry, data in said
    )


def assessments_of(entries: Sequence[Entry]) -> tuple[Assessment, ...]:
    """Return how members see a goal go, by member; who took it back has none."""
    return tuple(
        Assessment(
            event=text_from_id(entry.id),
            by=entry.actor,
            achievement=data.achievement,
            note=data.note,
            day=entry.body.day,
            effective_at=entry.effective_at,
            received_at=entry.received_at,
        )
        for entry, data in current_by_side(entries, GoalAssessedByMember)
        if data.achievement is not None
    )


def changed_since(seen: Sequence[bytes], setters: Setters) -> tuple[str, ...]:
    """Return the fields people agree on that stand otherwise than where ``seen`` was current.

    A field that was set again to the value that had been seen has not changed.

    Args:
        seen: Ids of the events whose values were seen.
        setters: Setters of the goal's fields.
    """
    changed: list[str] = []
    for name in AGREED_FIELDS:
        known = setters.get(name, ())
        before = [each.value for each in known if each.event in seen] or [None]
        if any(each.value not in before for each in current_values(known)):
            changed.append(name)
    return tuple(changed)


def current_by_side(entries: Sequence[Entry], kind: type[DataT]) -> list[tuple[Entry, DataT]]:
    """Return the events of one type that no later one of the same side names, by side.

    Args:
        entries: All entries of one subject, in lane order.
        kind: The type of their data.
    """
    by_side: dict[str, list[Entry]] = {}
    for entry in entries:
        if isinstance(entry.body.data, kind):
            by_side.setdefault(entry.actor, []).append(entry)
    found: list[tuple[Entry, DataT]] = []
    for _, said in sorted(by_side.items()):
        for each in current_values([_setter(entry) for entry in said]):
            assert isinstance(each.value.body.data, kind)
            found.append((each.value, each.value.body.data))
    return found


def _setter(entry: Entry) -> Setter[Entry]:
    return Setter(
        event=entry.id,
        base=entry.body.base,
        effective_at=entry.effective_at,
        device=entry.device,
        value=entry,
    )
