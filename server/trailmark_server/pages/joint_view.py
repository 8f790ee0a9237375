"""What both sides write down together, as pages show it: pure functions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

import msgspec

from trailmark_server.members.cards import Card
from trailmark_server.members.dates import short_day
from trailmark_shared.domain.proposals import Acceptance
from trailmark_shared.events.coping import BarrierIdentified, CopingAdded
from trailmark_shared.events.joint import InterventionPlanned, Outcome, ReviewHeld
from trailmark_shared.projections.card_kinds import said_words
from trailmark_shared.projections.joint import Answer, JointDocument
from trailmark_shared.words import gettext, marked

OVER: Final = frozenset({"closed", "ended", "held", "resolved"})
"""Where an entry stands that needs nothing more."""

_ANSWERS: Final[Mapping[Acceptance, str]] = {
    "agree": marked("{name} agrees"),
    "disagree": marked("{name} does not agree"),
    "pending": marked("{name} thinks about it"),
}
_OWN_ANSWERS: Final[Mapping[Acceptance, str]] = {
    "agree": marked("You agree"),
    "disagree": marked("You do not agree"),
    "pending": marked("You think about it"),
}
OUTCOMES: Final[Mapping[Outcome, str]] = {
    "kept": marked("{goal}: kept as it is"),
    "changed": marked("{goal}: changed"),
    "ended": marked("{goal}: ended"),
}
"""What a review decides for a goal, in words."""


class JointRow(msgspec.Struct, frozen=True, kw_only=True):
    """An entry as a page shows it.

    Attributes:
        id: Its id.
        lane: The lane it is in.
        who: Who began it.
        when: When.
        text: What it says.
        often: How often; empty for nothing.
        answers: What both sides say to it.
        outcome: What came of it, in lines.
        is_mine: The reader began it, and words it anew.
        is_over: It needs nothing more.
        event: Id for the event that a form about it writes.
        said: What a form for other words begins with, by field.
    """

    id: str
    lane: str
    who: str
    when: str
    text: str
    often: str
    answers: Sequence[str]
    outcome: Sequence[str]
    is_mine: bool
    is_over: bool
    event: str
    said: Mapping[str, str]


class Telling(msgspec.Struct, frozen=True, kw_only=True):
    """What entries are told with.

    Attributes:
        actor: The reader, as an actor of the log.
        names: Name of each actor.
        goals: Title of each goal.
    """

    actor: str
    names: Mapping[str, str]
    goals: Mapping[str, str] = msgspec.field(default_factory=dict[str, str])


class BarrierRow(msgspec.Struct, frozen=True, kw_only=True):
    """What stands in the way, and what may help: "if …, then …"."""

    text: str
    is_over: bool
    helps: Sequence[str]


def joint_row(card: Card, telling: Telling, event: str) -> JointRow | None:
    """Return an entry as pages show it; ``None`` where its words are gone.

    Args:
        card: The entry.
        telling: What it is told with.
        event: A fresh id for the forms about it.
    """
    document = card.document
    said: Any = document.said.value
    if said is None or not isinstance(document, JointDocument):
        return None
    fields = said_fields(said)
    words = said_words(said) or fields.get("name")
    if words is None:
        return None
    return JointRow(
        id=card.id,
        lane=card.lane,
        who=telling.names.get(document.by, document.by),
        when=short_day(document.day),
        text=words,
        often=(said.often or "") if isinstance(said, InterventionPlanned) else "",
        answers=[_answer(each, telling) for each in document.answers],
        outcome=_outcome(document, telling),
        is_mine=document.by == telling.actor,
        is_over=document.status.value in OVER,
        event=event,
        said=fields,
    )


def said_fields(said: Any) -> dict[str, str]:  # noqa: ANN401  (any of the joint events)
    """Return the words and days of an entry by field, for a form."""
    return {
        name: value
        for name in said.__struct_fields__
        if isinstance(value := getattr(said, name), str)
    }


def _answer(answer: Answer, telling: Telling) -> str:
    if answer.by == telling.actor:
        said = gettext(_OWN_ANSWERS[answer.answer])
    else:
        name = telling.names.get(answer.by, answer.by)
        said = gettext(_ANSWERS[answer.answer]).format(name=name)
    if not answer.is_outdated:
        return said
    return gettext("{said}, before it was worded anew").format(said=said)


def _outcome(document: JointDocument[Any], telling: Telling) -> list[str]:
    field = getattr(document, "outcome", None)
    held = None if field is None else field.value
    if not isinstance(held, ReviewHeld):
        return []
    lines = [held.text] if held.text else []
    for each in held.decisions:
        goal = telling.goals.get(each.goal) or gettext("A goal")
        lines.append(gettext(OUTCOMES[each.outcome]).format(goal=goal))
    if held.next:
        lines.append(gettext("Next review on {day}").format(day=short_day(held.next)))
    return lines


def barrier_rows(barriers: Iterable[Card], coping: Iterable[Card]) -> list[BarrierRow]:
    """Return what stands in the way of a goal, each with what may help; what may help anyway last.

    Args:
        barriers: Barriers of one goal.
        coping: Strategies of the same goal, and those for one of the barriers.
    """
    helps: dict[str, list[str]] = {}
    for each in coping:
        said: Any = each.document.said.value
        if isinstance(said, CopingAdded):
            helps.setdefault(said.barrier or "", []).append(_coping_words(said))
    rows: list[BarrierRow] = []
    for each in barriers:
        said = each.document.said.value
        if isinstance(said, BarrierIdentified):
            is_over = each.document.status.value in OVER
            rows.append(BarrierRow(text=said.text, is_over=is_over, helps=helps.pop(each.id, [])))
    rest = [words for found in helps.values() for words in found]
    if rest:
        rows.append(BarrierRow(text="", is_over=False, helps=rest))
    return rows


def _coping_words(said: CopingAdded) -> str:
    if said.when is None:
        return said.then
    return gettext("If {moment}, then {deed}").format(moment=said.when, deed=said.then)
