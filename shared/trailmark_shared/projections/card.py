"""Cards: small entries of the person that are written as a whole and may be logged again and again.

A barrier, a coping strategy, a habit and their kind have one shape: what was said last, where it
stands, and each time something happened with it. What differs is the struct that says it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, Generic, TypeVar

import msgspec
from msgspec import UNSET

from trailmark_shared.events.coping import (
    BarrierIdentified,
    BarrierMet,
    BarrierResolved,
    BarrierReturned,
    CopingUsed,
)
from trailmark_shared.events.data import EventData
from trailmark_shared.events.joint import (
    AgendaItemAdded,
    AgendaItemClosed,
    InterventionEnded,
    InterventionPlanned,
    ReviewHeld,
    ReviewScheduled,
)
from trailmark_shared.events.living import (
    HabitPractised,
    RewardGiven,
    RewardPlanned,
    SelfCareDone,
)
from trailmark_shared.events.planning import (
    AttentionGiven,
    AttentionWanted,
    ChallengeAddressed,
    SupportReceived,
    SupportRequested,
)
from trailmark_shared.events.registry import EVENT_TYPES
from trailmark_shared.events.vision import VisionGoalDrawn
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
    AttentionWanted: "open",
    AttentionGiven: "settled",
    SupportRequested: "open",
    SupportReceived: "received",
    InterventionPlanned: "planned",
    InterventionEnded: "ended",
    AgendaItemAdded: "open",
    AgendaItemClosed: "closed",
    ReviewScheduled: "scheduled",
    ReviewHeld: "held",
}
"""Where a card stands after an event."""

_USES: Final[Mapping[type, tuple[str, str]]] = {
    CopingUsed: ("", ""),
    SelfCareDone: ("", ""),
    HabitPractised: ("", ""),
    BarrierMet: ("setback", ""),
    VisionGoalDrawn: ("goal_drawn", "question"),
    ChallengeAddressed: ("goal_addressing", ""),
    SupportReceived: ("", ""),
    InterventionEnded: ("", ""),
    AgendaItemClosed: ("", ""),
}
"""Events that tell of a use: the attributes that hold its link and its part; empty for none."""


class Use(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One time when something happened with a card.

    Attributes:
        event: The event.
        by: Who wrote it.
        day: The local date meant.
        occurred_at: When, as the person said.
        helped: How much it helped, 0 to 4.
        note: The person's words.
        link: Id of the setback or goal that it is about.
        part: Which part of the card it is about.
    """

    event: str
    by: str
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
        status: Where it stands, for what comes to an end.
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


def card_values(entry: Entry, data: EventData) -> Values:
    """Return the fields that one event sets; what is only said otherwise stays where it stands."""
    is_reworded = bool(entry.body.base) and "said" in EVENT_TYPES[entry.body.type].sets
    status = UNSET if is_reworded else STATUS_BY_DATA.get(type(data))
    return set_values(entry, data, {"said": data, "outcome": data, "status": status})


def card_fold(type_: type[CardT]) -> Callable[[Sequence[Entry]], CardT]:
    """Return the fold of one kind of card.

    Args:
        type_: Struct of its documents, a ``CardDocument``.
    """
    return lambda entries: type_(**card_parts(entries))


def card_parts(entries: Sequence[Entry]) -> dict[str, Any]:
    """Return the keyword arguments of a ``CardDocument`` for entries in lane order."""
    fields = fields_of(entries, card_values)
    said = fields["said"].value if "said" in fields else None
    first = entries[0].body
    return {
        **facts_of(entries),
        **fields,
        "goal": getattr(said, "goal", None),
        "uses": tuple(use for each in entries if (use := _use(each)) is not None),
        "day": first.day,
        "occurred_at": first.occurred_at,
    }


def _use(entry: Entry) -> Use | None:
    body = entry.body
    data = body.data
    if type(data) not in _USES or not isinstance(data, EventData):
        return None
    link, part = _USES[type(data)]
    return Use(
        event=text_from_id(entry.id),
        by=entry.actor,
        day=body.day,
        occurred_at=body.occurred_at,
        helped=getattr(data, "helped", None),
        note=getattr(data, "note", None),
        link=getattr(data, link, None),
        part=getattr(data, part, None),
    )
