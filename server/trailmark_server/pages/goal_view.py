"""A goal's document and history as its page shows them: pure functions."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import timezone
from typing import Any, Final

from trailmark_server.members.dates import (
    late_words,
    moment_words,
    short_day,
    time_of,
    zone_of,
)
from trailmark_server.pages.views import FieldChange, HistoryRow, Step
from trailmark_shared.domain.reasons import reason_clause
from trailmark_shared.projections.goal import GoalDocument
from trailmark_shared.projections.history import LABEL_WORDS, Change
from trailmark_shared.projections.step import StepDocument
from trailmark_shared.projections.words import NOUNS, VERBS
from trailmark_shared.views.goal import (
    FIELDS,
    GoalField,
    Words,
    goal_fields,
    goal_notice,
    goal_steps,
)
from trailmark_shared.words import capital, gettext, marked

_STEP_WORDS: Final[Mapping[str, str]] = {
    "open": marked("Open"),
    "reached": marked("Reached"),
    "dropped": marked("Let go"),
}

_ANSWER_WORDS: Final[Mapping[str, str]] = {
    "accepted": marked("Accepted"),
    "declined": marked("Declined"),
}


def _answer_words(answer: str) -> str:
    return gettext(_ANSWER_WORDS.get(answer, answer))


def _status_words(status: str) -> str:
    return gettext(_STEP_WORDS.get(status, status))


_GAP: Final = "\0"
"""No words have it."""

_WORDS_BY_FIELD: Final[Mapping[str, tuple[str, Words]]] = {
    **{name: (label, words) for name, label, words in FIELDS},
    "text": (marked("The step"), str),
    "status": (marked("Where the step stands"), _status_words),
    "answer": (marked("Their answer"), _answer_words),
    "replaced_by": (marked("In its place now"), lambda _: gettext("another goal")),
}


def field_label(name: str) -> str:
    """Return what people call a field of a goal or a step."""
    if name in _WORDS_BY_FIELD:
        return gettext(_WORDS_BY_FIELD[name][0])
    return capital(NOUNS.get(name, name.replace("_", " ")))


def field_value(name: str, value: Any) -> str:  # noqa: ANN401  (as the field has it)
    """Return how a field's value reads; empty for nothing."""
    if value is None:
        return ""
    return _WORDS_BY_FIELD.get(name, ("", str))[1](value)


def fields_of_goal(document: GoalDocument, actors: Mapping[str, str]) -> list[GoalField]:
    """Return what is known about a goal; a conflict shows all its values side by side.

    Args:
        document: The goal.
        actors: Name of each actor.
    """
    return goal_fields(document, actors, lambda at_ms: f"{moment_words(at_ms)} UTC")


def notice_of_goal(
    document: GoalDocument, label: str, local_day: Callable[[int], str]
) -> str | None:
    """Return what is to be known before reading on, or ``None``.

    Args:
        document: The goal.
        label: What the therapist calls the person.
        local_day: The person's local date at a moment, milliseconds UTC.
    """
    return goal_notice(document, label, lambda at_ms: short_day(local_day(at_ms)))


def steps_of_goal(
    documents: Iterable[tuple[str, StepDocument]], propose_url: str = ""
) -> list[Step]:
    """Return the steps of a goal in the person's order; those let go come last.

    Args:
        documents: Steps with their ids.
        propose_url: Address of the form for a change of a step, without the step; empty where none
            can be proposed.
    """
    return [
        Step(
            text=each.text,
            reached=each.reached,
            state=each.state,
            propose_url=f"{propose_url}&step={each.id}" if propose_url else "",
        )
        for each in goal_steps(documents)
    ]


def history_rows(changes: Iterable[Change], actors: Mapping[str, str]) -> list[HistoryRow]:
    """Return a goal's history, what was written last first: one row per event with its changes.

    Args:
        changes: From ``history.goal_history``.
        actors: Name of each actor.
    """
    by_event: dict[str, list[Change]] = {}
    for change in changes:
        by_event.setdefault(change.event, []).append(change)
    written = sorted(by_event.values(), key=lambda each: (each[0].effective_at, each[0].seq or 0))
    return [_history_row(each, actors) for each in reversed(written)]


def _history_row(changes: Sequence[Change], actors: Mapping[str, str]) -> HistoryRow:
    first = changes[0]
    zone = zone_of(first.occurred_at)
    shown = _field_changes(changes)
    others = {event for change in changes for event in change.concurrent_with}
    return HistoryRow(
        id=first.event,
        at=first.occurred_at,
        happened=f"{short_day(first.day)}, {time_of(first.occurred_at)}",
        who=actors.get(first.actor, first.actor),
        sentence="" if _is_said_by(first, shown) else capital(_without_reason(first)),
        changes=shown,
        why=_why(first),
        recorded=_recorded(first, zone),
        received="" if first.received_at is None else moment_words(first.received_at, zone),
        late=_late(first),
        concurrent=gettext("written while apart from another change") if others else None,
    )


def _late(change: Change) -> str | None:
    if change.received_at is None:
        return None
    return late_words(change.effective_at, change.received_at)


def _recorded(change: Change, zone: timezone) -> str:
    words = moment_words(change.effective_at, zone)
    notes = [LABEL_WORDS[change.label]] if change.label else []
    if change.clock_doubt:
        notes.append(gettext("the device's clock was wrong; this is set right"))
    return f"{words} ({'; '.join(notes)})" if notes else words


def _is_said_by(change: Change, shown: Sequence[FieldChange]) -> bool:
    """Say whether from and to tell it all, so that no sentence is needed before them."""
    return bool(shown) and change.type not in VERBS


def _without_reason(change: Change) -> str:
    """What happened; the reason has a column of its own."""
    if change.reason is None:
        return change.sentence
    whole = gettext("{what_happened}, {why}").format(
        what_happened=_GAP, why=reason_clause(change.reason.code)
    )
    # Each language says the reason where it likes to.
    before, _, behind = whole.partition(_GAP)
    return change.sentence.removeprefix(before).removesuffix(behind)


def _why(change: Change) -> str:
    if change.reason is None:
        return ""
    is_said_by_text = change.reason.code == "other" and change.reason.text is not None
    clause = "" if is_said_by_text else capital(reason_clause(change.reason.code))
    return ". ".join(part for part in (clause, change.reason.text) if part)


def _field_changes(changes: Sequence[Change]) -> list[FieldChange]:
    """From what to what; left out where the sentence alone says it (a goal that began)."""
    named = [each for each in changes if each.field is not None]
    if named and all(each.before is None for each in named) and len(named) > 1:
        return []
    return [_field_change(each) for each in named]


def _field_change(change: Change) -> FieldChange:
    field = str(change.field)
    return FieldChange(
        label=field_label(field),
        before=field_value(field, change.before),
        after=field_value(field, change.after) or gettext("nothing"),
    )
