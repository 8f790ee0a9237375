"""The table of cards: nothing about a kind can be forgotten, and each reads in one line."""

import pytest

from tests.support.entries import a_text
from trailmark_shared.domain.consent import CONSENT_CLASSES
from trailmark_shared.events.coping import BarrierIdentified, CopingAdded, CopingUsed
from trailmark_shared.events.data import EventData
from trailmark_shared.events.joint import ContactGiven, ReviewScheduled
from trailmark_shared.events.living import HabitChosen
from trailmark_shared.events.planning import AttentionWanted, GoalLookedBackOn, GoalPlaced
from trailmark_shared.events.registry import EVENT_TYPES, Kind
from trailmark_shared.events.support import ResourceAdded, SupportPersonNamed
from trailmark_shared.events.vision import TherapyEnded, VisionWritten
from trailmark_shared.projections.card_kinds import CARD_KINDS, said_texts, said_words
from trailmark_shared.projections.joint import JointDocument


def test_every_card_says_what_its_kind_says() -> None:
    setters = {each.data: each.kind for each in EVENT_TYPES.values() if "said" in each.sets}

    assert {each.said: kind for kind, each in CARD_KINDS.items()} == setters


def test_what_can_be_shared_may_be_written_where_others_read() -> None:
    shared: set[Kind] = {kind for kind, each in CARD_KINDS.items() if each.agreed_class}
    lanes = {each.kind for each in EVENT_TYPES.values() if "said" in each.sets} & {
        each.kind for each in EVENT_TYPES.values() if "care" in each.lanes
    }

    assert shared == lanes
    assert {CARD_KINDS[kind].agreed_class for kind in shared} <= set(CONSENT_CLASSES)


def test_what_both_sides_write_lives_where_both_read_it() -> None:
    together = {kind for kind, each in CARD_KINDS.items() if each.is_planned_together}
    joint = {k for k, each in CARD_KINDS.items() if issubclass(each.document, JointDocument)}

    assert {"support_request"} == together - joint
    assert joint <= together


def test_both_sides_write_what_is_written_together() -> None:
    joint = {k for k, each in CARD_KINDS.items() if issubclass(each.document, JointDocument)}
    by_members = {
        each.kind
        for each in EVENT_TYPES.values()
        if "said" in each.sets and "member" in each.writers
    }

    assert joint == by_members


@pytest.mark.parametrize(
    ("said", "words"),
    [
        (CopingAdded(then="read"), "read"),
        (CopingAdded(then="read", when="awake"), "awake: read"),
        (SupportPersonNamed(name="Mira"), "Mira"),
        (ResourceAdded(title="Book"), "Book"),
        (HabitChosen(old="a", new="b"), "a -> b"),
        (VisionWritten(feelings="calm", text="garden"), "calm; garden"),
        (TherapyEnded(), None),
        (BarrierIdentified(text="Far away"), "Far away"),
        (GoalLookedBackOn(goal=a_text(1), learnt="slow", thanks="Mira"), "slow; Mira"),
        (GoalPlaced(goal=a_text(1), whole=a_text(2)), None),
        (AttentionWanted(about=a_text(1)), None),
        (ReviewScheduled(on="2026-10-05"), "5 Oct 2026"),
        (ReviewScheduled(on="2026-10-05", text="trains"), "5 Oct 2026: trains"),
        (ContactGiven(name="Dr Okafor", phone="1"), "Dr Okafor"),
        (CopingUsed(), None),
    ],
)
def test_a_card_reads_in_one_line(said: EventData, words: str | None) -> None:
    assert words == said_words(said)


def test_ids_are_no_texts() -> None:
    said = CopingAdded(then="read", when="awake", barrier=a_text(1), learnt_from=a_text(2))

    assert ["read", "awake"] == said_texts(said)
    assert ["Mira", "Sundays"] == said_texts(SupportPersonNamed(name="Mira", contact="Sundays"))
    assert ["Book", "Radio"] == said_texts(ResourceAdded(title="Book", source="Radio"))
