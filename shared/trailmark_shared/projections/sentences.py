"""What happened, in plain calm English, written to be read by the person it is about.

A sentence has no subject, so that a page can put any name in front: "raised the target from 1 to 2
per week, because of a new insight". It never blames, never counts what was not done.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, cast

from trailmark_shared.domain.reasons import reason_clause
from trailmark_shared.domain.statuses import ACHIEVEMENT_WORDS, WORDS_BY_CODE
from trailmark_shared.domain.targets import Target, text_from_tenths
from trailmark_shared.events.access import AccessGranted, AccessRevoked
from trailmark_shared.events.agreements import AgreementRecorded, GoalAssessedByMember
from trailmark_shared.events.body import Body
from trailmark_shared.events.check_ins import CheckInRecorded
from trailmark_shared.events.goals import GoalAchievementAssessed, GoalCompleted, GoalPutOnHold
from trailmark_shared.events.joint import Answered
from trailmark_shared.events.measures import (
    AttainmentRated,
    MeasureAnswered,
    OccurrenceRecorded,
)
from trailmark_shared.events.proposals import (
    ProposalAccepted,
    ProposalDeclined,
    ProposalMade,
    ProposedValues,
    values_by_field,
)
from trailmark_shared.projections.words import (
    ACCEPTANCE_PHRASES,
    ANSWER_PHRASES,
    ANSWERED,
    MOVE_PHRASES,
    NOUNS,
    VERBS,
    WRITTEN,
)


def sentence(body: Body, before: Mapping[str, Any], after: Mapping[str, Any]) -> str:
    """Return what an event did.

    Args:
        body: The event's body, of a known type.
        before: Values of the fields it changed, before.
        after: Values of the fields it changed, after.

    Returns:
        A phrase without subject and without full stop, with the reason where one was given.
    """
    phrase = VERBS.get(body.type) or _phrase(body, before, after)
    return phrase if body.reason is None else f"{phrase}, {reason_clause(body.reason.code)}"


def _phrase(body: Body, before: Mapping[str, Any], after: Mapping[str, Any]) -> str:
    match body.data:
        case GoalPutOnHold() | GoalCompleted() | GoalAchievementAssessed() as data:
            return _goal_phrase(data)
        case GoalAssessedByMember() | AgreementRecorded() | Answered() as data:
            return _party_phrase(body.type, data)
        case ProposalMade() | ProposalAccepted() | ProposalDeclined() as data:
            return _proposal_phrase(data)
        case CheckInRecorded() | OccurrenceRecorded() | MeasureAnswered() | AttainmentRated():
            return _measure_phrase(body.data)
        case AccessGranted() | AccessRevoked() as data:
            return _access_phrase(data)
        case _:
            return _fields_phrase(before, after)


def _access_phrase(data: AccessGranted | AccessRevoked) -> str:
    if isinstance(data, AccessRevoked):
        return "ended sharing" if data.replaced_by is None else "ended the earlier terms"
    did = "started sharing" if data.replaces is None else "changed what is shared"
    return f"{did} with {data.name}"


def _goal_phrase(data: GoalPutOnHold | GoalCompleted | GoalAchievementAssessed) -> str:
    if isinstance(data, GoalPutOnHold):
        return "put the goal to rest" + (f" until {data.until}" if data.until else "")
    if isinstance(data, GoalCompleted):
        return "finished the goal" if data.achievement == "not-achieved" else "reached the goal"
    return f"said how it goes: {ACHIEVEMENT_WORDS[data.achievement]}"


def _party_phrase(type_: str, data: GoalAssessedByMember | AgreementRecorded | Answered) -> str:
    if isinstance(data, Answered):
        return ANSWER_PHRASES[data.answer].format(what=ANSWERED[type_])
    if isinstance(data, AgreementRecorded):
        return ACCEPTANCE_PHRASES[data.answer]
    if data.achievement is None:
        return "took back a view of how it goes"
    return f"gave a view of how it goes: {ACHIEVEMENT_WORDS[data.achievement]}"


def _proposal_phrase(data: ProposalMade | ProposalAccepted | ProposalDeclined) -> str:
    if isinstance(data, ProposalMade):
        return _made_phrase(data)
    if isinstance(data, ProposalAccepted):
        return "accepted a proposal" + (" with changes" if data.with_changes else "")
    if data.no_longer_shared:
        return "closed a proposal, as its goal is no longer shared"
    return "declined a proposal"


def _made_phrase(data: ProposalMade) -> str:
    """Say what a proposal would change, without its words: they may have been taken back."""
    if data.what in {"goal", "step"}:
        return f"proposed a {data.what}"
    nouns: list[str] = []
    moves: list[str] = []
    for name, value in values_by_field(data.values).items():
        move = MOVE_PHRASES.get(name, {}).get(str(value))
        if move is None:
            nouns.append(NOUNS[name])
        else:
            moves.append(f"to {move}")
    whose = " of a step" if data.what == "step_change" else ""
    change = [f"to change {_listed(nouns)}{whose}"] if nouns else []
    return f"proposed {_listed([*change, *moves])}"


def _listed(phrases: Sequence[str]) -> str:
    return " and ".join(filter(None, (", ".join(phrases[:-1]), phrases[-1])))


def _fields_phrase(before: Mapping[str, Any], after: Mapping[str, Any]) -> str:
    phrases = [field_phrase(name, before.get(name), value) for name, value in after.items()]
    if not phrases:
        return "confirmed what stood there"
    return _listed(phrases)


def _check_in_phrase(data: CheckInRecorded) -> str:
    if data.value_tenths is None:
        return "checked in without a number"
    number = text_from_tenths(data.value_tenths)
    if data.measure == "rating":
        return f"checked in: {number} of 10"
    if data.unit:
        return f"checked in: {number} {data.unit}"
    if data.measure == "count":
        return f"checked in: {number} time{'' if number == '1' else 's'}"
    return f"checked in: {number}"


def _measure_phrase(
    data: CheckInRecorded | OccurrenceRecorded | MeasureAnswered | AttainmentRated,
) -> str:
    if isinstance(data, CheckInRecorded):
        return _check_in_phrase(data)
    if isinstance(data, AttainmentRated):
        return f"said how it is, from -2 to +2: {data.level:+d}"
    if isinstance(data, MeasureAnswered):
        total = "with answers left out" if data.score is None else f"{data.score} in all"
        return f"answered {data.title}: {total}"
    if data.intensity_tenths is None:
        return "noted that it happened"
    return f"noted that it happened: {text_from_tenths(data.intensity_tenths)} of 10"


def field_phrase(field: str, before: object, after: object) -> str:
    """Return how one field changed: "moved the date from 2026-03-01 to 2026-04-01".

    Args:
        field: Name of the field.
        before: Its value before, or ``None``.
        after: Its value after, or ``None``.

    Returns:
        A phrase without subject.
    """
    if isinstance(before, Target) or isinstance(after, Target):
        return _target_phrase(before, after)
    noun = NOUNS.get(field, field.replace("_", " "))
    if after is None:
        return f"took away {noun}"
    if before is None:
        return f"set {noun} to {value_words(field, after)}"
    return f"changed {noun} from {value_words(field, before)} to {value_words(field, after)}"


def value_words(field: str, value: object) -> str:
    """Return a field's value as people read it, for tables of changes.

    Args:
        field: Name of the field.
        value: Its value, or ``None``.

    Returns:
        Words without quotation of numbers, dates and codes; a person's own words in quotation
        marks; an empty text for nothing.
    """
    match value:
        case None:
            return ""
        case Target():
            return target_words(value)
        case int() if field.endswith("_tenths"):
            return text_from_tenths(value)
        case tuple():
            return ", ".join(map(str, cast("tuple[object, ...]", value)))
        case _:
            codes = WORDS_BY_CODE.get(field)
            return codes.get(str(value), str(value)) if codes else _own_words(field, value)


def _own_words(field: str, value: object) -> str:
    return f"“{value}”" if field in WRITTEN else str(value)


def proposed_words(values: ProposedValues) -> str:
    """Return what a proposal holds: "the target: at least 2 per week; the date: none"."""
    return "; ".join(
        f"{NOUNS[name]}: {value_words(name, value) or 'none'}"
        for name, value in values_by_field(values).items()
    )


def _target_phrase(before: object, after: object) -> str:
    if not isinstance(after, Target):
        return "took away the target"
    if not isinstance(before, Target):
        return f"set the target to {target_words(after)}"
    if _is_same_but_number(before, after):
        old, new = before.value_tenths or 0, after.value_tenths or 0
        verb = "raised" if new > old else "lowered"
        return f"{verb} the target from {text_from_tenths(old)} to {_bare_words(after)}"
    return f"changed the target from {target_words(before)} to {target_words(after)}"


def _is_same_but_number(before: Target, after: Target) -> bool:
    old = (before.kind, before.unit, before.per, before.by)
    new = (after.kind, after.unit, after.per, after.by)
    return old == new and before.value_tenths != after.value_tenths


def target_words(target: Target) -> str:
    """Return a target as people say it: "at least 2 walks per week"."""
    match target.kind:
        case "at_least":
            return f"at least {_bare_words(target)}"
        case "at_most":
            return f"at most {_bare_words(target)}"
        case "reduce_by_percent":
            by = f" by {target.by}" if target.by else ""
            return f"{text_from_tenths(target.value_tenths or 0)} % less{by}"
        case "reach_rating":
            return f"a rating of {_bare_words(target)}"
        case _:
            return "done"


def _bare_words(target: Target) -> str:
    number = text_from_tenths(target.value_tenths or 0)
    unit = f" {target.unit}" if target.unit else ""
    per = f" per {target.per}" if target.per else ""
    percent = " %" if target.kind == "reduce_by_percent" else ""
    by = f" by {target.by}" if target.by else ""
    return f"{number}{percent}{unit}{per}{by}"
