"""What a supporter reads: plain words for what was sent, and pages of it."""

from collections.abc import Sequence
from datetime import UTC
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from trailmark_server.pages.circle_view import Draft, page_of
from trailmark_shared import limits
from trailmark_shared.projections.sent import SentBack, SentItem

START = 1_790_697_600_000
SIZE = limits.SUPPORTER_PAGE_ITEMS_MAX


def item(number: int = 1, **changes: Any) -> SentItem:  # noqa: ANN401  (any field)
    fields: dict[str, Any] = {
        "kind": "win",
        "subject": f"s{number}",
        "event": f"e{number}",
        "words": "I said no",
        "day": "2026-09-28",
        "sent_at": START,
    }
    return SentItem(**(fields | changes))


@pytest.mark.parametrize(
    ("changes", "label", "facts"),
    [
        ({}, "Something that went well", [("When", "Monday 28 September 2026")]),
        (
            {"kind": "goal", "why": "It calms me", "status": "Done, Reached", "day": None},
            "A goal",
            [("Why it matters", "It calms me"), ("Where it stands", "Done, Reached")],
        ),
        ({"kind": "goal", "day": None}, "A goal", []),
        (
            {"kind": "step", "status": "Reached"},
            "A step on the way",
            [("Reached on", "Monday 28 September 2026")],
        ),
        ({"kind": "step", "day": None}, "A step on the way", []),
        (
            {"kind": "excerpt"},
            "In their own words",
            [("Written on", "Monday 28 September 2026")],
        ),
        ({"kind": "excerpt", "day": None}, "In their own words", []),
    ],
)
def test_each_kind_says_what_it_is(
    changes: dict[str, Any], label: str, facts: Sequence[tuple[str, str]]
) -> None:
    [card] = page_of([item(**changes)], UTC, 1).cards

    assert (label, "I said no", facts) == (card.label, card.words, card.facts)
    assert ("29 Sep 2026", "2026-09-29", True) == (card.sent, card.sent_at, card.may_answer)


def test_what_was_answered_or_taken_back_cannot_be_answered() -> None:
    back = SentBack(id="b", text="Bravo", by="supporter/x", sent_at=START)
    answered = item(1, is_answered=True, encouragements=(back,))
    gone = item(2, words=None, day=None, taken_back_at=START)
    first, second = page_of([answered, gone], UTC, 1).cards

    assert (False, ["Bravo"]) == (first.may_answer, [each.text for each in first.backs])
    assert (False, "29 Sep 2026", None) == (second.may_answer, second.taken_back, second.words)


def test_all_days_are_the_persons() -> None:
    back = SentBack(id="b", text="Bravo", by="supporter/x", sent_at=START)
    sent = item(taken_back_at=START, encouragements=(back,))
    [card] = page_of([sent], ZoneInfo("Pacific/Auckland"), 1).cards

    assert {"30 Sep 2026"} == {card.sent, card.taken_back, *(each.when for each in card.backs)}
    assert "2026-09-30" == card.sent_at


def test_a_page_has_its_bound_and_the_rest_is_a_step_away() -> None:
    items = [item(number) for number in range(SIZE + 1)]
    first, second, beyond = (page_of(items, UTC, number) for number in (1, 2, 99))

    assert (SIZE, True, 1) == (len(first.cards), first.has_earlier, first.number)
    assert ([f"e{SIZE}"], False) == ([each.event for each in second.cards], second.has_earlier)
    assert second == beyond
    assert first == page_of(items, UTC, -3)
    assert ([], 1) == (page_of([], UTC, 1).cards, page_of([], UTC, 7).number)


def test_words_that_were_not_sent_stand_where_they_belong() -> None:
    items = [item(number) for number in range(SIZE + 1)]
    shown = page_of(items, UTC, 1, Draft(event=f"e{SIZE}", text="Bravo", problem="too long"))
    [card] = shown.cards

    assert (2, "Bravo", "too long") == (shown.number, card.draft, card.problem)
    assert ["", ""] == [
        each.draft
        for each in page_of(items[:2], UTC, 1, Draft(event="x", text="a", problem="b")).cards
    ]
