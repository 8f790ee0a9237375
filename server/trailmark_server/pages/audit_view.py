"""The audit of a goal as its page shows it: pure functions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

import msgspec

from trailmark_server.members.auditing import AuditedEvent, GoalAudit
from trailmark_server.members.dates import (
    late_words,
    moment_words,
    short_day,
    time_of,
    zone_of,
)
from trailmark_server.pages.goal_view import field_label, field_value
from trailmark_server.pages.proposal_view import reason_words
from trailmark_shared.domain.proposals import Acceptance
from trailmark_shared.domain.statuses import ACHIEVEMENT_WORDS, Achievement
from trailmark_shared.projections.audit import ClockDoubt, Completion, Difference
from trailmark_shared.projections.goal import GoalDocument
from trailmark_shared.projections.readers import Reading
from trailmark_shared.projections.sentences import target_words
from trailmark_shared.words import capital, gettext, listed, marked, ngettext

QUESTIONS: Final = (
    (1, "changes", marked("Who changed it, as what, and on whose behalf?")),
    (2, "changes", marked("Which field?")),
    (3, "changes", marked("From what to what?")),
    (4, "changes", marked("When did it happen, when was it recorded, and when did it arrive?")),
    (5, "changes", marked("Why?")),
    (6, "changes", marked("Who agreed?")),
    (7, "changes", marked("Had the writer seen what stood there before?")),
    (8, "changes", marked("Who could see it then, and who did?")),
    (9, "consents", marked("Which consent allowed that?")),
    (10, "instant", marked("How did it stand, as known then and as known now?")),
    (11, "whole", marked("Is all of it there, and unaltered?")),
    (12, "erased", marked("What was erased?")),
    (13, "clocks", marked("Whose clock was off?")),
    (14, "target-moves", marked("How often did the target move, and what was it reached against?")),
)
"""The questions: number, where on the page the answer stands, and how they read."""

_ROLES: Final[Mapping[str, str]] = {
    "person": marked("the person"),
    "member": marked("therapist"),
    "supporter": marked("supporter"),
}
_SAID: Final[Mapping[Acceptance, str]] = {
    "agree": marked("{name} agreed"),
    "disagree": marked("{name} did not agree"),
    "pending": marked("{name} asked for time"),
}
_LABELS: Final[Mapping[str, str]] = {
    "late entry": marked("late entry"),
    "addendum": marked("addendum"),
    "amendment": marked("amendment"),
    "correction": marked("correction"),
}
_MINUTE_MS: Final = 60_000


class ChangeRow(msgspec.Struct, frozen=True, kw_only=True):
    """One event in the table of changes.

    Attributes:
        id: Id of the event.
        happened: When it happened.
        recorded: When it was recorded, on which device.
        arrived: When it reached the server.
        late: How long it waited in between, or ``None``.
        who: Who, as what, and on whose behalf.
        sentence: What happened.
        fields: From what to what: label, before, after.
        why: Why.
        agreed: Who agreed to the goal as it left it.
        not_seen: What its writer had not seen: ids and words of those events.
        apart: Another device changed the same while apart.
        could_see: Who could see it when it arrived.
        seen: When the reader is first known to have opened a page since, in words.
    """

    id: str
    happened: str
    recorded: str
    arrived: str
    late: str | None
    who: str
    sentence: str
    fields: Sequence[tuple[str, str, str]]
    why: str
    agreed: str
    not_seen: Sequence[tuple[str, str]]
    apart: bool
    could_see: str
    seen: str


class ConsentRow(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody who was let in: who, from when to when, and the words agreed to."""

    who: str
    time: str
    classes: Sequence[str]
    version: str
    words: str


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """Which changes are asked for, as an address says it; all of them where it says nothing.

    Attributes:
        who: Only those of this actor.
        field: Only those of this field.
        since: Only those that happened on this day or later.
        until: Only those that happened on this day or earlier.
    """

    who: str = ""
    field: str = ""
    since: str = ""
    until: str = ""


def asked_events(events: Iterable[AuditedEvent], asked: Asked) -> list[AuditedEvent]:
    """Return the events that are asked for."""
    return [
        each
        for each in events
        if (not asked.who or each.first.actor == asked.who)
        and (not asked.field or asked.field in {change.field for change in each.changes})
        and (not asked.since or each.first.day >= asked.since)
        and (not asked.until or each.first.day <= asked.until)
    ]


def change_rows(
    events: Sequence[AuditedEvent], every: Iterable[AuditedEvent], names: Mapping[str, str]
) -> list[ChangeRow]:
    """Return the table of changes, the latest first.

    Args:
        events: Those that are shown.
        every: All of them, which others may point to.
        names: Name of each actor.
    """
    heads = {each.first.event: _head(each, names) for each in every}
    return [_change_row(each, heads, names) for each in reversed(events)]


def _head(event: AuditedEvent, names: Mapping[str, str]) -> str:
    first = event.first
    who = names.get(first.actor, first.actor)
    return f"{short_day(first.day)}, {time_of(first.occurred_at)}: {who} {first.sentence}"


def _change_row(
    event: AuditedEvent, heads: Mapping[str, str], names: Mapping[str, str]
) -> ChangeRow:
    first = event.first
    zone = zone_of(first.occurred_at)
    arrived = first.received_at
    return ChangeRow(
        id=first.event,
        happened=f"{short_day(first.day)}, {time_of(first.occurred_at)}",
        recorded=_recorded(event),
        arrived="" if arrived is None else moment_words(arrived, zone),
        late=None if arrived is None else late_words(first.effective_at, arrived),
        who=who_words(event.first.actor, event.proposed_by, names),
        sentence=capital(first.sentence),
        fields=[
            (
                field_label(str(each.field)),
                field_value(str(each.field), each.before),
                field_value(str(each.field), each.after) or gettext("nothing"),
            )
            for each in event.changes
            if each.field is not None
        ],
        why=reason_words(first.reason),
        agreed=listed(
            [
                gettext(_SAID[each.answer]).format(name=names.get(each.by, each.by))
                for each in event.said
            ]
        ),
        not_seen=[(each, heads.get(each, each)) for each in event.not_seen],
        apart=any(each.concurrent_with for each in event.changes),
        could_see=listed([each.name for each in event.could_see]),
        seen="" if event.seen_at is None else moment_words(event.seen_at, zone),
    )


def _recorded(event: AuditedEvent) -> str:
    first = event.first
    words = moment_words(first.effective_at, zone_of(first.occurred_at))
    notes = [gettext("device {id}").format(id=first.device[:6])]
    if first.label is not None:
        notes.append(gettext(_LABELS[first.label]))
    if first.clock_doubt:
        notes.append(gettext("its clock was wrong; this is set right"))
    return f"{words} ({'; '.join(notes)})"


def who_words(actor: str, proposed_by: str | None, names: Mapping[str, str]) -> str:
    """Return who changed something, as what, and at whose proposal.

    Args:
        actor: Who did.
        proposed_by: Who had proposed it, if anybody did.
        names: Name of each actor, as the reader knows them.
    """
    name, role = names.get(actor, actor), gettext(_ROLES.get(actor.partition("/")[0], actor))
    is_unnamed = name.casefold() == role.casefold()
    who = name if is_unnamed else gettext("{name}, {role}").format(name=name, role=role)
    if proposed_by is None:
        return who
    proposer = names.get(proposed_by, proposed_by)
    if proposer == gettext("You"):
        return gettext("{who}, as you had proposed").format(who=who)
    return gettext("{who}, as {proposer} had proposed").format(who=who, proposer=proposer)


def consent_rows(among: Iterable[Reading], class_names: Mapping[str, str]) -> list[ConsentRow]:
    """Return who was let in, the first one in front.

    Args:
        among: Grants.
        class_names: What each class of data is called.
    """
    return [_consent(each, class_names) for each in among]


def _consent(reading: Reading, class_names: Mapping[str, str]) -> ConsentRow:
    begins = "" if reading.begins is None else moment_words(reading.begins)
    if reading.ends is not None:
        time = gettext("from {begins} to {ends} (UTC)").format(
            begins=begins, ends=moment_words(reading.ends)
        )
    elif reading.until is not None:
        time = gettext("from {begins} (UTC) until {day}").format(
            begins=begins, day=short_day(reading.until)
        )
    else:
        time = gettext("since {begins} (UTC)").format(begins=begins)
    consent = reading.granted.consent
    return ConsentRow(
        who=reading.name,
        time=time,
        classes=[class_names.get(each, each) for each in reading.granted.classes],
        version=gettext("version {number}, SHA-256 {hash}").format(
            number=consent.version, hash=consent.sha256
        ),
        words=reading.words or "",
    )


def difference_rows(found: Iterable[Difference]) -> list[tuple[str, str, str]]:
    """Return what stands otherwise: label, before, after."""
    return [
        (
            field_label(each.field),
            field_value(each.field, each.before) or gettext("nothing"),
            field_value(each.field, each.after) or gettext("nothing"),
        )
        for each in found
    ]


def state_rows(document: GoalDocument | None, names: Sequence[str]) -> list[tuple[str, str]]:
    """Return the fields of a goal that have a value: label and value."""
    if document is None:
        return []
    values = [(name, getattr(document, name).value) for name in names]
    return [
        (field_label(name), field_value(name, value)) for name, value in values if value is not None
    ]


def clock_words(doubt: ClockDoubt) -> str:
    """Return how far a device's clock was off, as a sentence."""
    minutes = max(abs(doubt.offset) // _MINUTE_MS, 1)
    gap = ngettext("{n} minute", "{n} minutes", minutes).format(n=minutes)
    said = (
        gettext("Device {id} was {gap} behind the server; its times stand as they were written.")
        if doubt.offset > 0
        else gettext(
            "Device {id} was {gap} ahead of the server; its times stand as they were written."
        )
    )
    return said.format(id=doubt.device[:6], gap=gap)


def completion_words(completion: Completion) -> str:
    """Return what a goal was called reached against, as a sentence."""
    codes: dict[str, Achievement] = {each: each for each in ACHIEVEMENT_WORDS}
    code = codes.get(completion.achievement)
    called = completion.achievement if code is None else ACHIEVEMENT_WORDS[code]
    if completion.target is None:
        return gettext("Called “{called}”, without a target.").format(called=called)
    said = (
        gettext("Called “{called}” against the first target: {target}.")
        if completion.against == "original"
        else gettext("Called “{called}” against a target that had moved: {target}.")
    )
    return said.format(called=called, target=target_words(completion.target))


def writers_of(audit: GoalAudit, names: Mapping[str, str]) -> dict[str, str]:
    """Return who wrote something: name by actor."""
    return {
        each.first.actor: names.get(each.first.actor, each.first.actor) for each in audit.events
    }


def fields_of_audit(audit: GoalAudit) -> dict[str, str]:
    """Return which fields changed: what people call them, by name."""
    found = (change.field for each in audit.events for change in each.changes)
    return {name: field_label(name) for name in dict.fromkeys(found) if name is not None}
