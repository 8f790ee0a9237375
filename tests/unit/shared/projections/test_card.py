"""Cards: what was said last, where it stands, and what happened with it."""

import pytest

from tests.support.entries import a_text, an_entry
from trailmark_shared.events.coping import (
    BarrierIdentified,
    BarrierMet,
    BarrierResolved,
    BarrierReturned,
    CopingAdded,
    CopingUsed,
)
from trailmark_shared.events.data import EventData
from trailmark_shared.events.living import HabitPractised, SelfCareDone
from trailmark_shared.events.vision import VisionGoalDrawn, VisionWritten
from trailmark_shared.projections.card import card_fold
from trailmark_shared.projections.card_kinds import (
    BarrierDocument,
    CopingDocument,
    VisionDocument,
)

NAMED = BarrierIdentified(text="Far away", goal=a_text(50))


def test_a_card_reads_as_it_was_written_last() -> None:
    later = BarrierIdentified(text="Too far", where="practical")
    first, second = an_entry(1, NAMED), an_entry(2, later, base=(1,))

    card = card_fold(BarrierDocument)([first, second])

    assert (later, None, False) == (card.said.value, card.goal, card.said.conflict)


def test_two_devices_apart_keep_both() -> None:
    entries = [
        an_entry(1, NAMED),
        an_entry(2, BarrierIdentified(text="one"), base=(1,)),
        an_entry(3, BarrierIdentified(text="two"), base=(1,), device=201),
    ]

    card = card_fold(BarrierDocument)(entries)

    assert card.said.conflict
    assert {"one", "two"} == {each.value.text for each in card.said.values}


def test_a_barrier_goes_and_comes() -> None:
    entries = [
        an_entry(1, NAMED),
        an_entry(2, BarrierResolved(), base=(1,)),
        an_entry(3, BarrierReturned(), base=(2,)),
    ]
    fold = card_fold(BarrierDocument)

    assert ["open", "resolved", "open"] == [
        fold(entries[:count]).status.value for count in (1, 2, 3)
    ]


def test_what_is_said_otherwise_stays_where_it_stands() -> None:
    entries = [
        an_entry(1, NAMED),
        an_entry(2, BarrierResolved(), base=(1,)),
        an_entry(3, BarrierIdentified(text="Too far"), base=(1,)),
    ]

    card = card_fold(BarrierDocument)(entries)

    assert ("Too far", "resolved", False) == (
        card.said.value and card.said.value.text,
        card.status.value,
        card.status.conflict,
    )


def test_every_use_is_told() -> None:
    coping = card_fold(CopingDocument)(
        [an_entry(1, CopingAdded(then="read")), an_entry(2, CopingUsed(helped=3, note="well"))]
    )
    met = card_fold(BarrierDocument)([an_entry(1, NAMED), an_entry(2, BarrierMet(setback="s"))])
    drawn = card_fold(VisionDocument)(
        [
            an_entry(1, VisionWritten(text="x")),
            an_entry(2, VisionGoalDrawn(question="text", goal_drawn=a_text(9))),
        ]
    )

    assert [(a_text(2), 3, "well")] == [(use.event, use.helped, use.note) for use in coping.uses]
    assert ["s"] == [use.link for use in met.uses]
    assert [("text", a_text(9))] == [(use.part, use.link) for use in drawn.uses]


@pytest.mark.parametrize("data", [SelfCareDone(note="n"), HabitPractised(note="n")])
def test_what_was_done_keeps_its_note(data: EventData) -> None:
    card = card_fold(CopingDocument)([an_entry(1, data)])

    assert (None, ["n"]) == (card.said.value, [use.note for use in card.uses])
