"""Every kind of card in one place: its document, what it says, who may be shown it.

Whatever lists kinds of cards (folds, histories, tables of everything, erasing, sharing, searching)
is made from ``CARD_KINDS``. Another kind is one struct, one row here and its commands.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

import msgspec

from trailmark_shared.dates import day_text
from trailmark_shared.events import coping, joint, journal, living, planning, support, vision
from trailmark_shared.events.data import EventData
from trailmark_shared.events.registry import Kind
from trailmark_shared.projections.card import CardDocument
from trailmark_shared.projections.fields import Field
from trailmark_shared.projections.joint import JointDocument


class InsightDocument(CardDocument[journal.InsightNoted], frozen=True, kw_only=True):
    """An insight."""


class BarrierDocument(CardDocument[coping.BarrierIdentified], frozen=True, kw_only=True):
    """A barrier; its uses are the hard moments in which it was met."""


class CopingDocument(CardDocument[coping.CopingAdded], frozen=True, kw_only=True):
    """A coping strategy."""


class SupportPersonDocument(CardDocument[support.SupportPersonNamed], frozen=True, kw_only=True):
    """Somebody who can help."""


class ResourceDocument(CardDocument[support.ResourceAdded], frozen=True, kw_only=True):
    """A resource."""


class SelfCareDocument(CardDocument[living.SelfCarePlanned], frozen=True, kw_only=True):
    """Something that does good."""


class HabitDocument(CardDocument[living.HabitChosen], frozen=True, kw_only=True):
    """A habit that gives way to another."""


class RewardDocument(CardDocument[living.RewardPlanned], frozen=True, kw_only=True):
    """A reward."""


class CelebrationDocument(CardDocument[living.CelebrationHeld], frozen=True, kw_only=True):
    """A celebration."""


class VisionDocument(CardDocument[vision.VisionWritten], frozen=True, kw_only=True):
    """The vision; its uses are the goals that came out of it."""


class MaintenanceDocument(CardDocument[vision.MaintenancePlanned], frozen=True, kw_only=True):
    """The plan after therapy."""


class EndingDocument(CardDocument[vision.TherapyEnded], frozen=True, kw_only=True):
    """The end of therapy."""


class ChallengeDocument(CardDocument[planning.ChallengeDescribed], frozen=True, kw_only=True):
    """What is hard now; its uses are the goals that are about it."""


class PlacementDocument(CardDocument[planning.GoalPlaced], frozen=True, kw_only=True):
    """That one goal is part of another."""


class RetrospectDocument(CardDocument[planning.GoalLookedBackOn], frozen=True, kw_only=True):
    """A look back on a goal."""


class AttentionDocument(CardDocument[planning.AttentionWanted], frozen=True, kw_only=True):
    """Something that the person wants to look at again."""


class SupportRequestDocument(CardDocument[planning.SupportRequested], frozen=True, kw_only=True):
    """Support that the person asked for.

    Attributes:
        event: The event that counts, or that counted last; ``None`` where none is here.
        event_at: When that was, milliseconds UTC.
        withdrawn_at: When it was taken back from a supporter, or ``None`` while it is shown.
    """

    event: str | None = None
    event_at: int | None = None
    withdrawn_at: int | None = None


class ExpectationDocument(JointDocument[joint.ExpectationWritten], frozen=True, kw_only=True):
    """What one side expects of the work together."""


class InterventionDocument(JointDocument[joint.InterventionPlanned], frozen=True, kw_only=True):
    """What is to be tried in therapy."""


class AgendaItemDocument(JointDocument[joint.AgendaItemAdded], frozen=True, kw_only=True):
    """Something to speak about in the next session."""


class ReviewDocument(JointDocument[joint.ReviewScheduled], frozen=True, kw_only=True):
    """A look at the goals together.

    Attributes:
        outcome: What came of it, once it was held.
    """

    outcome: Field[joint.ReviewHeld] = Field()


class ContactDocument(JointDocument[joint.ContactGiven], frozen=True, kw_only=True):
    """How a therapist can be reached."""


class CardKind(msgspec.Struct, frozen=True, kw_only=True):
    """What there is to know about a kind of card.

    Attributes:
        document: Struct of its documents.
        said: The event that says what it reads.
        agreed_class: The class of ``domain.consent`` under which it can be shared; empty where it
            is never shared.
        goes_with_goal: It is erased with the goal that it hangs under.
        words: What it says in one line, where its first text does not.
    """

    document: type[CardDocument[Any]]
    said: type[EventData]
    agreed_class: str = ""
    goes_with_goal: bool = False
    words: Callable[[Any], str] | None = None

    @property
    def is_planned_together(self) -> bool:
        """Once shared it lives where the others read it, not beside the person's private things."""
        return self.agreed_class == "plan"


def _if_then(said: coping.CopingAdded) -> str:
    return said.then if said.when is None else f"{said.when}: {said.then}"


def _every_text(said: EventData) -> str:
    return "; ".join(said_texts(said))


def _review(said: joint.ReviewScheduled) -> str:
    day = day_text(said.on)
    return day if said.text is None else f"{day}: {said.text}"


CARD_KINDS: Final[Mapping[Kind, CardKind]] = {
    "insight": CardKind(document=InsightDocument, said=journal.InsightNoted),
    "barrier": CardKind(
        document=BarrierDocument,
        said=coping.BarrierIdentified,
        agreed_class="barriers_coping",
        goes_with_goal=True,
    ),
    "coping": CardKind(
        document=CopingDocument,
        said=coping.CopingAdded,
        agreed_class="barriers_coping",
        words=_if_then,
    ),
    "support_person": CardKind(document=SupportPersonDocument, said=support.SupportPersonNamed),
    "resource": CardKind(document=ResourceDocument, said=support.ResourceAdded),
    "self_care": CardKind(document=SelfCareDocument, said=living.SelfCarePlanned),
    "habit": CardKind(
        document=HabitDocument,
        said=living.HabitChosen,
        goes_with_goal=True,
        words=lambda said: f"{said.old} -> {said.new}",
    ),
    "reward": CardKind(document=RewardDocument, said=living.RewardPlanned, goes_with_goal=True),
    "celebration": CardKind(
        document=CelebrationDocument, said=living.CelebrationHeld, goes_with_goal=True
    ),
    "vision": CardKind(
        document=VisionDocument,
        said=vision.VisionWritten,
        agreed_class="vision",
        words=_every_text,
    ),
    "maintenance": CardKind(
        document=MaintenanceDocument, said=vision.MaintenancePlanned, words=_every_text
    ),
    "ending": CardKind(document=EndingDocument, said=vision.TherapyEnded, words=_every_text),
    "challenge": CardKind(
        document=ChallengeDocument, said=planning.ChallengeDescribed, agreed_class="vision"
    ),
    "placement": CardKind(
        document=PlacementDocument, said=planning.GoalPlaced, goes_with_goal=True
    ),
    "goal_retrospect": CardKind(
        document=RetrospectDocument,
        said=planning.GoalLookedBackOn,
        goes_with_goal=True,
        words=_every_text,
    ),
    "attention": CardKind(
        document=AttentionDocument,
        said=planning.AttentionWanted,
        goes_with_goal=True,
        words=_every_text,
    ),
    "support_request": CardKind(
        document=SupportRequestDocument,
        said=planning.SupportRequested,
        agreed_class="plan",
        goes_with_goal=True,
    ),
    "expectation": CardKind(
        document=ExpectationDocument, said=joint.ExpectationWritten, agreed_class="plan"
    ),
    "intervention": CardKind(
        document=InterventionDocument, said=joint.InterventionPlanned, agreed_class="plan"
    ),
    "agenda_item": CardKind(
        document=AgendaItemDocument,
        said=joint.AgendaItemAdded,
        agreed_class="plan",
        goes_with_goal=True,
    ),
    "review": CardKind(
        document=ReviewDocument, said=joint.ReviewScheduled, agreed_class="plan", words=_review
    ),
    "contact": CardKind(document=ContactDocument, said=joint.ContactGiven, agreed_class="plan"),
}
"""All of them."""

_MEASURED: Final[tuple[Kind, ...]] = ("measure", "occurrence", "scale")

CHOSEN_ONE_BY_ONE: Final[frozenset[Kind]] = frozenset(
    [*_MEASURED, *(k for k, each in CARD_KINDS.items() if each.agreed_class not in {"", "plan"})]
)
"""Kinds of which others get a copy of each entry that the person chose, and no words of what was
taken back. What is planned together is no copy: it lives where both sides read it."""

_KIND_BY_SAID: Final[Mapping[type[EventData], CardKind]] = {
    each.said: each for each in CARD_KINDS.values()
}


def said_words(said: EventData) -> str | None:
    """Return in one line what a card says, or ``None`` for what is no card.

    Args:
        said: Data of an event.
    """
    known = _KIND_BY_SAID.get(type(said))
    if known is None:
        return None
    return (known.words(said) if known.words else next(iter(said_texts(said)), None)) or None


def said_texts(said: EventData) -> list[str]:
    """Return every text of a card that its person wrote, for looking for words in it.

    Args:
        said: Data of a card's event; ids, days and codes in it are no texts.
    """
    return [
        value
        for name, value in msgspec.structs.asdict(said).items()
        if name in _TEXTS and isinstance(value, str)
    ]


_TEXTS: Final = frozenset(
    {
        *("text", "then", "when", "name", "relation", "contact", "note", "title", "source"),
        *("often", "old", "new", "feelings", "relationships", "overcome", "exercise"),
        *("mindfulness", "signs", "effect", "learnt", "thanks", "who", "phone", "address"),
        "hours",
    }
)
"""Attributes of cards that hold words; all others hold ids, days and codes."""
