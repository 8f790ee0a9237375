"""What a person and their therapist write down together: the fold of one such entry.

An entry reads as the side that began it worded it last. The other side's word is whether it agrees.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

import msgspec

from trailmark_shared.domain.proposals import Acceptance
from trailmark_shared.events.joint import Answered
from trailmark_shared.events.registry import EVENT_TYPES
from trailmark_shared.ids import id_from_text, text_from_id
from trailmark_shared.projections.card import CardDocument, SaidT, card_parts
from trailmark_shared.projections.entries import Entry
from trailmark_shared.projections.fields import Field, facts_of
from trailmark_shared.projections.parties import current_by_side


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """What one side says to an entry as it stood for them.

    Attributes:
        event: The event that says so.
        by: Who said it.
        answer: What they said.
        is_outdated: It reads otherwise now than they had seen.
        day: The local date meant.
        effective_at: When, milliseconds UTC.
    """

    event: str
    by: str
    answer: Acceptance
    is_outdated: bool
    day: str
    effective_at: int


class JointDocument(CardDocument[SaidT], frozen=True, kw_only=True):
    """Something that both sides write down together.

    Attributes:
        by: Actor of the side that began it; only they word it anew.
        answers: What each side says to it.
    """

    by: str = ""
    answers: tuple[Answer, ...] = ()


JointT = TypeVar("JointT", bound="JointDocument[Any]")


def joint_fold(type_: type[JointT]) -> Callable[[Sequence[Entry]], JointT]:
    """Return the fold of one kind of such entries.

    Args:
        type_: Struct of its documents, a ``JointDocument``.
    """

    def fold(entries: Sequence[Entry]) -> JointT:
        by = next((each.actor for each in entries if _words(each)), entries[0].actor)
        parts = card_parts([each for each in entries if each.actor == by or not _words(each)])
        parts.update(facts_of(entries), by=by, answers=_answers(entries, parts.get("said")))
        return type_(**parts)

    return fold


def _words(entry: Entry) -> bool:
    return "said" in EVENT_TYPES[entry.body.type].sets


def _answers(entries: Sequence[Entry], said: Field[Any] | None) -> tuple[Answer, ...]:
    return tuple(
        Answer(
            event=text_from_id(entry.id),
            by=entry.actor,
            answer=data.answer,
            is_outdated=_is_outdated(entry, entries, said),
            day=entry.body.day,
            effective_at=entry.effective_at,
        )
        for entry, data in current_by_side(entries, Answered)
    )


def _is_outdated(entry: Entry, entries: Sequence[Entry], said: Field[Any] | None) -> bool:
    seen = [each.body.data for each in entries if each.id in entry.body.base]
    now = () if said is None else said.values
    return any(
        id_from_text(each.event) not in entry.body.base and each.value not in seen for each in now
    )
