"""An audit as a table for spreadsheets."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final, cast

import msgspec

from trailmark_client.queries.audit import Audit, AuditedEvent
from trailmark_client.queries.export_records import BETWEEN, utc
from trailmark_client.queries.history import FieldChange
from trailmark_shared.exports.csv_rows import Cell, csv_row

COLUMNS: Final = (
    *("day", "happened", "recorded", "effective", "received", "late_by_ms"),
    *("by", "role", "on_behalf_of", "kind", "subject", "type", "what_happened", "label"),
    *("field", "from", "to", "reason", "reason_in_own_words"),
    *("agreed", "not_seen", "concurrent_with", "could_see", "saw"),
    *("device", "device_name", "clock_doubt", "lane", "event"),
)
"""Columns of the table: a row for each field that an event changed, one for others."""


def csv_pieces(audit: Audit) -> Iterator[bytes]:
    """Yield the table of an audit, its header first: CSV as RFC 4180 has it."""
    yield csv_row(COLUMNS)
    for event in audit.events:
        for change in event.changes or [None]:
            yield csv_row(_cells(event, change))


def _cells(event: AuditedEvent, change: FieldChange | None) -> tuple[Cell, ...]:
    field = None if change is None else change.field
    return (
        event.day,
        event.happened,
        utc(event.recorded_at),
        utc(event.effective_at),
        utc(event.received_at),
        event.late_by_ms,
        event.by,
        event.role,
        event.on_behalf_of,
        event.kind,
        event.subject,
        event.type,
        event.sentence,
        event.label,
        field,
        None if change is None else _cell(change.before),
        None if change is None else _cell(change.after),
        event.reason,
        event.reason_text,
        BETWEEN.join(f"{each.by}: {each.answer}" for each in event.said),
        BETWEEN.join(event.not_seen),
        "" if change is None else BETWEEN.join(change.concurrent_with),
        BETWEEN.join(event.could_see),
        BETWEEN.join(each.name for each in event.saw),
        event.device,
        event.device_name,
        event.clock_doubt,
        event.lane,
        event.event,
    )


def _cell(value: object) -> Cell:
    if isinstance(value, str | int | float | bool) or value is None:
        return value
    if isinstance(value, list | tuple):
        return BETWEEN.join(map(str, cast("Sequence[object]", value)))
    return msgspec.json.encode(value).decode()
