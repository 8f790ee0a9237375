"""What happened, in plain calm English, written to be read by the person it is about.

A sentence has no subject, so that a page can put any name in front: "raised the target from 1 to 2
per week, because of a new insight". It never blames, never counts what was not done.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

from trailmark_shared.domain.reasons import reason_clause
from trailmark_shared.domain.statuses import ACHIEVEMENT_WORDS, LIFECYCLE_WORDS
from trailmark_shared.domain.targets import Target, text_from_tenths
from trailmark_shared.events.access import AccessGranted
from trailmark_shared.events.body import Body
from trailmark_shared.events.check_ins import CheckInRecorded
from trailmark_shared.events.goals import GoalAchievementAssessed, GoalPutOnHold

VERBS: Final[Mapping[str, str]] = {
    "goal_drafted": "wrote down a goal",
    "goal_accepted": "took the goal on",
    "goal_activated": "began to work on the goal",
    "goal_resumed": "took the goal up again",
    "goal_completed": "reached the goal",
    "goal_reopened": "took the goal up again after it was reached",
    "goal_cancelled": "let the goal go",
    "goal_replaced": "put another goal in its place",
    "goal_entered_in_error": "marked the goal as entered by mistake",
    "goal_shared": "shared the goal",
    "goal_withdrawn": "stopped sharing the goal",
    "goal_kept": "kept the goal private again",
    "step_added": "added a step",
    "step_reached": "reached a step",
    "step_unreached": "opened a step again",
    "step_dropped": "let a step go",
    "reflection_written": "wrote a reflection",
    "reflection_revised": "revised a reflection",
    "excerpt_shared": "shared a part of a reflection",
    "excerpt_withdrawn": "stopped sharing a part of a reflection",
    "win_noted": "noted a win",
    "setback_noted": "noted a hard moment",
    "comment_added": "commented",
    "comment_withdrawn": "took a comment back",
    "access_revoked": "ended sharing",
}
"""Types that one phrase says."""


def sentence(body: Body, before: Mapping[str, Any], after: Mapping[str, Any]) -> str:
    """Return what an event did.

    Args:
        body: The event's body, of a known type.
        before: Values of the fields it changed, before.
        after: Values of the fields it changed, after.

    Returns:
        A phrase without subject and without full stop, with the reason where one was given.
    """
    phrase = _phrase(body, before, after)
    return phrase if body.reason is None else f"{phrase}, {reason_clause(body.reason.code)}"


def _phrase(body: Body, before: Mapping[str, Any], after: Mapping[str, Any]) -> str:
    if body.type in VERBS:
        return VERBS[body.type]
    match body.data:
        case GoalPutOnHold(until=until):
            return "put the goal to rest" + (f" until {until}" if until else "")
        case GoalAchievementAssessed(achievement=achievement):
            return f"said how it goes: {ACHIEVEMENT_WORDS[achievement]}"
        case CheckInRecorded() as data:
            return _check_in_phrase(data)
        case AccessGranted(name=name):
            return f"started sharing with {name}"
        case _:
            phrases = [field_phrase(name, before.get(name), after[name]) for name in after]
            return " and ".join(phrases) or "confirmed what stood there"


def _check_in_phrase(data: CheckInRecorded) -> str:
    if data.value_tenths is None:
        return "checked in without a number"
    number = text_from_tenths(data.value_tenths)
    if data.measure == "rating":
        return f"checked in: {number} of 10"
    unit = f" {data.unit}" if data.unit else ""
    times = " times" if data.measure == "count" and not unit else unit
    return f"checked in: {number}{times}"


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
    noun, words = _NOUNS.get(field, (field.replace("_", " "), str))
    if after is None:
        return f"removed {noun}"
    if before is None:
        return f"set {noun} to {words(after)}"
    return f"changed {noun} from {words(before)} to {words(after)}"


def _target_phrase(before: object, after: object) -> str:
    if not isinstance(after, Target):
        return "removed the target"
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
            return f"{_bare_words(target)} less"
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


def _quoted(value: object) -> str:
    return f"“{value}”"


def _tags(value: Iterable[str]) -> str:
    return ", ".join(value) or "none"


_NOUNS: Final[Mapping[str, tuple[str, Callable[[Any], str]]]] = {
    "title": ("the wording", _quoted),
    "why": ("why it matters", _quoted),
    "area": ("the area of life", _quoted),
    "baseline_tenths": ("the starting point", text_from_tenths),
    "due": ("the date", str),
    "priority": ("the priority", str),
    "rank": ("the place in the list", str),
    "lifecycle": ("the status", lambda value: LIFECYCLE_WORDS[value]),
    "achievement": ("how it goes", lambda value: ACHIEVEMENT_WORDS[value]),
    "text": ("the words", _quoted),
    "note": ("the note", _quoted),
    "value_tenths": ("the number", text_from_tenths),
    "day": ("the day", str),
    "feelings": ("the feelings", _tags),
    "tags": ("the tags", _tags),
}
"""Field to what people call it and how its values read."""
