"""Data of what stands in the way, and of what helps."""

from __future__ import annotations

from typing import Annotated, Literal, get_args

from msgspec import Meta

from trailmark_shared.events.data import EventData, IdText, Text

BarrierKind = Literal["environment", "relationship", "behaviour", "belief", "practical"]
"""Where a barrier lies."""

BARRIER_KINDS: tuple[BarrierKind, ...] = get_args(BarrierKind)
"""All of them, in the order in which they are offered."""

Helped = Annotated[int, Meta(ge=0, le=4)]
"""How much something helped: 0 not at all, 4 very much."""


class BarrierIdentified(EventData, frozen=True, kw_only=True, omit_defaults=True):
    """Something that stands in the way was named; named again it reads as given here.

    Attributes:
        text: What it is.
        where: Where it lies, if the person said so.
        goal: The goal it stands before, if any.
    """

    text: Text
    where: BarrierKind | None = None
    goal: IdText | None = None


class BarrierResolved(EventData, frozen=True, kw_only=True, omit_defaults=True):
    """A barrier stands in the way no more."""


class BarrierReturned(EventData, frozen=True, kw_only=True, omit_defaults=True):
    """A barrier is there again."""


class BarrierMet(EventData, frozen=True, kw_only=True, omit_defaults=True):
    """A barrier was met in a hard moment; this link is the person's own.

    Attributes:
        setback: The hard moment.
    """

    setback: IdText


class CopingAdded(EventData, frozen=True, kw_only=True, omit_defaults=True):
    """Something that may help went into the toolbox; added again it reads as given here.

    Attributes:
        then: What to do.
        when: In which moment: "if I lie awake".
        barrier: The barrier it is meant for, if any.
        goal: The goal it serves, if any.
        learnt_from: The resource it was learnt from, if any.
    """

    then: Text
    when: Text | None = None
    barrier: IdText | None = None
    goal: IdText | None = None
    learnt_from: IdText | None = None


class CopingUsed(EventData, frozen=True, kw_only=True, omit_defaults=True):
    """Something from the toolbox was tried.

    Attributes:
        helped: How much it helped, if the person said so.
        note: Their words.
    """

    helped: Helped | None = None
    note: Text | None = None
