"""A shared goal as those see it with whom it is shared.

The members' page shows it to them, and the person's own pages show the person what they see: both
from here, so that neither can say anything else than the other.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Final

import msgspec

from trailmark_shared.dates import day_text
from trailmark_shared.domain.statuses import ACHIEVEMENT_WORDS, LIFECYCLE_WORDS
from trailmark_shared.domain.targets import text_from_tenths
from trailmark_shared.projections.fields import Field
from trailmark_shared.projections.goal import GoalDocument
from trailmark_shared.projections.sentences import target_words
from trailmark_shared.projections.step import StepDocument
from trailmark_shared.words import Texts, gettext, marked

Words = Callable[[Any], str]
"""Returns how a value reads."""

Moment = Callable[[int], str]
"""Returns how a moment reads, milliseconds UTC."""


class FieldValue(msgspec.Struct, frozen=True, kw_only=True):
    """One of several current values of a field, and who wrote it when.

    Attributes:
        words: The value.
        by: Who wrote it, and when.
    """

    words: str
    by: str


class GoalField(msgspec.Struct, frozen=True, kw_only=True):
    """A field of a goal.

    Attributes:
        label: What people call it.
        words: Its value.
        own_words: The value is something a person wrote at length.
        full: It takes a whole line.
        conflict: Several values are current; ``values`` holds them all.
        values: The values of a conflict.
    """

    label: str
    words: str
    own_words: bool = False
    full: bool = False
    conflict: bool = False
    values: Sequence[FieldValue] = ()


class SharedStep(msgspec.Struct, frozen=True, kw_only=True):
    """A step of a goal.

    Attributes:
        id: Its id, as text.
        text: Its words.
        reached: Whether it was reached.
        state: What else there is to say, or ``None``.
    """

    id: str
    text: str
    reached: bool
    state: str | None


class SharedGoal(msgspec.Struct, frozen=True, kw_only=True):
    """A goal as those see it with whom it is shared.

    Attributes:
        title: Its words.
        notice: What is to be known before reading on, or ``None``.
        fields: What is known about it, in the order of the page.
        steps: Its steps, in the person's order.
    """

    title: str
    notice: str | None
    fields: Sequence[GoalField]
    steps: Sequence[SharedStep]


PRIORITY_WORDS: Final[Mapping[str, str]] = Texts(
    {
        "high": marked("matters a lot now"),
        "medium": marked("matters"),
        "low": marked("can wait"),
    }
)

FIELDS: Final[Sequence[tuple[str, str, Words]]] = (
    ("title", marked("In their own words"), str),
    ("why", marked("Why it matters"), str),
    ("lifecycle", marked("Where it stands"), lambda value: LIFECYCLE_WORDS[value]),
    ("achievement", marked("How it goes"), lambda value: ACHIEVEMENT_WORDS[value]),
    ("target", marked("Target"), target_words),
    ("baseline_tenths", marked("At the start"), text_from_tenths),
    ("due", marked("Hoped for by"), day_text),
    ("area", marked("Area of life"), str),
    ("limits", marked("What limits it"), str),
    ("priority", marked("Priority"), lambda value: PRIORITY_WORDS.get(value, str(value))),
    ("rank", marked("Place in their list"), str),
)
"""Field, what people call it, and how its value reads; in the order of the page."""

_OWN_WORDS: Final = frozenset({"title", "why"})


def shared_goal(
    document: GoalDocument,
    steps: Iterable[tuple[str, StepDocument]],
    label: str,
    actors: Mapping[str, str],
    moment: Moment,
) -> SharedGoal:
    """Return a goal as those see it with whom it is shared.

    Args:
        document: The goal, as their lane has it.
        steps: Its steps, with their ids.
        label: What they call the person.
        actors: Name of each actor.
        moment: How a moment reads.
    """
    return SharedGoal(
        title=document.title.value or gettext("A goal"),
        notice=goal_notice(document, label, moment),
        fields=goal_fields(document, actors, moment),
        steps=goal_steps(steps),
    )


def goal_fields(
    document: GoalDocument, actors: Mapping[str, str], moment: Moment
) -> list[GoalField]:
    """Return what is known about a goal; a conflict shows all its values side by side.

    Args:
        document: The goal.
        actors: Name of each actor.
        moment: How a moment reads.
    """
    shown: list[GoalField] = []
    for name, label, words in FIELDS:
        field: Field[Any] = getattr(document, name)
        if field.conflict:
            shown.append(_conflict(gettext(label), field, words, (actors, moment)))
        elif field.value is not None and name != "title":
            text = _with_rest(document, name, words(field.value))
            own = name in _OWN_WORDS
            shown.append(GoalField(label=gettext(label), words=text, own_words=own, full=own))
    return shown


def _with_rest(document: GoalDocument, name: str, words: str) -> str:
    if name == "lifecycle" and document.resting_until is not None:
        return gettext("{words} until {day}").format(
            words=words, day=day_text(document.resting_until)
        )
    return words


def _conflict(
    label: str, field: Field[Any], words: Words, who: tuple[Mapping[str, str], Moment]
) -> GoalField:
    actors, moment = who
    values = [
        FieldValue(
            words=gettext("nothing") if each.value is None else words(each.value),
            by=f"{actors.get(each.actor, each.actor)}, {moment(each.effective_at)}",
        )
        for each in field.values
    ]
    return GoalField(label=label, words=values[0].words, conflict=True, values=values)


def goal_notice(document: GoalDocument, label: str, moment: Moment) -> str | None:
    """Return what is to be known before reading on, or ``None``.

    Args:
        document: The goal.
        label: What those who read call the person.
        moment: How a moment reads.
    """
    if document.lifecycle.value == "entered-in-error":
        return gettext("{label} marked this goal as entered by mistake.").format(label=label)
    if not document.frozen:
        return None
    withdrawn = [each.withdrawn_at for each in document.shares if each.withdrawn_at is not None]
    if withdrawn:
        return gettext(
            "{label} stopped sharing this goal on {day}. It stays as it was shown until then."
        ).format(label=label, day=moment(max(withdrawn)))
    return gettext("This is a copy of the goal as it was when it was shown to you.")


def goal_steps(documents: Iterable[tuple[str, StepDocument]]) -> list[SharedStep]:
    """Return the steps of a goal in the person's order; those let go come last.

    Args:
        documents: Steps with their ids.
    """
    ordered = sorted(
        documents,
        key=lambda pair: (
            pair[1].status.value == "dropped",
            pair[1].order or "",
            pair[1].created_at,
            pair[0],
        ),
    )
    return [
        _step(step, document, text)
        for step, document in ordered
        if (text := document.text.value) is not None
    ]


def _step(step: str, document: StepDocument, text: str) -> SharedStep:
    reached = document.status.value == "reached"
    state: str | None = None
    if reached and document.reached_on is not None:
        state = gettext("Reached on {day}").format(day=day_text(document.reached_on))
    elif document.status.value == "dropped":
        state = gettext("Let go")
    elif document.due.value is not None:
        state = gettext("Hoped for by {day}").format(day=day_text(document.due.value))
    return SharedStep(id=step, text=text, reached=reached, state=state)
