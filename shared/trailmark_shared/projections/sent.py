"""What a supporter sees: the things sent to them, as they read now, with the words sent back.

The preview before sending, the supporter's page and the person's own list are all drawn from this,
so that what was promised is what is shown. A thing that was taken back leaves no word behind.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Final, Literal

import msgspec

from trailmark_shared.domain.statuses import ACHIEVEMENT_WORDS, LIFECYCLE_WORDS
from trailmark_shared.ids import text_from_id
from trailmark_shared.projections.card_kinds import SupportRequestDocument
from trailmark_shared.projections.encouragement import EncouragementDocument
from trailmark_shared.projections.excerpt import ExcerptDocument
from trailmark_shared.projections.fields import Facts
from trailmark_shared.projections.fold import Document, decode_document
from trailmark_shared.projections.goal import GoalDocument
from trailmark_shared.projections.note import NoteDocument
from trailmark_shared.projections.step import StepDocument
from trailmark_shared.words import Texts, gettext, marked

SentKind = Literal["goal", "step", "win", "excerpt", "support_request"]
"""What can be sent to a supporter."""


SENT_LABELS: Final[Mapping[SentKind, str]] = Texts(
    {
        "goal": marked("A goal"),
        "step": marked("A step on the way"),
        "win": marked("Something that went well"),
        "excerpt": marked("In their own words"),
        "support_request": marked("Something that would help"),
    }
)
"""What stands over each kind, before sending and on the supporter's page."""

_DAY_NAMES: Final[Mapping[SentKind, str]] = Texts(
    {
        "goal": marked("When"),
        "step": marked("Reached on"),
        "win": marked("When"),
        "excerpt": marked("Written on"),
        "support_request": marked("Asked on"),
    }
)


class SentBack(msgspec.Struct, frozen=True, kw_only=True):
    """An encouragement beside what it answers.

    Attributes:
        id: Id of the encouragement.
        text: The words.
        by: Actor who wrote them.
        sent_at: When, milliseconds UTC.
    """

    id: str
    text: str
    by: str
    sent_at: int


class SentItem(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that was sent to a supporter.

    Attributes:
        kind: What it is.
        subject: Id of it.
        event: The event that sent it last; an encouragement names it as its ``cause``.
        words: The person's words; ``None`` once taken back.
        why: Why it matters, where the person chose to send that.
        status: Where a goal or step stands, in words, or ``None``.
        day: The local date that it belongs to, or ``None`` where it has none.
        sent_at: When it was sent last, milliseconds UTC.
        taken_back_at: When it was taken back, milliseconds UTC, or ``None``.
        encouragements: What was sent back, the earliest first.
        is_answered: ``event`` has its encouragement.
    """

    kind: SentKind
    subject: str
    event: str
    words: str | None
    why: str | None = None
    status: str | None = None
    day: str | None = None
    sent_at: int
    taken_back_at: int | None = None
    encouragements: tuple[SentBack, ...] = ()
    is_answered: bool = False


def sent_items(documents: Iterable[Document], actor: str | None = None) -> list[SentItem]:
    """Return what was sent into one circle lane, the newest first.

    Args:
        documents: Every document of the lane.
        actor: Only encouragements of this supporter, where one is named.

    Returns:
        Each thing once; what was taken back is among them without its words.
    """
    items: list[SentItem] = []
    answers: dict[str, list[tuple[str, SentBack]]] = {}
    for document in documents:
        facts, subject = decode_document(document), text_from_id(document.subject)
        if isinstance(facts, EncouragementDocument):
            _answer(answers, subject, facts, actor)
        elif (item := _item(subject, facts)) is not None:
            items.append(item)
    answered = [_with_answers(each, answers.get(each.subject, [])) for each in items]
    return sorted(answered, key=lambda each: (each.sent_at, each.event), reverse=True)


def _item(subject: str, facts: Facts) -> SentItem | None:
    match facts:
        case GoalDocument():
            return _goal(subject, facts)
        case StepDocument():
            return _step(subject, facts)
        case NoteDocument():
            return _win(subject, facts)
        case ExcerptDocument():
            return _excerpt(subject, facts)
        case SupportRequestDocument():
            return _request(subject, facts)
        case _:
            return None


def sent_facts(item: SentItem, day_words: Callable[[str], str]) -> list[tuple[str, str]]:
    """Return what is shown of a thing besides its words: names and values, in order.

    Args:
        item: The thing.
        day_words: How a local date (``YYYY-MM-DD``) reads.
    """
    facts: list[tuple[str, str]] = []
    if item.why is not None:
        facts.append((gettext("Why it matters"), item.why))
    if item.status is not None and (item.kind != "step" or item.day is None):
        facts.append((gettext("Where it stands"), item.status))
    if item.day is not None:
        facts.append((_DAY_NAMES[item.kind], day_words(item.day)))
    return facts


def _answer(
    answers: dict[str, list[tuple[str, SentBack]]],
    subject: str,
    facts: EncouragementDocument,
    actor: str | None,
) -> None:
    if facts.text is None or facts.about is None or actor not in {None, facts.created_by}:
        return
    back = SentBack(id=subject, text=facts.text, by=facts.created_by, sent_at=facts.created_at)
    answers.setdefault(facts.about, []).append((facts.answers or "", back))


def _with_answers(item: SentItem, answers: list[tuple[str, SentBack]]) -> SentItem:
    return msgspec.structs.replace(
        item,
        encouragements=tuple(
            sorted((back for _, back in answers), key=lambda each: (each.sent_at, each.id))
        ),
        is_answered=any(event == item.event for event, _ in answers),
    )


def _goal(subject: str, document: GoalDocument) -> SentItem | None:
    if not document.shares:
        return None
    open_ones = [each for each in document.shares if each.withdrawn_at is None]
    share = (open_ones or document.shares)[-1]
    item = SentItem(
        kind="goal",
        subject=subject,
        event=share.event,
        words=None,
        sent_at=share.shared_at,
        taken_back_at=None if open_ones else share.withdrawn_at,
    )
    if not open_ones:
        return item
    return msgspec.structs.replace(
        item, words=document.title.value, why=document.why.value, status=_goal_status(document)
    )


def _goal_status(document: GoalDocument) -> str | None:
    lifecycle, achievement = document.lifecycle.value, document.achievement.value
    words = [] if lifecycle is None else [LIFECYCLE_WORDS[lifecycle]]
    words += [] if achievement is None else [ACHIEVEMENT_WORDS[achievement]]
    return " · ".join(words) or None


def _step(subject: str, document: StepDocument) -> SentItem | None:
    if document.event is None or document.event_at is None:
        return None
    is_shown = document.withdrawn_at is None
    return SentItem(
        kind="step",
        subject=subject,
        event=document.event,
        words=document.text.value if is_shown else None,
        status=gettext("Reached") if is_shown and document.status.value == "reached" else None,
        day=document.reached_on if is_shown else None,
        sent_at=document.event_at,
        taken_back_at=document.withdrawn_at,
    )


def _win(subject: str, document: NoteDocument) -> SentItem | None:
    if document.event is None or document.event_at is None:
        return None
    return SentItem(
        kind="win",
        subject=subject,
        event=document.event,
        words=document.text,
        day=document.day if document.withdrawn_at is None else None,
        sent_at=document.event_at,
        taken_back_at=document.withdrawn_at,
    )


def _excerpt(subject: str, document: ExcerptDocument) -> SentItem | None:
    assert isinstance(document, ExcerptDocument)
    if document.shared_event is None:
        return None
    return SentItem(
        kind="excerpt",
        subject=subject,
        event=document.shared_event,
        words=document.text,
        day=document.written_on,
        sent_at=document.created_at,
        taken_back_at=document.withdrawn_at,
    )


def _request(subject: str, document: SupportRequestDocument) -> SentItem | None:
    if document.event is None or document.event_at is None:
        return None
    said = document.said.value
    return SentItem(
        kind="support_request",
        subject=subject,
        event=document.event,
        words=None if said is None else said.text,
        day=document.day if document.withdrawn_at is None else None,
        sent_at=document.event_at,
        taken_back_at=document.withdrawn_at,
    )
