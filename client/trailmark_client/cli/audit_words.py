"""An audit as people read it, question by question, and as a table for spreadsheets."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Final, cast

import msgspec

from trailmark_client.cli.wording import (
    change_words,
    class_names,
    clock_words,
    field_words,
    gap_words,
    time_words,
    value_words,
)
from trailmark_client.queries.audit import Audit, AuditedEvent
from trailmark_client.queries.audit_lanes import ReaderLine
from trailmark_client.queries.audit_states import FieldDifference
from trailmark_client.queries.export_records import BETWEEN, utc
from trailmark_client.queries.history import FieldChange, GoalState
from trailmark_shared.exports.csv_rows import Cell, csv_row

QUESTIONS: Final[Mapping[int, str]] = {
    1: "Who changed it, as what, and on whose behalf?",
    2: "Which field?",
    3: "From what to what?",
    4: "When did it happen, when was it recorded, where, and when did it arrive?",
    5: "Why?",
    6: "Who agreed?",
    7: "Had the writer seen what stood there before?",
    8: "Who could see it then, and who did?",
    9: "Which consent allowed that?",
    10: "How did it stand, as known then and as known now?",
    11: "Is all of it there, and unaltered?",
    12: "What was erased?",
    13: "Whose clock was off?",
    14: "How often did the target move, and what was it reached against?",
}
"""The questions, by number."""

COLUMNS: Final = (
    *("day", "happened", "recorded", "effective", "received", "late_by_ms"),
    *("by", "role", "on_behalf_of", "kind", "subject", "type", "what_happened", "label"),
    *("field", "from", "to", "reason", "reason_in_own_words"),
    *("agreed", "not_seen", "concurrent_with", "could_see", "saw"),
    *("device", "device_name", "clock_doubt", "lane", "event"),
)
"""Columns of the table: a row for each field that an event changed, one for others."""

_Lines = Callable[[Audit, str], Iterator[str]]


def audit_lines(audit: Audit, zone: str, questions: Iterable[int]) -> Iterator[str]:
    """Yield an audit in words.

    Args:
        audit: The audit.
        zone: IANA name of the zone in which times read.
        questions: Which questions, by number.
    """
    yield audit.title or "This goal was erased."
    for number in questions:
        yield ""
        yield f"{number}. {QUESTIONS[number]}"
        yield from (f"   {line}" for line in _ANSWERS[number](audit, zone))


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


def _head(event: AuditedEvent) -> str:
    label = f" [{event.label}]" if event.label else ""
    return f"{event.day} {clock_words(event.happened)}  {event.by} {event.sentence}{label}"


def _told(
    audit: Audit, of_event: Callable[[AuditedEvent], Iterable[str]], nothing: str
) -> Iterator[str]:
    """Yield each event with what is to be said of it; events of which nothing is are left out."""
    found = [(event, list(of_event(event))) for event in audit.events]
    if not any(lines for _, lines in found):
        yield nothing
    for event, lines in found:
        if lines:
            yield _head(event)
            yield from (f"  {line}" for line in lines)


def _who(audit: Audit, _zone: str) -> Iterator[str]:
    def of(event: AuditedEvent) -> Iterator[str]:
        behalf = f", as {event.on_behalf_of} proposed" if event.on_behalf_of else ""
        yield f"{event.by} ({event.role}){behalf}"

    return _told(audit, of, "Nobody; nothing of it is here.")


def _which(audit: Audit, _zone: str) -> Iterator[str]:
    def of(event: AuditedEvent) -> Iterator[str]:
        if event.changes:
            yield ", ".join(field_words(each.field) for each in event.changes)

    return _told(audit, of, "No field was set.")


def _what(audit: Audit, _zone: str) -> Iterator[str]:
    def of(event: AuditedEvent) -> Iterator[str]:
        return (change_words(each.field, each.before, each.after) for each in event.changes)

    return _told(audit, of, "No field was set.")


def _when(audit: Audit, zone: str) -> Iterator[str]:
    def of(event: AuditedEvent) -> Iterator[str]:
        name = event.device_name or f"device {event.device[:6]}"
        yield f"happened {event.happened}"
        yield f"recorded {time_words(event.recorded_at, zone)} on {name}"
        if event.received_at is None:
            yield "not on a server"
        else:
            gap = gap_words(event.late_by_ms or 0)
            yield f"reached the server {time_words(event.received_at, zone)} ({gap})"

    return _told(audit, of, "Nothing of it is here.")


def _why(audit: Audit, _zone: str) -> Iterator[str]:
    def of(event: AuditedEvent) -> Iterator[str]:
        if event.reason is not None:
            yield event.reason + (f": {event.reason_text}" if event.reason_text else "")

    return _told(audit, of, "No reason was asked for.")


def _agreed(audit: Audit, _zone: str) -> Iterator[str]:
    def of(event: AuditedEvent) -> Iterator[str]:
        yield from (f"{each.by}: {each.answer}" for each in event.said)
        if event.proposal is not None:
            yield f"belongs to proposal {event.proposal[:8]}"

    return _told(audit, of, "Nobody was asked.")


def _seen_before(audit: Audit, _zone: str) -> Iterator[str]:
    heads = {each.event: _head(each) for each in audit.events}

    def of(event: AuditedEvent) -> Iterator[str]:
        for each in event.not_seen:
            yield f"had not seen: {heads.get(each, each)}"
        if event.concurrent:
            yield "changed on both sides apart; both are kept"

    return _told(audit, of, "Yes, always.")


def _visible(audit: Audit, zone: str) -> Iterator[str]:
    def of(event: AuditedEvent) -> Iterator[str]:
        if event.could_see:
            yield f"could see it: {', '.join(event.could_see)}"
        for each in event.saw:
            yield f"{each.name} opened a page {time_words(each.at, zone)}"

    yield from _told(audit, of, "Nobody but you.")
    if audit.looks_asked_at is None:
        yield "The server was not asked yet who looked: trailmark access log"


def _consents(audit: Audit, zone: str) -> Iterator[str]:
    if not audit.readers:
        yield "Nobody was let in."
    for reader in audit.readers:
        yield from _consent(reader, zone)


def _consent(reader: ReaderLine, zone: str) -> Iterator[str]:
    begins = "not sent yet" if reader.begins is None else time_words(reader.begins, zone)
    until = f", until {reader.until}" if reader.until else ""
    ends = f", ended {time_words(reader.ends, zone)}" if reader.ends is not None else ""
    yield f"{reader.name} ({reader.role}): {begins}{until}{ends}"
    yield f"  {', '.join(class_names(reader.classes)) or 'single things that you send'}"
    yield f"  words: version {reader.consent_version}, SHA-256 {reader.consent_sha256}"
    if reader.consent_text is None:
        yield "  this program does not have those words"
    else:
        yield from (f"  | {line}" for line in reader.consent_text.splitlines())


def _instants(audit: Audit, zone: str) -> Iterator[str]:
    instant = audit.instant
    yield f"{time_words(instant.at, zone)}, as the server knew it then:"
    yield from _state_lines(instant.as_known_then)
    for seen in instant.as_seen_then:
        who = ", ".join(seen.seen_by) or "nobody who is let in"
        yield f"As {who} could see it then:"
        yield from _state_lines(seen.state)
    yield "As it is known now:"
    yield from _state_lines(instant.as_known_now)
    if audit.between is not None:
        since, upto = time_words(audit.between.since, zone), time_words(audit.between.upto, zone)
        yield f"From {since} to {upto}, as known then:"
        yield from _difference_lines(audit.between.as_known_then)
        yield "As known now:"
        yield from _difference_lines(audit.between.as_known_now)


def _state_lines(state: GoalState | None) -> Iterator[str]:
    if state is None:
        yield "  nothing of it was there"
        return
    for name, value in state.fields.items():
        yield f"  {change_words(name, None, value)}"


def _difference_lines(found: Sequence[FieldDifference]) -> Iterator[str]:
    if not found:
        yield "  nothing differs"
    for each in found:
        yield (
            f"  {field_words(each.field)}: {value_words(each.field, each.before)}"
            f" -> {value_words(each.field, each.after)}"
        )


def _whole(audit: Audit, _zone: str) -> Iterator[str]:
    for chain in audit.chains:
        yield f"{chain.lane}: {'all of it fits' if chain.intact else 'something does not fit'}"
        yield from (f"  {flaw} does not verify" for flaw in chain.flaws)
        for each in chain.numberings:
            yield (
                f"  device {each.device[:6]}: entries up to {each.last}, "
                f"{each.unconfirmed} not confirmed, {each.without_words} without words"
            )
            yield from (f"    {low} to {high} are not here yet" for low, high in each.missing)


def _erased(audit: Audit, zone: str) -> Iterator[str]:
    if not audit.erasures:
        yield "Nothing."
    for each in audit.erasures:
        whose = "of this goal" if each.of_goal else "in the same lane"
        yield f"{time_words(each.at, zone)}  {each.by} erased {each.events} entries {whose}"


def _clocks(audit: Audit, _zone: str) -> Iterator[str]:
    if not audit.clocks:
        yield "Nobody's."
    for each in audit.clocks:
        side = "behind" if each.offset > 0 else "ahead of"
        yield (
            f"device {each.device[:6]} was {gap_words(abs(each.offset))} {side} the server "
            f"({each.events} entries); its times stand as they were written"
        )


def _target(audit: Audit, _zone: str) -> Iterator[str]:
    heads = {each.event: _head(each) for each in audit.events}
    story = audit.target
    yield f"At first: {value_words('target', story.original)}"
    yield f"It moved {story.moved} time{'' if story.moved == 1 else 's'}."
    yield from (f"  {heads.get(each, each)}" for each in story.moves)
    for each in story.completions:
        against = f"against the {each.against} target" if each.against else "without a target"
        yield f"{heads.get(each.event, each.event)}: {against}"


_ANSWERS: Final[Mapping[int, _Lines]] = {
    1: _who,
    2: _which,
    3: _what,
    4: _when,
    5: _why,
    6: _agreed,
    7: _seen_before,
    8: _visible,
    9: _consents,
    10: _instants,
    11: _whole,
    12: _erased,
    13: _clocks,
    14: _target,
}
