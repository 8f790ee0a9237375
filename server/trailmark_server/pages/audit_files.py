"""The audit of a goal as files: a table for spreadsheets, and a bundle for a clinic's system."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

import msgspec

from trailmark_server.members.auditing import AuditedEvent, GoalAudit
from trailmark_server.pages.goal_view import field_value
from trailmark_shared.exports import fhir, fhir_history
from trailmark_shared.exports.csv_rows import Cell, csv_row
from trailmark_shared.exports.fhir_values import Resource, instant
from trailmark_shared.projections.goal import fold_goal
from trailmark_shared.projections.history import Change

COLUMNS: Final = (
    *("day", "happened", "recorded", "effective", "received", "late_by_ms"),
    *("by", "role", "on_behalf_of", "kind", "subject", "type", "what_happened", "label"),
    *("field", "from", "to", "reason", "reason_in_own_words"),
    *("agreed", "not_seen", "concurrent_with", "could_see"),
    *("device", "clock_doubt", "event"),
)
"""Columns of the table: a row for each field that an event changed, one for others."""

_BETWEEN: Final = "; "


def csv_pieces(audit: GoalAudit, names: Mapping[str, str]) -> Iterator[bytes]:
    """Yield the table of an audit, its header first: CSV as RFC 4180 has it.

    Args:
        audit: The audit.
        names: Name of each actor.
    """
    yield csv_row(COLUMNS)
    for event in audit.events:
        for change in event.changes:
            yield csv_row(_cells(event, change, names))


def _cells(event: AuditedEvent, change: Change, names: Mapping[str, str]) -> tuple[Cell, ...]:
    proposer = event.proposed_by
    return (
        change.day,
        change.occurred_at,
        instant(change.recorded_at),
        instant(change.effective_at),
        None if change.received_at is None else instant(change.received_at),
        change.late_by_ms,
        names.get(change.actor, change.actor),
        change.actor.partition("/")[0],
        None if proposer is None else names.get(proposer, proposer),
        event.kind,
        change.subject,
        change.type,
        change.sentence,
        change.label,
        change.field,
        _value(change.field, change.before),
        _value(change.field, change.after),
        None if change.reason is None else change.reason.code,
        None if change.reason is None else change.reason.text,
        _BETWEEN.join(f"{names.get(each.by, each.by)}: {each.answer}" for each in event.said),
        _BETWEEN.join(event.not_seen),
        _BETWEEN.join(change.concurrent_with),
        _BETWEEN.join(each.name for each in event.could_see),
        change.device,
        change.clock_doubt,
        change.event,
    )


def _value(field: str | None, value: Any) -> Cell:  # noqa: ANN401  (as the field has it)
    return None if field is None or value is None else field_value(field, value)


def fhir_bundle(audit: GoalAudit, goal: str, space: str, made_at: int) -> bytes:
    """Return a goal with who wrote what when and by which consents, as a FHIR R4 bundle.

    Args:
        audit: The audit.
        goal: Id of the goal.
        space: Id of the person.
        made_at: Now, milliseconds UTC.
    """
    document, started = fold_goal(audit.entries), audit.entries[0].body.day
    members = {each.member: each for each in audit.readings}.values()
    resources: list[Resource] = [
        fhir.person(space),
        *(fhir.member(each, space) for each in members),
        fhir.goal(goal, document, space, started),
        *(fhir_history.consent(each, space, made_at) for each in audit.readings),
        *(
            fhir_history.provenance(list(each.changes), space)
            for each in audit.events
            if each.kind == "goal"
        ),
    ]
    bundle = {
        "resourceType": "Bundle",
        "type": "collection",
        "timestamp": instant(made_at),
        "entry": [fhir.entry(each) for each in resources],
    }
    return msgspec.json.format(msgspec.json.encode(bundle), indent=1) + b"\n"
