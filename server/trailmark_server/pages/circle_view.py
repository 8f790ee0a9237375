"""What was sent to a supporter as their page shows it: plain values, ready to read."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import tzinfo

import msgspec

from trailmark_server.members.dates import day_heading, iso, iso_day, moment_day
from trailmark_shared import limits
from trailmark_shared.projections.sent import SENT_LABELS, SentItem, sent_facts


class Back(msgspec.Struct, frozen=True, kw_only=True):
    """Words that the supporter sent back: the words, and when (for people and machines)."""

    text: str
    when: str
    at: str


class Card(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that was sent.

    Attributes:
        event: Its event; names the card and its form.
        label: What it is.
        words: The person's words; ``None`` once taken back.
        facts: What else was sent of it, each with its name.
        sent: When it was sent, for people.
        sent_at: The same day for machines.
        taken_back: When it was taken back, for people, or ``None``.
        backs: What was sent back.
        may_answer: A few words may still be sent.
        draft: Words that were not sent.
        problem: Why not.
    """

    event: str
    label: str
    words: str | None
    facts: Sequence[tuple[str, str]]
    sent: str
    sent_at: str
    taken_back: str | None
    backs: Sequence[Back]
    may_answer: bool
    draft: str = ""
    problem: str = ""


class Draft(msgspec.Struct, frozen=True, kw_only=True):
    """Words for one thing that could not be sent: which thing, the words, and why not."""

    event: str
    text: str
    problem: str


class Shown(msgspec.Struct, frozen=True, kw_only=True):
    """One page of things.

    Attributes:
        cards: The things, the newest first.
        number: Which page, from 1.
        has_earlier: There is a further one.
    """

    cards: Sequence[Card]
    number: int
    has_earlier: bool


def page_of(
    items: Sequence[SentItem], zone: tzinfo, number: int, draft: Draft | None = None
) -> Shown:
    """Return one page of what was sent.

    Args:
        items: Everything, the newest first.
        zone: The person's time zone.
        number: Which page, from 1; one that there is not is the last one.
        draft: Words that could not be sent: the page is the one where their thing stands.
    """
    size = limits.SUPPORTER_PAGE_ITEMS_MAX
    last = max(1, -(-len(items) // size))
    places = [at for at, each in enumerate(items) if draft and each.event == draft.event]
    number = places[0] // size + 1 if places else min(max(number, 1), last)
    some = items[(number - 1) * size : number * size]
    return Shown(
        cards=[_card(each, zone, draft) for each in some], number=number, has_earlier=number < last
    )


def _card(item: SentItem, zone: tzinfo, draft: Draft | None) -> Card:
    is_taken_back = item.taken_back_at is not None
    mine = draft if draft and draft.event == item.event else None
    return Card(
        event=item.event,
        label=SENT_LABELS[item.kind],
        words=item.words,
        facts=sent_facts(item, day_heading),
        sent=moment_day(item.sent_at, zone),
        sent_at=iso_day(item.sent_at, zone),
        taken_back=None if item.taken_back_at is None else moment_day(item.taken_back_at, zone),
        backs=[
            Back(text=each.text, when=moment_day(each.sent_at, zone), at=iso(each.sent_at))
            for each in item.encouragements
        ],
        may_answer=not (item.is_answered or is_taken_back),
        draft=mine.text if mine else "",
        problem=mine.problem if mine else "",
    )
