"""What both sides write down together, as pages show it: pure functions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

import msgspec

from trailmark_server.members.cards import Card
from trailmark_server.members.dates import day_words
from trailmark_shared.domain.proposals import Acceptance
from trailmark_shared.events.coping import BarrierIdentified, CopingAdded
from trailmark_shared.events.joint import InterventionPlanned
from trailmark_shared.projections.card_kinds import said_words
from trailmark_shared.projections.joint import JointDocument
from trailmark_shared.words import gettext, marked

OVER: Final = frozenset({"closed", "ended", "held", "resolved"})
"""Where an entry stands that needs nothing more."""

_ANSWERS: Final[Mapping[Acceptance, str]] = {
    "agree": marked("{name} agrees"),
    "disagree": marked("{name} does not agree"),
    "pending": marked("{name} thinks about it"),
}


class JointRow(msgspec.Struct, frozen=True, kw_only=True):
    """An entry as a page shows it.

    Attributes:
        id: Its id.
        lane: The lane it is in.
        who: Who began it.
        when: When.
        text: What it says.
        often: How often; empty for nothing.
        answers: What the other side says.
        is_over: It needs nothing more.
        end_id: Id of the event that would end it.
    """

    id: str
    lane: str
    who: str
    when: str
    text: str
    often: str
    answers: Sequence[str]
    is_over: bool
    end_id: str


class BarrierRow(msgspec.Struct, frozen=True, kw_only=True):
    """What stands in the way, and what may help: "if …, then …"."""

    text: str
    is_over: bool
    helps: Sequence[str]


def joint_row(card: Card, names: Mapping[str, str], end_id: str) -> JointRow | None:
    """Return an entry as pages show it; ``None`` where its words are gone."""
    document = card.document
    said: Any = document.said.value
    words = None if said is None else said_words(said)
    if words is None or not isinstance(document, JointDocument):
        return None
    return JointRow(
        id=card.id,
        lane=card.lane,
        who=names.get(document.by, document.by),
        when=day_words(document.created_at),
        text=words,
        often=(said.often or "") if isinstance(said, InterventionPlanned) else "",
        answers=[
            gettext(_ANSWERS[each.answer]).format(name=names.get(each.by, each.by))
            for each in document.answers
        ],
        is_over=document.status.value in OVER,
        end_id=end_id,
    )


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
