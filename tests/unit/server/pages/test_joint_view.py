"""Entries of both sides, and barriers with what helps."""

from typing import Any

from trailmark_server.members.cards import Card
from trailmark_server.pages.joint_view import Telling, barrier_rows, joint_row
from trailmark_shared.events.coping import BarrierIdentified, CopingAdded
from trailmark_shared.events.joint import (
    AgendaItemAdded,
    Decision,
    InterventionPlanned,
    ReviewHeld,
    ReviewScheduled,
)
from trailmark_shared.events.registry import Kind
from trailmark_shared.ids import Lane
from trailmark_shared.projections.card import CardDocument
from trailmark_shared.projections.card_kinds import CARD_KINDS
from trailmark_shared.projections.fields import Field
from trailmark_shared.projections.joint import Answer

FACTS: dict[str, Any] = {
    "created_at": 0,
    "changed_at": 0,
    "created_by": "person",
    "changed_by": "person",
    "first_seq": 1,
    "last_seq": 1,
    "day": "2026-10-01",
    "occurred_at": "2026-10-01T10:00:00+02:00",
}


TELLING = Telling(
    actor="member/x", names={"person": "Mira", "member/x": "You"}, goals={"g": "Paint"}
)


def card(kind: Kind, id_: str, said: object, **more: Any) -> Card:  # noqa: ANN401  (any field)
    document: CardDocument[Any] = CARD_KINDS[kind].document(**FACTS, said=Field(value=said), **more)
    return Card(id=id_, lane=Lane("care/x"), document=document)


def test_an_entry_says_who_began_it_and_what_the_other_side_says() -> None:
    answer = Answer(
        event="a", by="person", answer="agree", is_outdated=False, day="2026-10-01", effective_at=1
    )
    planned = card(
        "intervention",
        "i",
        InterventionPlanned(text="Breathing", often="daily"),
        by="member/x",
        answers=(answer,),
        status=Field(value="ended"),
    )

    row = joint_row(planned, TELLING, "e")

    assert row is not None
    assert ("You", "1 Oct 2026") == (row.who, row.when)
    assert ("daily", True) == (row.often, row.is_over)
    assert "Breathing" in row.text
    assert ["Mira agrees"] == list(row.answers)


def test_what_has_no_words_any_more_has_no_row() -> None:
    gone = card("agenda_item", "i", None, by="person")

    assert joint_row(gone, TELLING, "e") is None
    there = card("agenda_item", "i", AgendaItemAdded(text="The trains"), by="person")
    assert joint_row(there, TELLING, "e") is not None


def test_what_helps_stands_under_what_it_is_meant_for() -> None:
    barrier = card("barrier", "b", BarrierIdentified(text="Crowds"), status=Field(value="resolved"))
    meant = card("coping", "c", CopingAdded(then="count stations", when="it is full", barrier="b"))
    other = card("coping", "d", CopingAdded(then="call Noor"))
    gone = card("barrier", "e", None)

    rows = barrier_rows([barrier, gone], [meant, other])

    assert [("Crowds", True), ("", False)] == [(each.text, each.is_over) for each in rows]
    assert [["If it is full, then count stations"], ["call Noor"]] == [
        list(each.helps) for each in rows
    ]


def test_a_review_says_what_came_of_it_and_what_the_reader_said() -> None:
    answer = Answer(
        event="a",
        by="member/x",
        answer="pending",
        is_outdated=True,
        day="2026-10-01",
        effective_at=1,
    )
    held = ReviewHeld(
        text="It went well", next="2026-12-01", decisions=(Decision(goal="g", outcome="kept"),)
    )
    review = card(
        "review",
        "i",
        ReviewScheduled(on="2026-11-01"),
        by="person",
        answers=(answer,),
        outcome=Field(value=held),
        status=Field(value="held"),
    )

    row = joint_row(review, TELLING, "e")

    assert row is not None
    assert ["You think about it, before it was worded anew"] == list(row.answers)
    assert ["It went well", "Paint: kept as it is", "Next review on 1 Dec 2026"] == list(
        row.outcome
    )
    assert {"on": "2026-11-01"} == row.said
    assert (False, True) == (row.is_mine, row.is_over)
