"""Cards: small entries of the person that are written as a whole and may be logged again and again.

A barrier, a coping strategy, a habit and their kind have one shape: what was said last, where it
stands, and each time something happened with it. What differs is the struct that says it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, Generic, TypeVar

import msgspec

from trailmark_shared.events.coping import (
    BarrierIdentified,
    BarrierMet,
    BarrierResolved,
    BarrierReturned,
    CopingAdded,
    CopingUsed,
)
from trailmark_shared.events.data import EventData
from trailmark_shared.events.journal import InsightNoted
from trailmark_shared.events.living import (
    CelebrationHeld,
    HabitChosen,
    HabitPractised,
    RewardGiven,
    RewardPlanned,
    SelfCareDone,
    SelfCarePlanned,
)
from trailmark_shared.events.support import ResourceAdded, SupportPersonNamed
from trailmark_shared.events.vision import (
    MaintenancePlanned,
    TherapyEnded,
    VisionGoalDrawn,
    VisionWritten,
)
from trailmark_shared.ids import text_from_id
from trailmark_shared.projections.entries import Entry
from trailmark_shared.projections.fields import (
    Facts,
    Field,
    Values,
    facts_of,
    fields_of,
    set_values,
)

SaidT = TypeVar("SaidT", bound=EventData)
CardT = TypeVar("CardT", bound=Facts)

STATUS_BY_DATA: Final[Mapping[type[EventData], str]] = {
    BarrierIdentified: "open",
    BarrierResolved: "resolved",
    BarrierReturned: "open",
    RewardPlanned: "planned",
    RewardGiven: "given",
}
"""Where a card stands after an event."""


class Use(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One time when something happened with a card.

    Attributes:
        event: The event.
        day: The local date meant.
        occurred_at: When, as the person said.
        helped: How much it helped, 0 to 4.
        note: The person's words.
        link: Id of the setback or goal that it is about.
        part: Which part of the card it is about.
    """

    event: str
    day: str
    occurred_at: str
    helped: int | None = None
    note: str | None = None
    link: str | None = None
    part: str | None = None


class CardDocument(Facts, Generic[SaidT], frozen=True, kw_only=True):
    """A card.

    Attributes:
        goal: The goal it belongs to, if any.
        said: What it says.
        status: Where it stands, for a barrier or a reward.
        uses: What happened with it, in lane order.
        day: The local date it was first written on.
        occurred_at: When, as the person said.
    """

    goal: str | None = None
    said: Field[SaidT] = Field()
    status: Field[str] = Field()
    uses: tuple[Use, ...] = ()
    day: str
    occurred_at: str


class InsightDocument(CardDocument[InsightNoted], frozen=True, kw_only=True):
    """An insight."""


class BarrierDocument(CardDocument[BarrierIdentified], frozen=True, kw_only=True):
    """A barrier; its uses are the hard moments in which it was met."""


class CopingDocument(CardDocument[CopingAdded], frozen=True, kw_only=True):
    """A coping strategy."""


class SupportPersonDocument(CardDocument[SupportPersonNamed], frozen=True, kw_only=True):
    """Somebody who can help."""


class ResourceDocument(CardDocument[ResourceAdded], frozen=True, kw_only=True):
    """A resource."""


class SelfCareDocument(CardDocument[SelfCarePlanned], frozen=True, kw_only=True):
    """Something that does good."""


class HabitDocument(CardDocument[HabitChosen], frozen=True, kw_only=True):
    """A habit that gives way to another."""


class RewardDocument(CardDocument[RewardPlanned], frozen=True, kw_only=True):
    """A reward."""


class CelebrationDocument(CardDocument[CelebrationHeld], frozen=True, kw_only=True):
    """A celebration."""


class VisionDocument(CardDocument[VisionWritten], frozen=True, kw_only=True):
    """The vision; its uses are the goals that came out of it."""


class MaintenanceDocument(CardDocument[MaintenancePlanned], frozen=True, kw_only=True):
    """The plan after therapy."""


class EndingDocument(CardDocument[TherapyEnded], frozen=True, kw_only=True):
    """The end of therapy."""


def card_values(entry: Entry, data: EventData) -> Values:
    """Return the fields that one event sets."""
    return set_values(entry, data, {"said": data, "status": STATUS_BY_DATA.get(type(data))})


def card_fold(type_: type[CardT]) -> Callable[[Sequence[Entry]], CardT]:
    """Return the fold of one kind of card.

    Args:
        type_: Struct of its documents, a ``CardDocument``.
    """

    def fold(entries: Sequence[Entry]) -> CardT:
        fields = fields_of(entries, card_values)
        said = fields["said"].value if "said" in fields else None
        first = entries[0].body
        card: dict[str, Any] = {
            **facts_of(entries),
            **fields,
            "goal": getattr(said, "goal", None),
            "uses": tuple(use for each in entries if (use := _use(each)) is not None),
            "day": first.day,
            "occurred_at": first.occurred_at,
        }
        return type_(**card)

    return fold


def _use(entry: Entry) -> Use | None:
    body = entry.body
    helped, note, link, part = None, None, None, None
    match body.data:
        case CopingUsed(helped=helped, note=note):
            pass
        case SelfCareDone(note=note) | HabitPractised(note=note):
            pass
        case BarrierMet(setback=link):
            pass
        case VisionGoalDrawn(question=part, goal_drawn=link):
            pass
        case _:
            return None
    return Use(
        event=text_from_id(entry.id),
        day=body.day,
        occurred_at=body.occurred_at,
        helped=helped,
        note=note,
        link=link,
        part=part,
    )


def said_words(said: EventData) -> str | None:
    """Return in one line what a card says, or ``None`` for what is no card.

    Args:
        said: Data of an event.
    """
    match said:
        case CopingAdded(when=str(when), then=then):
            return f"{when}: {then}"
        case CopingAdded(then=words) | SupportPersonNamed(name=words) | ResourceAdded(title=words):
            return words
        case HabitChosen(old=old, new=new):
            return f"{old} -> {new}"
        case VisionWritten() | MaintenancePlanned() | TherapyEnded():
            return "; ".join(each for each in msgspec.structs.astuple(said) if each) or None
        case (
            InsightNoted(text=text)
            | BarrierIdentified(text=text)
            | SelfCarePlanned(text=text)
            | RewardPlanned(text=text)
            | CelebrationHeld(text=text)
        ):
            return text
        case _:
            return None


def said_texts(said: EventData) -> list[str]:
    """Return every text of a card that its person wrote, for looking for words in it.

    Args:
        said: Data of a card's event; ids and codes in it are no texts.
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
        *("mindfulness", "signs"),
    }
)
"""Attributes of cards that hold words; all others hold ids and codes."""
