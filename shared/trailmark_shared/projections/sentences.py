"""What happened, in plain calm words, written to be read by the person it is about.

A sentence has no subject, so that a page can put any name in front: "raised the target from 1 to 2
per week, because of a new insight". It never blames, never counts what was not done.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from trailmark_shared.dates import day_text
from trailmark_shared.domain.attainment import level_text
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
    DAYS,
    MOVE_PHRASES,
    NOUNS,
    PER_PERIOD,
    TAKING_BACK,
    VERBS,
    WRITTEN,
)
from trailmark_shared.words import gettext, listed, ngettext


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
    # "For another reason" says nothing where the reason follows in their own words.
    if body.reason is None or (body.reason.code == "other" and body.reason.text):
        return phrase
    return gettext("{what_happened}, {why}").format(
        what_happened=phrase, why=reason_clause(body.reason.code)
    )


def sentence_without_words(body: Body) -> str:
    """Return what an event did, without what was said by it, nor from what to what.

    Args:
        body: The event's body, of a known type; its words were taken back.
    """
    match body.data:
        case OccurrenceRecorded():
            return gettext("noted that it happened")
        case MeasureAnswered():
            return gettext("answered a questionnaire")
        case AttainmentRated():
            return gettext("said how it is, from -2 to +2")
        case _:
            return sentence(body, {}, {})


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
        if data.replaced_by is None:
            return gettext("ended sharing")
        return gettext("ended the earlier terms")
    if data.replaces is None:
        return gettext("started sharing with {name}").format(name=data.name)
    return gettext("changed what is shared with {name}").format(name=data.name)


def _goal_phrase(data: GoalPutOnHold | GoalCompleted | GoalAchievementAssessed) -> str:
    if isinstance(data, GoalPutOnHold):
        if data.until is None:
            return gettext("put the goal to rest")
        return gettext("put the goal to rest until {day}").format(day=day_text(data.until))
    if isinstance(data, GoalCompleted):
        if data.achievement == "not-achieved":
            return gettext("finished the goal")
        return gettext("reached the goal")
    return gettext("said how it goes: {how}").format(how=ACHIEVEMENT_WORDS[data.achievement])


def _party_phrase(type_: str, data: GoalAssessedByMember | AgreementRecorded | Answered) -> str:
    if isinstance(data, Answered):
        return ANSWER_PHRASES[data.answer].format(what=ANSWERED[type_])
    if isinstance(data, AgreementRecorded):
        return ACCEPTANCE_PHRASES[data.answer]
    if data.achievement is None:
        return gettext("took back a view of how it goes")
    return gettext("gave a view of how it goes: {how}").format(
        how=ACHIEVEMENT_WORDS[data.achievement]
    )


def _proposal_phrase(data: ProposalMade | ProposalAccepted | ProposalDeclined) -> str:
    if isinstance(data, ProposalMade):
        return _made_phrase(data)
    if isinstance(data, ProposalAccepted):
        if data.with_changes:
            return gettext("accepted a proposal with changes")
        return gettext("accepted a proposal")
    if data.no_longer_shared:
        return gettext("closed a proposal, as its goal is no longer shared")
    return gettext("declined a proposal")


def _made_phrase(data: ProposalMade) -> str:
    """Say what a proposal would change, without its words: they may have been taken back."""
    if data.what == "goal":
        return gettext("proposed a goal")
    if data.what == "step":
        return gettext("proposed a step")
    nouns: list[str] = []
    moves: list[str] = []
    for name, value in values_by_field(data.values).items():
        move = MOVE_PHRASES.get(name, {}).get(str(value))
        if move is None:
            nouns.append(NOUNS[name])
        else:
            moves.append(move)
    if nouns and data.what == "step_change":
        moves.insert(0, gettext("to change {fields} of a step").format(fields=listed(nouns)))
    elif nouns:
        moves.insert(0, gettext("to change {fields}").format(fields=listed(nouns)))
    return gettext("proposed {changes}").format(changes=listed(moves))


def _fields_phrase(before: Mapping[str, Any], after: Mapping[str, Any]) -> str:
    phrases = [field_phrase(name, before.get(name), value) for name, value in after.items()]
    if not phrases:
        return gettext("confirmed what stood there")
    return listed(phrases)


def _check_in_phrase(data: CheckInRecorded) -> str:
    if data.value_tenths is None:
        return gettext("checked in without a number")
    number = text_from_tenths(data.value_tenths)
    if data.measure == "rating":
        return gettext("checked in: {number} of 10").format(number=number)
    if data.unit:
        return gettext("checked in: {number} {unit}").format(number=number, unit=data.unit)
    if data.measure == "count":
        whole, rest = divmod(data.value_tenths, 10)
        counted = ngettext(
            "checked in: {number} time", "checked in: {number} times", 2 if rest else whole
        )
        return counted.format(number=number)
    return gettext("checked in: {number}").format(number=number)


def _measure_phrase(
    data: CheckInRecorded | OccurrenceRecorded | MeasureAnswered | AttainmentRated,
) -> str:
    if isinstance(data, CheckInRecorded):
        return _check_in_phrase(data)
    if isinstance(data, AttainmentRated):
        return gettext("said how it is, from -2 to +2: {level}").format(
            level=level_text(data.level)
        )
    if isinstance(data, MeasureAnswered):
        if data.score is None:
            return gettext("answered {title}: with answers left out").format(title=data.title)
        return gettext("answered {title}: {sum} in all").format(title=data.title, sum=data.score)
    if data.intensity_tenths is None:
        return gettext("noted that it happened")
    return gettext("noted that it happened: {number} of 10").format(
        number=text_from_tenths(data.intensity_tenths)
    )


def sent_to(type_: str, what: str, name: str) -> str:
    """Return what happened in a supporter's lane, and with whom.

    Args:
        type_: Type of the event.
        what: What happened, in words.
        name: Name of the supporter.
    """
    if type_ in TAKING_BACK:
        return gettext("{what} from {name}").format(what=what, name=name)
    return gettext("{what} to {name}").format(what=what, name=name)


def field_phrase(field: str, before: object, after: object) -> str:
    """Return how one field changed: "changed the date from 1 Mar 2026 to 1 Apr 2026".

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
        return gettext("took away {field}").format(field=noun)
    if before is None:
        return gettext("set {field} to {value}").format(field=noun, value=value_words(field, after))
    return gettext("changed {field} from {before} to {after}").format(
        field=noun, before=value_words(field, before), after=value_words(field, after)
    )


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
        case str() if field in DAYS:
            return day_text(value)
        case _:
            codes = WORDS_BY_CODE.get(field)
            return codes.get(str(value), str(value)) if codes else _own_words(field, value)


def _own_words(field: str, value: object) -> str:
    return gettext("“{words}”").format(words=value) if field in WRITTEN else str(value)


def proposed_words(values: ProposedValues) -> str:
    """Return what a proposal holds: "the target: at least 2 per week; the date: none"."""
    return "; ".join(
        gettext("{field}: {value}").format(
            field=NOUNS[name], value=value_words(name, value) or gettext("none")
        )
        for name, value in values_by_field(values).items()
    )


def _target_phrase(before: object, after: object) -> str:
    if not isinstance(after, Target):
        return gettext("took away the target")
    new = target_words(after)
    if not isinstance(before, Target):
        return gettext("set the target to {target}").format(target=new)
    if not _is_same_but_number(before, after):
        return gettext("changed the target from {before} to {after}").format(
            before=target_words(before), after=new
        )
    number = text_from_tenths(before.value_tenths or 0)
    if (after.value_tenths or 0) > (before.value_tenths or 0):
        return gettext("raised the target from {before} to {after}").format(
            before=number, after=_amount_words(after)
        )
    return gettext("lowered the target from {before} to {after}").format(
        before=number, after=_amount_words(after)
    )


def _is_same_but_number(before: Target, after: Target) -> bool:
    old = (before.kind, before.unit, before.per, before.by)
    new = (after.kind, after.unit, after.per, after.by)
    return old == new and before.value_tenths != after.value_tenths


def target_words(target: Target) -> str:
    """Return a target as people say it: "at least 2 walks per week"."""
    match target.kind:
        case "at_least":
            return gettext("at least {amount}").format(amount=_amount_words(target))
        case "at_most":
            return gettext("at most {amount}").format(amount=_amount_words(target))
        case "reduce_by_percent":
            number = text_from_tenths(target.value_tenths or 0)
            if target.by is None:
                return gettext("{number} % less").format(number=number)
            return gettext("{number} % less by {day}").format(
                number=number, day=day_text(target.by)
            )
        case "reach_rating":
            return gettext("a rating of {amount}").format(amount=_amount_words(target))
        case _:
            return gettext("done")


def _amount_words(target: Target) -> str:
    amount = text_from_tenths(target.value_tenths or 0)
    if target.kind == "reduce_by_percent":
        amount = gettext("{number} %").format(number=amount)
    if target.unit:
        amount = gettext("{number} {unit}").format(number=amount, unit=target.unit)
    if target.per is not None:
        amount = PER_PERIOD[target.per].format(amount=amount)
    if target.by:
        amount = gettext("{amount} by {day}").format(amount=amount, day=day_text(target.by))
    return amount
